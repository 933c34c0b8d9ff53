import { type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";

/** How far back a run from a provider has to look for its bars. Pure. Times are epoch ms. */

/** Bars of a run where nobody says which. */
export const defaultBars = 500;
/** Times that the start is moved earlier when too few bars came. */
export const moreRounds = 4;

const dayMs = 86_400_000;

/** Which bars a run wants: from a moment on, or the newest so many. */
export type WarmupStart = { readonly fromMs: number } | { readonly bars: number };

/** Where the first request for `bars` bars begins: one period more than they take, for the forming one. */
export function firstStartMs(bars: number, endMs: number, timeframe: Timeframe): number {
  return Math.max(0, endMs - (bars + 1) * timeframeSeconds(timeframe) * 1000);
}

/** What a round brought. */
export interface Round {
  /** Bars there are now. */
  readonly bars: number;
  /** Open of the oldest; `undefined` without any. */
  readonly oldestMs: number | undefined;
  /** Where the round asked from. */
  readonly fromMs: number;
}

/**
 * Where the next round begins: as many periods before the oldest bar as are missing, ten more, and three days for a
 * weekend. `undefined`: there are enough, or the venue has nothing older, since this round brought no older bar than
 * the one before.
 *
 * @param before the oldest bar of the round before
 */
export function nextStartMs(
  wanted: number,
  round: Round,
  before: number | undefined,
  timeframe: Timeframe,
): number | undefined {
  const { bars, oldestMs, fromMs } = round;
  if (bars >= wanted || fromMs <= 0) return undefined;
  if (before !== undefined && oldestMs !== undefined && oldestMs >= before) return undefined;
  const periodMs = timeframeSeconds(timeframe) * 1000;
  return Math.max(0, Math.min(oldestMs ?? fromMs, fromMs) - (wanted - bars + 10) * periodMs - 3 * dayMs);
}
