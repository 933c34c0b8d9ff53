import { isProviderError, isRetryableProviderError } from "../plugins/errors.ts";
import { fail } from "./outcome.ts";
import { type Lab, thrown } from "./lab.ts";

/** What a failure must look like, and what a cancelled call may leave behind. */

/** Fails unless an error is a `ProviderError` that is not worth a retry. */
export function refusedForGood(error: unknown, what: string): void {
  if (!isProviderError(error)) fail(`${what} threw ${thrown(error)}, which is no ProviderError`);
  if (isRetryableProviderError(error)) fail(`${what} threw ${thrown(error)}, which is retryable`);
}

/** Fails unless an error is a `ProviderError` that is worth a retry. */
export function refusedForNow(error: unknown, what: string): void {
  if (!isProviderError(error)) fail(`${what} threw ${thrown(error)}, which is no ProviderError`);
  if (!isRetryableProviderError(error)) fail(`${what} threw ${thrown(error)}, which is not retryable`);
}

/** What a cancelled call came to, `undefined` when it threw. Fails when it does not end promptly. */
export async function ended<T>(lab: Lab, work: () => Promise<T>): Promise<T | undefined> {
  const settled = (): Promise<T | undefined> => work().catch(() => undefined);
  return lab.deadline("what was cancelled", settled, lab.promptMs);
}

/** Fails while a sleep on the clock of an instance goes on. */
export function nothingLeft(lab: Lab): void {
  if (lab.sleeping > 0) fail(`${lab.sleeping} of its sleeps go on after the cancellation`);
}

/** Lets what is ready run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
