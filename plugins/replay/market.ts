import type { Clock } from "pynecore/plugin";

import type { Speed } from "./config.ts";

/** Longest single sleep, ms: timers do not count further than 2^31. */
const longestSleepMs = 3_600_000;

/** The time of the replayed market: the clock's, moved to where the replay began and made faster or slower. */
export class Market {
  readonly #anchorMs: number;

  /**
   * @param startMs where the replay begins, market time
   */
  constructor(
    readonly clock: Clock,
    readonly speed: Speed,
    readonly startMs: number,
  ) {
    this.#anchorMs = clock.nowMs();
  }

  /** Market time, epoch ms; `undefined` at full speed, where time passes with what is read. */
  now(): number | undefined {
    if (this.speed === "max") return undefined;
    return this.startMs + (this.clock.nowMs() - this.#anchorMs) * this.speed;
  }

  /** The clock's milliseconds until a moment of the market; 0 when it has come. */
  remaining(atMs: number): number {
    const now = this.now();
    return now === undefined || this.speed === "max" ? 0 : Math.max(0, Math.ceil((atMs - now) / this.speed));
  }

  /** Resolves when a moment of the market has come; rejects with the signal's reason. */
  async wait(atMs: number, signal: AbortSignal): Promise<void> {
    for (let left = this.remaining(atMs); left > 0; left = this.remaining(atMs)) {
      await this.clock.sleep(Math.min(left, longestSleepMs), signal);
    }
    // Somebody who reads in a loop must leave room for timers and signals.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
}
