/**
 * Dates as people wrote them: the Julian calendar before 15 October 1582, the Gregorian from then on; any year. Pure
 * arithmetic on whole numbers, so neither the range nor the cost of `Date` matters.
 */

/** Days since 1970-01-01 of 15 October 1582, the first day of the Gregorian calendar. */
const firstGregorian = -141_427;
const gregorianCycle = 146_097;
const julianCycle = 1461;
/** Both calendars count from 1 March of year 0: a leap day then ends its year. Days before 1970-01-01. */
const gregorianEra = 719_468;
const julianEra = 719_470;

/**
 * Days since 1970-01-01 of a date. A month beyond December runs into the next years, a day beyond the month into the
 * next months, and both backwards. The ten days that never were (5 to 14 October 1582) are read as Julian ones.
 *
 * @param month 1 = January
 */
export function daysOfCivil(year: number, month: number, day: number): number {
  const months = year * 12 + month - 1;
  // Years that begin in March.
  const shifted = months - 2;
  const marchYear = Math.floor(shifted / 12);
  const marchMonth = shifted - marchYear * 12;
  const intoYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const gregorian = marchYear * 365 + leapDays + intoYear - gregorianEra;
  if (gregorian >= firstGregorian) return gregorian;
  return marchYear * 365 + Math.floor(marchYear / 4) + intoYear - julianEra;
}

/** A date taken apart. */
export interface Civil {
  year: number;
  /** 1 = January. */
  month: number;
  day: number;
}

/** Writes the date of a day since 1970-01-01 into `into`. */
export function civilOfDays(date: number, into: Civil): void {
  let marchYear: number;
  let intoYear: number;
  if (date >= firstGregorian) {
    const days = date + gregorianEra;
    const cycle = Math.floor(days / gregorianCycle);
    const rest = days - cycle * gregorianCycle;
    const year = Math.floor(
      (rest - Math.floor(rest / 1460) + Math.floor(rest / 36_524) - Math.floor(rest / 146_096)) / 365,
    );
    marchYear = cycle * 400 + year;
    intoYear = rest - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  } else {
    const days = date + julianEra;
    const cycle = Math.floor(days / julianCycle);
    const rest = days - cycle * julianCycle;
    const year = Math.min(3, Math.floor(rest / 365));
    marchYear = cycle * 4 + year;
    intoYear = rest - 365 * year;
  }
  const marchMonth = Math.floor((5 * intoYear + 2) / 153);
  into.day = intoYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  into.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  into.year = marchYear + (into.month <= 2 ? 1 : 0);
}
