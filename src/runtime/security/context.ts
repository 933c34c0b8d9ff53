import type { BarColumns } from "../../kernel/bar.ts";
import type { BarClock } from "../series.ts";
import type { BarEnds } from "./bar-ends.ts";
import type { Feed } from "./feeds.ts";
import type { Forming, FormingBar } from "./forming-bar.ts";

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
}

/** A program, ready to run on every bar. */
export interface ContextProgram {
  readonly run: ContextRun;
  /** Gives the value, unless the program hands it over by `capture`. */
  readonly bar: () => unknown;
}

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
  /** Values by bar, from the first one computed. */
  readonly log: unknown[] | undefined;
  /** The moment of the bar that is running, epoch ms, and that of the bar before it. */
  nowMs = -Infinity;
  beforeMs = -Infinity;
  readonly #ends: BarEnds;
  readonly #forming: Forming | undefined;
  readonly #captures: boolean;
  readonly #program: ContextProgram;
  readonly #total: number;
  /** When the next bar is over; −∞ before that was asked. */
  #dueMs = -Infinity;
  /** Index of the forming bar that has run; −1: none. */
  #formed = -1;
  #formedMs = Number.NaN;
  #saved: { count: number; value: unknown; logged: number } | undefined;

  constructor(parts: ContextParts) {
    const { feed, forming, barsCount } = parts;
    this.feed = feed;
    this.#total = feed.columns.length;
    this.columns = forming === undefined ? feed.columns : changeable(feed.columns);
    const first = barsCount === undefined ? 0 : Math.max(0, this.#total - barsCount);
    this.clock = { index: first - 1, first };
    this.count = first;
    this.value = parts.na;
    this.log = parts.keepsLog ? [] : undefined;
    this.#ends = parts.ends;
    this.#forming = forming;
    this.#captures = parts.captures;
    this.#program = parts.make(this);
  }

  /** Runs everything that is known at a moment. */
  bring(nowMs: number): void {
    while (nowMs >= this.#dueMs) {
      if (this.#dueMs > -Infinity) this.#confirm(Math.min(this.#ends.scheduled(this.count), this.#dueMs));
      this.#dueMs = this.count < this.#total ? this.#ends.at(this.count) : Infinity;
    }
    if (this.#forming !== undefined && nowMs !== this.#formedMs) this.#form(nowMs, this.#forming);
  }

  /** Runs up to a bar, on the bars that its host stands on. */
  bringTo(index: number, nowMs: number): void {
    while (this.count <= index && this.count < this.#total) {
      this.#confirm(this.count === index ? nowMs : this.#ends.scheduled(this.count));
    }
  }

  /** Whether a bar ended after a moment and up to now. */
  endedAfter(ms: number): boolean {
    return this.count > this.clock.first && this.#ends.at(this.count - 1) > ms;
  }

  /** The index of the first bar that opens at or after a moment. */
  firstFrom(ms: number): number {
    const { openTimeMs } = this.columns;
    let [low, high] = [this.clock.first, this.#total];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (openTimeMs[middle]! < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The value of a program that hands it over. */
  capture(value: unknown): void {
    this.value = value;
  }

  save(): void {
    this.#program.run.save();
    this.#saved = { count: this.count, value: this.value, logged: this.log?.length ?? 0 };
  }

  restore(): void {
    if (this.#saved === undefined) return;
    this.#program.run.restore();
    this.count = this.#saved.count;
    this.value = this.#saved.value;
    this.version++;
    if (this.log !== undefined) this.log.length = this.#saved.logged;
  }

  #confirm(nowMs: number): void {
    const index = this.count;
    if (this.#formed === index) {
      this.#program.run.restore();
      this.#write(index, undefined);
    }
    this.clock.isForming = false;
    if (this.feed.renew !== undefined) {
      this.feed.renew(index);
      this.#program.run.refresh(index);
    }
    this.#execute(index, nowMs);
    this.count++;
    this.log?.push(this.value);
  }

  #form(nowMs: number, forming: Forming): void {
    this.#formedMs = nowMs;
    const index = this.count;
    if (this.#formed === index && !forming.moves && !this.#program.run.asks) return;
    const bar = forming.at(nowMs, index);
    const lastMs = index === 0 ? -Infinity : this.columns.openTimeMs[index - 1]!;
    if (bar === undefined || bar.openTimeMs <= lastMs) return;
    const { run } = this.#program;
    if (this.#formed === index) run.restore();
    else run.save();
    this.#formed = index;
    this.#write(index, bar);
    this.clock.isForming = true;
    this.#execute(index, nowMs);
  }

  #execute(index: number, nowMs: number): void {
    this.clock.index = index;
    this.beforeMs = index > this.clock.first ? this.#ends.scheduled(index - 1) : -Infinity;
    this.nowMs = nowMs;
    const { run, bar } = this.#program;
    run.begin();
    const value = bar();
    if (!this.#captures) this.value = value;
    this.version++;
  }

  /** Puts a forming bar, or what became of it, into its row. */
  #write(index: number, bar: FormingBar | undefined): void {
    const { openTimeMs, open, high, low, close, volume } = this.columns;
    const final = this.feed.columns;
    openTimeMs[index] = bar === undefined ? final.openTimeMs[index]! : bar.openTimeMs;
    open[index] = bar === undefined ? final.open[index]! : bar.open;
    high[index] = bar === undefined ? final.high[index]! : bar.high;
    low[index] = bar === undefined ? final.low[index]! : bar.low;
    close[index] = bar === undefined ? final.close[index]! : bar.close;
    volume[index] = bar === undefined ? final.volume[index]! : bar.volume;
    this.#program.run.refresh(index);
  }
}

/** Columns of its own, with room for a bar that forms after the last one. */
function changeable(columns: BarColumns): BarColumns {
  const copy = (column: Float64Array): Float64Array => {
    const longer = new Float64Array(columns.length + 1).fill(Number.NaN);
    longer.set(column);
    return longer;
  };
  return {
    length: columns.length,
    openTimeMs: copy(columns.openTimeMs),
    open: copy(columns.open),
    high: copy(columns.high),
    low: copy(columns.low),
    close: copy(columns.close),
    volume: copy(columns.volume),
    extra: columns.extra,
  };
}
