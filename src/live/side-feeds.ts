import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import { type Bar, barAt, columnsOf } from "../kernel/bar.ts";
import { tradingCalendar } from "../kernel/calendar/calendar.ts";
import { followingBarOpenMs } from "../kernel/calendar/neighbours.ts";
import { counted } from "../kernel/counted.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../kernel/timeframe.ts";
import type { Feed, FeedRequest, Feeds, MissingFeed, PendingFeed } from "../runtime/security/feeds.ts";
import { GrowingFeed } from "../runtime/security/growing-feed.ts";
import { type BarOrder, type Grid, reaches, type Side } from "./bar-order.ts";
import type { Connection } from "./connection.ts";
import { LiveSession } from "./session.ts";
import type { SideStream } from "./session-options.ts";

/** A stream that answers a request. */
export interface OpenedStream extends SideStream {
  /** `replay:OTHER@60`: the same for the same bars. */
  readonly name: string;
  readonly provider: LiveProviderPlugin;
  /** Connected. */
  readonly connection: Connection;
  readonly symInfo: SymInfo;
  /** TradingView's notation. */
  readonly timeframe: string;
}

/** Where the feeds beside the chart come from. */
export interface FeedOpener {
  /** What is there without a stream, such as files. */
  readonly files: Pick<Feeds, "named" | "rate">;
  /** Whether the user has named a stream for a request. */
  names(request: FeedRequest): boolean;
  /** What to ask for to know a rate, where the user has named a stream of that pair. */
  pair(from: string, to: string): FeedRequest | undefined;
  /**
   * Opens the stream of a request; the same stream, asked for again, is the same object.
   * @throws TransientProviderError, the signal's reason
   */
  open(request: FeedRequest, signal: AbortSignal): Promise<OpenedStream | MissingFeed>;
}

/** What they work with. */
export interface SideFeedsOptions {
  readonly opener: FeedOpener;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1), for the jitter of waits. */
  readonly random: () => number;
  /** Open of the chart's first bar and end of the last one of its history, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** Bars of history that a feed is asked for at least, even if the chart has a shorter one, and at most. */
const leastBars = 500;
const mostBars = 20_000;

/** One feed beside the chart. */
interface SideFeed {
  readonly stream: OpenedStream;
  readonly session: LiveSession;
  /** Where the stream goes on when there is no bar yet, epoch ms. */
  readonly fromMs: number;
  feed: GrowingFeed;
}

/**
 * The feeds of a live run beside its chart, each opened once however often it is asked for. Who asks before a feed is
 * open gets it later: `open` opens everything that was asked for.
 */
export class SideFeeds implements Feeds {
  readonly #options: SideFeedsOptions;
  /** By request. */
  readonly #answers = new Map<string, SideFeed | MissingFeed>();
  readonly #asked = new Map<string, FeedRequest>();
  /** By name of the stream. */
  readonly #sides = new Map<string, SideFeed>();
  #failed: ((error: unknown) => void) | undefined;
  #order: BarOrder | undefined;
  /** What is being opened while the run is live. */
  #late: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(options: SideFeedsOptions) {
    this.#options = options;
  }

  /** Requests whose feeds are not open. */
  get waiting(): number {
    return this.#asked.size;
  }

  named(request: FeedRequest): Feed | MissingFeed | PendingFeed | undefined {
    const { opener } = this.#options;
    return opener.files.named(request) ?? (opener.names(request) ? this.find(request) : undefined);
  }

  find(request: FeedRequest): Feed | MissingFeed | PendingFeed {
    const key = `${request.symbol}|${request.timeframe}`;
    const answer = this.#answers.get(key);
    if (answer !== undefined) return "missing" in answer ? answer : answer.feed;
    if (!this.#asked.has(key)) {
      this.#asked.set(key, request);
      if (this.#order !== undefined) this.#openLate(request);
    }
    return { pending: true };
  }

  rate(from: string, to: string): Feed | undefined {
    const { opener } = this.#options;
    for (const { feed } of this.#sides.values()) {
      if (feed.symInfo.basecurrency === from && feed.symInfo.currency === to) return feed;
    }
    const request = opener.pair(from, to);
    const feed = request === undefined ? undefined : this.find(request);
    if (feed === undefined || "missing" in feed) return opener.files.rate(from, to);
    return "pending" in feed ? undefined : feed;
  }

  /** Opens everything that was asked for, history first. */
  async open(): Promise<void> {
    for (const [key, request] of this.#asked) {
      this.#answers.set(key, await this.#openOne(request));
      this.#asked.delete(key);
    }
  }

  /** Forgets what a run has made of the feeds: another one begins. */
  renew(): void {
    for (const side of this.#sides.values()) {
      const { columns, symInfo, timeframe } = side.feed;
      side.feed = new GrowingFeed(columns, symInfo, timeframe);
    }
  }

  /** Whether the history of all of them comes up to a moment. */
  reach(endMs: number): boolean {
    for (const { feed } of this.#sides.values())
      if (!reaches(gridOf(feed), lastOpenOf(feed), endMs)) return false;
    return true;
  }

  /**
   * Fetches what has closed in the meantime, and lets the streams run.
   * @param onFailure a stream failed for good, or what its bars led to did
   */
  async start(order: BarOrder, onFailure: (error: unknown) => void): Promise<void> {
    this.#failed = onFailure;
    for (const side of this.#sides.values()) await this.#run(side, order);
    this.#order = order;
  }

  /** Reads no more. */
  stop(): void {
    this.#stop.abort(new Error("the run has ended"));
    for (const { session } of this.#sides.values()) session.stop();
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all([...this.#sides.values()].map(({ session }) => session.close()));
  }

  async #openOne(request: FeedRequest): Promise<SideFeed | MissingFeed> {
    const { opener, clock, log, random, fromMs, toMs, signal } = this.#options;
    const stream = await opener.open(request, signal);
    if ("missing" in stream) return stream;
    const known = this.#sides.get(stream.name);
    if (known !== undefined) return known;
    const { symInfo, timeframe, provider, connection, name } = stream;
    const session = new LiveSession({
      ...{ provider, connection, side: stream, symInfo, timeframe, clock, random },
      log: prefixed(log, name),
    });
    const periodMs = timeframeSeconds(parseTimeframe(timeframe)) * 1000;
    const wantedMs = Math.min(fromMs, toMs - leastBars * periodMs);
    const sinceMs = Math.max(wantedMs, toMs - mostBars * periodMs);
    const bars = await session.past(sinceMs, signal).catch(async (error: unknown) => {
      await session.close();
      throw error;
    });
    const cut = sinceMs > fromMs ? "; the chart begins earlier" : "";
    log.info(`${name}: ${counted(bars.length, "bar")} of history${cut}`);
    const side: SideFeed = {
      ...{ stream, session, fromMs: sinceMs },
      feed: new GrowingFeed(columnsOf(bars), symInfo, timeframe),
    };
    this.#sides.set(stream.name, side);
    return side;
  }

  /** What a script asks for for the first time while it is live: na until it is there. */
  #openLate(request: FeedRequest): void {
    const { log } = this.#options;
    log.warn(`${request.symbol} ${request.timeframe} is asked for now: na until its bars are here`);
    this.#late = this.#openAfter(this.#late);
    this.#late.catch((error: unknown) => this.#failed?.(error));
  }

  /** One after the other: the next request may mean the same stream. */
  async #openAfter(before: Promise<void>): Promise<void> {
    await before;
    const { size } = this.#sides;
    await this.open();
    for (const side of [...this.#sides.values()].slice(size)) await this.#run(side, this.#order!);
  }

  async #run({ stream, session, feed, fromMs }: SideFeed, order: BarOrder): Promise<void> {
    const { log, signal } = this.#options;
    const { columns } = feed;
    const na = Number.NaN;
    const none: Bar = { openTimeMs: fromMs - 1, open: na, high: na, low: na, close: na, volume: na };
    const last = columns.length === 0 ? none : lastOf(feed);
    const extend = (bars: readonly Bar[]): Promise<void> => {
      for (const bar of bars) feed.close(bar);
      return Promise.resolve();
    };
    await session.join(last, extend, signal);
    const side: Side = order.add(stream.name, gridOf(feed), lastOpenOf(feed), feed);
    const ended = (reason: string): void => {
      if (!this.#stop.signal.aborted) log.warn(`${stream.name}: ${reason}; its last bar stays`);
      feed.goesOn = false;
      side.end();
    };
    const listener = { onTick: (bar: Bar) => side.tick(bar), onClose: (bar: Bar) => side.close(bar) };
    session
      .run(listener, AbortSignal.any([signal, this.#stop.signal]))
      .then(ended)
      .catch((error: unknown) => this.#failed?.(error));
  }
}

/** Where the bars of a feed lie. */
export function gridOf({ symInfo, timeframe }: Pick<Feed, "symInfo" | "timeframe">): Grid {
  const calendar = tradingCalendar(symInfo);
  const parsed = parseTimeframe(timeframe);
  return {
    endMs: (openMs) => calendar.periodEndMs(openMs, parsed),
    after: (openMs) => followingBarOpenMs(calendar, openMs, parsed, 1),
  };
}

function lastOpenOf({ columns }: Feed): number {
  return columns.length === 0 ? -Infinity : columns.openTimeMs[columns.length - 1]!;
}

function lastOf({ columns }: Feed): Bar {
  return barAt(columns, columns.length - 1);
}

/** The same log; a line begins with who speaks. */
function prefixed(log: Logger, name: string): Logger {
  const say =
    (level: keyof Logger) =>
    (message: string): void =>
      log[level](`${name}: ${message}`);
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}
