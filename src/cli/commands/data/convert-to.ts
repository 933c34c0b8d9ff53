import { requireFile } from "../../../config/lookup.ts";
import { exportFile, exportMarks, exportPath, wouldDestroy } from "../../../data/export/export.ts";
import { exportFormats } from "../../../data/export/text.ts";
import { sidecarNames } from "../../../data/ohlcv/sidecar.ts";
import { RuntimeFailure } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { counted } from "../../../kernel/counted.ts";

export default defineBuiltin({
  summary: "Turn a data file into CSV or JSON",
  description:
    "Writes FILE.csv or FILE.json beside the data file: times, open, high, low, close, volume, every number with all its digits. A file of that name that is not an unchanged export of pyne is not overwritten unless you say so.",
  examples: [
    "pyne data convert-to demo",
    "pyne data convert-to EURUSD_60 --as-datetime",
    "pyne data convert-to EURUSD_60 --format json --yes",
  ],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "A data file" },
    format: {
      type: "enum",
      alias: "f",
      options: [...exportFormats],
      default: "csv",
      description: "What to write",
    },
    asDatetime: {
      type: "boolean",
      alias: "d",
      description: "Times as dates in UTC instead of epoch milliseconds",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { file, format, asDatetime, json }) {
    const workdir = await app.requireWorkdir();
    const source = requireFile("data file", file, workdir.data, app.cwd, [".ohlcv"]);
    const layout = { format, asDatetime: asDatetime === true };
    const [target, marks] = [exportPath(source, layout), exportMarks(workdir.cache)];
    if (!app.globals.yes && wouldDestroy(target, marks)) {
      const refusal = `${target} is there already and is not an unchanged export of pyne`;
      if (!app.canAsk) {
        throw new RuntimeFailure(refusal, { hint: "move it away, or overwrite it with --yes" });
      }
      const { confirm } = await import("../../prompt.ts");
      if (!(await confirm(`${refusal}. Overwrite it?`))) throw new RuntimeFailure("nothing was written");
    }
    const { path, bars, bytes } = exportFile(source, layout, marks);
    const left = sidecarNames(source);
    if (json === true) return app.out.json({ bars, format, file: path, size: bytes, left_out: left });
    app.out.print(`${counted(bars, "bar")}: ${path}`);
    if (left.length > 0) app.out.note(`further columns are not part of it: ${left.join(", ")}`);
  },
});
