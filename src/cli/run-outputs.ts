import { extname } from "node:path";

import { isDevice } from "../config/atomic-write.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import type { LoadedBars } from "../data/load.ts";
import { writeEquityCsv } from "../report/equity-csv.ts";
import { writePlotCsv } from "../report/plot-csv.ts";
import type { RowWriter } from "../report/row-writer.ts";
import { strategyCsvLines } from "../report/strategy-csv.ts";
import { writeLines } from "../report/text-file.ts";
import { tradeCsvLines } from "../report/trade-csv.ts";
import type { RunResult } from "../runtime/run.ts";
import type { StrategyStatistics } from "../runtime/strategy/statistics.ts";
import type { App } from "./app.ts";
import { writeReport } from "./html-report.ts";
import type { LiveFilePaths } from "./live-files.ts";
import { outputPath } from "./output-path.ts";

/** What the command line says of the files of a run; a value without a name is empty. */
export interface OutputChoice {
  readonly noPlot: boolean | undefined;
  readonly plot: string | undefined;
  readonly trade: string | undefined;
  readonly strat: string | undefined;
  readonly equity: string | undefined;
  readonly report: string | undefined;
}

/** Where the files of a run go. */
export interface OutputPaths extends LiveFilePaths {
  /** `undefined`: not wanted. */
  readonly equity: string | undefined;
  readonly report: string | undefined;
}

/** @param name of the script */
export function outputPaths(
  app: App,
  workdir: WorkdirPaths,
  choice: OutputChoice,
  name: string,
): OutputPaths {
  const path = (given: string | undefined, fallback: string, extension: string): string =>
    resultPath(app, workdir, given, fallback, extension);
  return {
    plot: choice.noPlot === true ? undefined : path(choice.plot, name, ".csv"),
    trade: path(choice.trade, `${name}_trade`, ".csv"),
    statistics: path(choice.strat, `${name}_strat`, ".csv"),
    equity: choice.equity === undefined ? undefined : path(choice.equity, `${name}_equity`, ".csv"),
    report: choice.report === undefined ? undefined : path(choice.report, name, ".html"),
  };
}

/** The files that were written by kind, in the order in which they are told. */
export type WrittenFiles = Record<string, string>;

/**
 * Writes the files of a run but for what it shows.
 *
 * @param isLive a live run has written its plots, trades and statistics itself
 * @param dataHash content hash of the bars
 * @throws RuntimeFailure for a file that cannot be written; the one that was there before stays
 */
export async function writeOutputs(
  paths: OutputPaths,
  result: RunResult,
  statistics: StrategyStatistics | undefined,
  bars: LoadedBars,
  {
    isLive,
    vizPath,
    dataHash,
  }: { readonly isLive: boolean; readonly vizPath: string | undefined; readonly dataHash: string },
): Promise<WrittenFiles> {
  const files: WrittenFiles = {};
  if (paths.plot !== undefined) {
    files["plot"] = paths.plot;
    if (!isLive) await writeRowFile(paths.plot, (rows) => writePlotCsv(result, rows));
  }
  if (statistics !== undefined) {
    files["trade"] = paths.trade;
    files["statistics"] = paths.statistics;
    if (!isLive) {
      writeLines(paths.trade, tradeCsvLines(result, bars.symInfo));
      writeLines(paths.statistics, strategyCsvLines(result, statistics));
    }
    if (paths.equity !== undefined) {
      files["equity"] = paths.equity;
      await writeRowFile(paths.equity, (rows) => writeEquityCsv(result, rows));
    }
  }
  if (vizPath !== undefined) files["viz"] = vizPath;
  if (paths.report !== undefined) {
    files["report"] = paths.report;
    await writeReport(paths.report, result, bars, dataHash);
  }
  return files;
}

/** A run that writes no rows need not load what makes them: its table of digits takes 0.6 ms. */
async function writeRowFile(path: string, write: (rows: RowWriter) => void): Promise<void> {
  const { writeRows } = await import("../report/row-file.ts");
  writeRows(path, write);
}

/** Where a result goes: the file that was named, or `fallback`, in the folder that was; the extension is enforced. */
function resultPath(
  app: App,
  workdir: WorkdirPaths,
  given: string | undefined,
  fallback: string,
  extension: string,
): string {
  const name = given === undefined || /(^|[/\\])$/.test(given) ? `${given ?? ""}${fallback}` : given;
  const path = outputPath(app, workdir, name);
  return extname(name).toLowerCase() === extension || isDevice(path) ? path : `${path}${extension}`;
}
