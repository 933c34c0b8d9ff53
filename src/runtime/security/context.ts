import type { BarColumns } from "../../kernel/bar.ts";
import type { BarState } from "../bar-state.ts";
import type { BarClock } from "../series.ts";
import type { BarEnds } from "./bar-ends.ts";
import type { Feed, LiveEdge } from "./feeds.ts";
import { asLongAs } from "./file-feed.ts";
import type { Forming, FormingBar } from "./forming-bar.ts";
import type { LiveMoment } from "./live-moment.ts";

/** The run of a program on the bars of a context. */
export interface ContextRun {
  /** Begins an execution on the bar that the clock stands on. */
  begin(): void;
  save(): void;
  restore(): void;
  /** Takes the prices of a bar over after they have changed. */
  refresh(index: number): void;
  /** Whether the program asks other contexts, whose values may change while its bar does not. */
  readonly asks: boolean;
  readonly barstate: BarState;
}

/** A program, ready to run on every bar. */
export interface ContextProgram {
  readonly run: ContextRun;
  /** Gives the value, unless the program hands it over by `capture`. */
  readonly bar: () => unknown;
}

/** Values that are dropped together. */
const mostForgotten = 1024;

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
  /** The rows of forming bars are its own. */
  readonly #ownsRows: boolean;
  /** Values by bar from this one on. */
  readonly #log: unknown[] | undefined;
  #logFrom: number;
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
    this.#ownsRows = forming !== undefined;
    this.columns = forming === undefined ? feed.columns : changeable(feed);
    const first = barsCount === undefined ? 0 : Math.max(0, feed.columns.length - barsCount);
    this.clock = { index: first - 1, first };
    this.count = first;
    this.#over = first;
    this.value = parts.na;
    this.#valueBefore = parts.na;
    this.#log = parts.keepsLog ? [] : undefined;
    this.#logFrom = first;
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
    this.#forget(from);
    return this.#log!.slice(from - this.#logFrom, to - this.#logFrom);
  }

  /** Values that are kept. */
  get kept(): number {
    return this.#log?.length ?? 0;
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
    if (wasFormed || (this.#ownsRows && this.feed.live !== undefined)) this.#write(index, undefined);
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
    if (this.#log !== undefined) this.#log[index - this.#logFrom] = this.value;
  }

  /** Whatever was over before the newest bar is history. */
  #tellPhase(state: BarState, index: number, isForming: boolean, again: boolean): void {
    if (index < this.feed.columns.length - 1) state.phase = "history";
    else if (isForming) state.phase = again ? "update" : "first";
    else state.phase = again ? "close" : "only";
  }

  /** Drops values of bars before this one, now and then. */
  #forget(index: number): void {
    const count = Math.min(index - this.#logFrom, this.#log!.length);
    if (count < mostForgotten || count * 2 < this.#log!.length) return;
    this.#log!.splice(0, count);
    this.#logFrom += count;
  }

  /** Puts a forming bar, or what the feed says of it, into its row. */
  #write(index: number, bar: FormingBar | undefined): void {
    if (this.#ownsRows) {
      this.feed.live?.room.grow(index + 1);
      const { openTimeMs, open, high, low, close, volume } = this.columns;
      const own = this.feed.columns;
      openTimeMs[index] = bar === undefined ? own.openTimeMs[index]! : bar.openTimeMs;
      open[index] = bar === undefined ? own.open[index]! : bar.open;
      high[index] = bar === undefined ? own.high[index]! : bar.high;
      low[index] = bar === undefined ? own.low[index]! : bar.low;
      close[index] = bar === undefined ? own.close[index]! : bar.close;
      volume[index] = bar === undefined ? own.volume[index]! : bar.volume;
    }
    this.#program.run.refresh(index);
  }
}

/** Columns of its own, with room for a bar that forms after the last one. */
function changeable({ columns, live }: Feed): BarColumns {
  const copy = (column: Float64Array): Float64Array => {
    const longer = live?.room.numbers(Number.NaN) ?? new Float64Array(columns.length + 1).fill(Number.NaN);
    longer.set(column.subarray(0, columns.length));
    return longer;
  };
  const own = {
    length: columns.length,
    openTimeMs: copy(columns.openTimeMs),
    open: copy(columns.open),
    high: copy(columns.high),
    low: copy(columns.low),
    close: copy(columns.close),
    volume: copy(columns.volume),
    extra: columns.extra,
  };
  return live === undefined ? own : asLongAs(own, () => columns.length);
}
