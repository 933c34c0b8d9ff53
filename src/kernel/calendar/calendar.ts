import type { SymInfo } from "../syminfo.ts";
import { type Timeframe, timeframeSeconds } from "../timeframe.ts";
import { dateOf, dayMs, mondayOf, monthOf, yearOf } from "./dates.ts";
import type { HoursInfo } from "./hours.ts";
import { searchDays, type TradingDay, TradingDays } from "./trading-days.ts";
import { type DayCount, daysBefore, daySlot, monthSlot, type Slot, weekSlot } from "./year-grid.ts";

/**
 * When a symbol trades, and where its bars begin and end: pure, in the exchange's zone, daylight saving, dated
 * schedules and corrected dates included. Times are epoch ms.
 *
 * | Bars | open at |
 * |---|---|
 * | seconds, minutes, no sessions | whole steps of the UTC epoch |
 * | seconds, minutes, with sessions | steps of elapsed time from the latest session start of this local day or the one before; UTC steps where there is none |
 * | `1D 1W 1M`, no sessions | local midnight, of Monday, of the first of the month |
 * | `1D 1W 1M`, with sessions | the open of the trading day, of the first one of the week or month |
 * | `nD nW nM` | the open of the first trading day of a slot of a grid that starts anew every year |
 *
 * A trading day whose hours run past midnight opens the evening before. From the scheduled end of a day on, time
 * belongs to the next one; before the open it still belongs to the one before.
 */
export class TradingCalendar {
  /** Without hours and session starts, days are local days and intraday bars are steps of UTC. */
  readonly hasSessions: boolean;
  /** Which days a grid of `nD` counts; `observed` needs the bars themselves, `barOpenMs` takes weekdays instead. */
  readonly dayCount: DayCount;
  readonly #days: TradingDays;

  #openFrom = 0;
  #openTo = 0;
  #anchor = Number.NaN;
  #anchorFrom = 0;
  #anchorTo = 0;
  /** The bar of days, weeks or months that was asked for last, and the date it was asked for. */
  #period: { unit: string; value: number; date: number; openMs: number } | undefined;

  constructor(info: CalendarInfo) {
    this.#days = new TradingDays(info);
    this.hasSessions = this.#days.hasSessions;
    this.dayCount = dayCountOf(info.type, this.#days.tradedWeekdays);
  }

  /** In session at this moment, half-open. Without hours: always. */
  isOpen(timeMs: number): boolean {
    if (timeMs >= this.#openFrom && timeMs < this.#openTo) return true;
    return this.overlapsSession(timeMs, timeMs + 1);
  }

  /** Whether `[fromMs, toMs)` overlaps an interval of its own weekday, or one of the day before that runs past midnight. */
  overlapsSession(fromMs: number, toMs: number): boolean {
    if (this.#days.isAlwaysOpen || (fromMs < this.#openTo && toMs > this.#openFrom)) return true;
    for (let date = this.#days.dateAt(fromMs) - 1; ; date++) {
      const { midnightMs, intervals } = this.#days.local(date);
      if (!(midnightMs < toMs)) return false;
      for (let index = 0; index < intervals.length; index += 2) {
        const start = intervals[index] ?? 0;
        const end = intervals[index + 1] ?? 0;
        if (start >= toMs || end <= fromMs) continue;
        this.#openFrom = start;
        this.#openTo = end;
        return true;
      }
    }
  }

  /** The trading day that a moment belongs to; the local day without sessions. */
  tradingDay(timeMs: number): TradingDay {
    return this.#days.at(timeMs);
  }

  /**
   * The trading day of a bar of a day or more, wherever in its day it is stamped (its open, midnight, the evening
   * before): the first that ends after the bar opens.
   */
  tradingDayOfBar(openMs: number): TradingDay {
    return this.#days.endingAfter(openMs);
  }

  /** The trading date of a moment: its local date, or the next one from the evening open on, scheduled or not. */
  tradingDateAt(timeMs: number): number {
    return this.#days.tradingDateAt(timeMs);
  }

  /** The trading day of a date; `undefined` when nothing is scheduled. */
  scheduledDay(date: number): TradingDay | undefined {
    return this.#days.day(date);
  }

  /** How many days the grid of `nD` has counted in the year of a date before that date. */
  daysBefore(date: number): number {
    return daysBefore(date, this.dayCount);
  }

  /**
   * Open of the bar that `timeMs` belongs to. Of a bar that is shorter than a day, give a grid of `nD nW nM` its last
   * second: a bar that runs over the evening open belongs to the new day.
   */
  barOpenMs(timeMs: number, timeframe: Timeframe): number {
    if (isIntraday(timeframe)) return this.#intradayOpenMs(timeMs, timeframeSeconds(timeframe) * 1000);
    const date = timeframe.value === 1 ? this.#days.at(timeMs).date : this.#days.tradingDateAt(timeMs);
    return this.periodOpenMs(date, timeframe);
  }

  /**
   * Until when, exclusive, `barOpenMs` of a later moment is sure to be that of `timeMs`: many bars in a row are asked
   * for once.
   */
  sameBarUntilMs(timeMs: number, timeframe: Timeframe): number {
    if (isIntraday(timeframe)) {
      const step = timeframeSeconds(timeframe) * 1000;
      const end = this.#intradayOpenMs(timeMs, step) + step;
      return this.hasSessions ? Math.min(end, this.#anchorTo) : end;
    }
    if (timeframe.value > 1) return this.#days.sameDateUntilMs(timeMs);
    const day = this.#days.at(timeMs);
    return timeMs >= day.openMs && timeMs < day.endMs ? day.endMs : timeMs;
  }

  /** Open of the bar of days, weeks or months that the trading day of a date belongs to. */
  periodOpenMs(date: number, timeframe: Timeframe): number {
    const { unit, value } = timeframe;
    const last = this.#period;
    if (last !== undefined && last.date === date && last.unit === unit && last.value === value)
      return last.openMs;
    const { openMs } = this.#periodOf(date, timeframe);
    this.#period = { unit, value, date, openMs };
    return openMs;
  }

  /**
   * End, exclusive, of a bar that opened at `openMs`; the bar is closed when now is at or after it. Intraday bars end
   * with their trading day or where the next session starts; days, weeks and months with their last trading day. A
   * bar that is off this calendar's grid lasts as long as its timeframe says, on the exchange's clock. In an observed
   * grid a bar of `nD` ends with the n-th scheduled day at the latest.
   */
  periodEndMs(openMs: number, timeframe: Timeframe): number {
    if (isIntraday(timeframe)) return this.#intradayEndMs(openMs, timeframeSeconds(timeframe) * 1000);
    const day = this.#days.endingAfter(openMs);
    if (openMs > day.openMs) return this.#nominalEndMs(openMs, timeframe);
    if (timeframe.unit !== "day" || timeframe.value === 1 || this.dayCount !== "observed")
      return this.#periodOf(day.date, timeframe).endMs;
    let last = day;
    const limit = dateOf(yearOf(day.date), 11, 31);
    for (let count = 1; count < timeframe.value; count++)
      last = this.#days.scheduled(last.date + 1, 1, limit) ?? last;
    return last.endMs;
  }

  /**
   * Opens of the bars that should exist strictly between two bars and do not, ascending, in session only. A weekday on
   * which a stock did not trade is one of them: holidays are unknown unless a correction names them. Days of an
   * observed grid are never missing.
   */
  missingBetween(beforeMs: number, afterMs: number, timeframe: Timeframe): Iterable<number> {
    if (isIntraday(timeframe)) {
      const step = timeframeSeconds(timeframe) * 1000;
      return afterMs - beforeMs <= step ? none : this.#missingIntraday(beforeMs, afterMs, step);
    }
    if (timeframe.unit === "day" && timeframe.value > 1 && this.dayCount === "observed") return none;
    return this.#missingPeriods(beforeMs, afterMs, timeframe);
  }

  #intradayOpenMs(timeMs: number, step: number): number {
    const anchor = this.hasSessions ? this.#anchorAt(timeMs) : 0;
    if (anchor !== anchor) return Math.floor(timeMs / step) * step;
    return anchor + Math.floor((timeMs - anchor) / step) * step;
  }

  /** The latest session start at or before a moment, of its local date or the one before; NaN for none. */
  #anchorAt(timeMs: number): number {
    if (timeMs >= this.#anchorFrom && timeMs < this.#anchorTo) return this.#anchor;
    const date = this.#days.dateAt(timeMs);
    const today = this.#days.local(date);
    this.#anchor = Number.NaN;
    this.#anchorFrom = today.midnightMs;
    this.#anchorTo = this.#days.local(date + 1).midnightMs;
    for (const anchor of this.#days.local(date - 1).anchors) if (anchor <= timeMs) this.#anchor = anchor;
    for (const anchor of today.anchors) {
      if (anchor <= timeMs) {
        this.#anchor = anchor;
        this.#anchorFrom = anchor;
      } else this.#anchorTo = Math.min(this.#anchorTo, anchor);
    }
    return this.#anchor;
  }

  /** The first session start after a moment, of its local date or the next; Infinity for none. */
  #anchorAfter(timeMs: number): number {
    const date = this.#days.dateAt(timeMs);
    for (const at of [date, date + 1]) {
      for (const anchor of this.#days.local(at).anchors) if (anchor > timeMs) return anchor;
    }
    return Infinity;
  }

  #intradayEndMs(openMs: number, step: number): number {
    if (!this.hasSessions || this.#intradayOpenMs(openMs, step) !== openMs) return openMs + step;
    const end = Math.min(openMs + step, this.#anchorAfter(openMs));
    const day = this.#days.at(openMs);
    return openMs >= day.openMs && openMs < day.endMs ? Math.min(end, day.endMs) : end;
  }

  #nominalEndMs(openMs: number, { unit, value }: Timeframe): number {
    const { zone } = this.#days;
    const wall = openMs + zone.offsetAt(openMs);
    if (unit !== "month") return zone.instantOf(wall + value * (unit === "week" ? 7 : 1) * dayMs);
    const date = Math.floor(wall / dayMs);
    const first = dateOf(yearOf(date), monthOf(date), 1);
    const target = dateOf(yearOf(date), monthOf(date) + value, 1);
    const lastOfTarget = dateOf(yearOf(date), monthOf(date) + value + 1, 1) - 1;
    return zone.instantOf(Math.min(target + date - first, lastOfTarget) * dayMs + (wall - date * dayMs));
  }

  #periodOf(date: number, timeframe: Timeframe): { readonly openMs: number; readonly endMs: number } {
    const { first, last } = this.#slotOf(date, timeframe);
    const [begin, end] = [this.#days.scheduled(first, 1, last), this.#days.scheduled(last, -1, first)];
    return {
      openMs: begin?.openMs ?? this.#days.local(first).midnightMs,
      endMs: end?.endMs ?? this.#days.local(last + 1).midnightMs,
    };
  }

  #slotOf(date: number, { unit, value }: Timeframe): Slot {
    if (unit === "month") return monthSlot(date, value);
    if (unit === "week")
      return value === 1 ? { first: mondayOf(date), last: mondayOf(date) + 6 } : weekSlot(date, value);
    return value === 1 ? { first: date, last: date } : daySlot(date, value, this.dayCount);
  }

  *#missingIntraday(beforeMs: number, afterMs: number, step: number): Generator<number> {
    // Bars that are not on this calendar's grid keep their own.
    const onGrid = this.#intradayOpenMs(beforeMs, step) === beforeMs;
    const following = (atMs: number): number =>
      onGrid && this.hasSessions ? Math.min(atMs + step, this.#anchorAfter(atMs)) : atMs + step;
    let atMs = following(beforeMs);
    while (atMs < afterMs) {
      const next = following(atMs);
      if (this.overlapsSession(atMs, Math.min(next, afterMs))) {
        yield atMs;
        atMs = next;
        continue;
      }
      const startMs = this.#sessionAfter(atMs);
      if (startMs >= afterMs) return;
      const target = onGrid
        ? this.#intradayOpenMs(startMs, step)
        : beforeMs + Math.floor((startMs - beforeMs) / step) * step;
      atMs = Math.max(next, target);
    }
  }

  /** The next moment at which trading begins; Infinity when there is none within searchDays. */
  #sessionAfter(timeMs: number): number {
    const date = this.#days.dateAt(timeMs);
    for (let at = date; at < date + searchDays; at++) {
      const { intervals } = this.#days.local(at);
      for (let index = 0; index < intervals.length; index += 2) {
        const start = intervals[index] ?? 0;
        if (start > timeMs) return start;
      }
    }
    return Infinity;
  }

  *#missingPeriods(beforeMs: number, afterMs: number, timeframe: Timeframe): Generator<number> {
    const until = this.#slotOf(this.#days.endingAfter(afterMs).date, timeframe).first;
    let slot = this.#slotOf(this.#days.endingAfter(beforeMs).date, timeframe);
    for (;;) {
      slot = this.#slotOf(slot.last + 1, timeframe);
      if (slot.first >= until) return;
      const day = this.#days.scheduled(slot.first, 1, slot.last);
      if (day !== undefined) yield day.openMs;
    }
  }
}

/** The facts about a symbol that a calendar is made of. */
export type CalendarInfo = HoursInfo & Pick<SymInfo, "timezone" | "type">;

/** A calendar for a symbol. An unknown zone is UTC. */
export function tradingCalendar(info: CalendarInfo): TradingCalendar {
  return new TradingCalendar(info);
}

/** Whether bars of this timeframe are shorter than a trading day. */
export function isIntraday({ unit }: Timeframe): boolean {
  return unit === "second" || unit === "minute";
}

const none: readonly number[] = [];

function dayCountOf(type: SymInfo["type"], tradedWeekdays: number): DayCount {
  if (tradedWeekdays === 7 || type === "crypto" || type === "spot" || type === "swap") return "calendar";
  return type === "forex" ? "weekday" : "observed";
}
