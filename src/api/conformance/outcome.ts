/** How a case ends other than by passing. */

/** The contract is broken. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";
}

/** The case cannot be looked at here. */
export class ConformanceSkip extends Error {
  override readonly name = "ConformanceSkip";
}

/** Ends a case as failed; the message names what was demanded and what was found. */
export function fail(message: string): never {
  throw new ConformanceFailure(message);
}

/** Ends a case as skipped. */
export function skip(reason: string): never {
  throw new ConformanceSkip(reason);
}

/** A time for messages. */
export function iso(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace(".000Z", "Z");
}
