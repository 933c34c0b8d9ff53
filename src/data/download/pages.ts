import { TransientProviderError } from "../../api/plugins/errors.ts";
import type { DownloadRequest, ProviderPlugin } from "../../api/plugins/provider.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RateLimits } from "./rate-limit.ts";

/** Longest time that one page, or symbol information, may take before it counts as a transient failure. */
export const answerTimeoutMs = 120_000;

/** How a provider is asked. */
export interface AskOptions {
  readonly provider: ProviderPlugin<object>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly rateLimits: RateLimits;
}

/**
 * The pages of one download, each for a token of the rate limit and within the time a page may take. The provider's
 * iterator is told to stop however this ends; it is not waited for, since it may be what hangs.
 *
 * @throws TransientProviderError when a page does not come; the signal's reason when it is aborted; what the provider
 *   throws
 */
export async function* pages(
  request: Omit<DownloadRequest, "signal">,
  options: AskOptions,
): AsyncGenerator<readonly unknown[]> {
  const { provider, clock, signal, rateLimits } = options;
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let iterator: AsyncIterator<readonly unknown[]> | undefined;
  let done = false;
  try {
    iterator = provider.download({ ...request, signal: abort.signal })[Symbol.asyncIterator]();
    for (;;) {
      await rateLimits.take(provider, clock, signal);
      const page = await answer(() => iterator!.next(), "a page of bars", options);
      done = page.done === true;
      if (done) return;
      yield page.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    abort.abort(new Error("the download has ended"));
    if (!done) void Promise.resolve(iterator?.return?.()).catch(() => {});
  }
}

/**
 * What a provider answers, or a failure when it does not.
 * @param what names it in the message
 */
export async function answer<Result>(
  ask: () => Promise<Result>,
  what: string,
  { provider, clock, signal }: AskOptions,
): Promise<Result> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: settled.signal });
  });
  const answered = ask();
  const timeout = clock.sleep(answerTimeoutMs, settled.signal).then(() => {
    throw new TransientProviderError(
      `${provider.name || "the provider"} did not send ${what} within ${answerTimeoutMs / 1000} s`,
    );
  });
  try {
    return await Promise.race([answered, timeout, aborted]);
  } finally {
    // Whatever loses the race must not become an unhandled rejection.
    for (const promise of [answered, timeout, aborted]) promise.catch(() => {});
    settled.abort();
  }
}
