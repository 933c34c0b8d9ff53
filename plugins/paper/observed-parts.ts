import { type BarUpdate, partBetween, type Timeframe, timeframeSeconds } from "pynecore/plugin";

import type { ExchangeState, MarketPart } from "./exchange/state.ts";

/** Another provider's updates as parts of a market: what the price did from one to the next. */
export class ObservedParts {
  readonly #periodMs: number;
  #last: BarUpdate | undefined;
  /** Bars up to this one are over. */
  #overMs = -Infinity;
  #volume = 0;

  constructor(timeframe: Timeframe) {
    this.#periodMs = timeframeSeconds(timeframe) * 1000;
  }

  /**
   * @param state where the exchange is: after a restart it may have seen a part of the bar already
   * @param nowMs the clock's
   * @returns `undefined` for what says nothing new
   */
  next(update: BarUpdate, state: ExchangeState, nowMs: number): MarketPart | undefined {
    const { openTimeMs, isClosed } = update;
    if (openTimeMs <= this.#overMs || Number.isNaN(update.open + update.high + update.low + update.close))
      return undefined;
    const isNew = openTimeMs !== this.#last?.openTimeMs;
    if (isNew && this.#last !== undefined && openTimeMs < this.#last.openTimeMs) return undefined;
    const before = isNew ? this.#seenBefore(openTimeMs, state) : this.#last;
    const seenVolume = isNew ? 0 : this.#volume;
    this.#last = update;
    this.#volume = Number.isNaN(update.volume) ? 0 : update.volume;
    if (isClosed) this.#overMs = openTimeMs;
    const endMs = openTimeMs + this.#periodMs;
    // A feed of the past has its own time; within a bar only the clock's tells anything.
    const fromMs = before === undefined ? openTimeMs : Math.max(openTimeMs, Math.min(state.nowMs, endMs));
    const isPresent = nowMs >= openTimeMs && nowMs < endMs;
    const toMs = isClosed ? endMs : isPresent ? nowMs : fromMs;
    return {
      ...partBetween(before, update),
      fromMs,
      toMs: Math.max(fromMs, toMs),
      volume: Number.isNaN(update.volume) ? null : Math.max(0, update.volume - seenVolume),
      startsBar: before === undefined,
    };
  }

  /** After a restart in the middle of a bar: it began before, and its way so far was walked. */
  #seenBefore(openTimeMs: number, { nowMs, price, high, low }: ExchangeState): BarUpdate | undefined {
    const isWithin = nowMs > openTimeMs && nowMs < openTimeMs + this.#periodMs;
    if (this.#last !== undefined || price === null || !isWithin) return undefined;
    return { openTimeMs, open: price, high, low, close: price, volume: 0, isClosed: false };
  }
}
