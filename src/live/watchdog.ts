/**
 * When a feed has been silent for too long. Pure: what was heard and when, the moment, a verdict.
 *
 * A feed that does not live in the present, such as a replay of last year, has no clock to be measured by: nothing is
 * ever late there.
 */

/** Least and most time that a close may come after its bar's end, ms, and in between half a period. */
const graceMs = { least: 15_000, most: 30_000 } as const;
/** Least silence that makes a connection suspect, ms. */
export const leastSilenceMs = 90_000;
/** How far from the present the bar of an update may lie, ms, or a period where that is longer. */
const presentMs = 120_000;
/** How often a market that has closed is looked at, and everything else, ms. */
export const lookEveryMs = { closed: 30_000, open: 5_000 } as const;

/** How long after the end of a bar its close is due. */
export function closeGraceMs(periodMs: number): number {
  return Math.max(graceMs.least, Math.min(periodMs / 2, graceMs.most));
}

/** Silence that forces a reconnect; `undefined`: none does. @param bars periods; `null` switches it off */
export function silenceLimitMs(bars: number | null, periodMs: number): number | undefined {
  return bars === null ? undefined : Math.max(bars * periodMs, leastSilenceMs);
}

/**
 * Whether a bar is of now: it has begun, and the one after it is not long over.
 * @param nextEndMs end of the bar that follows
 */
export function isPresent(openMs: number, nextEndMs: number, periodMs: number, nowMs: number): boolean {
  return nowMs > openMs - presentMs && nowMs < nextEndMs + Math.max(presentMs, periodMs);
}

/** What a watchdog knows. Times are epoch ms. */
export interface Silence {
  /** The last update spoke of the present. */
  readonly isPresent: boolean;
  readonly isMarketOpen: boolean;
  /** When something was heard last, or the market opened since. */
  readonly heardMs: number;
  /** End of the bar that closes next; NaN when nobody knows. */
  readonly nextEndMs: number;
  readonly periodMs: number;
  readonly silenceLimitMs: number | undefined;
}

/** `stale`: connect anew. `overdue`: the next close should have come. */
export type Verdict = "fine" | "stale" | "overdue";

export function verdictOn(silence: Silence, nowMs: number): Verdict {
  const { isPresent: present, isMarketOpen, heardMs, nextEndMs, periodMs } = silence;
  if (!present) return "fine";
  if (nowMs >= nextEndMs + closeGraceMs(periodMs)) return "overdue";
  const limit = silence.silenceLimitMs;
  return isMarketOpen && limit !== undefined && nowMs - heardMs >= limit ? "stale" : "fine";
}

/** Whether something that happens for the n-th time in a row is worth a line: at first, then every tenth time. */
export function isNews(times: number): boolean {
  return times === 1 || times % 10 === 0;
}
