import {
  type Bar,
  type Clock,
  NotSupportedError,
  ProviderError,
  TransientProviderError,
} from "pynecore/plugin";

import type { Candle, Exchange, Market } from "./client.ts";
import type { ExchangeSettings } from "./config.ts";
import { providerErrorOf } from "./errors.ts";
import { exchanges } from "./exchanges.ts";
import { lengthMs } from "./timeframes.ts";
import { answerOf, connectTransport, noEnvironment, withSignal } from "./transport.ts";

/** A market table older than this is loaded again, ms. */
const marketsAgeMs = 3_600_000;

/** An exchange with its settings: what this plugin asks of ccxt, with our errors and our signals. */
export class Venue {
  readonly #exchange: Exchange;
  readonly #settings: ExchangeSettings;
  readonly #clock: Clock;
  #marketsAtMs = Number.NEGATIVE_INFINITY;
  /** All markets are known, not only some. */
  #hasAll = false;
  #keepsFew = false;
  /** Symbols that were asked for. */
  readonly #wanted = new Set<string>();

  private constructor(exchange: Exchange, settings: ExchangeSettings, clock: Clock) {
    this.#exchange = exchange;
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * Loads the code of one exchange and makes an instance of it; nothing is asked yet.
   * @throws ProviderError for an unknown exchange, or one without the environment in the settings
   */
  static async open(id: string, settings: ExchangeSettings, clock: Clock): Promise<Venue> {
    const entry = Object.hasOwn(exchanges, id) ? exchanges[id] : undefined;
    if (entry === undefined) throw unknownExchange(id);
    const { default: ExchangeClass } = await entry.load();
    const exchange = new ExchangeClass({
      ...(settings.api_key === "" ? {} : { apiKey: settings.api_key }),
      ...(settings.secret === "" ? {} : { secret: settings.secret }),
      ...(settings.password === "" ? {} : { password: settings.password }),
      ...(settings.uid === "" ? {} : { uid: settings.uid }),
      ...(settings.rate_limit === null ? {} : { rateLimit: settings.rate_limit }),
      timeout: settings.timeout * 1000,
      // Lists that only margin trading needs, behind a signed request.
      options: { fetchMargins: false, ...structuredClone(settings.options) },
    }) as Exchange;
    enter(exchange, settings);
    leaveOptionsOut(exchange, settings);
    // Networks of coins are of no use here, and cost a signed request where there is a key.
    if (entry.marketsNeedCurrencies !== true) exchange.has["fetchCurrencies"] = false;
    connectTransport(exchange, settings);
    return new Venue(exchange, settings, clock);
  }

  /** Another instance with the same settings and rate limit, for streams of its own. It has the markets it is given. */
  async twin(): Promise<Venue> {
    const twin = await Venue.open(this.id, this.#settings, this.#clock);
    const { throttler, options } = this.#exchange;
    twin.#exchange.throttler = throttler;
    // What some exchanges have learned with their markets, as ccxt itself hands it on.
    const learned = options["marketHelperProps"];
    for (const name of Array.isArray(learned) ? learned.map(String) : [])
      twin.#exchange.options[name] = options[name];
    return twin;
  }

  /** Gives an instance a market that another one has loaded. */
  know(market: Market): void {
    this.#keep([...Object.values(this.#exchange.markets ?? {}), market]);
  }

  get id(): string {
    return this.#exchange.id;
  }

  get precisionMode(): number {
    return this.#exchange.precisionMode;
  }

  /** The exchange's timeframes in ccxt's words. */
  get timeframes(): string[] {
    return Object.keys(this.#exchange.timeframes ?? {});
  }

  /** Whether a method exists on this exchange: `fetchOHLCV`, `watchOHLCV`, `watchTrades`. */
  can(method: string): boolean {
    return this.#exchange.has[method] === true;
  }

  /** Streams do not go through a proxy. */
  get streams(): boolean {
    return this.#settings.proxy === "";
  }

  /** All markets by symbol, loaded once an hour. */
  markets(signal?: AbortSignal): Promise<Readonly<Record<string, Market>>> {
    return this.#loaded(() => false, signal);
  }

  /**
   * One market.
   * @throws ProviderError naming similar symbols
   */
  async market(symbol: string, signal?: AbortSignal): Promise<Market> {
    const markets = await this.#loaded((known) => Object.hasOwn(known, symbol), signal);
    const market = Object.hasOwn(markets, symbol) ? markets[symbol] : undefined;
    if (market === undefined) throw unknownSymbol(this.id, symbol, Object.values(markets));
    this.#wanted.add(symbol);
    if (this.#keepsFew && this.#hasAll) this.keepFew();
    return market;
  }

  /**
   * Keeps only the markets that were asked for by their symbol, from now on: an exchange has thousands, which take tens
   * of MB, and a live run reads one. When another one is asked for, all are loaded again.
   */
  keepFew(): void {
    this.#keepsFew = true;
    const markets = this.#exchange.markets ?? {};
    const few = [...this.#wanted].filter((symbol) => Object.hasOwn(markets, symbol));
    if (few.length > 0) this.#keep(few.map((symbol) => markets[symbol]!));
  }

  #keep(markets: readonly Market[]): void {
    const exchange = this.#exchange;
    this.#hasAll = false;
    exchange.currencies = {};
    exchange.setMarkets(markets);
    // It is an answer with all of them.
    exchange.marketsLoading = undefined;
  }

  /** Markets that are not too old: all, or some that do. */
  async #loaded(
    suffice: (known: Readonly<Record<string, Market>>) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, Market>>> {
    const exchange = this.#exchange;
    const known = exchange.markets;
    const isFresh = this.#clock.nowMs() - this.#marketsAtMs < marketsAgeMs;
    if (isFresh && known !== undefined && (this.#hasAll || suffice(known))) return known;
    try {
      const markets = await this.call(signal, () => exchange.loadMarkets(known !== undefined));
      this.#marketsAtMs = this.#clock.nowMs();
      this.#hasAll = true;
      return markets;
    } catch (error) {
      // It would be handed out again for ever.
      exchange.marketsLoading = undefined;
      throw error;
    }
  }

  /** Bars per request; `undefined`: the exchange does not say. */
  barLimit(market: Market): number | undefined {
    const limit = Number(this.#exchange.featureValue(market.symbol, "fetchOHLCV", "limit"));
    return limit >= 2 ? limit : undefined;
  }

  /** @throws NotSupportedError when the exchange publishes no bars */
  requireBars(): void {
    if (!this.can("fetchOHLCV")) throw new NotSupportedError(`${this.id} publishes no bars`);
  }

  /**
   * Bars as the exchange gives them: around `since`, often not exactly from it.
   * @throws NotSupportedError when it publishes none
   */
  async bars(
    symbol: string,
    word: string,
    since: number | undefined,
    limit: number | undefined,
    signal?: AbortSignal,
  ): Promise<Bar[]> {
    this.requireBars();
    const candles = await this.call(signal, () => this.#exchange.fetchOHLCV(symbol, word, since, limit));
    return candles.map((candle) => barOf(candle, this.id));
  }

  /** The bars from a time that is not long ago until now, in one request. */
  barsSince(market: Market, word: string, since: number, signal: AbortSignal): Promise<Bar[]> {
    // Exchanges count a request by the bars it asks for.
    const wanted = Math.max(2, Math.ceil((this.#clock.nowMs() - since) / lengthMs(word)) + 2);
    return this.bars(market.symbol, word, since, Math.min(wanted, this.barLimit(market) ?? wanted), signal);
  }

  /** Changed candles of a stream, when there are any. */
  async watchBars(symbol: string, word: string): Promise<Bar[]> {
    const candles = await this.call(undefined, () => this.#exchange.watchOHLCV(symbol, word));
    return candles.map((candle) => barOf(candle, this.id));
  }

  /** New trades of a stream, when there are any. */
  watchTrades(symbol: string): ReturnType<Exchange["watchTrades"]> {
    return this.call(undefined, () => this.#exchange.watchTrades(symbol));
  }

  /** Closes all streams; what waits for one is rejected. */
  async close(): Promise<void> {
    await this.#exchange.close();
  }

  /**
   * A call of ccxt.
   * @throws the signal's reason when it is aborted, at once; any failure as a `ProviderError`
   */
  async call<Result>(signal: AbortSignal | undefined, action: () => Promise<Result>): Promise<Result> {
    signal?.throwIfAborted();
    try {
      return await unlessAborted(withSignal(signal, action), signal);
    } catch (error) {
      signal?.throwIfAborted();
      const { api_key, secret, password, uid, proxy } = this.#settings;
      throw providerErrorOf(error, {
        exchangeId: this.id,
        secrets: [api_key, secret, password, uid, proxy],
        answer: answerOf(error),
        nowMs: this.#clock.nowMs(),
      });
    }
  }
}

/** A promise that an abort does not wait for; it is let go then, not left without a handler. */
function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** A candle as a bar; a missing price or volume is `NaN`. */
function barOf([openTimeMs, open, high, low, close, volume]: Candle, exchangeId: string): Bar {
  if (openTimeMs === undefined || !Number.isSafeInteger(openTimeMs))
    throw new TransientProviderError(`${exchangeId} sent a bar without a time`);
  return {
    openTimeMs,
    open: open ?? Number.NaN,
    high: high ?? Number.NaN,
    low: low ?? Number.NaN,
    close: close ?? Number.NaN,
    volume: volume ?? Number.NaN,
  };
}

/** Turns an exchange to its test network or demo accounts. */
function enter(exchange: Exchange, settings: ExchangeSettings): void {
  try {
    if (settings.environment === "sandbox") exchange.setSandboxMode(true);
    if (settings.environment === "demo") exchange.enableDemoTrading(true);
  } catch {
    throw noEnvironment(exchange.id, settings);
  }
  // Where ccxt knows no addresses it sets none.
  if (exchange.urls["api"] === undefined) throw noEnvironment(exchange.id, settings);
}

/**
 * Leaves options out of the market table unless the settings ask for them: thousands of symbols, several requests, and
 * most exchanges have no bars of them.
 */
function leaveOptionsOut(exchange: Exchange, settings: ExchangeSettings): void {
  const fetchMarkets = exchange.options["fetchMarkets"] as { types?: unknown } | undefined;
  if (settings.options["fetchMarkets"] !== undefined || !Array.isArray(fetchMarkets?.types)) return;
  fetchMarkets.types = fetchMarkets.types.filter((type) => type !== "option");
}

function unknownExchange(id: string): ProviderError {
  const similar = Object.keys(exchanges).filter(
    (known) => known.startsWith(id.slice(0, 3)) || (id.length > 2 && known.includes(id)),
  );
  const guess = id === "" || similar.length === 0 ? "" : `; similar: ${similar.slice(0, 6).join(", ")}`;
  return new ProviderError(`ccxt knows no exchange "${id}"${guess}`, {
    hint: "pyne data download ccxt --list-brokers shows all",
  });
}

function unknownSymbol(id: string, symbol: string, markets: readonly Market[]): ProviderError {
  const plain = (text: string): string => text.replace(/[^a-z0-9]/gi, "").toUpperCase();
  const wanted = plain(symbol);
  const similar = markets
    .filter(({ active }) => active !== false)
    .filter((market) =>
      [market.id, market.symbol, market.base + market.quote].some((name) => plain(name) === wanted),
    )
    .map((market) => market.symbol);
  const guess = similar.length === 0 ? "" : `; did you mean ${similar.slice(0, 6).join(" or ")}?`;
  return new ProviderError(`${id} has no symbol "${symbol}"${guess}`, {
    hint: `pyne data download ccxt:${id.toUpperCase()} --list-symbols shows what there is`,
  });
}
