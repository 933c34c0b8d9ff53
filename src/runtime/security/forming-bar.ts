import { BarWindows } from "../../data/aggregate/windows.ts";
import type { BarColumns } from "../../kernel/bar.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { followingBarOpenMs } from "../../kernel/calendar/neighbours.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import type { BarEnds } from "./bar-ends.ts";
import type { Feed } from "./feeds.ts";

/** A bar that is not over, as far as it is known. */
export interface FormingBar {
  openTimeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** A bar of which nothing is known. */
export function emptyBar(): FormingBar {
  const na = Number.NaN;
  return { openTimeMs: -Infinity, open: na, high: na, low: na, close: na, volume: na };
}

/** Begins a bar that is merged of others. */
export function beginBar(bar: FormingBar, openTimeMs: number): void {
  bar.openTimeMs = openTimeMs;
  bar.open = bar.high = bar.low = bar.close = Number.NaN;
  bar.volume = 0;
}

/** The rules of merging: missing prices are passed over, a missing volume makes the sum missing. */
export function addTo(bar: FormingBar, columns: BarColumns, index: number): void {
  const high = columns.high[index]!;
  const low = columns.low[index]!;
  const close = columns.close[index]!;
  if (bar.open !== bar.open) bar.open = columns.open[index]!;
  if (high === high && !(high <= bar.high)) bar.high = high;
  if (low === low && !(low >= bar.low)) bar.low = low;
  if (close === close) bar.close = close;
  bar.volume += columns.volume[index]!;
}

/** The bar after the last closed one, as it is at a moment. Moments are asked for in order. */
export interface Forming {
  /** What is known of a bar changes while it is open. */
  readonly moves: boolean;
  /** @param next index of that bar. @returns `undefined` when none is open */
  at(nowMs: number, next: number): FormingBar | undefined;
}

/** The bar of a longer timeframe that the chart is building. The chart's newest bar may still be forming itself. */
export class ChartForming implements Forming {
  readonly moves = true;
  readonly #chart: Feed;
  readonly #ends: BarEnds;
  readonly #windows: BarWindows;
  readonly #bar = emptyBar();
  /** The same without the chart's newest bar. */
  readonly #before = emptyBar();
  #next = 0;
  #windowMs = -Infinity;

  constructor(chart: Feed, ends: BarEnds, timeframe: string) {
    this.#chart = chart;
    this.#ends = ends;
    const calendar = tradingCalendar(chart.symInfo);
    this.#windows = new BarWindows(calendar, parseTimeframe(chart.timeframe), parseTimeframe(timeframe));
  }

  at(nowMs: number): FormingBar | undefined {
    const { columns, live } = this.#chart;
    if (live !== undefined && this.#next > 0) {
      copyBar(this.#before, this.#bar);
      this.#add(this.#next - 1);
    }
    while (this.#next < columns.length && this.#ends.scheduled(this.#next) <= nowMs) {
      this.#windowMs = this.#windows.next(columns.openTimeMs[this.#next]!);
      if (live !== undefined) copyBar(this.#bar, this.#before);
      this.#add(this.#next++);
    }
    return this.#next === 0 ? undefined : this.#bar;
  }

  #add(index: number): void {
    if (this.#windowMs !== this.#bar.openTimeMs) beginBar(this.#bar, this.#windowMs);
    addTo(this.#bar, this.#chart.columns, index);
  }
}

function copyBar(from: FormingBar, to: FormingBar): void {
  to.openTimeMs = from.openTimeMs;
  to.open = from.open;
  to.high = from.high;
  to.low = from.low;
  to.close = from.close;
  to.volume = from.volume;
}

/**
 * Of a symbol whose bars nobody builds here, all that is known of an open bar is that it has opened. In a live run the
 * schedule says so: the bar itself may not have been heard of yet.
 */
export class OpenedForming implements Forming {
  readonly moves = false;
  readonly #feed: Feed;
  readonly #bar = emptyBar();
  /** The bar that `#expectedMs` is about. */
  #expected = -1;
  #expectedMs = Number.NaN;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  at(nowMs: number, next: number): FormingBar | undefined {
    const { columns } = this.#feed;
    const openTimeMs = next < columns.length ? columns.openTimeMs[next]! : this.#expectedAt(next);
    if (!(openTimeMs < nowMs)) return undefined;
    this.#bar.openTimeMs = openTimeMs;
    return this.#bar;
  }

  #expectedAt(next: number): number {
    const { live, columns, symInfo, timeframe } = this.#feed;
    if (live?.goesOn !== true || next === 0) return Number.NaN;
    if (next !== this.#expected) {
      const lastMs = columns.openTimeMs[next - 1]!;
      this.#expected = next;
      this.#expectedMs = followingBarOpenMs(tradingCalendar(symInfo), lastMs, parseTimeframe(timeframe), 1);
    }
    return this.#expectedMs;
  }
}
