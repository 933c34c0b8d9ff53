import type { BarColumns } from "../kernel/bar.ts";
import { TradingCalendar } from "../kernel/calendar/calendar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../kernel/timeframe.ts";

/** Where times lie among the bars of a chart. */

const dayMs = 86_400_000;

/** Answers which bar an instant or a date belongs to. */
export class BarPlaces {
  readonly columns: BarColumns;
  readonly #lengthMs: number;
  /** Bars of a day or more may be meant by their date alone. */
  readonly #isDaily: boolean;
  readonly #symInfo: SymInfo;
  #byDate: Map<number, number> | undefined;

  constructor(columns: BarColumns, timeframe: string, symInfo: SymInfo) {
    this.columns = columns;
    this.#lengthMs = timeframeSeconds(parseTimeframe(timeframe)) * 1000;
    this.#isDaily = this.#lengthMs >= dayMs;
    this.#symInfo = symInfo;
  }

  /** The bar in which an instant lies; -1 for none. A day's bar lasts until the next one opens. */
  at(timeMs: number): number {
    const { openTimeMs, length } = this.columns;
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((openTimeMs[middle] ?? 0) <= timeMs) low = middle + 1;
      else high = middle;
    }
    const bar = low - 1;
    if (bar < 0) return -1;
    const openMs = openTimeMs[bar] ?? 0;
    // Holidays stretch a day's bar, nothing an hour's.
    const longest = this.#isDaily ? this.#lengthMs * 1.5 : this.#lengthMs;
    return timeMs < openMs + longest ? bar : -1;
  }

  /** The bar of a trading day's date, as if midnight UTC; -1 where there is none or bars are shorter than a day. */
  ofDate(dateMs: number): number {
    if (!this.#isDaily) return -1;
    this.#byDate ??= this.#dates();
    return this.#byDate.get(Math.floor(dateMs / dayMs)) ?? -1;
  }

  #dates(): Map<number, number> {
    const calendar = new TradingCalendar(this.#symInfo);
    const dates = new Map<number, number>();
    const { openTimeMs, length } = this.columns;
    for (let bar = 0; bar < length; bar++)
      dates.set(calendar.tradingDayOfBar(openTimeMs[bar] ?? 0).date, bar);
    return dates;
  }

  /** Whether a bar opens at exactly this instant. */
  opensAt(bar: number, timeMs: number): boolean {
    return this.columns.openTimeMs[bar] === timeMs;
  }

  /** Whether a bar traded at a price, give or take a hundredth of a percent. */
  traded(bar: number, price: number): boolean {
    const [low, high] = [this.columns.low[bar] ?? Number.NaN, this.columns.high[bar] ?? Number.NaN];
    const slack = Math.abs(price) * 1e-4;
    return price >= low - slack && price <= high + slack;
  }
}
