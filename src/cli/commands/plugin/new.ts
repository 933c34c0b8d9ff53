import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { pluginNamePattern } from "../../../host/manifest.ts";
import { pluginKinds, projectFiles } from "../../../host/scaffold/templates.ts";
import { sdkFiles } from "../../../host/scaffold/sdk-archive.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";

export default defineBuiltin({
  summary: "Start a plugin project",
  description:
    "Writes a small project into ./pynecore-NAME that type-checks and whose test passes as it is, without a network: the types of the API come with it.",
  examples: [
    "pyne plugin new hello --kind cli",
    "pyne plugin new myexchange --kind broker --folder ./myexchange",
  ],
  args: {
    name: { type: "positional", required: true, valueHint: "NAME", description: "The plugin's name" },
    kind: {
      type: "enum",
      alias: "k",
      options: [...pluginKinds],
      default: "cli",
      description: "What it will be",
    },
    refresh: { type: "boolean", description: "Write only the API's types, into a project that exists" },
    folder: { type: "string", valueHint: "DIR", description: "Where; default ./pynecore-NAME" },
  },
  run({ app }, { name, kind, folder, refresh }) {
    if (!pluginNamePattern.test(name)) {
      throw new UsageError(`"${name}" is not a plugin name`, {
        hint: "a lower-case letter, then 1 to 31 of a-z, 0-9, _ and -",
      });
    }
    const target = resolve(app.cwd, folder ?? `pynecore-${name}`);
    if (refresh !== true && existsSync(target) && readdirSync(target).length > 0) {
      throw new RuntimeFailure(`${target} exists and is not empty`, { hint: "--folder names another place" });
    }
    const sdk = Object.entries(sdkFiles()).map(([path, text]) => [`node_modules/${path}`, text] as const);
    const project = refresh === true ? [] : Object.entries(projectFiles({ name, kind, range: ">=1.0 <2" }));
    for (const [path, text] of [...project, ...sdk]) {
      const file = join(target, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    app.out.print(target);
    if (refresh === true) return;
    // A provider's contract can be tried at once.
    const look = kind === "provider" || kind === "live" ? "test" : "info";
    app.out.note(`next: cd ${target} && pyne plugin add --link . && pyne plugin ${look} ${name}`);
  },
});
