import type { SessionHours, SymInfo } from "../syminfo.ts";
import { parseDate, weekdayOf } from "./dates.ts";

/** Weekly trading hours as numbers, with their dated variants. Pure. */

/** A stretch of trading. Seconds since midnight of the date it begins on; `end` is above `start`, maybe past midnight. */
export interface Interval {
  readonly start: number;
  readonly end: number;
  /** It belongs to the next trading day, or is late enough that it may. */
  readonly rolls: boolean;
}

/** What one date holds: the intervals that begin on it, ascending, and its session starts in seconds. */
export interface DateHours {
  readonly intervals: readonly Interval[];
  /** `undefined`: nobody says; a session starts where a trading day opens. */
  readonly starts: readonly number[] | undefined;
}

interface WeekHours {
  readonly days: readonly (readonly Interval[])[];
  readonly starts: readonly (readonly number[])[] | undefined;
}

const daySeconds = 86_400;
/** Without opening hours, a session that starts in the second half of the day belongs to the next one. */
const noon = daySeconds / 2;

/** What a calendar is made of. */
export type HoursInfo = Pick<
  SymInfo,
  "openingHours" | "sessionStarts" | "sessionEnds" | "sessionSchedules" | "sessionCorrections"
>;

/** Trading hours of any date. */
export class TradingHours {
  readonly #weeks: readonly { readonly from: number; readonly week: WeekHours }[];
  readonly #corrections: ReadonlyMap<number, readonly Interval[]>;

  /** Neither hours nor session starts: a market without sessions. */
  readonly isEmpty: boolean;
  /** Nobody says when trading stops: it is always open, although its days may have a start. */
  readonly isAlwaysOpen: boolean;

  constructor(info: HoursInfo) {
    const schedules = info.sessionSchedules ?? [];
    const variants: readonly SessionHours[] = schedules.length === 0 ? [info] : schedules;
    this.isAlwaysOpen = variants.every(({ openingHours }) => openingHours.length === 0);
    this.isEmpty = this.isAlwaysOpen && variants.every(({ sessionStarts }) => sessionStarts.length === 0);
    this.#weeks =
      schedules.length === 0
        ? [{ from: -Infinity, week: weekOf(info) }]
        : schedules
            .map((schedule) => ({ from: parseDate(schedule.effectiveFrom), week: weekOf(schedule) }))
            .toSorted((a, b) => a.from - b.from);
    this.#corrections = new Map(
      (info.sessionCorrections ?? []).flatMap(({ dates, openingHours }) =>
        dates.map((date) => [parseDate(date), sorted(openingHours.map(intervalOf))] as const),
      ),
    );
  }

  /** How many days of the week, as it is now, have a trading day of their own; 0 without sessions. */
  get tradedWeekdays(): number {
    const { days = [] } = this.#weeks.at(-1)?.week ?? {};
    return days.filter((today, weekday) => {
      const yesterday = days[(weekday + 6) % 7] ?? [];
      return rollOf(yesterday) !== Infinity || today.some(({ start }) => start < rollOf(today));
    }).length;
  }

  /**
   * The intervals that begin on a date. A correction replaces them; an evening that belongs to the next trading day
   * follows the schedule of that day.
   */
  on(date: number): DateHours {
    const today = this.#weekOn(date);
    const weekday = weekdayOf(date);
    const corrected = this.#corrections.get(date);
    if (corrected !== undefined) return { intervals: corrected, starts: undefined };
    const tomorrow = this.#weekOn(date + 1);
    if (today === tomorrow) {
      return { intervals: today.days[weekday] ?? [], starts: today.starts?.[weekday] };
    }
    const before = today.days[weekday] ?? [];
    const after = tomorrow.days[weekday] ?? [];
    const own = before.filter(({ start }) => start < rollOf(before));
    const evening = after.filter(({ start }) => start >= rollOf(after));
    const starts = [
      ...(today.starts?.[weekday] ?? []).filter((start) => start < rollOf(before)),
      ...(tomorrow.starts?.[weekday] ?? []).filter((start) => start >= rollOf(after)),
    ];
    return {
      intervals: [...own, ...evening],
      starts: today.starts === undefined || tomorrow.starts === undefined ? undefined : starts,
    };
  }

  #weekOn(date: number): WeekHours {
    let found = this.#weeks[0];
    for (const candidate of this.#weeks) if (candidate.from <= date) found = candidate;
    return found?.week ?? { days: [], starts: undefined };
  }
}

/** Where the next trading day begins on a date, in its seconds; Infinity when it does not. */
export function rollOf(intervals: readonly Interval[]): number {
  return intervals.find(({ rolls }) => rolls)?.start ?? Infinity;
}

function weekOf(hours: SessionHours): WeekHours {
  const days = hours.openingHours.length > 0 ? openingDays(hours) : startingDays(hours);
  const starts =
    hours.sessionStarts.length === 0
      ? undefined
      : byWeekday(hours.sessionStarts, ({ time }) => secondsOf(time)).map((list) =>
          list.toSorted((a, b) => a - b),
        );
  return { days, starts };
}

function openingDays(hours: SessionHours): Interval[][] {
  return byWeekday(hours.openingHours, intervalOf).map(sorted);
}

/** Without opening hours a session lasts from its start to the next end, or to the next start. */
function startingDays(hours: SessionHours): Interval[][] {
  const week = 7 * daySeconds;
  const moment = ({ day, time }: { day: number; time: string }): number => day * daySeconds + secondsOf(time);
  const stops = [...hours.sessionStarts, ...hours.sessionEnds].map(moment);
  const length = (start: number): number =>
    Math.min(week, ...stops.map((stop) => (stop - start + week) % week).filter((distance) => distance > 0));
  return byWeekday(hours.sessionStarts, (session) => {
    const start = secondsOf(session.time);
    return { start, end: start + length(moment(session)), rolls: start >= noon };
  }).map(sorted);
}

function byWeekday<Item extends { readonly day: number }, Value>(
  items: readonly Item[],
  value: (item: Item) => Value,
): Value[][] {
  return Array.from({ length: 7 }, (_, day) => items.filter((item) => item.day === day).map(value));
}

/** An interval that ends at or before its start runs past midnight; equal times are 24 hours. */
function intervalOf({ start, end }: { readonly start: string; readonly end: string }): Interval {
  const from = secondsOf(start);
  // The last second of a day is how many write its end.
  const to = end.startsWith("23:59:59") ? daySeconds : secondsOf(end);
  const overnight = to <= from;
  return { start: from, end: overnight ? to + daySeconds : to, rolls: overnight && from > 0 };
}

function sorted(intervals: readonly Interval[]): Interval[] {
  return intervals.toSorted((a, b) => a.start - b.start);
}

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
