import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { ProviderPlugin } from "../api/plugins/provider.ts";
import type { Bar, BarUpdate } from "../kernel/bar.ts";
import { type TradingCalendar, tradingCalendar } from "../kernel/calendar/calendar.ts";
import { followingBarOpenMs } from "../kernel/calendar/neighbours.ts";
import { parseTimeframe, type Timeframe, timeframeSeconds } from "../kernel/timeframe.ts";
import { Feed } from "./feed.ts";
import { History } from "./history.ts";
import { type Action, type BarSource, Joiner } from "./joiner.ts";
import type { SessionListener, SessionOptions } from "./session-options.ts";
import { isNews, isPresent, lookEveryMs, silenceLimitMs, verdictOn } from "./watchdog.ts";

/** Events that are handled before timers and signals get their turn. */
const eventsInARow = 64;
/** Longest wait for the history when a feed is over, ms. */
const lastAskMs = 10_000;
/** Answers that the history of a further feed may be spread over. */
const mostPages = 100;
/** How far back a run that has been waiting may have to fetch before it goes live, in rounds. */
const joinRounds = 5;

/**
 * A symbol's bars, live: the feed, the history that fills its holes, and the watch over its silence, joined into one
 * sequence of ticks and closes.
 */
export class LiveSession {
  readonly #options: SessionOptions;
  readonly #calendar: TradingCalendar;
  readonly #timeframe: Timeframe;
  readonly #periodMs: number;
  readonly #feed: Feed;
  readonly #history: History;
  #joiner: Joiner | undefined;
  /** The history's answer that is awaited, and the same once it is there. */
  #fetching: Promise<void> | undefined;
  #fetched: readonly Bar[] | undefined;
  #fetchError: { readonly error: unknown } | undefined;
  #isPresent = false;
  /** For the feed's next event. */
  #isWaiting = false;
  /** The bar that the last update spoke of. */
  #heardOfMs = Number.NaN;
  #lookedMs = -Infinity;
  #events = 0;
  #marketOpenSinceMs: number | undefined;
  /** Bars in a row that had to be closed without the feed. */
  #unheardCloses = 0;
  #dropped = 0;
  /** Open of the last bar that was history when the run went live. */
  #historyEndMs = -Infinity;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { provider, connection, side, symInfo, timeframe, clock, log } = options;
    this.#timeframe = parseTimeframe(timeframe);
    this.#periodMs = timeframeSeconds(this.#timeframe) * 1000;
    this.#calendar = tradingCalendar(symInfo);
    const symbol = side?.symbol ?? provider.normalizeSymbol(provider.symbol ?? "");
    const ownsConnection = side?.ownsConnection ?? true;
    const { observe } = options;
    this.#feed = new Feed({ provider, connection, ownsConnection, symbol, timeframe, clock, log, observe });
    this.#history = new History({
      ...options,
      symbol,
      source: side?.source ?? (provider as unknown as ProviderPlugin<object>),
      timeframe: this.#timeframe,
      timeframeText: timeframe,
      calendar: this.#calendar,
    });
  }

  /** Bars that have closed since a moment, as far as the venue has them, page after page. */
  async past(fromMs: number, signal: AbortSignal): Promise<Bar[]> {
    const found: Bar[] = [];
    for (let round = 0; round < mostPages; round++) {
      const sinceMs = found.at(-1)?.openTimeMs ?? fromMs - 1;
      const bars = await this.#history.closedAfter(sinceMs, undefined, signal);
      if (bars.length === 0) break;
      found.push(...bars);
    }
    return found;
  }

  /**
   * Bars that have closed since the warm-up was fetched, until there are no more; then the stream is read.
   * @param extend adds bars to the history and runs them
   */
  async join(last: Bar, extend: (bars: readonly Bar[]) => Promise<void>, signal: AbortSignal): Promise<void> {
    let newest = last;
    for (let round = 0; round < joinRounds; round++) {
      const bars = await this.#history.closedAfter(newest.openTimeMs, undefined, signal);
      if (bars.length === 0) break;
      await extend(bars);
      newest = bars.at(-1)!;
    }
    this.#joiner = new Joiner(
      {
        missesBetween: (beforeMs, afterMs) => {
          for (const _open of this.#calendar.missingBetween(beforeMs, afterMs, this.#timeframe)) return true;
          return false;
        },
        after: (openMs) => followingBarOpenMs(this.#calendar, openMs, this.#timeframe, 1),
      },
      newest,
    );
    this.#historyEndMs = newest.openTimeMs;
    this.#noteTime(newest.openTimeMs);
    this.#feed.start();
  }

  /**
   * Tells the listener of every bar until the feed ends.
   * @returns why it ended
   * @throws a permanent failure of the provider, what the listener throws, the signal's reason
   */
  async run(listener: SessionListener, signal: AbortSignal): Promise<string> {
    const joiner = this.#joiner;
    if (joiner === undefined) throw new Error("join first");
    for (;;) {
      this.#isWaiting = true;
      const event = await this.#feed.next(this.#wakeMs(), signal);
      this.#isWaiting = false;
      this.#takeFetched(joiner, listener, signal);
      if (event?.kind === "update") this.#hear(joiner, event.update, listener, signal);
      else if (event?.kind === "reconnected") this.#perform(joiner.reconnected(), listener, signal);
      else if (event?.kind === "ended") {
        await this.#finish(joiner, listener, signal);
        return event.reason;
      }
      const nowMs = this.#options.clock.nowMs();
      if (nowMs - this.#lookedMs >= this.#wakeMs()) this.#watch(joiner, listener, signal, nowMs);
      // A stream that never pauses must leave room for timers and signals.
      if (++this.#events % eventsInARow === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Everything that the feed has told so far has been acted on. */
  get isIdle(): boolean {
    return this.#isWaiting && this.#feed.isEmpty && this.#fetching === undefined;
  }

  /** Reads no more: what comes from now on is not looked at. */
  stop(): void {
    this.#feed.stop();
  }

  /** Stops reading and disconnects. */
  close(): Promise<void> {
    return this.#feed.close();
  }

  /** What a stream leaves out at its very end no update gives away: the history is asked once more. */
  async #finish(joiner: Joiner, listener: SessionListener, signal: AbortSignal): Promise<void> {
    const fetched = async (): Promise<void> => {
      while (this.#fetching !== undefined) {
        await this.#fetching;
        this.#takeFetched(joiner, listener, signal);
      }
    };
    await fetched();
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const late = this.#options.clock.sleep(lastAskMs, stop);
    late.then(
      () => over.abort(new Error("the feed is over")),
      () => {},
    );
    this.#perform(joiner.reconnected(), listener, stop);
    // An answer that does not come in time is none.
    await this.#fetching;
    if (!signal.aborted && over.signal.aborted) return;
    await fetched();
    over.abort();
  }

  #hear(joiner: Joiner, update: BarUpdate, listener: SessionListener, signal: AbortSignal): void {
    const { openTimeMs, isClosed } = update;
    this.#noteTime(openTimeMs);
    if (isClosed && openTimeMs > joiner.lastMs) this.#unheardCloses = 0;
    this.#perform(joiner.update(update), listener, signal);
  }

  /** Takes the history's answer over, when it is there. */
  #takeFetched(joiner: Joiner, listener: SessionListener, signal: AbortSignal): void {
    if (this.#fetchError !== undefined) throw this.#fetchError.error;
    const bars = this.#fetched;
    if (bars === undefined) return;
    this.#fetched = undefined;
    this.#fetching = undefined;
    this.#perform(joiner.fetched(bars), listener, signal);
  }

  /** Whether the feed lives in the present, by the bar it speaks of. */
  #noteTime(openMs: number): void {
    if (openMs === this.#heardOfMs) return;
    this.#heardOfMs = openMs;
    const nextMs = followingBarOpenMs(this.#calendar, openMs, this.#timeframe, 1);
    const endMs = this.#calendar.periodEndMs(nextMs === nextMs ? nextMs : openMs, this.#timeframe);
    this.#isPresent = isPresent(openMs, endMs, this.#periodMs, this.#options.clock.nowMs());
  }

  #perform(actions: readonly Action[], listener: SessionListener, signal: AbortSignal): void {
    for (const action of actions) {
      switch (action.kind) {
        case "tick":
          listener.onTick(action.bar);
          break;
        case "close":
          this.#tellSource(action.bar, action.source);
          listener.onClose(action.bar, action.source);
          break;
        case "fetch":
          this.#fetch(action.sinceMs, action.untilMs, signal);
          break;
        case "drop":
          this.#tellDrop(action.update);
          break;
      }
    }
  }

  #fetch(sinceMs: number, untilMs: number | undefined, signal: AbortSignal): void {
    const ask = async (): Promise<void> => {
      try {
        this.#fetched = await this.#history.closedAfter(sinceMs, untilMs, signal);
      } catch (error) {
        this.#fetchError = { error };
      }
      this.#feed.wake();
    };
    this.#fetching = ask();
  }

  /** Of bars that are history already a feed may tell once more. */
  #tellDrop({ openTimeMs, isClosed }: BarUpdate): void {
    if (openTimeMs <= this.#historyEndMs || !isNews(++this.#dropped)) return;
    const what = `${isClosed ? "a close" : "an update"} of ${new Date(openTimeMs).toISOString()}`;
    const again = this.#dropped > 1 ? ` (${this.#dropped} so far)` : "";
    this.#options.log.warn(`${what} was dropped: the bar is over already${again}`);
  }

  #tellSource(bar: Bar, source: BarSource): void {
    if (source === "feed" || source === "history") return;
    if (!isNews(++this.#unheardCloses)) return;
    const what =
      source === "formed"
        ? "was closed with its last update"
        : "is taken to be flat: nothing was heard of it";
    const again = this.#unheardCloses > 1 ? ` (${this.#unheardCloses} in a row)` : "";
    this.#options.log.warn(`the bar of ${new Date(bar.openTimeMs).toISOString()} ${what}${again}`);
  }

  /** Until when to wait for the feed before the clock is looked at. */
  #wakeMs(): number {
    return this.#marketOpenSinceMs === undefined ? lookEveryMs.closed : lookEveryMs.open;
  }

  #watch(joiner: Joiner, listener: SessionListener, signal: AbortSignal, nowMs: number): void {
    const { provider } = this.#options;
    this.#lookedMs = nowMs;
    const isOpen = this.#calendar.isOpen(nowMs);
    this.#marketOpenSinceMs = isOpen ? (this.#marketOpenSinceMs ?? nowMs) : undefined;
    // Of what happens while the connection is lost the history will tell.
    if (joiner.isFetching || this.#feed.isLost) return;
    const next =
      joiner.forming?.openTimeMs ?? followingBarOpenMs(this.#calendar, joiner.lastMs, this.#timeframe, 1);
    const bars = (provider.constructor as typeof LiveProviderPlugin).feedTimeoutBars;
    const verdict = verdictOn(
      {
        isPresent: this.#isPresent,
        isMarketOpen: isOpen,
        heardMs: Math.max(this.#feed.heardMs, this.#marketOpenSinceMs ?? -Infinity),
        nextEndMs: this.#calendar.periodEndMs(next, this.#timeframe),
        periodMs: this.#periodMs,
        silenceLimitMs: silenceLimitMs(bars, this.#periodMs),
      },
      nowMs,
    );
    if (verdict === "overdue") this.#perform(joiner.overdue(), listener, signal);
    // A feed that is silent as well is looked at next time.
    if (verdict === "stale")
      this.#feed.cycle(`nothing was heard for ${Math.round((nowMs - this.#feed.heardMs) / 1000)} s`);
  }
}
