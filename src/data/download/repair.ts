import { type Bar, columnsOf } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { withDataFile } from "../file-lock.ts";
import { insertBars, insertedBars } from "../ohlcv/insert.ts";
import type { Header } from "../ohlcv/layout.ts";
import { readHeader, readOhlcv } from "../ohlcv/reader.ts";
import { recordPieces } from "../ohlcv/record.ts";
import type { Revision } from "../provenance-file.ts";
import { DownloadError } from "./errors.ts";
import { type BarSink, fill } from "./fill.ts";
import { FileRun } from "./file-run.ts";
import { removeLeftovers } from "./leftovers.ts";
import { FetchSession } from "./session.ts";
import { requireSameInstrument, storedSymbol, symbolPathOf } from "./symbol.ts";
import type { DownloadCallbacks, FetchJob, FetchResult, TimeRange } from "./types.ts";

/** One stretch that was asked for again. */
export interface RepairedRange extends TimeRange {
  /** Bars that the provider sent for it; 0: it has none there. */
  readonly bars: number;
}

/** What came of a repair. */
export interface RepairResult extends FetchResult {
  /** In the order they were given; those that an interruption left out are not in it. */
  readonly ranges: readonly RepairedRange[];
}

/**
 * Fetches stretches inside a data file again and merges what comes: missing bars are put in, others replaced where the
 * venue has them differently now. What lies before the first or after the last bar is left alone: that is what a
 * download is for. The file is rewritten once, at the end, with everything that has arrived by then.
 *
 * @param job its provider has to be the one of the file's `[download]` table
 * @throws as `downloadBars`
 */
export function repairBars(
  job: FetchJob,
  ranges: readonly TimeRange[],
  callbacks: Pick<DownloadCallbacks, "onWait" | "onProgress" | "onRetry"> = {},
): Promise<RepairResult> {
  const { signal, clock } = job;
  return withDataFile(job.lock, job.path, () => repair(job, ranges, callbacks), {
    signal,
    clock,
    onWait: () => callbacks.onWait?.(),
  });
}

async function repair(
  job: FetchJob,
  ranges: readonly TimeRange[],
  callbacks: Pick<DownloadCallbacks, "onWait" | "onProgress" | "onRetry">,
): Promise<RepairResult> {
  const { path } = job;
  const session = new FetchSession(job, (retry) => callbacks.onRetry?.(retry));
  const run = new FileRun(job, session);
  removeLeftovers(path);
  const symbol = storedSymbol(path);
  if (symbol === undefined) throw new DataError(`there is no symbol file ${symbolPathOf(path)}`);
  requireSameInstrument(path, symbol, run.source, job.timeframe);
  run.describe(symbol, false);
  const header = readHeader(path);
  const { firstMs, lastMs, recordCount } = header;
  const wanted = ranges
    .map((range) => ({ fromMs: Math.max(range.fromMs, firstMs), toMs: Math.min(range.toMs, lastMs + 1) }))
    .filter((range) => recordCount > 0 && range.fromMs < range.toMs);

  const fetched: Bar[] = [];
  const repaired: RepairedRange[] = [];
  let failure: unknown;
  try {
    for (const [index, range] of wanted.entries()) {
      const sink = new MemorySink(header);
      try {
        await fill(session, sink, { ...range, periods: run.periods });
      } finally {
        // What a broken answer brought is the venue's own all the same.
        fetched.push(...sink.bars);
      }
      repaired.push({ ...range, bars: sink.bars.length });
      callbacks.onProgress?.({
        bars: fetched.length,
        lastMs: sink.bars.at(-1)?.openTimeMs ?? range.fromMs,
        fraction: (index + 1) / wanted.length,
      });
    }
  } catch (error) {
    failure = error;
  }
  merge(run, fetched, repaired);
  const result = { ...run.finish(session.signal.aborted), ranges: repaired };
  if (failure === undefined || result.interrupted) return result;
  throw new DownloadError(failure, result);
}

/** Puts the bars into the file, and notes which stretches are the venue's now and what it revised. */
function merge(run: FileRun, fetched: readonly Bar[], ranges: readonly TimeRange[]): void {
  const { path, session, provenance } = run;
  const bars = [...new Map(fetched.map((bar) => [bar.openTimeMs, bar])).values()].toSorted(
    (a, b) => a.openTimeMs - b.openTimeMs,
  );
  const [first, last] = [bars[0], bars.at(-1)];
  const source = "repair" as const;
  if (first !== undefined && last !== undefined) {
    const window = { fromMs: first.openTimeMs, toMs: last.openTimeMs };
    provenance.begin({ ...window, source });
    const before = readOhlcv(path, window).columns;
    const count = readHeader(path).recordCount;
    insertBars(path, insertedBars(bars));
    run.added += readHeader(path).recordCount - count;
    session.revisions.push(...revisions(before, readOhlcv(path, window).columns, session.clock.nowMs()));
    provenance.changed(first.openTimeMs);
  }
  for (const range of ranges) provenance.assign({ fromMs: range.fromMs, toMs: range.toMs - 1, source });
}

type Columns = ReturnType<typeof readOhlcv>["columns"];

/** Values that bars of one time have differently. */
function revisions(before: Columns, after: Columns, atMs: number): Revision[] {
  const found: Revision[] = [];
  let at = 0;
  for (let index = 0; index < before.length; index++) {
    const timeMs = before.openTimeMs[index] ?? 0;
    while (at < after.length && (after.openTimeMs[at] ?? 0) < timeMs) at++;
    for (const field of ["open", "high", "low", "close", "volume"] as const) {
      const [old, fresh] = [before[field][index] ?? Number.NaN, after[field][at] ?? Number.NaN];
      if (!Object.is(old, fresh)) found.push({ timeMs, field, before: old, after: fresh, atMs });
    }
  }
  return found;
}

/** Bars in memory, of those that a file with this header could hold. */
class MemorySink implements BarSink {
  readonly bars: Bar[] = [];
  readonly #header: Header;

  constructor(header: Header) {
    this.#header = header;
  }

  get lastMs(): number {
    return this.lastBar?.openTimeMs ?? -Infinity;
  }

  get lastBar(): Bar | undefined {
    return this.bars.at(-1);
  }

  endsWith(bar: Bar): boolean {
    const last = this.lastBar;
    return (
      last !== undefined &&
      (["openTimeMs", "open", "high", "low", "close", "volume"] as const).every((field) =>
        Object.is(last[field], bar[field]),
      )
    );
  }

  replaceLast(bar: Bar): void {
    this.bars[this.bars.length - 1] = bar;
  }

  append(bars: readonly Bar[]): void {
    // With a grid a column is promoted where a distance would not do.
    const { grid, columns, recordSize } = this.#header;
    if (grid.minmove === 0) for (const _piece of recordPieces(columnsOf(bars), columns, recordSize));
    this.bars.push(...bars);
  }
}
