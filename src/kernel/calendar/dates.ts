/** Civil dates as whole numbers, days since 1970-01-01, so that a calendar can count with them. Pure. */

export const dayMs = 86_400_000;

/** 0 = Monday ... 6 = Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(date: number): number {
  return (((date + 3) % 7) + 7) % 7;
}

/** The Monday on or before a date. */
export function mondayOf(date: number): number {
  return date - weekdayOf(date);
}

export function yearOf(date: number): number {
  return new Date(date * dayMs).getUTCFullYear();
}

/** 0 = January ... 11 = December. */
export function monthOf(date: number): number {
  return new Date(date * dayMs).getUTCMonth();
}

/** The date of a year, month (from 0) and day; a month beyond 11 runs into the next years. */
export function dateOf(year: number, month: number, day: number): number {
  return Math.round(
    new Date(Date.UTC(2000, month, day)).setUTCFullYear(year + Math.floor(month / 12)) / dayMs,
  );
}

/** The date of `yyyy-MM-dd`; NaN for anything else. */
export function parseDate(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / dayMs;
}
