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
  /** By the schedule; NaN where nobody has asked yet. It gets longer with the feed. */
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
    if (!this.#isObserved) return this.scheduled(index);
    const { length, openTimeMs } = this.#columns;
    // A bar that follows may still come.
    return index + 1 < length ? openTimeMs[index + 1]! + 1 : Infinity;
  }

  /** When a bar is over at the latest, if the schedule holds. */
  scheduled(index: number): number {
    const known = this.#ends[index]!;
    if (known === known && known !== undefined) return known;
    const { length, openTimeMs } = this.#columns;
    const open = openTimeMs[index];
    if (open === undefined || open !== open) return Number.NaN;
    // Of a bar that is only expected nothing is certain.
    if (index >= length) return this.#calendar.periodEndMs(open, this.#timeframe);
    if (index >= this.#ends.length) this.#ends = longer(this.#ends, index + 1);
    return (this.#ends[index] = this.#calendar.periodEndMs(open, this.#timeframe));
  }
}

function longer(column: Float64Array, least: number): Float64Array {
  const grown = new Float64Array(Math.max(least, column.length * 2)).fill(Number.NaN);
  grown.set(column);
  return grown;
}
