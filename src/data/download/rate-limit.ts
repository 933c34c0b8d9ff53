import type { ProviderPlugin, RateLimit } from "../../api/plugins/provider.ts";
import type { Clock } from "../../kernel/clock.ts";

/**
 * Token buckets: a venue is asked at most so often, however many files are downloaded from it one after another or at
 * the same time in this process.
 */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /** Waits for a token of a provider's bucket and takes it; at once where the provider states no limit. */
  async take(provider: ProviderPlugin<object>, clock: Clock, signal: AbortSignal): Promise<void> {
    const { rateLimit, multiBroker } = provider.constructor as typeof ProviderPlugin;
    if (rateLimit === null || rateLimit === undefined || !(rateLimit.requests > 0 && rateLimit.perMs > 0))
      return;
    // Brokers behind one plugin are venues of their own.
    const broker = multiBroker ? (provider.symbol?.split(":")[0] ?? "") : "";
    const key = `${provider.name} ${broker}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new Bucket(rateLimit, clock.nowMs());
      this.#buckets.set(key, bucket);
    }
    const waitMs = bucket.take(clock.nowMs());
    if (waitMs > 0) await clock.sleep(waitMs, signal);
  }
}

/** The limits that all downloads of this process share. */
export const processRateLimits = new RateLimits();

/** A bucket that starts full and refills evenly. A token may be taken in advance: its taker waits until it is there. */
class Bucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #atMs: number;

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.requests;
    this.#atMs = nowMs;
  }

  /** Takes a token; ms until it may be used. */
  take(nowMs: number): number {
    const { requests, perMs } = this.#limit;
    // A clock that was set back refills nothing.
    const elapsed = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#tokens = Math.min(requests, this.#tokens + (elapsed * requests) / perMs) - 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens * perMs) / requests;
  }
}
