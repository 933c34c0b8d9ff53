import { readFileSync } from "node:fs";
import { relative } from "node:path";

import { checkPine } from "../../compiler/compile.ts";
import { diagnosticJson, renderDiagnostic } from "../../compiler/diagnostics.ts";
import { Source } from "../../compiler/source.ts";
import { requireFile } from "../../config/lookup.ts";
import { RuntimeFailure } from "../../kernel/errors.ts";
import type { App } from "../app.ts";
import { defineBuiltin } from "../command.ts";
import { librariesFor } from "../pine-files.ts";
import { counted } from "../../kernel/counted.ts";

export default defineBuiltin({
  summary: "Look for mistakes in Pine scripts",
  description:
    "Reports errors and warnings with their place in the text; nothing is run. FILE is a path or a name in the workdir's scripts folder. The exit code is 1 when there is an error, 0 when there are warnings at most.",
  examples: ["pyne check my-script.pine", "pyne check *.pine --json"],
  args: {
    files: {
      type: "positional",
      required: true,
      multiple: true,
      valueHint: "FILE",
      description: "Pine scripts",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  run({ app }, { files, json }) {
    const found = (files as unknown as readonly string[]).flatMap((file) => {
      const path = scriptPath(app, file);
      return checkPine(new Source(shownPath(app, path), readFileSync(path, "utf8")), librariesFor(app, path))
        .diagnostics;
    });
    const errors = found.filter(({ severity }) => severity === "error").length;
    const warnings = found.length - errors;
    if (json === true) app.out.json({ errors, warnings, diagnostics: found.map(diagnosticJson) });
    else for (const diagnostic of found) app.out.print(renderDiagnostic(diagnostic));
    if (errors > 0) throw new RuntimeFailure(`${counted(errors, "error")}, ${counted(warnings, "warning")}`);
    app.out.note(warnings === 0 ? "no errors" : `no errors, ${counted(warnings, "warning")}`);
  },
});

/** As an editor or a terminal finds it: relative where that is shorter. */
function shownPath(app: App, path: string): string {
  const near = relative(app.cwd, path);
  return near.startsWith("..") ? path : near;
}

function scriptPath(app: App, file: string): string {
  const workdir = app.optionalWorkdir();
  return requireFile("Pine script", file, workdir?.scripts ?? app.cwd, app.cwd, [".pine"]);
}
