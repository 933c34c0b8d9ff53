import type { Clock } from "../../kernel/clock.ts";

/** A clock that knows how many sleep on it. */
export class CountingClock implements Clock {
  readonly #clock: Clock;
  sleeping = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeping++;
    try {
      await this.#clock.sleep(ms, signal);
    } finally {
      this.sleeping--;
    }
  }
}
