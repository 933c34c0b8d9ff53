import type { BarColumns } from "../../kernel/bar.ts";
import type { BarState } from "../bar-state.ts";
import type { BarClock } from "../series.ts";
import type { BarEnds } from "./bar-ends.ts";
import { BarLog } from "./bar-log.ts";
import type { ContextProgram } from "./context-program.ts";
import type { Feed, LiveEdge } from "./feeds.ts";
import type { Forming, FormingBar } from "./forming-bar.ts";
import type { LiveMoment } from "./live-moment.ts";
import { OwnRows } from "./own-rows.ts";

/** What a context is made of. */
export interface ContextParts {
  readonly feed: Feed;
  readonly ends: BarEnds;
  /** Absent: bars count when they are over. */
  readonly forming: Forming | undefined;
  /** Keeps the value of every bar. */
  readonly keepsLog: boolean;
  /** Only so many of the newest bars are computed. */
  readonly barsCount: number | undefined;
  /** What stands for "no value". */
  readonly na: unknown;
  /** The program catches its value itself. */
  readonly captures: boolean;
  /** Of a live run. */
  readonly moment: LiveMoment | undefined;
  /** Live, a bar that ends with the chart's shows what it would give if both ended now; otherwise it counts when it is over. */
  readonly previews: boolean;
  readonly make: (context: Context) => ContextProgram;
}

/**
 * An expression on the bars of another symbol or timeframe. It has bars, history and state of its own, and is stepped
 * by time: `bring` runs every bar that is over, and nothing that comes later.
 */
export class Context {
  readonly feed: Feed;
  /** The bars as the program sees them; the row of a forming bar changes. */
  readonly columns: BarColumns;
  readonly clock: BarClock;
  /** Value of the last bar that ran. */
  value: unknown;
  /** Grows with every execution. */
  version = 0;
  /** Bars that are over and have run; the index of the next one. */
  count: number;
  /** The moment of the bar that is running, epoch ms, and that of the bar before it. */
  nowMs = -Infinity;
  beforeMs = -Infinity;
  readonly #ends: BarEnds;
  readonly #forming: Forming | undefined;
  readonly #captures: boolean;
  readonly #previews: boolean;
  readonly #moment: LiveMoment | undefined;
  readonly #program: ContextProgram;
  /** Where bars form the rows are its own. */
  readonly #rows: OwnRows | undefined;
  readonly #log: BarLog | undefined;
  /** When the next bar is over; −∞ before that was asked. */
  #dueMs = -Infinity;
  /** Index of the bar that ran although it is not over; −1: none. */
  #formed = -1;
  /** It ran with the prices that its row has, and not as one of which nothing is known. */
  #isReal = false;
  #formedMs = Number.NaN;
  #valueBefore: unknown;
  /** Bars that ended, the one included that would if the chart's bar ended now. */
  #over: number;
  /** The last execution of the run, and the moment that it asked about. */
  #broughtAt = -1;
  #broughtMs = Number.NaN;
  #saved: { count: number; value: unknown } | undefined;

  constructor(parts: ContextParts) {
    const { feed, forming, barsCount } = parts;
    this.feed = feed;
    this.#rows = forming === undefined ? undefined : new OwnRows(feed);
    this.columns = this.#rows?.columns ?? feed.columns;
    const first = barsCount === undefined ? 0 : Math.max(0, feed.columns.length - barsCount);
    this.clock = { index: first - 1, first };
    this.count = first;
    this.#over = first;
    this.value = parts.na;
    this.#valueBefore = parts.na;
    this.#log = parts.keepsLog ? new BarLog(first) : undefined;
    this.#ends = parts.ends;
    this.#forming = forming;
    this.#captures = parts.captures;
    this.#previews = parts.previews;
    this.#moment = parts.moment;
    this.#program = parts.make(this);
  }

  /** Runs everything that is known at a moment. */
  bring(nowMs: number): void {
    if (this.feed.live !== undefined) return this.#bringLive(nowMs, this.feed.live, this.#moment!);
    const { length } = this.feed.columns;
    while (nowMs >= this.#dueMs) {
      if (this.#dueMs > -Infinity) this.#confirm(Math.min(this.#ends.scheduled(this.count), this.#dueMs));
      this.#dueMs = this.count < length ? this.#ends.at(this.count) : Infinity;
    }
    this.#over = this.count;
    if (this.#forming !== undefined && nowMs !== this.#formedMs) this.#form(nowMs, this.#forming);
  }

  /**
   * Runs up to a bar, on the bars that its host stands on.
   * @param isForming the bar is not over
   */
  bringTo(index: number, nowMs: number, isForming: boolean): void {
    const { length } = this.feed.columns;
    this.feed.live?.sync();
    const isBehind = this.count < index;
    while (this.count < index && this.count < length) this.#confirmBefore(this.#ends.scheduled(this.count));
    // When the host goes back it is by one bar.
    if (isBehind && this.#saved !== undefined) this.save();
    if (this.count === index && (isForming || index < length)) this.#confirm(nowMs, isForming);
    this.#over = this.count;
  }

  /** Whether a bar ended after a moment and up to now. */
  endedAfter(ms: number): boolean {
    return this.#over > this.clock.first && this.#ends.at(this.#over - 1) > ms;
  }

  /** The index of the first bar that opens at or after a moment. */
  firstFrom(ms: number): number {
    const { openTimeMs } = this.columns;
    let [low, high] = [this.clock.first, this.feed.columns.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (openTimeMs[middle]! < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The values of bars that open from one moment on and before another. Those before are not asked for again. */
  valuesIn(fromMs: number, endMs: number): unknown[] {
    const from = this.firstFrom(fromMs);
    let to = from;
    while (to < this.#over && this.columns.openTimeMs[to]! < endMs) to++;
    return this.#log!.take(from, to);
  }

  /** The value of a program that hands it over. */
  capture(value: unknown): void {
    this.value = value;
  }

  save(): void {
    this.#program.run.save();
    this.#saved = { count: this.count, value: this.value };
  }

  restore(): void {
    if (this.#saved === undefined) return;
    this.#program.run.restore();
    this.count = this.#saved.count;
    this.value = this.#saved.value;
    this.version++;
  }

  /** Brings bars of a live run up to date. */
  #bringLive(nowMs: number, live: LiveEdge, moment: LiveMoment): void {
    if (moment.number === this.#broughtAt && nowMs === this.#broughtMs) return;
    this.#broughtAt = moment.number;
    this.#broughtMs = nowMs;
    live.sync();
    const { closed } = live;
    // Inside the chart's bar other feeds may still owe what ended in it: who asks them runs a bar for good at its end.
    const sureMs = this.#program.run.asks && !moment.isSettled ? moment.settledMs : nowMs;
    while (this.count < closed) {
      const dueMs = this.#ends.at(this.count);
      if (!(dueMs <= nowMs && dueMs <= sureMs)) break;
      this.#confirmBefore(Math.min(this.#ends.scheduled(this.count), dueMs));
    }
    const index = this.count;
    const isKnown = index < closed || (live.forms && index < this.feed.columns.length);
    const ends = this.#previews && !moment.isSettled && isKnown && this.#ends.at(index) <= nowMs;
    this.#over = ends ? index + 1 : index;
    if (ends || (this.#forming?.moves === true && !moment.isSettled && isKnown))
      this.#preview(nowMs, index < closed);
    else if (this.#forming !== undefined) this.#form(nowMs, this.#forming);
    else this.#retreat();
  }

  /** Runs a bar for good that ended before the chart's bar does. */
  #confirmBefore(nowMs: number): void {
    const moment = this.#moment;
    if (moment === undefined || moment.isSettled || !this.#program.run.asks) this.#confirm(nowMs);
    else moment.before(() => this.#confirm(nowMs));
  }

  #confirm(nowMs: number, isForming = false): void {
    const index = this.count;
    const wasFormed = this.#formed === index;
    this.#retreat();
    this.feed.renew?.(index);
    if (wasFormed || (this.#rows !== undefined && this.feed.live !== undefined))
      this.#write(index, undefined);
    else if (this.feed.renew !== undefined) this.#program.run.refresh(index);
    this.#execute(index, nowMs, isForming, isForming || wasFormed);
    this.count++;
  }

  /** Runs a bar with what is known of its prices. */
  #preview(nowMs: number, isClosed: boolean): void {
    const index = this.count;
    const again = this.#advance(index);
    this.#isReal = true;
    this.feed.renew?.(index);
    this.#write(index, undefined);
    this.#execute(index, nowMs, !isClosed, again);
  }

  /** Runs a bar as far as others know of it. */
  #form(nowMs: number, forming: Forming): void {
    this.#formedMs = nowMs;
    const index = this.count;
    if (this.#formed === index && !this.#isReal && !forming.moves && !this.#program.run.asks) return;
    const bar = forming.at(nowMs, index);
    const lastMs = index === 0 ? -Infinity : this.columns.openTimeMs[index - 1]!;
    if (bar === undefined || bar.openTimeMs <= lastMs) return this.#retreat();
    const again = this.#advance(index);
    this.#isReal = false;
    this.#write(index, bar);
    this.#execute(index, nowMs, true, again);
  }

  /** Goes to a bar that will run again. @returns whether it has run before */
  #advance(index: number): boolean {
    const { run } = this.#program;
    const again = this.#formed === index;
    if (again) {
      run.restore();
      // A value that is caught in a branch is not caught every time.
      this.value = this.#valueBefore;
    } else {
      run.save();
      this.#valueBefore = this.value;
    }
    this.#formed = index;
    return again;
  }

  /** Takes back what ran although it was not over. */
  #retreat(): void {
    if (this.#formed < 0) return;
    this.#program.run.restore();
    this.value = this.#valueBefore;
    this.version++;
    this.clock.index = this.#formed - 1;
    this.#formed = -1;
  }

  #execute(index: number, nowMs: number, isForming: boolean, again: boolean): void {
    this.clock.index = index;
    this.clock.isForming = isForming;
    this.beforeMs = index > this.clock.first ? this.#ends.scheduled(index - 1) : -Infinity;
    this.nowMs = nowMs;
    const { run, bar } = this.#program;
    if (this.#moment?.isLive === true) this.#tellPhase(run.barstate, index, isForming, again);
    run.begin();
    const value = bar();
    if (!this.#captures) this.value = value;
    this.version++;
    this.#log?.put(index, this.value);
  }

  /** Whatever was over before the newest bar is history. */
  #tellPhase(state: BarState, index: number, isForming: boolean, again: boolean): void {
    if (index < this.feed.columns.length - 1) state.phase = "history";
    else if (isForming) state.phase = again ? "update" : "first";
    else state.phase = again ? "close" : "only";
  }

  /** Puts a forming bar, or what the feed says of it, into its row. */
  #write(index: number, bar: FormingBar | undefined): void {
    this.#rows?.write(index, bar);
    this.#program.run.refresh(index);
  }
}
