import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { findFile, notFound } from "../../../config/lookup.ts";
import { checkAggregation } from "../../../data/aggregate/aggregate.ts";
import { aggregatedPath, aggregateFile } from "../../../data/aggregate/file.ts";
import { withDataFile } from "../../../data/file-lock.ts";
import { loadBars } from "../../../data/load.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { formatTimeframe, parseTimeframe } from "../../../kernel/timeframe.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";
import { counted } from "../../../kernel/counted.ts";

export default defineBuiltin({
  summary: "Merge bars into a longer timeframe",
  description:
    "Writes the bars of a data file in a longer timeframe, with their symbol file, as a file of their own. Bars open where the symbol's sessions, trading days, weeks and months do, in the exchange's time zone. The last bar is written even if more could follow.",
  examples: [
    "pyne data aggregate EURUSD_1 --timeframe 60",
    "pyne data aggregate EURUSD_60 -T 1D --output ./days/EURUSD",
  ],
  args: {
    source: { type: "positional", required: true, valueHint: "SOURCE", description: "A data file" },
    timeframe: {
      type: "string",
      alias: "T",
      required: true,
      valueHint: "TF",
      description: "Timeframe to make: 60, 240, 1D, 1W, 1M, ...",
    },
    output: {
      type: "string",
      alias: "o",
      valueHint: "PATH",
      description: "File to write; default: beside the source, its timeframe in the name",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { source, timeframe, output, json }) {
    const target = parseTimeframe(timeframe);
    const workdir = await app.requireWorkdir();
    const path = findFile(source, workdir.data, app.cwd, [".ohlcv"]);
    if (path === undefined) {
      if (!/\.(csv|txt|json)$/i.test(source)) throw notFound("data file", [source], workdir.data, app.cwd);
      throw new RuntimeFailure(`there is no data file "${source}"`, {
        hint: `make one of the text first: pyne data convert-from ${source}`,
      });
    }
    const bars = loadBars(path);
    const own = parseTimeframe(bars.timeframe);
    checkAggregation(own, target);
    const wanted =
      output === undefined ? aggregatedPath(path, own, target) : outputPath(output, workdir.data, app.cwd);
    if (!existsSync(dirname(wanted))) throw new RuntimeFailure(`there is no folder ${dirname(wanted)}`);
    if (existsSync(wanted) && realpathSync(wanted) === realpathSync(path)) {
      throw new UsageError(`${wanted} is the source itself`, { hint: "name another file with --output" });
    }
    const lock = { folder: workdir.locks, waitMs: app.canAsk ? 60_000 : 0 };
    const made = await withDataFile(
      lock,
      wanted,
      async () => {
        await refuseOverwriting(app, wanted);
        return aggregateFile(bars, target, wanted);
      },
      { signal: app.signal },
    );
    if (json === true) {
      return app.out.json({
        source: path,
        source_timeframe: bars.timeframe,
        source_bars: bars.columns.length,
        bars: made.bars,
        symbol: bars.symInfo.ticker,
        timeframe: formatTimeframe(target),
        data: made.ohlcvPath,
        symbol_file: made.tomlPath,
        extra_columns: made.extra,
      });
    }
    app.out.print(
      `${counted(bars.columns.length, "bar")} of ${bars.timeframe} made ${counted(made.bars, "bar")} of ${bars.symInfo.ticker}, ${formatTimeframe(target)}: ${made.ohlcvPath}`,
    );
    if (made.extra.length > 0)
      app.out.note(`further columns have the last value of each bar: ${made.extra.join(", ")}`);
  },
});

/** A bare name goes to the data folder, anything else is a path; `.ohlcv` is added where it is missing. */
function outputPath(output: string, folder: string, cwd: string): string {
  const file = /\.ohlcv$/i.test(output) ? output : `${output}.ohlcv`;
  return /[/\\]/.test(output) ? resolve(cwd, file) : join(folder, file);
}

/** @throws RuntimeFailure when the target is there and nobody allows to replace it */
async function refuseOverwriting(app: App, target: string): Promise<void> {
  const existing = [target, `${target.replace(/\.ohlcv$/i, "")}.toml`].find((path) => existsSync(path));
  if (existing === undefined || app.globals.yes) return;
  const refusal = `${existing} is there already`;
  if (!app.canAsk)
    throw new RuntimeFailure(refusal, { hint: "replace it with --yes, or name another with --output" });
  const { confirm } = await import("../../prompt.ts");
  if (!(await confirm(`${refusal}. Replace it?`))) throw new RuntimeFailure("nothing was written");
}
