import { type Timeframe, timeframeSeconds } from "../timeframe.ts";
import { isIntraday, type TradingCalendar } from "./calendar.ts";
import { dayMs } from "./dates.ts";
import { searchDays } from "./trading-days.ts";

/** Bars before and after a bar, by the schedule: holidays that no correction names have bars. Pure. */

/** Open of the bar before the one that opens at `openMs`; NaN when there is none within 400 days. */
export function previousBarOpenMs(calendar: TradingCalendar, openMs: number, timeframe: Timeframe): number {
  if (isIntraday(timeframe)) return previousIntradayOpenMs(calendar, openMs, timeframe);
  const { date } = calendar.tradingDayOfBar(openMs);
  for (let before = date - 1; before > date - searchDays; before--) {
    if (calendar.scheduledDay(before) !== undefined) return calendar.periodOpenMs(before, timeframe);
  }
  return Number.NaN;
}

function previousIntradayOpenMs(calendar: TradingCalendar, openMs: number, timeframe: Timeframe): number {
  let open = openMs;
  for (let steps = 0; steps < searchDays; steps++) {
    const last = open - 1;
    open = calendar.barOpenMs(last, timeframe);
    if (calendar.overlapsSession(open, last + 1)) return open;
    // Outside of every day the last bar is the one that ends with the day before.
    const { date, openMs: dayOpenMs } = calendar.tradingDay(last);
    if (last >= dayOpenMs) continue;
    for (let before = date - 1; before > date - searchDays; before--) {
      const day = calendar.scheduledDay(before);
      if (day !== undefined && day.endMs <= last + 1)
        return calendar.barOpenMs(Math.ceil(day.endMs) - 1, timeframe);
    }
    return Number.NaN;
  }
  return Number.NaN;
}

/**
 * Open of the bar that is `count` bars after the one that opens at `openMs`, as it is expected; NaN for none. The grid
 * of `nD` of a market whose holidays nobody knows expects nothing.
 */
export function followingBarOpenMs(
  calendar: TradingCalendar,
  openMs: number,
  timeframe: Timeframe,
  count: number,
): number {
  const stretch = Math.max(searchDays * dayMs, 3000 * timeframeSeconds(timeframe));
  let left = count;
  let from = openMs;
  for (;;) {
    const before = left;
    for (const open of calendar.missingBetween(from, from + stretch, timeframe)) {
      from = open;
      if (--left === 0) return open;
    }
    if (left === before) return Number.NaN;
  }
}
