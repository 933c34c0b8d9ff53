import { BarWindows } from "../../data/aggregate/windows.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
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

/** The bar after the last closed one, as it is at a moment. Moments are asked for in order. */
export interface Forming {
  /** What is known of a bar changes while it is open. */
  readonly moves: boolean;
  /** @param next index of that bar. @returns `undefined` when none is open */
  at(nowMs: number, next: number): FormingBar | undefined;
}

/** The bar of a longer timeframe that the chart is building. */
export class ChartForming implements Forming {
  readonly moves = true;
  readonly #chart: Feed;
  readonly #ends: BarEnds;
  readonly #windows: BarWindows;
  readonly #bar: FormingBar = {
    openTimeMs: -Infinity,
    open: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
    close: Number.NaN,
    volume: Number.NaN,
  };
  #next = 0;

  constructor(chart: Feed, ends: BarEnds, timeframe: string) {
    this.#chart = chart;
    this.#ends = ends;
    const calendar = tradingCalendar(chart.symInfo);
    this.#windows = new BarWindows(calendar, parseTimeframe(chart.timeframe), parseTimeframe(timeframe));
  }

  at(nowMs: number): FormingBar | undefined {
    const { length } = this.#chart.columns;
    while (this.#next < length && this.#ends.scheduled(this.#next) <= nowMs) this.#add(this.#next++);
    return this.#next === 0 ? undefined : this.#bar;
  }

  #add(index: number): void {
    const { columns } = this.#chart;
    const bar = this.#bar;
    const windowMs = this.#windows.next(columns.openTimeMs[index]!);
    const [open, high, low, close] = [
      columns.open[index]!,
      columns.high[index]!,
      columns.low[index]!,
      columns.close[index]!,
    ];
    if (windowMs !== bar.openTimeMs) {
      bar.openTimeMs = windowMs;
      bar.open = bar.high = bar.low = bar.close = Number.NaN;
      bar.volume = 0;
    }
    // The rules of merging: missing prices are passed over, a missing volume makes the sum missing.
    if (bar.open !== bar.open) bar.open = open;
    if (high === high && !(high <= bar.high)) bar.high = high;
    if (low === low && !(low >= bar.low)) bar.low = low;
    if (close === close) bar.close = close;
    bar.volume += columns.volume[index]!;
  }
}

/** Of a symbol whose bars nobody builds here, all that is known of an open bar is that it has opened. */
export class OpenedForming implements Forming {
  readonly moves = false;
  readonly #times: Float64Array;
  readonly #length: number;

  constructor({ columns }: Feed) {
    this.#times = columns.openTimeMs;
    this.#length = columns.length;
  }

  at(nowMs: number, next: number): FormingBar | undefined {
    if (next >= this.#length || !(this.#times[next]! < nowMs)) return undefined;
    const na = Number.NaN;
    return { openTimeMs: this.#times[next]!, open: na, high: na, low: na, close: na, volume: na };
  }
}
