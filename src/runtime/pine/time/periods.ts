import { BarWindows } from "../../../data/aggregate/windows.ts";
import type { TradingCalendar } from "../../../kernel/calendar/calendar.ts";
import type { Timeframe } from "../../../kernel/timeframe.ts";

/**
 * The bars of a longer timeframe that the chart's bars belong to, the same as when data is merged: worked out bar by
 * bar, once for each.
 */
export class Periods {
  readonly #times: Float64Array;
  readonly #windows: BarWindows;
  /** Open of the longer bar, by bar of the chart. */
  #opens = new Float64Array(1024);
  #known: number;
  readonly #first: number;

  /** @param first the first bar that is computed; nothing before it is seen */
  constructor(
    calendar: TradingCalendar,
    chart: Timeframe,
    target: Timeframe,
    times: Float64Array,
    first: number,
  ) {
    this.#times = times;
    this.#windows = new BarWindows(calendar, chart, target);
    this.#first = first;
    this.#known = first;
  }

  /** Open of the longer bar that bar `index` belongs to; NaN before the first. */
  openMs(index: number): number {
    if (index < this.#first) return Number.NaN;
    while (this.#known <= index) this.#advance();
    return this.#opens[index - this.#first]!;
  }

  /** Whether bar `index` begins a longer bar; never the first. */
  begins(index: number): boolean {
    return index > this.#first && this.openMs(index) !== this.openMs(index - 1);
  }

  #advance(): void {
    const at = this.#known - this.#first;
    if (at === this.#opens.length) {
      const larger = new Float64Array(at * 4);
      larger.set(this.#opens);
      this.#opens = larger;
    }
    this.#opens[at] = this.#windows.next(this.#times[this.#known]!);
    this.#known++;
  }
}
