import {
  type Bar,
  type BarUpdate,
  type BrokerListEntry,
  type DownloadRequest,
  isRetryableProviderError,
  LiveProviderPlugin,
  NotSupportedError,
  ProviderError,
  type ProviderOptions,
  type SymInfo,
  TransientProviderError,
} from "pynecore/plugin";

import type { Market } from "./client.ts";
import { CcxtConfig, settingsOf } from "./config.ts";
import { Venue } from "./exchange.ts";
import { exchanges } from "./exchanges.ts";
import { LiveBars } from "./live.ts";
import { symbolInfo } from "./market.ts";
import { pages, type PagePlan, seekOn } from "./paging.ts";
import { observedStep, precisionModes, stepAt, stepOf } from "./tick.ts";
import { endOfBarMs, lengthMs, shortestStepMs, timeframeTable, wordFor } from "./timeframes.ts";

/** Every timeframe that some exchange has. */
const words =
  "1s 10s 1m 3m 5m 10m 15m 30m 1h 2h 3h 4h 6h 8h 12h 1d 2d 3d 4d 5d 7d 1w 2w 3w 4w 1M 3M 4M 1y".split(" ");
/** Tick of a market about which nothing at all is known. */
const lastResortStep = 1e-8;
/** How long closing sockets may take, ms. */
const closeTimeoutMs = 2000;
const dayMs = 86_400_000;

/** One instance per exchange and settings in a process: they share the market table and the rate limit. */
const venues = new Map<string, Promise<Venue>>();

/** Crypto exchanges through ccxt: bars, and a live feed. */
export class Ccxt extends LiveProviderPlugin<CcxtConfig> {
  static override Config = CcxtConfig;
  static override doc = `Bars of over a hundred crypto exchanges, past and live, through ccxt.

\`ccxt:BYBIT:BTC/USDT:USDT@60\`: exchange, symbol in ccxt's spelling, timeframe. \`BTC/USDT\` is spot,
\`BTC/USDT:USDT\` a linear perpetual, \`BTC/USD:BTC\` an inverse one. Keys, test networks and proxies are set in
\`config/plugins/ccxt.toml\`, for all exchanges or in a table for each.`;
  static override timeframes = timeframeTable(words);
  static override multiBroker = true;

  readonly #streams = new Map<string, LiveBars>();
  #live: { readonly venue: Venue; readonly closing: AbortController; hasBegun: boolean } | undefined;
  #lost = false;

  /** The exchange's capitals are one spelling, whichever was typed: bars of `bybit:X` are those of `BYBIT:X`. */
  constructor(options: ProviderOptions<CcxtConfig>) {
    const [exchange = "", ...rest] = options.symbol?.split(":") ?? [];
    super({
      ...options,
      symbol: options.symbol === null ? null : [exchange.toUpperCase(), ...rest].join(":"),
    });
  }

  /** Every exchange, ids ascending; none of them is loaded for it. */
  static override getListOfBrokers(): Promise<BrokerListEntry[]> {
    return Promise.resolve(Object.entries(exchanges).map(([id, { name }]) => ({ id, name })));
  }

  /** Symbols of active markets in ccxt's spelling, ascending. */
  override async getAvailableSymbols(signal?: AbortSignal): Promise<string[]> {
    const venue = await this.#venue();
    return Object.values(await venue.markets(signal))
      .filter((market) => market.active !== false)
      .map((market) => market.symbol)
      .toSorted();
  }

  override async getSymbolInfo(signal?: AbortSignal): Promise<SymInfo> {
    const venue = await this.#venue();
    const market = await venue.market(this.#ticker(), signal);
    const timeframe = this.timeframe ?? "1D";
    const known = stepOf(market.precision.price, venue.precisionMode);
    return symbolInfo(market, {
      exchangeId: venue.id,
      precisionMode: venue.precisionMode,
      step: known ?? (await this.#stepFromBars(venue, market, signal)),
      timeframe,
    });
  }

  override async *download(request: DownloadRequest): AsyncGenerator<readonly Bar[]> {
    const { signal } = request;
    const venue = await this.#venue();
    const market = await venue.market(this.#ticker(), signal);
    yield* this.#pages(venue, market, this.timeframe ?? "1D", request);
  }

  override async connect(signal?: AbortSignal): Promise<void> {
    await this.disconnect();
    const loaded = await this.#venue();
    await loaded.market(this.#ticker(), signal);
    const venue = await loaded.twin();
    this.#live = { venue, closing: new AbortController(), hasBegun: false };
    this.#lost = false;
  }

  override async disconnect(): Promise<void> {
    const live = this.#live;
    this.#live = undefined;
    this.#streams.clear();
    if (live === undefined) return;
    live.closing.abort(new TransientProviderError("the feed was disconnected"));
    const done = new AbortController();
    // A server that never answers the closing must not hold anybody up.
    const late = this.clock.sleep(closeTimeoutMs, done.signal).catch(() => {});
    await Promise.race([live.venue.close().catch(() => {}), late]);
    done.abort();
  }

  override get isConnected(): boolean {
    return this.#live !== undefined && !this.#lost;
  }

  override async watchOhlcv(symbol: string, timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    if (this.#live === undefined) throw new ProviderError("the feed is not connected");
    const live = this.#live;
    const { venue, closing } = live;
    const ticker = this.normalizeSymbol(symbol);
    const key = `${ticker}@${timeframe}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const market = await (await this.#venue()).market(ticker, signal);
      venue.know(market);
      const word = wordFor(timeframe, venue.timeframes, venue.id);
      const { clock, log } = this;
      stream = new LiveBars({ venue, market, word, clock, log, closed: closing.signal });
      this.#streams.set(key, stream);
    }
    try {
      const update = await stream.next(signal);
      this.#lost = false;
      // What the run reads is known by now.
      if (!live.hasBegun) (await this.#venue()).keepFew();
      live.hasBegun = true;
      return update;
    } catch (error) {
      this.#lost ||= isRetryableProviderError(error);
      throw error;
    }
  }

  override async backfillClosedBars(symbol: string, timeframe: string, sinceMs: number): Promise<Bar[]> {
    const venue = await this.#venue();
    const market = await venue.market(this.normalizeSymbol(symbol));
    const word = wordFor(timeframe, venue.timeframes, venue.id);
    const now = this.clock.nowMs();
    const request = { from: sinceMs + 1, to: now, signal: new AbortController().signal };
    const closed: Bar[] = [];
    for await (const page of this.#pages(venue, market, timeframe, request))
      closed.push(...page.filter((bar) => endOfBarMs(bar.openTimeMs, word) <= now));
    return closed;
  }

  /** The symbol without the exchange in front of it. */
  override normalizeSymbol(symbol: string): string {
    const [exchange = "", ...rest] = symbol.split(":");
    return rest.length > 0 && exchange.toLowerCase() === this.#exchangeId ? rest.join(":") : symbol;
  }

  get #exchangeId(): string {
    return (this.symbol ?? "").split(":")[0]?.toLowerCase() ?? "";
  }

  /** What follows the exchange. */
  #ticker(): string {
    const ticker = this.normalizeSymbol(this.symbol ?? "");
    if (ticker === "" || ticker === this.symbol)
      throw new ProviderError("no symbol is named", { hint: "ccxt:BYBIT:BTC/USDT@60" });
    return ticker;
  }

  #venue(): Promise<Venue> {
    const id = this.#exchangeId;
    if (id === "") {
      throw new ProviderError("no exchange is named", {
        hint: "ccxt:BYBIT; pyne data download ccxt --list-brokers shows all",
      });
    }
    const settings = settingsOf(this.config, id);
    const key = JSON.stringify([id, settings]);
    const known = venues.get(key);
    if (known !== undefined) return known;
    const unknown = Object.keys(this.config.tables).find(
      (name) => !Object.hasOwn(exchanges, name.toLowerCase()),
    );
    if (unknown !== undefined)
      this.log.warn(`config/plugins/ccxt.toml: [${unknown}] is no exchange that ccxt knows`);
    const opening = Venue.open(id, settings, this.clock);
    venues.set(key, opening);
    opening.catch(() => venues.delete(key));
    return opening;
  }

  #pages(
    venue: Venue,
    market: Market,
    timeframe: string,
    { from, to, limit, signal }: DownloadRequest,
  ): AsyncGenerator<readonly Bar[]> {
    venue.requireBars();
    const word = wordFor(timeframe, venue.timeframes, venue.id);
    const end = Math.min(to, this.clock.nowMs());
    const most = venue.barLimit(market);
    const plan = (since: number, of: string): Omit<PagePlan, "seek"> => ({
      from: since,
      to: end,
      limit: limit === undefined ? most : Math.min(Math.max(2, limit), most ?? limit),
      stepMs: shortestStepMs(of),
      fetch: (start, count) => venue.bars(market.symbol, of, start, count, signal),
    });
    // Nothing was traded before the market was listed; the bar that it was listed in begins earlier.
    const listed = market.created === undefined ? from : market.created - lengthMs(word);
    const fine = plan(Math.max(from, listed), word);
    const coarser = venue.timeframes.includes("1d") && lengthMs(word) < dayMs;
    return pages(
      coarser ? { ...fine, seek: (since) => seekOn({ ...plan(since - dayMs, "1d"), limit: most }) } : fine,
    );
  }

  /** A tick from recent bars, for a market whose exchange names none. */
  async #stepFromBars(venue: Venue, market: Market, signal: AbortSignal | undefined): Promise<number> {
    const { timeframes } = venue;
    const word = timeframeTable(timeframes)[this.timeframe ?? "1D"] ?? timeframes[0];
    if (word === undefined || !venue.can("fetchOHLCV")) return lastResortStep;
    try {
      const bars = await venue.bars(market.symbol, word, undefined, undefined, signal);
      const digits = market.precision.price;
      const close = bars.at(-1)?.close;
      const step =
        venue.precisionMode === precisionModes.significantDigits &&
        digits !== undefined &&
        close !== undefined
          ? stepAt(close, digits)
          : observedStep(bars.flatMap((bar) => [bar.open, bar.high, bar.low, bar.close]));
      return step ?? lastResortStep;
    } catch (error) {
      if (error instanceof NotSupportedError) return lastResortStep;
      throw error;
    }
  }
}
