import {
  type Bar,
  type BarUpdate,
  BrokerPlugin,
  type DataFile,
  type DownloadRequest,
  formatTimeframe,
  NotSupportedError,
  type ObservedMarket,
  parseTimeframe,
  ProviderError,
  type ProviderOptions,
  type SymInfo,
} from "pynecore/plugin";

import type { PaperConfig } from "./config.ts";
import { dataFileOf } from "./data-file.ts";
import { FileMarket } from "./file-market.ts";
import { Link } from "./link.ts";
import { openSession, type Session } from "./session.ts";

/** How an account is begun anew. */
const beginAnew = "PYNE_CONFIG_PAPER_FRESH=true begins anew";

/** Bars in a page of a download where nobody asks for a size. */
const pageSize = 5000;

/** The half of the plugin that has bars: a data file that happens as if it were now, or another provider's feed. */
export abstract class PaperMarket extends BrokerPlugin<PaperConfig> {
  protected readonly link: Link;
  #observed: ObservedMarket | undefined;

  constructor(options: ProviderOptions<PaperConfig>) {
    super(options);
    const { speed } = this.config;
    this.link = new Link({
      clock: this.clock,
      speed: speed === "max" ? Number.POSITIVE_INFINITY : Number(speed),
      settled: () => this.settled,
      openSession: (hasTraded, signal) => this.#open(hasTraded, signal),
      keepsBooks: () => this.stateFolder !== null,
    });
  }

  /** Any timeframe is its own word: a file may have one that no table lists. */
  static override toExchangeTimeframe(timeframe: string): string {
    try {
      return formatTimeframe(parseTimeframe(timeframe));
    } catch (error) {
      throw new ProviderError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  static override toTradingViewTimeframe(word: string): string {
    return this.toExchangeTimeframe(word);
  }

  override getAvailableSymbols(): Promise<string[]> {
    return this.dataFiles.names();
  }

  override async getSymbolInfo(): Promise<SymInfo> {
    if (this.#observed !== undefined) return this.#observed.symInfo;
    return (await this.#file({ fromMs: Number.MAX_SAFE_INTEGER })).symInfo;
  }

  override async *download(request: DownloadRequest): AsyncIterable<readonly Bar[]> {
    const { from, to, limit, withExtra, signal } = request;
    signal.throwIfAborted();
    // Once it is connected, what has not happened yet is not shown.
    const { session } = this.link;
    const market = session?.market ?? new FileMarket(await this.#file(), 0);
    const known = session?.market === undefined ? market.bars : session.account.cursor.bars;
    const end = Math.min(known, market.firstAtOrAfter(to));
    const size = Math.max(1, limit ?? pageSize);
    for (let index = market.firstAtOrAfter(from); index < end; index += size) {
      signal.throwIfAborted();
      const start = index;
      yield Array.from({ length: Math.min(size, end - index) }, (_, step) =>
        market.barAt(start + step, withExtra === true),
      );
    }
  }

  override get isConnected(): boolean {
    return this.link.session !== undefined;
  }

  override async connect(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { account, market } = await this.link.open(signal);
    if (market !== undefined && account.cursor.bars >= market.bars)
      this.log.warn(`${account.name} has traded all of ${account.exchange.rules.symbol}; ${beginAnew}`);
  }

  override disconnect(): Promise<void> {
    this.link.close();
    return Promise.resolve();
  }

  override async watchOhlcv(symbol: string, timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    signal.throwIfAborted();
    const session = this.link.connected;
    const { market } = session;
    const own = this.symbol === symbol && this.timeframe !== null && market !== undefined;
    if (!own || PaperMarket.toExchangeTimeframe(timeframe) !== market.file.timeframe) {
      throw new ProviderError(`a paper account has one market, ${this.symbol ?? "none"}@${this.timeframe}`, {
        hint: "another symbol or timeframe comes from replay",
      });
    }
    return this.link.passage.next(session, market, signal);
  }

  override backfillClosedBars(_symbol: string, _timeframe: string, sinceMs: number): Promise<Bar[]> {
    return this.link.traffic.call(() => {
      const { session } = this.link;
      if (session?.market === undefined) return [];
      const { market, account } = session;
      const first = market.firstAtOrAfter(sinceMs + 1);
      const length = Math.max(0, account.cursor.bars - first);
      return Array.from({ length }, (_, step) => market.barAt(first + step));
    });
  }

  override observeFrom(market: ObservedMarket): void {
    this.#observed = market;
  }

  override async observeMarket(update: BarUpdate): Promise<void> {
    const session = this.link.connected;
    const { observed } = session;
    if (observed === undefined) throw new NotSupportedError("the market is this plugin's own");
    await this.link.passage.observe(session, observed, update);
  }

  async #open(hasTraded: boolean, signal: AbortSignal | undefined): Promise<Session> {
    const observed = this.#observed;
    const market = observed ?? new FileMarket(await this.#file(), this.config.updates_per_bar);
    signal?.throwIfAborted();
    return openSession({
      config: this.config,
      symbol: observed?.symbol ?? this.#ownSymbol(),
      market,
      folder: this.stateFolder,
      isFresh: this.config.fresh && !hasTraded,
    });
  }

  #ownSymbol(): string {
    if (this.symbol !== null) return this.symbol;
    throw new ProviderError("paper needs the name of a data file: paper:EURUSD_60@60");
  }

  #file(range: { readonly fromMs?: number } = {}): Promise<DataFile> {
    const wanted = this.timeframe === null ? null : PaperMarket.toExchangeTimeframe(this.timeframe);
    return dataFileOf(this.dataFiles, this.#ownSymbol(), wanted, range);
  }
}
