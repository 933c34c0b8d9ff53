import type { ReportBars } from "./bars.ts";

/** Returns by calendar month, in the exchange's zone. */

/** One year: its months, January first, and all of them together; percent, `undefined` where there was no bar. */
export interface YearOfReturns {
  readonly year: number;
  readonly months: readonly (number | undefined)[];
  readonly total: number;
}

export type MonthlyReturns = readonly YearOfReturns[];

/**
 * The change of equity from the end of one month to the end of the next, in percent of the former; the first month
 * starts from the initial capital. Years compound.
 *
 * @param equity at the end of each bar
 */
export function monthlyReturns(
  bars: Pick<ReportBars, "openTimeMs" | "offsets">,
  equity: Float64Array,
  initialCapital: number,
): MonthlyReturns {
  const years: { year: number; months: (number | undefined)[]; total: number }[] = [];
  let monthStart = initialCapital;
  let yearStart = initialCapital;
  let change = -1;
  let [current, currentYear] = [-1, -1];
  let offset = 0;
  let nextDayMs = -Infinity;
  const close = (bar: number): void => {
    const end = equity[bar] ?? 0;
    const year = years.at(-1);
    if (year === undefined) return;
    year.months[current] = percentChange(monthStart, end);
    year.total = percentChange(yearStart, end);
    monthStart = end;
  };
  for (let bar = 0; bar < equity.length; bar++) {
    const next = bars.offsets[change + 1];
    if (next !== undefined && next[0] <= bar) {
      offset = next[1];
      change++;
      nextDayMs = -Infinity;
    }
    const localMs = (bars.openTimeMs[bar] ?? 0) + offset;
    // Within a day no month can end.
    if (localMs < nextDayMs) continue;
    nextDayMs = (Math.floor(localMs / 86_400_000) + 1) * 86_400_000;
    const date = new Date(localMs);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    if (year === currentYear && month === current) continue;
    if (bar > 0) close(bar - 1);
    if (year !== currentYear) {
      yearStart = monthStart;
      years.push({ year, months: Array.from<undefined>({ length: 12 }).fill(undefined), total: 0 });
    }
    [currentYear, current] = [year, month];
  }
  if (equity.length > 0) close(equity.length - 1);
  return years;
}

function percentChange(from: number, to: number): number {
  return from > 0 ? ((to - from) / from) * 100 : 0;
}
