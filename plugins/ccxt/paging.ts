import type { Bar } from "pynecore/plugin";

/** A download in pages, pure but for the fetching it is given. */
export interface PagePlan {
  /** First bar open wanted, epoch ms, inclusive. */
  readonly from: number;
  /** End, exclusive; not after now. */
  readonly to: number;
  /** Bars per request; `undefined`: the exchange's own choice. */
  readonly limit: number | undefined;
  /** A distance from one open that never passes the next one, ms. */
  readonly stepMs: number;
  /** Bars from `since` on, in any order, with or without others around them. */
  readonly fetch: (since: number, limit: number | undefined) => Promise<readonly Bar[]>;
  /**
   * Where the series goes on at or after a time, looked up on coarser bars; `to` or later when it does not. Without
   * it, a hole is crossed window by window.
   */
  readonly seek?: (since: number) => Promise<number>;
}

/** The window of an exchange that does not say how many bars it sends: small enough for all of them. */
const unknownLimit = 100;
/** A hole of one window is an outage; after more of them we look where the series goes on. */
const emptyPagesBeforeSeek = 2;

/**
 * Pages of bars, ascending, each bar once. Takes what comes, however many; an empty page is not the end of a series
 * (exchanges stop, coins are listed later than asked), so it is stepped over.
 */
export async function* pages(plan: PagePlan): AsyncGenerator<readonly Bar[]> {
  const windowMs = (plan.limit ?? unknownLimit) * plan.stepMs;
  let cursor = plan.from;
  let empty = 0;
  while (cursor < plan.to) {
    const answer = ascending(await plan.fetch(cursor, plan.limit));
    const page = answer.filter((bar) => bar.openTimeMs >= cursor && bar.openTimeMs < plan.to);
    const last = page.at(-1);
    if (last !== undefined) {
      yield page;
      cursor = last.openTimeMs + plan.stepMs;
      empty = 0;
      continue;
    }
    // The exchange went on to bars after the end: there is nothing before them.
    if (answer.some((bar) => bar.openTimeMs >= plan.to)) return;
    cursor += windowMs;
    empty++;
    if (empty < emptyPagesBeforeSeek || plan.seek === undefined || cursor >= plan.to) continue;
    // Into the first coarse bar, then through it window by window.
    cursor = Math.max(cursor, await plan.seek(cursor));
    empty = 0;
  }
}

/**
 * Where a series has bars at or after `since`, from bars that are coarser: the open of the first one, which is not
 * after the first fine bar in it; `to` when there is none.
 */
export async function seekOn(coarse: Omit<PagePlan, "seek">): Promise<number> {
  for await (const [first] of pages(coarse)) if (first !== undefined) return first.openTimeMs;
  return coarse.to;
}

/** Bars in order of time, one for each; of two with the same time the later in the answer. */
export function ascending(bars: readonly Bar[]): Bar[] {
  const byTime = new Map(bars.map((bar) => [bar.openTimeMs, bar]));
  return [...byTime.values()].toSorted((a, b) => a.openTimeMs - b.openTimeMs);
}
