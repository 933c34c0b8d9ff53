import { zoneOf, type Zone } from "../zone.ts";
import { dayMs } from "./dates.ts";
import { type HoursInfo, rollOf, TradingHours } from "./hours.ts";

/** Trading days as instants: which one a moment belongs to, when it opens and ends. */

/** A trading day. Without sessions: the local day. */
export interface TradingDay {
  /** Days since 1970-01-01, exchange date. */
  readonly date: number;
  readonly openMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** What begins on one local date, as instants. */
export interface LocalDate {
  readonly midnightMs: number;
  /** start, end, start, end, ...; ascending by start. */
  readonly intervals: readonly number[];
  /** From here on a moment of this date belongs to the next trading day; Infinity: never. */
  readonly rollMs: number;
  /** Where the grid of intraday bars starts anew, ascending. */
  readonly anchors: readonly number[];
}

/** How far a calendar looks for the next or previous trading day before it gives up: longer than any holiday. */
export const searchDays = 400;
/**
 * A close this short is a pause between two trading days of a market that goes around the clock: the grid of its
 * intraday bars runs through. Currencies that reopen at 17:05 have their bars at 17:00, 21:00, 01:00.
 */
const pauseMs = 10 * 60_000;
const minuteMs = 60_000;

/** Trading days of a symbol; everything is computed once per date. */
export class TradingDays {
  readonly zone: Zone;
  /** Whether there are hours or session starts at all. */
  readonly hasSessions: boolean;
  /** Trading never stops. */
  readonly isAlwaysOpen: boolean;
  /** Days of the week that have a trading day; 0 without sessions. */
  readonly tradedWeekdays: number;
  readonly #hours: TradingHours;
  readonly #dates = new Map<number, LocalDate>();
  readonly #days = new Map<number, TradingDay | null>();
  #date = 0;
  #dateFrom = 0;
  #dateTo = 0;

  /** An unknown zone is UTC. */
  constructor(info: HoursInfo & { readonly timezone: string }) {
    this.zone = zoneOf(info.timezone) ?? zoneOf("UTC")!;
    this.#hours = new TradingHours(info);
    this.hasSessions = !this.#hours.isEmpty;
    this.isAlwaysOpen = this.#hours.isAlwaysOpen;
    this.tradedWeekdays = this.#hours.tradedWeekdays;
  }

  /** The local date of an instant. */
  dateAt(timeMs: number): number {
    if (timeMs >= this.#dateFrom && timeMs < this.#dateTo) return this.#date;
    const date = Math.floor((timeMs + this.zone.offsetAt(timeMs)) / dayMs);
    this.#date = date;
    this.#dateFrom = this.local(date).midnightMs;
    this.#dateTo = this.local(date + 1).midnightMs;
    return date;
  }

  /** The local date of an instant, or the next one from the evening open on: scheduled or not. */
  tradingDateAt(timeMs: number): number {
    const date = this.dateAt(timeMs);
    return timeMs >= this.local(date).rollMs ? date + 1 : date;
  }

  /** Until when, exclusive, the trading date of a moment stays the same. */
  sameDateUntilMs(timeMs: number): number {
    const date = this.dateAt(timeMs);
    const { rollMs } = this.local(date);
    const midnightMs = this.local(date + 1).midnightMs;
    return timeMs < rollMs ? Math.min(rollMs, midnightMs) : midnightMs;
  }

  /** What begins on a date. */
  local(date: number): LocalDate {
    let found = this.#dates.get(date);
    if (found === undefined) {
      found = this.#makeLocal(date);
      this.#dates.set(date, found);
    }
    return found;
  }

  /** The trading day of a date; `undefined` when nothing is scheduled. */
  day(date: number): TradingDay | undefined {
    let found = this.#days.get(date);
    if (found === undefined) {
      found = this.#makeDay(date);
      this.#days.set(date, found);
    }
    return found ?? undefined;
  }

  /** The nearest scheduled day from a date on, in steps of 1 or −1, not beyond `limit`. */
  scheduled(date: number, step: 1 | -1, limit = date + step * searchDays): TradingDay | undefined {
    for (let at = date; step > 0 ? at <= limit : at >= limit; at += step) {
      const day = this.day(at);
      if (day !== undefined) return day;
    }
    return undefined;
  }

  /**
   * The trading day of a moment. From the end of a day on it is the next one; before the open it is still the one
   * before.
   */
  at(timeMs: number): TradingDay {
    const date = this.tradingDateAt(timeMs);
    const day = this.day(date);
    if (day !== undefined) {
      if (timeMs >= day.endMs) return this.scheduled(date + 1, 1) ?? day;
      if (timeMs < day.openMs) return this.scheduled(date - 1, -1) ?? day;
      return day;
    }
    const before = this.scheduled(date - 1, -1);
    if (before !== undefined && timeMs < before.endMs) return before;
    return this.scheduled(date + 1, 1) ?? before ?? this.#localDay(date);
  }

  /** The first trading day that ends after a moment: the day of a daily bar, wherever in its day it is stamped. */
  endingAfter(timeMs: number): TradingDay {
    let day = this.scheduled(this.dateAt(timeMs) - 1, 1);
    while (day !== undefined && day.endMs <= timeMs) day = this.scheduled(day.date + 1, 1);
    return day ?? this.#localDay(this.dateAt(timeMs));
  }

  #localDay(date: number): TradingDay {
    return { date, openMs: this.local(date).midnightMs, endMs: this.local(date + 1).midnightMs };
  }

  #instant(date: number, seconds: number): number {
    return this.zone.instantOf(date * dayMs + seconds * 1000);
  }

  #makeLocal(date: number): LocalDate {
    const midnightMs = this.#instant(date, 0);
    if (!this.hasSessions) return { midnightMs, intervals: [], rollMs: Infinity, anchors: [] };
    const { intervals, starts } = this.#hours.on(date);
    const bounds = intervals.flatMap(({ start, end }) => [
      this.#instant(date, start),
      this.#instant(date, end),
    ]);
    const roll = rollOf(intervals);
    const opens =
      starts ??
      [
        ...intervals.slice(0, 1).filter(({ start }) => start < roll && !this.#hasEveningBefore(date)),
        ...intervals.filter(({ start }) => start === roll),
      ].map(({ start }) => start);
    const ends = [
      ...this.#hours.on(date - 1).intervals.map(({ end }) => this.#instant(date - 1, end)),
      ...bounds,
    ];
    return {
      midnightMs,
      intervals: bounds,
      rollMs: roll === Infinity ? Infinity : this.#instant(date, roll),
      anchors: opens.map((start) => withoutPause(this.#instant(date, start), ends)),
    };
  }

  /** Whether the trading day of a date opened the evening before. */
  #hasEveningBefore(date: number): boolean {
    return rollOf(this.#hours.on(date - 1).intervals) !== Infinity;
  }

  #makeDay(date: number): TradingDay | null {
    if (!this.hasSessions) return this.#localDay(date);
    let openMs = Infinity;
    let endMs = -Infinity;
    const take = (local: LocalDate, evening: boolean): void => {
      for (let index = 0; index < local.intervals.length; index += 2) {
        const start = local.intervals[index] ?? 0;
        if (start >= local.rollMs !== evening) continue;
        openMs = Math.min(openMs, start);
        endMs = Math.max(endMs, local.intervals[index + 1] ?? 0);
      }
    };
    take(this.local(date - 1), true);
    take(this.local(date), false);
    return openMs === Infinity ? null : { date, openMs, endMs };
  }
}

/** The end of the pause that leads to a session start, as the grid sees it: its beginning, in whole minutes. */
function withoutPause(startMs: number, ends: readonly number[]): number {
  for (const endMs of ends) {
    if (endMs < startMs && startMs - endMs <= pauseMs) {
      return Math.min(startMs, Math.ceil(endMs / minuteMs) * minuteMs);
    }
  }
  return startMs;
}
