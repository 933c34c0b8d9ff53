import {
  type Bar,
  type BarUpdate,
  type DataFile,
  type DownloadRequest,
  FeedEndedError,
  formatTimeframe,
  LiveProviderPlugin,
  parseTimeframe,
  ProviderError,
  PyneError,
  type SymInfo,
  TransientProviderError,
} from "pynecore/plugin";

import { barAt, closeTime, lastAtOrBefore } from "./bars.ts";
import { ReplayConfig, speedOf, startIndex } from "./config.ts";
import { EventQueue, eventsFrom } from "./events.ts";
import { Market } from "./market.ts";
import { timeframes } from "./timeframes.ts";
import { type Reader, Turns } from "./turns.ts";

/** Bars in a page of a download where nobody asks for a size. */
const pageSize = 5000;
const weekMs = 604_800_000;

/** A feed of one file: what it holds, and what happens next. */
interface Stream {
  readonly file: DataFile;
  readonly events: EventQueue;
  readonly reader: Reader;
}

export class ReplayPlugin extends LiveProviderPlugin<ReplayConfig> {
  static override readonly pluginName = "Replay";
  static override readonly doc = `
A data file as a provider and as a live feed.

\`replay:EURUSD_60@60\` is \`EURUSD_60.ohlcv\` of the data folder, and so is \`replay:EURUSD@60\`;
\`replay:./folder/file.ohlcv@60\` is a path. The timeframe must be the file's own.

A download reads the file and never writes it. Live, the file happens anew from \`start\` on, at any \`speed\`: bars
form, then close; on request, and the same way for the same seed, they go missing, come late, or the connection drops.
While it is connected, neither a download nor a backfill shows what has not happened yet.
`;
  static override readonly Config = ReplayConfig;
  static override readonly timeframes = timeframes;
  static override readonly fetchAllByDefault = true;

  /** Runs in the file's own time; made by the first connect. */
  #market: Market | undefined;
  /** What is added to the file's times on the way out, ms. */
  #shiftMs = 0;
  #connection: AbortController | undefined;
  /** No connection can be made before this moment of the market. */
  #awayUntilMs = -Infinity;
  readonly #streams = new Map<string, Promise<Stream>>();
  readonly #turns = new Turns();

  /** Any timeframe is its own word: a file may have one that no table lists. */
  static override toExchangeTimeframe(timeframe: string): string {
    try {
      return formatTimeframe(parseTimeframe(timeframe));
    } catch (error) {
      throw asProviderError(error);
    }
  }

  static override toTradingViewTimeframe(word: string): string {
    return this.toExchangeTimeframe(word);
  }

  override getAvailableSymbols(): Promise<string[]> {
    return this.dataFiles.names();
  }

  override async getSymbolInfo(): Promise<SymInfo> {
    // No bars are needed, so none are read into columns.
    const file = await this.#file(this.#ownSymbol(), this.timeframe, { fromMs: Number.MAX_SAFE_INTEGER });
    return file.symInfo;
  }

  override async *download(request: DownloadRequest): AsyncIterable<readonly Bar[]> {
    const { from, to, limit, withExtra, signal } = request;
    signal.throwIfAborted();
    const { columns, end } = await this.#history(from - this.#shiftMs, to - this.#shiftMs);
    const size = Math.max(1, limit ?? pageSize);
    let index = firstAtOrAfter(columns.openTimeMs, from - this.#shiftMs);
    for (; index < end; index += size) {
      signal.throwIfAborted();
      const length = Math.min(size, end - index);
      const start = index;
      yield Array.from({ length }, (_, step) =>
        barAt(columns, start + step, this.#shiftMs, withExtra === true),
      );
    }
  }

  override get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  override async connect(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#connection?.abort();
    this.#connection = undefined;
    this.#market ??= await this.#openMarket();
    const wait = this.#market.remaining(this.#awayUntilMs);
    if (wait > 0) {
      throw new TransientProviderError(
        `the replayed venue is away for another ${(wait / 1000).toFixed(1)} s`,
        { retryAfterMs: wait },
      );
    }
    // What was sent while nobody was connected is lost, as on any venue.
    const now = this.#market.now();
    if (now !== undefined) for (const stream of this.#streams.values()) (await stream).events.skipTo(now);
    this.#connection = new AbortController();
  }

  override disconnect(): Promise<void> {
    this.#connection?.abort();
    this.#connection = undefined;
    return Promise.resolve();
  }

  override async watchOhlcv(symbol: string, timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    signal.throwIfAborted();
    const connection = this.#connection;
    const market = this.#market;
    if (connection === undefined || market === undefined) throw new TransientProviderError("not connected");
    const stream = await this.#stream(symbol, timeframe, market);
    const event = stream.events.first;
    if (event === undefined) {
      throw new FeedEndedError(`${symbol} ends here: there is nothing left to replay`);
    }
    const wait = AbortSignal.any([signal, connection.signal]);
    try {
      await market.wait(event.atMs, wait);
      if (market.now() === undefined) await this.#turns.wait(stream.reader, wait);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new TransientProviderError("the connection was closed", { cause: error });
    }
    stream.events.shift();
    if (event.kind === "update") {
      return { ...event.update, openTimeMs: event.update.openTimeMs + this.#shiftMs };
    }
    this.#awayUntilMs = event.backMs;
    await this.disconnect();
    throw new TransientProviderError("the connection dropped, as the replay was asked to let it", {
      retryAfterMs: market.remaining(event.backMs),
    });
  }

  override async backfillClosedBars(symbol: string, timeframe: string, sinceMs: number): Promise<Bar[]> {
    const market = this.#market;
    if (market === undefined) return [];
    const stream = await this.#stream(symbol, timeframe, market);
    const { columns } = stream.file;
    const bars: Bar[] = [];
    const end = closedCount(stream, market);
    for (let index = firstAtOrAfter(columns.openTimeMs, sinceMs - this.#shiftMs + 1); index < end; index++)
      bars.push(barAt(columns, index, this.#shiftMs));
    return bars;
  }

  /** What a download may show: the window's bars, of those that have closed once the feed has begun. */
  async #history(fromMs: number, toMs: number): Promise<{ columns: DataFile["columns"]; end: number }> {
    const symbol = this.#ownSymbol();
    if (this.#market === undefined || this.timeframe === null) {
      const { columns } = await this.#file(symbol, this.timeframe, { fromMs, toMs: toMs - 1 });
      return { columns, end: columns.length };
    }
    const stream = await this.#stream(symbol, this.timeframe, this.#market);
    const { columns } = stream.file;
    const end = Math.min(closedCount(stream, this.#market), firstAtOrAfter(columns.openTimeMs, toMs));
    return { columns, end };
  }

  async #openMarket(): Promise<Market> {
    if (this.timeframe === null) throw new ProviderError("a replay needs a timeframe: replay:SYMBOL@60");
    const file = await this.#file(this.#ownSymbol(), this.timeframe);
    const opens = file.columns.openTimeMs;
    const timeframe = parseTimeframe(file.timeframe);
    const endMs = closeTime(opens, opens.length - 1, timeframe);
    const nowMs = this.clock.nowMs();
    const { start, shift_to_now } = this.config;
    const openMs = opens[startIndex(start, opens, endMs, nowMs)] ?? endMs;
    let startMs = start === "" && nowMs >= openMs && nowMs < endMs ? nowMs : openMs;
    if (shift_to_now) {
      if (timeframe.unit === "month") {
        throw new ProviderError("months are not whole weeks: shift_to_now cannot move monthly bars");
      }
      this.#shiftMs = Math.floor((nowMs - openMs) / weekMs) * weekMs;
      startMs = nowMs - this.#shiftMs;
      if (startMs >= endMs) {
        throw new ProviderError("the file ends before the weekday and hour of the present come round", {
          hint: "set an earlier start in config/plugins/replay.toml",
        });
      }
    }
    return new Market(this.clock, speedOf(this.config.speed), startMs);
  }

  #stream(symbol: string, timeframe: string, market: Market): Promise<Stream> {
    const key = `${symbol}\n${timeframe}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const opening = this.#openStream(symbol, timeframe, market);
    this.#streams.set(key, opening);
    opening.catch(() => this.#streams.delete(key));
    return opening;
  }

  async #openStream(symbol: string, timeframe: string, market: Market): Promise<Stream> {
    const file = await this.#file(symbol, timeframe);
    const { config } = this;
    const now = market.now() ?? market.startMs;
    const story = eventsFrom(file.columns, lastAtOrBefore(file.columns.openTimeMs, now), {
      timeframe: parseTimeframe(file.timeframe),
      grid: file.symInfo,
      updatesPerBar: config.updates_per_bar,
      seed: config.seed,
      gapChance: config.gap_chance,
      lateChance: config.late_chance,
      disconnectChance: config.disconnect_chance,
      outageBars: config.outage_bars,
    });
    const events = new EventQueue(story);
    events.skipTo(now);
    return { file, events, reader: { nextMs: () => events.first?.atMs } };
  }

  #ownSymbol(): string {
    if (this.symbol !== null) return this.symbol;
    throw new ProviderError("a replay needs the name of a data file: replay:EURUSD_60@60");
  }

  /** The file of a symbol: by its own name where that has the timeframe, else `SYMBOL_TIMEFRAME`. */
  async #file(
    symbol: string,
    timeframe: string | null,
    range: { readonly fromMs?: number; readonly toMs?: number } = {},
  ): Promise<DataFile> {
    const wanted = timeframe === null ? null : ReplayPlugin.toExchangeTimeframe(timeframe);
    try {
      const own = await this.dataFiles.read(symbol, range);
      if (own !== undefined && (wanted === null || own.timeframe === wanted)) return own;
      const named = wanted === null ? undefined : await this.dataFiles.read(`${symbol}_${wanted}`, range);
      if (named !== undefined && named.timeframe === wanted) return named;
      if (own === undefined) throw await this.#noFile(symbol);
      throw new ProviderError(`${own.path} holds bars of ${own.timeframe}, not of ${wanted}`, {
        hint: `name its own timeframe: replay:${symbol}@${own.timeframe}`,
      });
    } catch (error) {
      throw asProviderError(error);
    }
  }

  async #noFile(symbol: string): Promise<ProviderError> {
    const names = await this.dataFiles.names();
    const shown = names.length > 10 ? [...names.slice(0, 10), "..."] : names;
    const list = names.length === 0 ? "the data folder holds none" : `there are ${shown.join(", ")}`;
    return new ProviderError(`there is no data file "${symbol}"; ${list}`, {
      hint: "a path is taken from the current folder: replay:./folder/file.ohlcv@60",
    });
  }
}

/** How many bars of a stream's file have closed by now. */
function closedCount({ file, events }: Stream, market: Market): number {
  const now = market.now() ?? events.first?.atMs ?? Infinity;
  const opens = file.columns.openTimeMs;
  if (opens.length === 0 || (opens[0] ?? 0) > now) return 0;
  const forming = lastAtOrBefore(opens, now);
  return closeTime(opens, forming, parseTimeframe(file.timeframe)) <= now ? forming + 1 : forming;
}

function firstAtOrAfter(times: Float64Array, ms: number): number {
  const index = lastAtOrBefore(times, ms);
  const time = times[index];
  return time !== undefined && time < ms ? index + 1 : index;
}

/** A file's own failure is the provider's: expected, and no better the next time. */
function asProviderError(error: unknown): unknown {
  if (!(error instanceof PyneError) || error instanceof ProviderError) return error;
  return new ProviderError(error.message, { cause: error, hint: error.hint });
}
