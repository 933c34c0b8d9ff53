/**
 * The part of ccxt's `Exchange` that this plugin uses, in ccxt's own words. Whatever an exchange answered arrives
 * through these types: a field may be missing where the type says `undefined`.
 */

/** One market as `loadMarkets` describes it. */
export interface Market {
  /** The venue's own name: `BTCUSDT`. */
  readonly id: string;
  /** ccxt's name: `BTC/USDT:USDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle?: string | undefined;
  /** `spot`, `swap`, `future`, `option`, ... */
  readonly type: string;
  readonly active?: boolean | undefined;
  readonly linear?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  /** Coins (linear) or quote currency (inverse) per contract. */
  readonly contractSize?: number | undefined;
  /** Epoch ms. */
  readonly expiry?: number | undefined;
  readonly strike?: number | undefined;
  readonly optionType?: string | undefined;
  /** When it was listed, epoch ms. */
  readonly created?: number | undefined;
  readonly taker?: number | undefined;
  readonly maker?: number | undefined;
  /** `false`: the fees are absolute amounts. */
  readonly percentage?: boolean | undefined;
  readonly precision: { readonly price?: number | undefined; readonly amount?: number | undefined };
  readonly limits?: { readonly amount?: { readonly min?: number | undefined } | undefined };
}

/** Open time in epoch ms, open, high, low, close, volume. */
export type Candle = readonly (number | undefined)[];

/** A public trade. */
export interface Trade {
  readonly id?: string | undefined;
  /** Epoch ms. */
  readonly timestamp?: number | undefined;
  readonly price?: number | undefined;
  readonly amount?: number | undefined;
}

/** A stream's socket; ccxt keeps one per URL. */
export interface StreamClient {
  url: string;
  createConnection(): void;
}

/** What `handleErrors` of an exchange takes: status, reason, URL, method, headers, body as text, body parsed. */
export type HandleErrors = (
  status: number,
  reason: string,
  url: string,
  method: string,
  headers: object,
  body: string,
  parsed: unknown,
  ...rest: unknown[]
) => unknown;

/** An exchange. */
export interface Exchange {
  readonly id: string;
  /** ccxt's timeframes (`1m`, `1d`) to the venue's. */
  readonly timeframes: Readonly<Record<string, unknown>> | undefined;
  /** 2: decimal places, 3: significant digits, 4: step. */
  readonly precisionMode: number;
  /** `true`, `false`, or how it is done. */
  readonly has: Record<string, unknown>;
  readonly options: Record<string, unknown>;
  markets: Readonly<Record<string, Market>> | undefined;
  currencies: unknown;
  marketsLoading: Promise<unknown> | undefined;
  proxiesModulesLoading: Promise<unknown> | undefined;
  throttler: unknown;
  fetchImplementation: (url: string, init: RequestInit) => Promise<Response>;
  fetchIsNative: boolean;
  handleErrors: HandleErrors;
  handleRestResponse: (response: Response, ...rest: unknown[]) => Promise<unknown>;
  log: (...parts: unknown[]) => void;
  readonly urls: Readonly<Record<string, unknown>>;
  client: (url: string) => StreamClient;

  setSandboxMode(on: boolean): void;
  enableDemoTrading(on: boolean): void;
  loadMarkets(reload?: boolean): Promise<Readonly<Record<string, Market>>>;
  setMarkets(markets: readonly Market[]): void;
  featureValue(symbol: string, method: string, name: string): unknown;
  fetchOHLCV(symbol: string, timeframe: string, since?: number, limit?: number): Promise<readonly Candle[]>;
  watchOHLCV(symbol: string, timeframe: string): Promise<readonly Candle[]>;
  watchTrades(symbol: string): Promise<readonly Trade[]>;
  close(): Promise<void>;
}

/** A file of ccxt with one exchange. */
export interface ExchangeModule {
  readonly default: new (options: object) => unknown;
}
