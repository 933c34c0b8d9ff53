import type { BrokerPlugin } from "../api/plugins/broker.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { Fact } from "./engine/facts.ts";
import { readEvent } from "./executor/venue-values.ts";
import { isUnsafe } from "./executor/write-result.ts";

/** Longest wait for a stream that is asked to end, ms. */
const closeMs = 5_000;
/** Waits before a stream that has ended is begun anew, ms: the first, and the longest. */
const restartMs = { first: 1_000, longest: 60_000 } as const;

/** What a stream works with. */
export interface EventStreamOptions {
  readonly plugin: BrokerPlugin;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes what is heard. */
  readonly onFact: (fact: Fact) => void;
}

/**
 * The venue's own word on orders, watched over: a stream that ends is a fact, and is begun anew, so that a run which
 * may open nothing any more still hears what becomes of what it has.
 */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #stop = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  start(): void {
    this.#reading = this.#watch();
  }

  /** Ends the stream; one that does not end is left behind. */
  async stop(): Promise<void> {
    const { clock, log, plugin } = this.#options;
    this.#stop.abort(new Error("the run has ended"));
    const over = new AbortController();
    const late = clock.sleep(closeMs, over.signal).then(
      () => log.warn(`${plugin.name}: its stream of orders takes longer than ${closeMs / 1000} s to end`),
      () => {},
    );
    await Promise.race([this.#reading, late]);
    over.abort();
  }

  async #watch(): Promise<void> {
    const { clock, onFact } = this.#options;
    const { signal } = this.#stop;
    let waitMs: number = restartMs.first;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      onFact({ kind: "stream", nowMs: startedMs, isAlive: true });
      let [reason, unsafe] = ["it ended", false];
      try {
        await this.#read(signal);
      } catch (error) {
        [reason, unsafe] = [messageOf(error), isUnsafe(error)];
      }
      if (signal.aborted) return;
      const nowMs = clock.nowMs();
      onFact({ kind: "stream", nowMs, isAlive: false, reason, ...(unsafe ? { isUnsafe: true } : {}) });
      if (nowMs - startedMs > restartMs.longest) waitMs = restartMs.first;
      await clock.sleep(waitMs, signal).catch(() => {});
      waitMs = Math.min(waitMs * 2, restartMs.longest);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { clock, log, onFact, plugin } = this.#options;
    for await (const value of plugin.watchOrders(signal)) {
      if (signal.aborted) return;
      const nowMs = clock.nowMs();
      try {
        onFact({ kind: "venue", nowMs, event: readEvent(value) });
      } catch (error) {
        // It may have been a fill.
        log.error(`${plugin.name} broke its contract: ${messageOf(error)}`);
        onFact({
          kind: "quarantine",
          nowMs,
          reason: `${plugin.name} sent an order event that cannot be read`,
        });
      }
    }
  }
}
