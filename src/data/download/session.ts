import { isRetryableProviderError, TransientProviderError } from "../../api/plugins/errors.ts";
import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import { type Clock, systemClock } from "../../kernel/clock.ts";
import type { Timeframe } from "../../kernel/timeframe.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import type { RefusedBar, Revision } from "../provenance-file.ts";
import { answer, type AskOptions } from "./pages.ts";
import { processRateLimits, type RateLimits } from "./rate-limit.ts";
import { defaultRetries, maxRetryAfterMs, retryAfterOf, retryDelayMs } from "./retry.ts";
import type { DownloadRetry, FetchJob, TimeRange } from "./types.ts";

/** Smallest number of bars a request may ask for: some venues count the first one as known. */
const minChunkSize = 2;

/** One run against a provider: what it was asked with, how failures are waited for, and what came up on the way. */
export class FetchSession implements AskOptions {
  readonly provider: ProviderPlugin<object>;
  readonly timeframe: Timeframe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly rateLimits: RateLimits;
  /** Bars per request, where the user said so. */
  readonly limit: number | undefined;
  readonly withExtra: boolean;
  readonly revisions: Revision[] = [];
  readonly holes: TimeRange[] = [];
  readonly warnings: string[] = [];
  readonly #refused = new Map<string, RefusedBar>();
  readonly #retries: number;
  readonly #random: () => number;
  readonly #onRetry: (retry: DownloadRetry) => void;

  constructor(job: FetchJob, onRetry: (retry: DownloadRetry) => void = () => {}) {
    this.provider = job.provider;
    this.timeframe = parseTimeframe(job.timeframe);
    this.clock = job.clock ?? systemClock;
    this.signal = job.signal ?? new AbortController().signal;
    this.rateLimits = job.rateLimits ?? processRateLimits;
    this.limit = job.chunkSize === undefined ? undefined : Math.max(minChunkSize, job.chunkSize);
    this.withExtra = job.withExtra ?? false;
    this.#retries = job.retries ?? defaultRetries;
    this.#random = job.random ?? Math.random;
    this.#onRetry = onRetry;
  }

  /** Bars that break a rule, each once however often the provider sent it. */
  get refused(): readonly RefusedBar[] {
    return [...this.#refused.values()];
  }

  refuse(bars: readonly RefusedBar[]): void {
    for (const bar of bars) this.#refused.set(`${bar.timeMs}`, bar);
  }

  /** Asks the provider for something small, with the same patience as for bars. */
  ask<Result>(what: string, question: () => Promise<Result>): Promise<Result> {
    return this.withRetries(
      async () => {
        await this.rateLimits.take(this.provider, this.clock, this.signal);
        return await answer(question, what, this);
      },
      () => 0,
    );
  }

  /**
   * Runs `attempt` until it succeeds, waiting after transient failures.
   *
   * @param progress grows with what has been achieved: failures that have some between them are not in a row
   * @throws what the last attempt threw; the signal's reason
   */
  async withRetries<Result>(attempt: () => Promise<Result>, progress: () => number): Promise<Result> {
    let failures = 0;
    let before = progress();
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        this.signal.throwIfAborted();
        if (progress() > before) failures = 0;
        before = progress();
        failures++;
        if (!isRetryableProviderError(error) || failures > this.#retries) throw error;
        const asked = retryAfterOf(error);
        if (asked !== undefined && asked > maxRetryAfterMs) throw tooLong(error, asked);
        const waitMs = retryDelayMs(failures, asked, this.#random());
        this.#onRetry({ attempt: failures, retries: this.#retries, waitMs, error });
        await this.clock.sleep(waitMs, this.signal);
      }
    }
  }
}

function tooLong(error: unknown, askedMs: number): TransientProviderError {
  const minutes = Math.ceil(askedMs / 60_000);
  return new TransientProviderError(`the venue asks to come back in ${minutes} minutes`, { cause: error });
}
