import type { Bar } from "pynecore/plugin";

import type { Trade } from "./client.ts";
import type { LiveBarsOptions } from "./live.ts";
import { lengthMs } from "./timeframes.ts";

/** Where changed candles come from: a stream of candles, a stream of trades, or asking again and again. */

/** Polling: a bar is asked for so often, within these bounds, ms. */
const pollsPerBar = 20;
const shortestPollMs = 1000;
const longestPollMs = 30_000;
const dayMs = 86_400_000;

/**
 * A function that resolves with the candles that changed, each time it is called. The best that the exchange has:
 * candles, else trades (up to a day, whose bars begin on multiples of their length), else polling. Through a proxy
 * there is only polling.
 *
 * @param formingMs open of the bar that is forming, if one is known
 */
export function candleSource(
  { venue, market, word, clock, closed }: LiveBarsOptions,
  formingMs: () => number | undefined,
): () => Promise<readonly Bar[]> {
  if (venue.streams && venue.can("watchOHLCV")) return () => venue.watchBars(market.symbol, word);
  const length = lengthMs(word);
  if (venue.streams && venue.can("watchTrades") && (length <= dayMs || !venue.can("fetchOHLCV"))) {
    const bars = new TradeBars(length);
    return async () => bars.add(await venue.watchTrades(market.symbol));
  }
  const waitMs = Math.min(longestPollMs, Math.max(shortestPollMs, length / pollsPerBar));
  let first = true;
  return async () => {
    if (!first) await clock.sleep(waitMs, closed);
    first = false;
    return venue.barsSince(market, word, formingMs() ?? clock.nowMs() - 2 * length, closed);
  };
}

/** Bars from trades, pure. The first one knows only what was traded since it was subscribed. */
export class TradeBars {
  readonly #lengthMs: number;
  #bar: Bar | undefined;
  /** Ids of the last trades: a stream repeats some after a reconnect. */
  readonly #seen = new Set<string>();

  constructor(barLengthMs: number) {
    this.#lengthMs = barLengthMs;
  }

  /** The bars that these trades changed, oldest first. Late trades of bars before the last one are left out. */
  add(trades: readonly Trade[]): Bar[] {
    const changed = new Map<number, Bar>();
    for (const trade of trades.toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))) {
      const { id, timestamp, price, amount = 0 } = trade;
      if (timestamp === undefined || price === undefined || (id !== undefined && this.#repeats(id))) continue;
      const openTimeMs = Math.floor(timestamp / this.#lengthMs) * this.#lengthMs;
      const bar = this.#bar;
      if (bar !== undefined && openTimeMs < bar.openTimeMs) continue;
      this.#bar =
        bar?.openTimeMs === openTimeMs
          ? {
              ...bar,
              high: Math.max(bar.high, price),
              low: Math.min(bar.low, price),
              close: price,
              volume: bar.volume + amount,
            }
          : { openTimeMs, open: price, high: price, low: price, close: price, volume: amount };
      changed.set(openTimeMs, this.#bar);
    }
    return [...changed.values()];
  }

  #repeats(id: string): boolean {
    if (this.#seen.has(id)) return true;
    this.#seen.add(id);
    if (this.#seen.size > rememberedTrades) this.#seen.delete(this.#seen.values().next().value ?? "");
    return false;
  }
}

const rememberedTrades = 1000;
