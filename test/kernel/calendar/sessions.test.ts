/** Sessions as scripts write them, and the bars before and after a bar. */
import { describe, expect, test } from "bun:test";

import { tradingCalendar } from "../../../src/kernel/calendar/calendar.ts";
import { followingBarOpenMs, previousBarOpenMs } from "../../../src/kernel/calendar/neighbours.ts";
import { SessionRuns } from "../../../src/kernel/calendar/session-runs.ts";
import { parseSession } from "../../../src/kernel/calendar/session-text.ts";
import { parseTimeframe } from "../../../src/kernel/timeframe.ts";
import { stock } from "./symbols.ts";

const utc = (text: string): number => Date.parse(`${text.replace(" ", "T")}:00Z`);
const show = (ms: number): string =>
  Number.isNaN(ms) ? "na" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");

describe("a moment is in a session", () => {
  // 2024-01-01 was a Monday.
  test.each([
    ["0930-1600", "2024-01-01 09:30", true, "the start belongs to it"],
    ["0930-1600", "2024-01-01 16:00", false, "the end does not"],
    ["0930-1600:23456", "2024-01-06 12:00", false, "Saturday is 7"],
    ["0930-1600:17", "2024-01-06 12:00", true, "days in any order"],
    ["0400-0700,0900-1300", "2024-01-01 08:00", false, "between two ranges"],
    ["0400-0700,0900-1300", "2024-01-01 09:00", true, "in the second"],
    ["2200-0200:2", "2023-12-31 23:00", true, "a run over midnight is filed under its last minute: Monday"],
    ["2200-0200:2", "2024-01-01 23:00", false, "and that one under Tuesday"],
    ["2000-0000:2", "2024-01-01 23:59", true, "one that ends at midnight under its own day"],
    ["2000-2400:2", "2024-01-01 23:59", true, "24 is midnight"],
    ["0000-0000:2", "2024-01-01 00:00", true, "equal ends are 24 hours"],
    ["1700-1700:3", "2024-01-01 18:00", true, "24 hours that end on Tuesday"],
    ["24x7", "2024-01-06 03:00", true, "always"],
  ])("%s at %s: %p, %s", (session, time, expected) => {
    expect(new SessionRuns(session, "UTC").contains(utc(time))).toBe(expected);
  });

  test.each(["", "0930", "0930-2500", "0960-1000", "0930-1600:8", "0930-1600:", "9:30-16:00", "0930-1600,"])(
    "%p is refused",
    (text) => {
      expect(() => parseSession(text)).toThrow(`"${text}" is not a session`);
    },
  );

  test("the wall clock holds over a change of daylight saving", () => {
    const runs = new SessionRuns("0930-1600", "America/New_York");
    // 10 March 2024: New York goes from UTC-5 to UTC-4.
    expect(runs.contains(utc("2024-03-08 14:30"))).toBe(true);
    expect(runs.contains(utc("2024-03-08 20:59"))).toBe(true);
    expect(runs.contains(utc("2024-03-11 13:30"))).toBe(true);
    expect(runs.contains(utc("2024-03-11 20:00"))).toBe(false);
  });
});

describe("the bar of a session", () => {
  test.each([
    ["60", "2024-01-03 11:10", 0, "2024-01-03 11:00", "2024-01-03 11:30", "the last bucket is cut"],
    ["60", "2024-01-03 12:00", 0, "na", "na", "none outside"],
    ["60", "2024-01-03 09:10", 1, "2024-01-02 11:00", "2024-01-02 11:30", "back over the night"],
    ["1D", "2024-01-03 10:00", 0, "2024-01-03 09:00", "2024-01-03 11:30", "a day is a run"],
    ["1D", "2024-01-03 12:00", 1, "2024-01-03 09:00", "2024-01-03 11:30", "outside, the last run is 1 back"],
    ["1W", "2024-01-06 12:00", 0, "2024-01-01 09:00", "2024-01-08 09:00", "from first run to first run"],
    ["1M", "2024-01-06 12:00", 1, "2023-12-01 09:00", "2024-01-01 09:00", "the month before"],
    ["2W", "2024-01-10 10:00", 0, "2024-01-01 09:00", "2024-01-15 09:00", "two weeks, counted from January"],
  ])("of %s at %s, %d back: %s to %s (%s)", (timeframe, time, back, open, close) => {
    const runs = new SessionRuns("0900-1130:23456", "UTC");
    const bounds = runs.bounds(utc(time), parseTimeframe(timeframe), back);
    expect([show(bounds.openMs), show(bounds.closeMs)]).toEqual([open, close]);
  });
});

describe("of a stock in New York", () => {
  const calendar = tradingCalendar(stock);
  test.each([
    ["30", "2024-01-08 14:30", "2024-01-05 20:30", "over a weekend"],
    ["30", "2024-01-08 15:00", "2024-01-08 14:30", "within a day"],
    ["1D", "2024-01-08 14:30", "2024-01-05 14:30", "days"],
    ["1W", "2024-01-08 14:30", "2024-01-01 14:30", "weeks"],
    ["1M", "2024-04-01 13:30", "2024-03-01 14:30", "months, over a change of the clock"],
  ])("the %s bar before %s opens at %s: %s", (timeframe, open, before) => {
    expect(show(previousBarOpenMs(calendar, utc(open), parseTimeframe(timeframe)))).toBe(before);
    // And back again.
    expect(show(followingBarOpenMs(calendar, utc(before), parseTimeframe(timeframe), 1))).toBe(open);
  });

  test("the thirteenth half hour after the open is the next day's first", () => {
    expect(show(followingBarOpenMs(calendar, utc("2024-01-05 14:30"), parseTimeframe("30"), 13))).toBe(
      "2024-01-08 14:30",
    );
  });
});
