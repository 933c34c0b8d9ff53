import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { systemClock } from "../../kernel/clock.ts";
import { DataError, RuntimeFailure } from "../../kernel/errors.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import { DownloadError, EmptyWindowError } from "../download/errors.ts";
import { downloadBars } from "../download/runner.ts";
import { sourceOf } from "../download/source.ts";
import { requireSameInstrument, storedSymbol } from "../download/symbol.ts";
import type { DownloadCallbacks, DownloadResult, FetchJob } from "../download/types.ts";
import { type LoadedBars, loadBars } from "../load.ts";
import { readHeader } from "../ohlcv/reader.ts";
import { firstStartMs, moreRounds, nextStartMs, type WarmupStart } from "./plan.ts";
import { type Shortfall, shortfallOf } from "./shortfall.ts";

/** Which bars a run from a provider begins with. */
export interface WarmupJob extends FetchJob {
  readonly start: WarmupStart;
  /** Inclusive; default: now. */
  readonly toMs: number | undefined;
}

/** What came of it. */
export interface Warmup {
  readonly bars: LoadedBars;
  /** The venue has fewer bars than were asked for. */
  readonly shortfall: Shortfall | undefined;
  readonly downloads: readonly DownloadResult[];
}

/**
 * Fetches the bars of a run into a file of their own, which the next run continues. Bars are counted as they come:
 * weekends and holes have none, so a run that asks for the newest 500 may have to look further back.
 *
 * @throws as `downloadBars`; DataError when there is not one bar
 */
export async function fetchWarmup(job: WarmupJob, callbacks: DownloadCallbacks = {}): Promise<Warmup> {
  const { path, start, toMs } = job;
  mkdirSync(dirname(path), { recursive: true });
  const timeframe = parseTimeframe(job.timeframe);
  const endMs = toMs ?? (job.clock ?? systemClock).nowMs();
  const downloads: DownloadResult[] = [];
  const fetch = async (fromMs: number): Promise<LoadedBars | undefined> => {
    // A file that ends before the run begins would have to be continued through everything between.
    const truncate = downloads.length === 0 && isUseless(job, fromMs);
    try {
      downloads.push(await downloadBars({ ...job, from: fromMs, to: toMs, truncate }, callbacks));
    } catch (error) {
      if (error instanceof DownloadError && error.cause instanceof EmptyWindowError) return undefined;
      throw error;
    }
    const result = downloads.at(-1)!;
    if (result.interrupted) throw interrupted();
    return result.bars === 0 ? undefined : loadBars(path, { toMs: endMs });
  };
  if ("fromMs" in start) {
    const bars = await fetch(start.fromMs);
    return { bars: within(bars, job, start.fromMs, endMs), shortfall: undefined, downloads };
  }
  const wanted = start.bars;
  let [fromMs, before]: [number, number | undefined] = [firstStartMs(wanted, endMs, timeframe), undefined];
  let bars: LoadedBars | undefined;
  for (let round = 0; ; round++) {
    bars = await fetch(fromMs);
    const oldestMs = bars?.columns.openTimeMs[0];
    const next = nextStartMs(
      wanted,
      { bars: bars?.columns.length ?? 0, oldestMs, fromMs },
      before,
      timeframe,
    );
    if (next === undefined || round === moreRounds) break;
    [fromMs, before] = [next, oldestMs];
  }
  // A provider whose bars lie long ago, a file among them, is asked for everything.
  if ((bars?.columns.length ?? 0) === 0 && fetchesAll(job.provider)) bars = await fetch(0);
  const times = bars?.columns.openTimeMs;
  const pinnedMs = times === undefined ? fromMs : times[Math.max(0, times.length - wanted)]!;
  const kept = within(bars, job, pinnedMs, endMs);
  const { openTimeMs, length } = kept.columns;
  const shortfall =
    length < wanted ? shortfallOf(wanted, openTimeMs, tradingCalendar(kept.symInfo), timeframe) : undefined;
  return { bars: kept, shortfall, downloads };
}

function within(
  bars: LoadedBars | undefined,
  { path, provider }: WarmupJob,
  fromMs: number,
  toMs: number,
): LoadedBars {
  const kept = bars === undefined ? undefined : loadBars(path, { fromMs, toMs });
  if (kept !== undefined && kept.columns.length > 0) return kept;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
  throw new DataError(
    `${provider.name}:${provider.symbol} has no closed bars from ${day(fromMs)} to ${day(toMs)} UTC`,
    { hint: "--from names an earlier first bar" },
  );
}

function fetchesAll(provider: ProviderPlugin<object>): boolean {
  return (provider.constructor as typeof ProviderPlugin).fetchAllByDefault;
}

/** Whether what an earlier run has kept is better replaced: it is damaged, another instrument's, or ends too early. */
function isUseless({ path, provider, timeframe }: WarmupJob, fromMs: number): boolean {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return false;
  try {
    const symbol = storedSymbol(path);
    if (symbol !== undefined) requireSameInstrument(path, symbol, sourceOf(provider, timeframe), timeframe);
    const { recordCount, lastMs } = readHeader(path);
    return recordCount > 0 && lastMs < fromMs;
  } catch (error) {
    if (error instanceof DataError) return true;
    throw error;
  }
}

function interrupted(): RuntimeFailure {
  return new RuntimeFailure("interrupted while the bars were fetched", {
    hint: "what arrived is kept: the next run goes on from there",
  });
}
