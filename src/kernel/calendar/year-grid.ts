import { dateOf, mondayOf, monthOf, weekdayOf, yearOf } from "./dates.ts";

/**
 * The grid of bars that span several days, weeks or months: it starts anew every year. Days are counted from
 * 1 January, weeks from the year's first Monday (a week belongs to the year of its Monday), months from January. Pure.
 */

/** Which days a market's grid counts: all, Monday to Friday with holidays, or those on which there were bars. */
export type DayCount = "calendar" | "weekday" | "observed";

/** The dates of one bar, both inclusive. */
export interface Slot {
  readonly first: number;
  readonly last: number;
}

/** How many days a grid has counted in a date's year before that date. */
export function daysBefore(date: number, count: DayCount): number {
  const start = dateOf(yearOf(date), 0, 1);
  if (count === "calendar") return date - start;
  let days = 5 * Math.floor((date - start) / 7);
  for (let at = start + 7 * Math.floor((date - start) / 7); at < date; at++) if (weekdayOf(at) < 5) days++;
  return days;
}

/** The slot of `value` days that holds a date; a weekend belongs to the Friday before it. */
export function daySlot(date: number, value: number, count: DayCount): Slot {
  const year = yearOf(date);
  const last = dateOf(year, 11, 31);
  if (count === "calendar") {
    const first = date - (daysBefore(date, count) % value);
    return { first, last: Math.min(first + value - 1, last) };
  }
  const own = Math.max(0, daysBefore(date, count) - (weekdayOf(date) < 5 ? 0 : 1));
  const begin = own - (own % value);
  return { first: nthWeekday(year, begin), last: Math.min(nthWeekday(year, begin + value) - 1, last) };
}

/** The weekday of a year that has so many before it. */
function nthWeekday(year: number, index: number): number {
  const start = dateOf(year, 0, 1);
  const first = weekdayOf(start) < 5 ? start : mondayOf(start) + 7;
  const fromMonday = weekdayOf(first) + index;
  return mondayOf(first) + 7 * Math.floor(fromMonday / 5) + (fromMonday % 5);
}

/** The slot of `value` weeks that holds a date. */
export function weekSlot(date: number, value: number): Slot {
  const monday = mondayOf(date);
  const year = yearOf(monday);
  const weeks = (monday - firstMonday(year)) / 7;
  const first = monday - 7 * (weeks % value);
  return { first, last: Math.min(first + 7 * value, firstMonday(year + 1)) - 1 };
}

function firstMonday(year: number): number {
  return mondayOf(dateOf(year, 0, 7));
}

/** The slot of `value` months that holds a date. */
export function monthSlot(date: number, value: number): Slot {
  const year = yearOf(date);
  const month = monthOf(date) - (monthOf(date) % value);
  return { first: dateOf(year, month, 1), last: dateOf(year, Math.min(month + value, 12), 1) - 1 };
}
