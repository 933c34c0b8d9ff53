import type { Bar } from "../../kernel/bar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { type NoConfig, Plugin, type PluginOptions } from "./base.ts";
import { providerMarker } from "./capabilities.ts";
import { type DataFiles, noDataFiles } from "./data-files.ts";
import { NotSupportedError, ProviderError } from "./errors.ts";

/** TradingView timeframe (`"1"`, `"60"`, `"1D"`) to the exchange's own word for it. */
export type TimeframeTable = Readonly<Record<string, string>>;

/** One broker of a multi-broker provider. `id` has no spaces. */
export interface BrokerListEntry {
  readonly id: string;
  readonly name?: string;
}

/** At most so many requests in so many milliseconds. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** What to download. Times are epoch milliseconds. */
export interface DownloadRequest {
  /** First bar open wanted, inclusive. */
  readonly from: number;
  /** End of the window, exclusive. */
  readonly to: number;
  /** Bars per request to the exchange; absent: the provider's own choice. */
  readonly limit?: number;
  /** Whether extra columns are wanted (`Bar.extra`). */
  readonly withExtra?: boolean;
  readonly signal: AbortSignal;
}

/** Resolves a symbol for a named provider from the user's global map; see `config/symbol_map.toml`. */
export interface SymbolMapEntry {
  readonly provider: string;
  readonly symbol: string;
}

/** What the host hands to a provider. */
export interface ProviderOptions<C extends object> extends PluginOptions<C> {
  /** Broker folded in as `BROKER:SYMBOL`; `null` when only a broker was named: "pick an instrument". */
  readonly symbol: string | null;
  /** TradingView notation; `null` when only symbols or brokers are listed. */
  readonly timeframe: string | null;
  /** The global symbol map: TradingView symbol to provider and native symbol. */
  readonly symbolMap?: (key: string) => SymbolMapEntry | undefined;
  /** The user's data files, for a provider that works from files; absent: there are none. */
  readonly dataFiles?: DataFiles;
  /** The workdir's `output/logs`, where a provider may keep files of its own; absent: nowhere. */
  readonly stateFolder?: string;
}

/**
 * Historical bars. A provider names its symbols, describes one, and yields bars; the host does everything else:
 * paths, locks, resuming, removing duplicates, closed-bar filtering, progress, retries, writing.
 */
export abstract class ProviderPlugin<C extends object = NoConfig> extends Plugin<C> {
  static readonly [providerMarker] = true;

  /** Required. Both converters derive from it. */
  static timeframes: TimeframeTable = {};
  /** The first segment after the provider name selects a broker (`ccxt:BYBIT:BTC/USDT`). */
  static multiBroker = false;
  /** With no stored data and no start date: fetch everything instead of one year. */
  static fetchAllByDefault = false;
  /** How often the venue may be asked; the host takes one request for each page it pulls. `null`: no limit of the host's. */
  static rateLimit: RateLimit | null = null;
  /** Zone of the venue where a symbol's own is not known. */
  static timezone = "UTC";

  /**
   * The brokers behind a multi-broker provider.
   * @throws NotSupportedError unless overridden
   */
  static getListOfBrokers(): Promise<BrokerListEntry[]> {
    return Promise.reject(
      new NotSupportedError("this provider serves a single venue: it has no list of brokers"),
    );
  }

  /**
   * The exchange's word for a TradingView timeframe.
   * @throws ProviderError naming what is supported
   */
  static toExchangeTimeframe(timeframe: string): string {
    const word = this.timeframes[timeframe];
    if (word === undefined) throw unsupportedTimeframe(timeframe, Object.keys(this.timeframes));
    return word;
  }

  /**
   * The TradingView timeframe for the exchange's word.
   * @throws ProviderError naming what is supported
   */
  static toTradingViewTimeframe(word: string): string {
    const entry = Object.entries(this.timeframes).find(([, candidate]) => candidate === word);
    if (entry === undefined) throw unsupportedTimeframe(word, Object.values(this.timeframes));
    return entry[0];
  }

  /** `BROKER:SYMBOL`, `SYMBOL`, or `null`: pick an instrument. */
  readonly symbol: string | null;
  /** TradingView notation, or `null` where none is needed. */
  readonly timeframe: string | null;
  protected readonly dataFiles: DataFiles;
  /** Where files of its own may lie; it may have to be made. `null`: there is no workdir. */
  protected readonly stateFolder: string | null;
  readonly #symbolMap: (key: string) => SymbolMapEntry | undefined;

  constructor(options: ProviderOptions<C>) {
    super(options);
    this.symbol = options.symbol;
    this.timeframe = options.timeframe;
    this.dataFiles = options.dataFiles ?? noDataFiles;
    this.stateFolder = options.stateFolder ?? null;
    this.#symbolMap = options.symbolMap ?? (() => undefined);
  }

  /** Every symbol on offer, in the venue's own spelling. */
  abstract getAvailableSymbols(signal?: AbortSignal): Promise<string[]>;

  /**
   * Everything about `this.symbol`, session lists included even for a market that never closes;
   * `mintick = minmove / pricescale`. A `mincontract` of 0 makes the host estimate one.
   */
  abstract getSymbolInfo(signal?: AbortSignal): Promise<SymInfo>;

  /**
   * Pages of bars in ascending time, of any size. Overlap with stored bars and the still forming bar are fine: the
   * host drops both.
   */
  abstract download(request: DownloadRequest): AsyncIterable<readonly Bar[]>;

  /** The spelling used for the live stream only. */
  normalizeSymbol(symbol: string): string {
    return symbol;
  }

  /**
   * The native symbol for a TradingView one: this plugin's own `symbol_map`, else the global map where its entry is
   * for this provider (another provider's entry is skipped with a warning), else the key unchanged.
   */
  resolveSymbol(key: string): string {
    const own = (this.config as { readonly symbol_map?: Readonly<Record<string, string>> }).symbol_map;
    if (own !== undefined && Object.hasOwn(own, key)) return own[key] ?? key;
    const global = this.#symbolMap(key);
    if (global === undefined) return key;
    if (global.provider === this.name) return global.symbol;
    this.log.warn(
      `symbol map: ${key} is mapped for ${global.provider}, not for ${this.name}; the entry is skipped`,
    );
    return key;
  }
}

function unsupportedTimeframe(value: string, supported: readonly string[]): ProviderError {
  return new ProviderError(`the timeframe "${value}" is not supported; supported: ${supported.join(", ")}`);
}
