import { isIntraday, type TradingCalendar } from "../../kernel/calendar/calendar.ts";
import { yearOf } from "../../kernel/calendar/dates.ts";
import { type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";

/**
 * Which bar of a longer timeframe each bar of a shorter one goes into, asked in order of time.
 *
 * Windows never run backwards: a bar that the calendar would put into an earlier one (the hour before the open of a
 * stock that also traded the evening before) stays in the window that is open.
 */
export class BarWindows {
  readonly #calendar: TradingCalendar;
  readonly #target: Timeframe;
  readonly #sourceIsIntraday: boolean;
  /** From a source bar's open to its last second, ms. */
  readonly #lastSecond: number;
  readonly #observed: ObservedDays | undefined;
  /** A grid that goes by the bars it sees is stamped with the first of them. */
  readonly #stampsFirst: boolean;
  #openMs = -Infinity;
  #slotOpenMs = Number.NaN;
  /** Source bars before this are in the same window as the last one. */
  #sameUntilMs = -Infinity;

  constructor(calendar: TradingCalendar, source: Timeframe, target: Timeframe) {
    this.#calendar = calendar;
    this.#target = target;
    this.#sourceIsIntraday = isIntraday(source);
    const duration = timeframeSeconds(source) * 1000;
    this.#lastSecond = duration - 1000;
    this.#stampsFirst = !isIntraday(target) && target.value > 1 && calendar.dayCount === "observed";
    this.#observed =
      this.#stampsFirst && target.unit === "day"
        ? new ObservedDays(calendar, target.value, this.#sourceIsIntraday ? duration : undefined)
        : undefined;
  }

  /** Open of the window of the next source bar, ms. */
  next(openMs: number): number {
    if (openMs < this.#sameUntilMs) return this.#openMs;
    if (this.#observed !== undefined) {
      if (this.#observed.startsSlot(this.#dateOf(openMs), openMs)) this.#openMs = openMs;
      return this.#openMs;
    }
    const slotOpenMs = this.#calendarOpenMs(openMs);
    if (!this.#stampsFirst) {
      if (slotOpenMs > this.#openMs) this.#openMs = slotOpenMs;
    } else if (!(slotOpenMs <= this.#slotOpenMs)) {
      this.#slotOpenMs = slotOpenMs;
      this.#openMs = openMs;
    }
    return this.#openMs;
  }

  #calendarOpenMs(openMs: number): number {
    if (isIntraday(this.#target) || (this.#sourceIsIntraday && this.#target.value === 1)) {
      this.#sameUntilMs = this.#calendar.sameBarUntilMs(openMs, this.#target);
      return this.#calendar.barOpenMs(openMs, this.#target);
    }
    return this.#calendar.periodOpenMs(this.#dateOf(openMs), this.#target);
  }

  /** The trading date of a source bar: a shorter one belongs to the day of its last second. */
  #dateOf(openMs: number): number {
    return this.#sourceIsIntraday
      ? this.#calendar.tradingDateAt(openMs + this.#lastSecond)
      : this.#calendar.tradingDayOfBar(openMs).date;
  }
}

/**
 * Slots of `nD` of a market whose holidays nobody knows: the days on which there are bars are counted, from the
 * weekdays of the year before the first of them, anew every year. When the bars of a day end before its scheduled
 * close (a half day), the next calendar day shares its slot; that day shares no further.
 */
class ObservedDays {
  #date = -Infinity;
  #year = Number.NaN;
  #index = 0;
  #slot = Number.NaN;
  #isShared = false;
  #lastEndMs = Infinity;

  /** @param barMs length of the bars when they are shorter than a day */
  constructor(
    readonly calendar: TradingCalendar,
    readonly value: number,
    readonly barMs: number | undefined,
  ) {}

  /** Whether the next bar begins a slot. */
  startsSlot(date: number, openMs: number): boolean {
    const endMs = this.barMs === undefined ? Infinity : openMs + this.barMs;
    if (date <= this.#date) {
      this.#lastEndMs = endMs;
      return false;
    }
    const year = yearOf(date);
    if (year !== this.#year) {
      this.#index = this.#date === -Infinity ? this.calendar.daysBefore(date) : 0;
      this.#isShared = false;
    } else if (date === this.#date + 1 && !this.#isShared && this.#endedEarly()) {
      this.#isShared = true;
    } else {
      this.#index++;
      this.#isShared = false;
    }
    const slot = Math.floor(this.#index / this.value);
    const starts = slot !== this.#slot || year !== this.#year;
    this.#date = date;
    this.#year = year;
    this.#slot = slot;
    this.#lastEndMs = endMs;
    return starts;
  }

  #endedEarly(): boolean {
    const day = this.calendar.scheduledDay(this.#date);
    return day !== undefined && this.#lastEndMs < day.endMs;
  }
}
