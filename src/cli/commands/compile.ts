import { basename, dirname, extname, join, resolve } from "node:path";

import { writeFileAtomic } from "../../config/atomic-write.ts";
import { requireFile } from "../../config/lookup.ts";
import { compilePineFile } from "../../host/pine-compile.ts";
import { UsageError } from "../../kernel/errors.ts";
import { defineBuiltin } from "../command.ts";
import { librariesFor } from "../pine-files.ts";

export default defineBuiltin({
  summary: "Turn a Pine script into JavaScript",
  description:
    "Writes the module that `pyne run` would run: readable JavaScript that imports pynecore/pine alone, with a source map. `pyne run` runs the written file just as it runs the script.",
  examples: ["pyne compile my-script.pine", "pyne compile my-script.pine --out -"],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "A Pine script" },
    out: {
      type: "string",
      alias: "o",
      valueHint: "FILE",
      description: "Where it goes; - is stdout; default: beside the script, as .js",
    },
  },
  run({ app }, { file, out }) {
    const workdir = app.optionalWorkdir();
    const path = requireFile("Pine script", file, workdir?.scripts ?? app.cwd, app.cwd, [".pine"]);
    const code = compilePineFile(path, basename(path), librariesFor(app, path));
    if (out === "-") return app.out.print(code.trimEnd());
    const target =
      out === undefined ? join(dirname(path), `${basename(path, extname(path))}.js`) : resolve(app.cwd, out);
    if (target === path) throw new UsageError("the result cannot replace the script");
    writeFileAtomic(target, code, { mode: 0o644 });
    app.out.print(target);
  },
});
