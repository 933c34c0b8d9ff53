import { type Bar, type BarUpdate, type Clock, type Logger, TransientProviderError } from "pynecore/plugin";

import type { Market } from "./client.ts";
import type { Venue } from "./exchange.ts";
import { ascending } from "./paging.ts";
import { candleSource } from "./sources.ts";
import { endOfBarMs } from "./timeframes.ts";

/** How long after its end a bar without a successor may still get trades, ms. */
const graceMs = 2000;
/** How often the final values of a bar are asked for before what the stream said has to do. */
const finalTries = 3;
/** Wait between those tries, ms. */
const finalWaitMs = 300;

/** What live bars are made from. */
export interface LiveBarsOptions {
  readonly venue: Venue;
  readonly market: Market;
  /** ccxt's word for the timeframe. */
  readonly word: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the feed is disconnected. */
  readonly closed: AbortSignal;
}

/**
 * Live bars of one symbol and timeframe. No stream of ccxt says that a bar is final: it is closed by the next one, or
 * by the clock when nobody trades, and its final values, with those of bars that the stream missed, come by REST.
 */
export class LiveBars {
  readonly #options: LiveBarsOptions;
  readonly #source: () => Promise<readonly Bar[]>;
  readonly #ready: BarUpdate[] = [];
  /** Arrived and not looked at yet, oldest first. */
  #inbox: Bar[] = [];
  #forming: Bar | undefined;
  /** The last bar that was handed out as final. */
  #closed: Bar | undefined;
  /** The stream's next answer; survives an aborted call. */
  #pending: Promise<readonly Bar[]> | undefined;

  constructor(options: LiveBarsOptions) {
    this.#options = options;
    this.#source = candleSource(options, () => this.#forming?.openTimeMs);
  }

  /**
   * The next change.
   * @throws TransientProviderError when the stream broke or the final values could not be had; the signal's reason
   */
  async next(signal: AbortSignal): Promise<BarUpdate> {
    for (;;) {
      signal.throwIfAborted();
      const update = this.#ready.shift();
      if (update !== undefined) return update;
      const bar = this.#inbox[0];
      if (bar !== undefined) {
        await this.#take(bar, signal);
        this.#inbox.shift();
      } else if (await this.#arrival(signal)) {
        await this.#closeByClock(signal);
      }
    }
  }

  async #take(bar: Bar, signal: AbortSignal): Promise<void> {
    const before = this.#forming ?? this.#closed;
    if (before !== undefined && bar.openTimeMs < before.openTimeMs) return;
    if (before === this.#closed && bar.openTimeMs === before?.openTimeMs) return;
    if (before !== undefined && bar.openTimeMs > before.openTimeMs) {
      const next = endOfBarMs(before.openTimeMs, this.#options.word);
      // Nothing lies between a closed bar and its neighbour.
      if (before === this.#forming || next < bar.openTimeMs)
        this.#close(await this.#finals(before, bar.openTimeMs, signal));
    }
    this.#forming = bar;
    this.#ready.push({ ...bar, isClosed: false });
  }

  /** Waits for the stream; `true`: the forming bar's time is over and nothing came. */
  async #arrival(signal: AbortSignal): Promise<boolean> {
    const { clock, word } = this.#options;
    if (this.#pending === undefined) {
      this.#pending = this.#source();
      // It may fail while nobody waits for it.
      this.#pending.catch(() => {});
    }
    const over = new AbortController();
    const waits: Promise<readonly Bar[] | undefined>[] = [this.#pending];
    const stop = AbortSignal.any([signal, over.signal]);
    const due =
      this.#forming === undefined
        ? Number.POSITIVE_INFINITY
        : endOfBarMs(this.#forming.openTimeMs, word) + graceMs - clock.nowMs();
    // Timers take 31 bits; longer waits are looked at again.
    const wait = Math.max(0, Math.min(due, 2 ** 30));
    waits.push(clock.sleep(wait, stop).then(() => undefined));
    try {
      const bars = await Promise.race(waits);
      if (bars === undefined) return wait === Math.max(0, due);
      this.#pending = undefined;
      this.#inbox.push(...ascending(bars));
      return false;
    } catch (error) {
      if (!signal.aborted) this.#pending = undefined;
      throw error;
    } finally {
      over.abort();
      waits.at(-1)?.catch(() => {});
    }
  }

  async #closeByClock(signal: AbortSignal): Promise<void> {
    const forming = this.#forming;
    if (forming === undefined) return;
    const { clock, word } = this.#options;
    const now = clock.nowMs();
    const bars = await this.#finals(forming, Number.POSITIVE_INFINITY, signal);
    this.#close(bars.filter((bar) => endOfBarMs(bar.openTimeMs, word) <= now));
    const next = bars.find((bar) => endOfBarMs(bar.openTimeMs, word) > now);
    this.#forming = next;
    if (next !== undefined) this.#ready.push({ ...next, isClosed: false });
  }

  #close(bars: readonly Bar[]): void {
    for (const bar of bars) {
      if (bar.openTimeMs <= (this.#closed?.openTimeMs ?? Number.NEGATIVE_INFINITY)) continue;
      this.#closed = bar;
      this.#ready.push({ ...bar, isClosed: true });
    }
  }

  /** The bars from one up to, and without, the one that opens at `endMs`, as the exchange's history has them. */
  async #finals(from: Bar, endMs: number, signal: AbortSignal): Promise<Bar[]> {
    const { venue, market, word, clock, log } = this.#options;
    const since = from.openTimeMs;
    if (!venue.can("fetchOHLCV")) return [from];
    let failure: unknown;
    let answered = false;
    for (let attempt = 1; attempt <= finalTries; attempt++) {
      try {
        const bars = ascending(await venue.barsSince(market, word, since, signal));
        const wanted = bars.filter((bar) => bar.openTimeMs >= since && bar.openTimeMs < endMs);
        if (wanted[0]?.openTimeMs === since) return wanted;
        answered = true;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof TransientProviderError)) throw error;
        failure = error;
      }
      if (attempt < finalTries) await clock.sleep(finalWaitMs, signal);
    }
    // Without an answer nobody knows whether bars are missing; the caller reconnects and fetches them.
    if (!answered) throw failure;
    log.warn(
      `${venue.id} ${market.symbol}: the history has no bar of ${new Date(since).toISOString()} yet; its last streamed values are taken`,
    );
    return [from];
  }
}
