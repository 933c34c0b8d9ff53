import { statSync } from "node:fs";
import { join } from "node:path";

import { tradingCalendar } from "../kernel/calendar/calendar.ts";
import { messageOf } from "../kernel/errors.ts";
import { formatTimeframe, parseTimeframe, timeframeSeconds } from "../kernel/timeframe.ts";
import { readSource } from "./download/source.ts";
import { gapsOf, holesIn } from "./holes.ts";
import { TimeColumn } from "./ohlcv/times.ts";
import { probeVersion, readOhlcv } from "./ohlcv/reader.ts";
import { readSymbolFile, type SymbolFile } from "./syminfo-toml.ts";

/** What a data file holds, as far as that is known without reading its bars. Times are epoch ms. */
export interface DataFileSummary {
  /** Name without folder and extension. */
  readonly name: string;
  readonly path: string;
  /** `PREFIX:TICKER`; `undefined` without a symbol file. */
  readonly symbol: string | undefined;
  /** TradingView notation; `undefined` for a version 1 file without a symbol file. */
  readonly timeframe: string | undefined;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly bars: number;
  /** Stretches of open market hours without bars, and the bars that are missing in them; `undefined`: not known. */
  readonly holes: number | undefined;
  readonly missing: number | undefined;
  /** Bytes of the data file. */
  readonly size: number;
  /** Provider string of the `[download]` table. */
  readonly provider: string | undefined;
  /** When the file was written last. */
  readonly updatedMs: number;
  /** What is wrong with it. */
  readonly problem: string | undefined;
}

/** Looks at a data file. Never throws for what is in it: a damaged one says so. `undefined` when it is gone. */
export function summarise(folder: string, name: string): DataFileSummary | undefined {
  const path = join(folder, `${name}.ohlcv`);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const { size, mtimeMs } = stat;
  const { symbolFile, provider, problem } = symbolOf(path);
  const symInfo = symbolFile?.symInfo;
  const known = {
    name,
    path,
    symbol: symInfo === undefined ? undefined : `${symInfo.prefix}:${symInfo.ticker}`,
    size,
    provider,
    updatedMs: Math.floor(mtimeMs),
  };
  try {
    return { ...known, ...coverage(path, symbolFile, problem) };
  } catch (error) {
    return {
      ...known,
      timeframe: symInfo?.period,
      firstMs: undefined,
      lastMs: undefined,
      bars: 0,
      holes: undefined,
      missing: undefined,
      problem: messageOf(error).replace(`${path} is `, ""),
    };
  }
}

type Coverage = Pick<
  DataFileSummary,
  "timeframe" | "firstMs" | "lastMs" | "bars" | "holes" | "missing" | "problem"
>;

function coverage(path: string, symbolFile: SymbolFile | undefined, problem: string | undefined): Coverage {
  const symInfo = symbolFile?.symInfo;
  if (probeVersion(path) === 1) {
    const { columns } = readOhlcv(path);
    return {
      timeframe: symInfo?.period,
      firstMs: columns.openTimeMs[0],
      lastMs: columns.openTimeMs[columns.length - 1],
      bars: columns.length,
      holes: undefined,
      missing: undefined,
      problem,
    };
  }
  using times = new TimeColumn(path);
  const { timeframe, firstMs, lastMs, dense } = times.header;
  const period = formatTimeframe(timeframe);
  let [holes, missing] = [0, 0];
  if (!dense && symInfo !== undefined) {
    for (const hole of holesIn(gapsOf(times, timeframe), tradingCalendar(symInfo), timeframe)) {
      holes++;
      missing += hole.bars;
    }
  }
  const unknown = !dense && symInfo === undefined && times.length > 1;
  const stale =
    symInfo !== undefined && timeframeSeconds(parseTimeframe(symInfo.period)) !== timeframeSeconds(timeframe);
  return {
    timeframe: period,
    firstMs: times.length === 0 ? undefined : firstMs,
    lastMs: times.length === 0 ? undefined : lastMs,
    bars: times.length,
    holes: unknown ? undefined : holes,
    missing: unknown ? undefined : missing,
    problem: problem ?? (stale ? `its symbol file says the period is ${symInfo.period}` : undefined),
  };
}

function symbolOf(path: string): {
  symbolFile: SymbolFile | undefined;
  provider: string | undefined;
  problem: string | undefined;
} {
  const tomlPath = path.replace(/\.ohlcv$/i, ".toml");
  try {
    const symbolFile = readSymbolFile(tomlPath);
    const provider = readSource(symbolFile.download, tomlPath)?.provider;
    return { symbolFile, provider, problem: undefined };
  } catch (error) {
    return { symbolFile: undefined, provider: undefined, problem: messageOf(error) };
  }
}
