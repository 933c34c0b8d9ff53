/** How long things are waited for, ms. */

/** A cancel whose outcome stays unknown: then the run halts. */
export const cancelGraceMs = 30_000;
/** A position that is read so much later has all that a cancelled entry had filled. */
export const accountGraceMs = 5_000;
/** A market order that could not leave for so long is not sent any more; why, see `pursueLapses`. */
export const marketOrderMs = 120_000;
/** A close beside an exit of which nobody knows whether it is at the venue: then it goes, whoever shares the account. */
export const sharedDoubtMs = 15_000;
/** What an order has filled by the venue's word is waited for so long, while its executions can be heard. */
export const untoldMs = 120_000;
/** A position that the venue no longer has, before it is believed to have been closed by somebody else. */
export const flatGraceMs = 120_000;
/** A cancel that nobody asked for: the fill that explains it may come after it. */
export const explainGraceMs = 2_000;
/** The venue's positions are read so often while it is not known which are ours. */
export const legReadMs = 1_000;
/** A change of a working order that did not happen is tried again after this. */
export const amendPauseMs = 5_000;
/** An order whose answer was lost may still be on its way for so long; then the plugin is asked what became of it. */
export const lostOrderMs = 5_000;
/** The stop at the venue follows those that the engine watches, where they move towards the price, this much later. */
export const failsafeLagMs = 1_000;
/** The same where an order cannot be changed: until it is there again, nothing is behind them. */
export const failsafeWithoutAmendMs = 30_000;
/** A read without an answer, before the run halts. */
export const stuckReadMs = 60_000;
/** A close or a bracket that was refused once is tried again after this: the fill that made it moot may be on its way. */
export const refusedExitMs = 2_000;
/** The position is read at least so often. */
export const reconcileMs = 30_000;
/** The position is read so often while something of it has to be proven, or reads fail. */
export const freshReadMs = 5_000;

const shortestWaitMs = 1_000;
const longestWaitMs = 60_000;

/** Refusals of one intent in a row before it is left alone. */
export const rejectBudget = 3;

/**
 * When to try again what has been tried in vain since a time: after as long as it has been tried already, at least a
 * second, at most a minute. So the gaps double.
 */
export function tryAgainMs(sinceMs: number, nowMs: number): number {
  return nowMs + Math.min(Math.max(nowMs - sinceMs, shortestWaitMs), longestWaitMs);
}

/** When a venue that throttles may be asked again: what it says, at least a second, at most ten minutes. */
export function afterRateLimitMs(retryAfterMs: number, nowMs: number): number {
  const wait = Number.isFinite(retryAfterMs) ? retryAfterMs : longestWaitMs;
  return nowMs + Math.min(Math.max(wait, shortestWaitMs), 10 * longestWaitMs);
}
