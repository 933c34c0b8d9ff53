import {
  type Bar,
  type BarUpdate,
  type BrokerError,
  BrokerPlugin,
  type CancelIntent,
  type CancelOutcome,
  type CloseIntent,
  type DataFile,
  type DispatchEnvelope,
  type DownloadRequest,
  type EntryIntent,
  type ExchangeCapabilities,
  exchangeCapabilities,
  ExchangeConnectionError,
  type ExchangeOrder,
  type ExchangePosition,
  type ExitIntent,
  formatTimeframe,
  ManualInterventionError,
  NotSupportedError,
  type ObservedMarket,
  type OrderEvent,
  parseTimeframe,
  ProviderError,
  type ProviderOptions,
  type SymInfo,
  TransientProviderError,
} from "pynecore/plugin";

import { PaperConfig } from "./config.ts";
import { dataFileOf } from "./data-file.ts";
import { FileMarket } from "./file-market.ts";
import { Passage } from "./passage.ts";
import { openSession, type Session } from "./session.ts";
import { timeframes } from "./timeframes.ts";
import { Traffic } from "./traffic.ts";
import { closeTicket, entryTicket, exitTickets, orderEventOf } from "./wire.ts";

/** How an account is begun anew. */
const beginAnew = "PYNE_CONFIG_PAPER_FRESH=true begins anew";

/** Bars in a page of a download where nobody asks for a size. */
const pageSize = 5000;

export class PaperPlugin extends BrokerPlugin<PaperConfig> {
  static override readonly pluginName = "Paper";
  static override readonly doc = `
A simulated exchange: money that is not real, through everything that real money goes through.

\`pyne run s.pine paper:EURUSD_60@60 --broker\` trades a data file as if it happened now, as fast as the orders are
worked off; \`pyne run s.pine ccxt:BYBIT:BTC/USDT:USDT@1 --broker paper\` trades the real feed. Orders fill by the rules
of the backtest; fees, slippage, latency, partial fills and refusals are set in config/plugins/paper.toml. An account
keeps its books in output/logs and goes on where it was, however the process ended.
`;
  static override readonly Config = PaperConfig;
  static override readonly timeframes = timeframes;
  static override readonly fetchAllByDefault = true;
  static override readonly warmsUpOnEverything = true;
  static override readonly streamsOneMarket = true;
  static override readonly feedTimeoutBars = null;

  readonly #traffic = new Traffic();
  readonly #passage: Passage;
  #session: Session | undefined;
  #observed: ObservedMarket | undefined;
  /** Outlives a connection: what the account is called, and that something was ordered on it. */
  #accountId = "default";
  #hasTraded = false;
  /** Books without a file live as long as the plugin. */
  #remembered: Session | undefined;
  #readers = 0;
  /** Readers of events who wait for a connection. */
  #waiting: (() => void)[] = [];

  constructor(options: ProviderOptions<PaperConfig>) {
    super(options);
    const { speed } = this.config;
    this.#passage = new Passage({
      traffic: this.#traffic,
      clock: this.clock,
      speed: speed === "max" ? Number.POSITIVE_INFINITY : Number(speed),
      settled: () => this.settled,
      hasUnread: () => this.#hasUnread(),
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
    const session = this.#session;
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

  override observeFrom(market: ObservedMarket): void {
    this.#observed = market;
  }

  override get accountId(): string {
    return this.#accountId;
  }

  override get isConnected(): boolean {
    return this.#session !== undefined;
  }

  override async connect(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#close();
    this.#session =
      this.#remembered === undefined
        ? await this.#open(signal)
        : { ...this.#remembered, over: new AbortController() };
    const { account, market } = this.#session;
    this.#accountId = account.name;
    if (market !== undefined && account.cursor.bars >= market.bars)
      this.log.warn(`${account.name} has traded all of ${account.exchange.rules.symbol}; ${beginAnew}`);
    this.#passage.begin();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  override disconnect(): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  override async watchOhlcv(symbol: string, timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    signal.throwIfAborted();
    const session = this.#connected();
    const { market } = session;
    const own = this.symbol === symbol && this.timeframe !== null && market !== undefined;
    if (!own || PaperPlugin.toExchangeTimeframe(timeframe) !== market.file.timeframe) {
      throw new ProviderError(`a paper account has one market, ${this.symbol ?? "none"}@${this.timeframe}`, {
        hint: "another symbol or timeframe comes from replay",
      });
    }
    return this.#passage.next(session, market, signal);
  }

  override backfillClosedBars(_symbol: string, _timeframe: string, sinceMs: number): Promise<Bar[]> {
    return this.#traffic.call(() => {
      const session = this.#session;
      if (session?.market === undefined) return [];
      const { market, account } = session;
      const first = market.firstAtOrAfter(sinceMs + 1);
      const length = Math.max(0, account.cursor.bars - first);
      return Array.from({ length }, (_, step) => market.barAt(first + step));
    });
  }

  override async observeMarket(update: BarUpdate): Promise<void> {
    const session = this.#connected();
    const { observed } = session;
    if (observed === undefined) throw new NotSupportedError("the market is this plugin's own");
    await this.#passage.observe(session, observed, update);
  }

  override executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    return this.#write(({ desk, sizes }) => desk.place([entryTicket(envelope, sizes)]));
  }

  override executeExit(envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> {
    return this.#write(({ desk, sizes, symInfo }) =>
      desk.placeBracket(envelope, exitTickets(envelope, sizes, symInfo.mintick)),
    );
  }

  override executeClose(envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> {
    return this.#write(({ desk, sizes }) => desk.place([closeTicket(envelope, sizes)])[0]!);
  }

  override modifyEntry(
    previous: DispatchEnvelope<EntryIntent>,
    next: DispatchEnvelope<EntryIntent>,
  ): Promise<ExchangeOrder[]> {
    return this.#write(({ desk, sizes }) =>
      desk.amend([entryTicket(previous, sizes)], [entryTicket(next, sizes)]),
    );
  }

  override modifyExit(
    previous: DispatchEnvelope<ExitIntent>,
    next: DispatchEnvelope<ExitIntent>,
  ): Promise<ExchangeOrder[]> {
    return this.#write(({ desk, sizes, symInfo: { mintick } }) =>
      desk.amend(exitTickets(previous, sizes, mintick), exitTickets(next, sizes, mintick)),
    );
  }

  override async executeCancel(envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> {
    await this.executeCancelWithOutcome(envelope);
    return true;
  }

  override executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> {
    return this.#write(({ desk }) => desk.cancel(envelope));
  }

  override executeCancelAll(symbol?: string): Promise<number> {
    return this.#write(({ desk }) => {
      this.nativeCancelAllExpectedSink?.(symbol);
      return desk.cancelAll();
    });
  }

  override getOpenOrders(symbol?: string): Promise<ExchangeOrder[]> {
    return this.#write(({ desk, account }) =>
      symbol === undefined || symbol === account.exchange.rules.symbol ? desk.openOrders() : [],
    );
  }

  override findOrder(clientOrderId: string): Promise<ExchangeOrder | null> {
    return this.#write(({ desk }) => desk.findOrder(clientOrderId));
  }

  override getPosition(symbol: string): Promise<ExchangePosition | null> {
    return this.#write(({ desk, account }) =>
      symbol === account.exchange.rules.symbol ? desk.position() : null,
    );
  }

  override getBalance(): Promise<Readonly<Record<string, number>>> {
    return this.#write(({ account, symInfo }) => ({
      [symInfo.currency]: account.exchange.state.account.balance,
    }));
  }

  override getCapabilities(): ExchangeCapabilities {
    return exchangeCapabilities({
      stopOrder: "native",
      trailingStop: "native",
      // The legs do not follow the fills of their entry by themselves.
      tpSlBracket: "partial_native",
      partialQtyBracketExit: "native",
      partialQtyBracketExitPyramiding: "native",
      reduceOnly: "native",
      ocaCancel: "software",
      amendOrder: "native",
      cancelAll: "native",
      watchOrders: "native",
      fetchPosition: "native",
      idempotency: "native",
      shortSelling: "native",
    });
  }

  override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    this.#readers++;
    try {
      while (!signal.aborted) {
        const account = this.#session?.account;
        const event = account?.nextEvent;
        if (account === undefined || event === undefined) {
          await (account?.news(AbortSignal.any([signal, this.#session!.over.signal])) ??
            this.#connection(signal));
          continue;
        }
        this.#traffic.note();
        yield orderEventOf(event);
        // Asked for the next one: this one was acted on.
        if (account.nextEvent === event) account.markRead();
        this.#traffic.note();
      }
    } finally {
      this.#readers--;
    }
  }

  override canShutdown(): boolean {
    return this.#traffic.isIdle && !this.#hasUnread();
  }

  override mapException(error: unknown): BrokerError | null {
    if ((error as { name?: unknown }).name !== "SQLiteError") return null;
    const reason = error instanceof Error ? error.message : String(error);
    return new ManualInterventionError(`the books of the paper account cannot be written: ${reason}`, {
      cause: error,
      hint: "is the disk full? The account goes on from what was written last",
    });
  }

  #hasUnread(): boolean {
    return this.#readers > 0 && this.#session?.account.nextEvent !== undefined;
  }

  #write<T>(work: (session: Session) => T): Promise<T> {
    return this.#traffic.call(() => {
      const session = this.#session;
      if (session === undefined) throw new ExchangeConnectionError("the paper exchange is not connected");
      try {
        return work(session);
      } catch (error) {
        throw this.mapException(error) ?? error;
      }
    });
  }

  /** Resolves when there is a connection, or the signal says not to wait. */
  #connection(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #connected(): Session {
    if (this.#session === undefined) throw new TransientProviderError("not connected");
    return this.#session;
  }

  async #open(signal: AbortSignal | undefined): Promise<Session> {
    const observed = this.#observed;
    const market = observed ?? new FileMarket(await this.#file(), this.config.updates_per_bar);
    signal?.throwIfAborted();
    return openSession({
      config: this.config,
      symbol: observed?.symbol ?? this.#ownSymbol(),
      market,
      folder: this.stateFolder,
      isFresh: this.config.fresh && !this.#hasTraded,
    });
  }

  #close(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.over.abort(new Error("the connection was closed"));
    this.#hasTraded ||= !session.account.isUntouched;
    if (this.stateFolder === null) this.#remembered = session;
    else session.account.close();
  }

  #ownSymbol(): string {
    if (this.symbol !== null) return this.symbol;
    throw new ProviderError("paper needs the name of a data file: paper:EURUSD_60@60");
  }

  #file(range: { readonly fromMs?: number } = {}): Promise<DataFile> {
    const wanted = this.timeframe === null ? null : PaperPlugin.toExchangeTimeframe(this.timeframe);
    return dataFileOf(this.dataFiles, this.#ownSymbol(), wanted, range);
  }
}
