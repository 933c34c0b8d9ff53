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
  FeedEndedError,
  formatTimeframe,
  ManualInterventionError,
  NotSupportedError,
  type ObservedMarket,
  type OrderEvent,
  parseTimeframe,
  ProviderError,
  type SymInfo,
  TransientProviderError,
} from "pynecore/plugin";

import { PaperConfig } from "./config.ts";
import { dataFileOf } from "./data-file.ts";
import type { MarketPart } from "./exchange/state.ts";
import { beginPart, walkOn } from "./exchange/walk.ts";
import { FileMarket, type MarketStep, Pace } from "./file-market.ts";
import { openSession, type Session } from "./session.ts";
import { timeframes } from "./timeframes.ts";
import { Traffic } from "./traffic.ts";
import { closeTicket, entryTicket, exitTickets, orderEventOf } from "./wire.ts";

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
  #session: Session | undefined;
  #observed: ObservedMarket | undefined;
  /** Outlives a connection: what the account is called, and that it was begun anew. */
  #accountId = "default";
  #wasFresh = false;
  /** Books without a file live as long as the plugin. */
  #remembered: Session | undefined;
  #readers = 0;
  /** Readers of events who wait for a connection. */
  #waiting: (() => void)[] = [];
  /** The closing update that was told last is not known to be worked off. */
  #outstanding: MarketStep | undefined;
  #pace: Pace | undefined;
  /** One wait for the market at a time. */
  #turn: Promise<unknown> = Promise.resolve();

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
    this.#accountId = this.#session.account.name;
    this.#wasFresh = true;
    this.#outstanding = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
    const { speed } = this.config;
    this.#pace ??= new Pace(this.clock, speed === "max" ? Infinity : Number(speed));
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
    return this.#inTurn(() => this.#nextUpdate(session, market, signal));
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
    await this.#inTurn(async () => {
      const part = observed.next(update, session.account.exchange.state, this.clock.nowMs());
      if (part === undefined) return;
      await this.#walk(session, part, session.over.signal);
      session.account.commit();
    });
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

  async #nextUpdate(session: Session, market: FileMarket, signal: AbortSignal): Promise<BarUpdate> {
    const { account } = session;
    const { cursor } = account;
    const stop = AbortSignal.any([signal, session.over.signal]);
    try {
      await this.#calm(stop);
      this.#workOff(session);
      // A bar that the exchange has seen to its end before a kill is told again.
      let steps = market.stepsOf(cursor.bars);
      for (; steps.length === 0 && cursor.bars < market.bars; steps = market.stepsOf(cursor.bars))
        cursor.bars++;
      const isSeen = steps.length > 0 && cursor.parts >= steps.length;
      const step = steps[isSeen ? steps.length - 1 : cursor.parts];
      if (step === undefined) throw this.#ended(account.name);
      await this.#pace!.wait(step.part.toMs, stop);
      if (!isSeen) {
        await this.#walk(session, step.part, stop);
        cursor.parts++;
        account.commit();
      }
      this.#outstanding = step;
      return step.update;
    } catch (error) {
      if (signal.aborted || !session.over.signal.aborted) throw error;
      throw new TransientProviderError("the connection was closed", { cause: error });
    }
  }

  /** What was told last has been worked off: the next kill does not bring it back. */
  #workOff({ account }: Session): void {
    if (this.#outstanding?.update.isClosed === true) {
      account.cursor.bars++;
      account.cursor.parts = 0;
    }
    this.#outstanding = undefined;
  }

  /** Lets the price go through a part. After every execution it waits until that was heard and acted on. */
  async #walk({ account }: Session, part: MarketPart, signal: AbortSignal): Promise<void> {
    const { exchange } = account;
    if (exchange.state.walk === null) beginPart(exchange, part);
    // A walk that a kill interrupted goes on when those who hear of it have come back.
    else if (exchange.state.walk.isPaused) await this.#calm(signal);
    while (walkOn(exchange)) {
      account.commit();
      await this.#calm(signal);
    }
  }

  async #calm(signal: AbortSignal): Promise<void> {
    // An observed update is on its way itself: what it waits for must not wait for it.
    if (this.#observed === undefined) await this.settled?.();
    await this.#traffic.calm(() => this.#hasUnread(), signal);
  }

  #hasUnread(): boolean {
    return this.#readers > 0 && this.#session?.account.nextEvent !== undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => {});
    return mine;
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
      isFresh: this.config.fresh && !this.#wasFresh,
    });
  }

  #close(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.over.abort(new Error("the connection was closed"));
    if (this.stateFolder === null) this.#remembered = session;
    else session.account.close();
  }

  #ended(name: string): FeedEndedError {
    return new FeedEndedError(`${this.symbol} ends here: ${name} has traded all of it`);
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
