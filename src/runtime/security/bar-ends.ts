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
  readonly #times: Float64Array;
  readonly #length: number;
  readonly #ends: Float64Array;
  readonly #isObserved: boolean;

  constructor({ columns, symInfo, timeframe }: Feed) {
    this.#calendar = tradingCalendar(symInfo);
    this.#timeframe = parseTimeframe(timeframe);
    this.#times = columns.openTimeMs;
    this.#length = columns.length;
    this.#ends = new Float64Array(columns.length).fill(Number.NaN);
    const { unit, value } = this.#timeframe;
    this.#isObserved =
      !isIntraday(this.#timeframe) && unit === "day" && value > 1 && this.#calendar.dayCount === "observed";
  }

  /** When all of a bar is known. */
  at(index: number): number {
    let end = this.#ends[index]!;
    if (end === end) return end;
    if (!this.#isObserved) end = this.scheduled(index);
    else end = index + 1 < this.#length ? this.#times[index + 1]! + 1 : Infinity;
    this.#ends[index] = end;
    return end;
  }

  /** When a bar is over at the latest, if the schedule holds. */
  scheduled(index: number): number {
    const open = this.#times[index];
    return open === undefined ? Number.NaN : this.#calendar.periodEndMs(open, this.#timeframe);
  }
}
