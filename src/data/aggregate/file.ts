import { existsSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { writeFailure } from "../../kernel/errors.ts";
import { formatTimeframe, parseTimeframe, type Timeframe } from "../../kernel/timeframe.ts";
import type { LoadedBars } from "../load.ts";
import { sidecarPath } from "../ohlcv/sidecar.ts";
import { finishSwap } from "../ohlcv/swap.ts";
import { OhlcvWriter } from "../ohlcv/writer.ts";
import { describeWhole } from "../provenance.ts";
import { provenancePath } from "../provenance-file.ts";
import { privateName } from "../publish.ts";
import { type Moves, publishTogether } from "../publish-together.ts";
import { writeSymbolFile } from "../syminfo-toml.ts";
import { aggregateBars } from "./aggregate.ts";

/** A data file of a longer timeframe, made from another. */
export interface AggregatedFile {
  readonly ohlcvPath: string;
  readonly tomlPath: string;
  readonly bars: number;
  /** Names of further columns, which have the last value of each window. */
  readonly extra: readonly string[];
}

/**
 * The name beside a data file for its bars in another timeframe: the timeframe at the end of the name is replaced,
 * or added where there is none.
 */
export function aggregatedPath(path: string, source: Timeframe, target: Timeframe): string {
  const stem = basename(path).replace(/\.ohlcv$/i, "");
  const cut = stem.lastIndexOf("_");
  const named = cut > 0 && namesTimeframe(stem.slice(cut + 1), source) ? stem.slice(0, cut) : stem;
  return join(dirname(path), `${named}_${formatTimeframe(target)}.ohlcv`);
}

function namesTimeframe(text: string, timeframe: Timeframe): boolean {
  try {
    return formatTimeframe(parseTimeframe(text)) === formatTimeframe(timeframe);
  } catch {
    return false;
  }
}

/**
 * Writes the bars of a data file in a longer timeframe, and the symbol file for them: the source's, with the new period
 * and without where it was downloaded from. Both appear together, in place of what was there; when anything fails
 * nothing has changed. The caller holds the target's lock.
 *
 * @throws UsageError when the timeframes do not fit
 */
export function aggregateFile(source: LoadedBars, target: Timeframe, ohlcvPath: string): AggregatedFile {
  const columns = aggregateBars(source.columns, parseTimeframe(source.timeframe), target, source.symInfo);
  const tomlPath = `${ohlcvPath.replace(/\.ohlcv$/i, "")}.toml`;
  const staged = privateName(ohlcvPath).replace(/\.tmp$/, ".ohlcv");
  const [stagedToml, stagedSidecar] = [staged.replace(/\.ohlcv$/, ".toml"), sidecarPath(staged)];
  try {
    {
      using writer = OhlcvWriter.create(staged, { timeframe: target, grid: source.grid });
      writer.appendColumns(columns);
    }
    writeSymbolFile(stagedToml, {
      symInfo: { ...source.symInfo, period: formatTimeframe(target) },
      download: "",
    });
    const moves: Moves = [
      [stagedToml, tomlPath],
      [staged, ohlcvPath],
      ...(existsSync(stagedSidecar) ? [[stagedSidecar, sidecarPath(ohlcvPath)] as const] : []),
    ];
    // What a crashed writer left half moved must not move over the new file later.
    finishSwap(ohlcvPath);
    // A data file without its sidecar is whole, one beside the sidecar of another is not: it goes first.
    publishTogether(moves, [sidecarPath(ohlcvPath), provenancePath(ohlcvPath)]);
  } catch (error) {
    for (const path of [staged, stagedToml, stagedSidecar]) rmSync(path, { force: true });
    throw writeFailure(ohlcvPath, error);
  }
  describeWhole(ohlcvPath, "aggregate");
  return { ohlcvPath, tomlPath, bars: columns.length, extra: [...columns.extra.keys()] };
}
