import type { Bar } from "../kernel/bar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import { BarOrder, type ChartListener, type Grid } from "./bar-order.ts";
import type { LiveSession } from "./session.ts";

/** Longest time that a close of the chart waits for what other feeds owe, ms: by then a watchdog has closed their bars. */
export const mostWaitMs = 45_000;

/** What it works with. */
export interface PatienceOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** Runs a chart's session and the feeds beside it in one order; what does not come is not waited for without end. */
export class Patience {
  readonly order: BarOrder;
  readonly #options: PatienceOptions;
  readonly #failed = Promise.withResolvers<never>();
  /** Whatever still runs when the run has ended, ends. */
  readonly #over = new AbortController();
  #waiting: AbortController | undefined;
  #idle = Promise.withResolvers<void>();

  constructor(options: PatienceOptions, grid: Grid, last: Bar, listener: ChartListener) {
    this.#options = options;
    this.#failed.promise.catch(() => {});
    this.order = new BarOrder(grid, last, listener, (isWaiting) => this.#wait(isWaiting));
  }

  /** Ends the run. */
  readonly fail = (error: unknown): void => this.#failed.reject(error);

  /**
   * Reads the chart's feed to its end.
   * @returns why it ended
   * @throws whatever the chart's feed, another feed or the script throws; the signal's reason
   */
  async race(session: LiveSession): Promise<string> {
    const { order } = this;
    const signal = AbortSignal.any([this.#options.signal, this.#over.signal]);
    const read = async (): Promise<string> => {
      const reason = await session.run(
        {
          onTick: (bar) => order.tick(bar),
          onClose: (bar, source) => order.close(bar, source),
        },
        signal,
      );
      // The last close may wait for other feeds.
      while (!order.isIdle) await this.#idle.promise;
      return reason;
    };
    try {
      order.begin();
      const reading = read();
      reading.catch(() => {});
      return await Promise.race([reading, this.#failed.promise]);
    } finally {
      this.#over.abort(new Error("the run has ended"));
    }
  }

  #wait(isWaiting: boolean): void {
    this.#waiting?.abort(new Error("it has come"));
    this.#waiting = undefined;
    if (!isWaiting) {
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
      return;
    }
    const { clock, signal } = this.#options;
    const waiting = new AbortController();
    this.#waiting = waiting;
    clock.sleep(mostWaitMs, AbortSignal.any([signal, this.#over.signal, waiting.signal])).then(
      () => this.#giveUp(),
      () => {},
    );
  }

  #giveUp(): void {
    const { log } = this.#options;
    for (const { name } of this.order.missing)
      log.warn(`${name} is silent: the chart goes on, and takes its last bar, until it is heard again`);
    try {
      this.order.giveUp();
    } catch (error) {
      this.fail(error);
    }
  }
}
