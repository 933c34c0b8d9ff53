import { existsSync, statSync } from "node:fs";
import { extname } from "node:path";

import type { BarColumns } from "../kernel/bar.ts";
import { DataError } from "../kernel/errors.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { formatTimeframe, parseTimeframe, timeframeSeconds } from "../kernel/timeframe.ts";
import { convertFile } from "./import/convert.ts";
import type { TickGrid } from "./ohlcv/layout.ts";
import { type ReadRange, readOhlcv } from "./ohlcv/reader.ts";
import { readSidecar } from "./ohlcv/sidecar.ts";
import { readSymbolFile } from "./syminfo-toml.ts";

/** Bars ready for a run. */
export interface LoadedBars {
  readonly columns: BarColumns;
  /** What the bars were merged from, when they were. */
  readonly finer?: BarColumns;
  readonly symInfo: SymInfo;
  /** TradingView notation. */
  readonly timeframe: string;
  /** The price grid that the data file was written with; 0/0 when it says nothing. */
  readonly grid: TickGrid;
  /** The data file they came from. */
  readonly path: string;
}

/** Extensions of data arguments, the preferred first. */
export const dataExtensions = [".ohlcv", ".csv", ".txt", ".json"] as const;

/**
 * The data file for an argument: a text file of bars is converted when it is newer than the data file beside it.
 * @param onConvert told before a conversion
 * @throws DataError when it cannot be converted
 */
export function ensureConverted(path: string, onConvert: (path: string) => void = () => {}): string {
  if (extname(path).toLowerCase() === ".ohlcv") return path;
  const ohlcvPath = `${path.slice(0, path.length - extname(path).length)}.ohlcv`;
  // A conversion copies the time, and the copy has whole milliseconds.
  const age = (file: string): number => Math.floor(statSync(file).mtimeMs);
  if (existsSync(ohlcvPath) && age(path) <= age(ohlcvPath)) return ohlcvPath;
  onConvert(path);
  return convertFile(path, { stemAsSymbol: true }).ohlcvPath;
}

/**
 * Reads bars, their further columns and their symbol.
 *
 * @param symbolPath the symbol file; default: beside the data file
 * @throws DataError when a file is missing or damaged, or the two contradict each other
 */
export function loadBars(path: string, range: ReadRange = {}, symbolPath?: string): LoadedBars {
  const content = readOhlcv(path, range);
  const tomlPath = symbolPath ?? `${path.replace(/\.ohlcv$/i, "")}.toml`;
  const { symInfo } = readSymbolFile(tomlPath);
  const declared = parseTimeframe(symInfo.period);
  if (content.timeframe !== null && timeframeSeconds(content.timeframe) !== timeframeSeconds(declared)) {
    throw new DataError(
      `${tomlPath} says the period is ${symInfo.period}, the bars of ${path} are ${formatTimeframe(content.timeframe)}`,
      { hint: "the symbol file is stale: correct it, or convert or download the data again" },
    );
  }
  const extra = readSidecar(path, content.recordCount, content.firstIndex, content.columns.length);
  return {
    columns: { ...content.columns, extra },
    symInfo,
    timeframe: formatTimeframe(declared),
    grid: content.grid,
    path,
  };
}
