import type { BarColumns } from "../../kernel/bar.ts";
import { isIntraday, type TradingCalendar, tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { parseTimeframe, type Timeframe } from "../../kernel/timeframe.ts";
import type { Feed } from "./feeds.ts";

/**
 * When the bars of a feed are over, epoch ms, worked out when first asked for. The end follows from the calendar and
 * the bar's own open. Only bars of several days of a market whose holidays nobody knows last until the bar that
 * follows has opened: which days they hold is known then, not before.
 */
export class BarEnds {
  readonly #calendar: TradingCalendar;
  readonly #timeframe: Timeframe;
  readonly #columns: BarColumns;
  /** NaN where nobody has asked yet; it gets longer with the feed. */
  #ends: Float64Array;
  readonly #isObserved: boolean;

  constructor({ columns, symInfo, timeframe }: Feed) {
    this.#calendar = tradingCalendar(symInfo);
    this.#timeframe = parseTimeframe(timeframe);
    this.#columns = columns;
    this.#ends = new Float64Array(columns.length).fill(Number.NaN);
    const { unit, value } = this.#timeframe;
    this.#isObserved =
      !isIntraday(this.#timeframe) && unit === "day" && value > 1 && this.#calendar.dayCount === "observed";
  }

  /** When all of a bar is known. */
  at(index: number): number {
    const known = this.#ends[index]!;
    if (known === known && known !== undefined) return known;
    const { length, openTimeMs } = this.#columns;
    let end: number;
    if (!this.#isObserved) end = this.scheduled(index);
    else if (index + 1 < length) end = openTimeMs[index + 1]! + 1;
    // A bar that follows may still come.
    else return Infinity;
    if (index >= this.#ends.length) this.#ends = longer(this.#ends, index + 1);
    this.#ends[index] = end;
    return end;
  }

  /** When a bar is over at the latest, if the schedule holds. */
  scheduled(index: number): number {
    const open = this.#columns.openTimeMs[index];
    return open === undefined ? Number.NaN : this.#calendar.periodEndMs(open, this.#timeframe);
  }
}

function longer(column: Float64Array, least: number): Float64Array {
  const grown = new Float64Array(Math.max(least, column.length * 2)).fill(Number.NaN);
  grown.set(column);
  return grown;
}
