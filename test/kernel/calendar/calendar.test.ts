/** When symbols trade, and where their bars begin and end. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type CalendarInfo, isIntraday, tradingCalendar } from "../../../src/kernel/calendar/calendar.ts";
import { parseTimeframe, timeframeSeconds } from "../../../src/kernel/timeframe.ts";
import { zoneOf } from "../../../src/kernel/zone.ts";
import * as everyMarket from "./symbols.ts";

const symbols = { ...everyMarket };
type Market = keyof typeof symbols;

/** `2024-03-08 17:05` on the market's clock as an instant. */
function instant(market: CalendarInfo, wall: string): number {
  return zoneOf(market.timezone)!.instantOf(
    Date.parse(`${wall.replace(" ", "T")}:00Z`.replace(/(:\d\d:\d\d):00Z$/, "$1Z")),
  );
}
function wall(market: CalendarInfo, timeMs: number): string {
  return new Date(timeMs + zoneOf(market.timezone)!.offsetAt(timeMs))
    .toISOString()
    .slice(0, 16)
    .replace("T", " ");
}

describe("a bar opens at", () => {
  test.each([
    // No sessions.
    ["plain", "30S", "2024-01-01 00:00:59", "2024-01-01 00:00", "whole steps of the epoch"],
    ["plain", "7", "1970-01-01 00:13", "1970-01-01 00:07", "whole steps of the epoch"],
    ["plainIndia", "60", "2024-01-01 10:20", "2024-01-01 09:30", "UTC hours on a clock half an hour off"],
    [
      "plainParis",
      "1D",
      "2024-03-31 23:30",
      "2024-03-31 00:00",
      "local midnight, over a change of the clock",
    ],
    ["plainIndia", "1D", "2024-01-01 00:10", "2024-01-01 00:00", "local midnight of a fixed offset"],
    ["plainParis", "1W", "2024-03-31 23:30", "2024-03-25 00:00", "local Monday"],
    ["plainParis", "1M", "2024-03-31 23:30", "2024-03-01 00:00", "first of the local month"],
    // With sessions: steps from the session start.
    ["stock", "60", "2024-01-03 09:30", "2024-01-03 09:30", "the session start"],
    ["stock", "60", "2024-01-03 10:29", "2024-01-03 09:30", "an hour from 09:30"],
    ["stock", "60", "2024-01-03 10:30", "2024-01-03 10:30", "the next"],
    ["stock", "60", "2024-01-03 08:00", "2024-01-03 07:30", "before the open: from the session before"],
    ["stock", "240", "2024-01-07 10:00", "2024-01-07 07:00", "no start on this day or the one before: UTC"],
    ["tokyo", "60", "2024-01-03 12:40", "2024-01-03 12:00", "a lunch break does not restart the grid"],
    ["evening", "60", "2025-03-09 04:10", "2025-03-09 03:30", "elapsed hours over the spring change"],
    ["evening", "60", "2025-11-02 03:10", "2025-11-02 02:30", "and over the autumn change"],
    ["forexWithPause", "240", "2024-10-21 17:05", "2024-10-21 17:00", "a short pause does not move the grid"],
    ["forexWithPause", "240", "2024-10-21 21:05", "2024-10-21 21:00", "a short pause does not move the grid"],
    ["coin", "7", "2024-01-02 00:01", "2024-01-02 00:00", "a new day, a new grid"],
    // Trading days.
    ["stock", "1D", "2024-01-03 15:59", "2024-01-03 09:30", "the open"],
    ["stock", "1D", "2024-01-08 08:00", "2024-01-05 09:30", "Monday before the open: still Friday"],
    ["stock", "1D", "2024-01-03 16:00", "2024-01-04 09:30", "from the close on: the next day"],
    ["coin", "1D", "2024-01-06 23:59:59", "2024-01-06 00:00", "the last second of a day that ends with it"],
    ["forex", "1D", "2024-01-03 10:00", "2024-01-02 17:00", "the evening before"],
    ["forex", "1D", "2024-01-02 17:00", "2024-01-02 17:00", "the evening is the next day"],
    ["forex", "1D", "2024-01-05 16:59", "2024-01-04 17:00", "Friday opened on Thursday"],
    ["forex", "1D", "2024-01-05 17:00", "2024-01-07 17:00", "Friday 17:00 has left Friday"],
    ["forexWithPause", "1D", "2024-01-02 17:00", "2024-01-02 17:05", "in the pause: the next day"],
    // Weeks and months.
    ["stock", "1W", "2024-01-05 12:00", "2024-01-01 09:30", "Monday's open"],
    ["forex", "1W", "2024-01-05 12:00", "2023-12-31 17:00", "Monday's open, on Sunday"],
    ["stock", "1M", "2024-06-12 12:00", "2024-06-03 09:30", "the first weekday: the 1st is a Saturday"],
    ["forex", "1M", "2024-06-12 12:00", "2024-06-02 17:00", "its evening before"],
    ["coin", "1M", "2024-06-12 12:00", "2024-06-01 00:00", "traded all week: the 1st"],
    // The grid of the year.
    ["forex", "5D", "2025-01-01 12:00", "2024-12-31 17:00", "1 January starts a slot, holiday or not"],
    ["forex", "5D", "2025-01-08 12:00", "2025-01-07 17:00", "five weekdays later"],
    ["coin", "5D", "2025-12-31 12:00", "2025-12-27 00:00", "all days count"],
    ["coin", "5D", "2026-01-01 00:00", "2026-01-01 00:00", "and start anew"],
    [
      "forex",
      "3W",
      "2025-01-02 12:00",
      "2024-12-22 17:00",
      "weeks from the first Monday; its Monday is 2024",
    ],
    ["coin", "3W", "2025-01-02 12:00", "2024-12-23 00:00", "the same without evenings"],
    ["coin", "3W", "2025-01-06 12:00", "2025-01-06 00:00", "the first Monday of the year"],
    ["forex", "3M", "2022-11-15 12:00", "2022-10-02 17:00", "the 1st is a Saturday: Monday's open"],
    ["plain", "5M", "2024-12-31 12:00", "2024-11-01 00:00", "what remains of the year"],
  ] as const)("%s %s %s: %s, %s", (name, timeframe, at, opens) => {
    const market = symbols[name as Market];
    const calendar = tradingCalendar(market);
    expect(wall(market, calendar.barOpenMs(instant(market, at), parseTimeframe(timeframe)))).toBe(opens);
  });

  test("what TradingView begins a bar with: EURUSD of a feed with a daily pause", () => {
    // Rows: the last bar of the source timeframe before a change of the timeframe, and the first bar after it.
    const rows = readFileSync(join(import.meta.dir, "timeframe-change.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const calendar = tradingCalendar(symbols.forexWithPause);
    let [last, lastOpen] = ["", Number.NaN];
    const wrong = rows.filter((row) => {
      const [name = "", source, before, first] = row.split(",");
      const timeframe = parseTimeframe(name);
      // A grid of several days goes by the last second of a bar.
      const shift = isIntraday(timeframe) || timeframe.value === 1 ? 0 : Number(source) * 60_000 - 1000;
      const open = calendar.barOpenMs(Number(before) * 1000 + shift, timeframe);
      const same = last !== name || open === lastOpen;
      [last, lastOpen] = [name, calendar.barOpenMs(Number(first) * 1000 + shift, timeframe)];
      return !same || lastOpen <= open;
    });
    expect(rows.length).toBe(1291);
    expect(wrong).toEqual([]);
  });
});

describe("a bar ends at", () => {
  test.each([
    ["plain", "60", "2024-01-01 00:00", "2024-01-01 01:00", "its step later"],
    ["plainParis", "1D", "2024-03-31 00:00", "2024-04-01 00:00", "a day of 23 hours"],
    ["plain", "1M", "2024-02-01 00:00", "2024-03-01 00:00", "29 days"],
    ["plainParis", "1W", "2024-03-25 00:00", "2024-04-01 00:00", "a week over the change of the clock"],
    ["plain", "2M", "2024-11-01 00:00", "2025-01-01 00:00", "two months"],
    [
      "plainParis",
      "1D",
      "2024-03-30 01:00",
      "2024-03-31 01:00",
      "a UTC day on a Paris clock: as long as it says",
    ],
    ["plainParis", "1M", "2024-01-31 01:00", "2024-02-29 01:00", "the same with months"],
    ["stock", "60", "2024-01-03 15:30", "2024-01-03 16:00", "the close of the day"],
    ["tokyo", "60", "2024-01-03 11:00", "2024-01-03 12:00", "not the lunch break"],
    ["tokyo", "60", "2024-01-03 15:00", "2024-01-03 15:30", "the close of the day"],
    ["coin", "7", "2024-01-01 23:55", "2024-01-02 00:00", "where the grid starts anew"],
    ["coin", "240", "2024-01-01 22:00", "2024-01-02 02:00", "off the grid: a step later"],
    ["stock", "1D", "2024-01-03 09:30", "2024-01-03 16:00", "the close"],
    ["stock", "1D", "2024-01-03 00:00", "2024-01-03 16:00", "the close, stamped at midnight"],
    ["stock", "1D", "2024-01-02 19:00", "2024-01-03 16:00", "the close, stamped at midnight UTC"],
    ["forex", "1D", "2024-01-04 17:00", "2024-01-05 17:00", "Friday"],
    ["forex", "1D", "2024-01-01 19:00", "2024-01-02 19:00", "a UTC day of a market that runs through"],
    ["forex", "1W", "2023-12-31 17:00", "2024-01-05 17:00", "Friday's close"],
    ["stock", "1W", "2024-01-02 09:30", "2024-01-05 16:00", "Friday's close after a Monday off"],
    ["stock", "1M", "2024-06-03 09:30", "2024-06-28 16:00", "the last weekday"],
    ["coin", "5D", "2025-12-27 00:00", "2026-01-01 00:00", "with the year"],
    ["stock", "2D", "2024-01-04 09:30", "2024-01-05 16:00", "the second scheduled day at the latest"],
  ] as const)("%s %s %s: %s, %s", (name, timeframe, opens, ends) => {
    const market = symbols[name as Market];
    const end = tradingCalendar(market).periodEndMs(instant(market, opens), parseTimeframe(timeframe));
    expect(wall(market, end)).toBe(ends);
  });
});

describe("in session", () => {
  test.each([
    ["plain", "2024-01-06 03:00", true],
    ["stock", "2024-01-03 09:29:59", false],
    ["stock", "2024-01-03 09:30", true],
    ["stock", "2024-01-03 15:59:59", true],
    ["stock", "2024-01-03 16:00", false],
    ["stock", "2024-01-06 12:00", false],
    ["tokyo", "2024-01-03 12:00", false],
    ["coin", "2024-01-06 23:59:59", true],
    ["forex", "2024-01-05 16:59", true],
    ["forex", "2024-01-05 17:00", false],
    ["forex", "2024-01-07 16:59", false],
    ["forex", "2024-01-07 17:00", true],
    ["futures", "2024-01-03 17:30", false],
  ] as const)("%s at %s: %p", (name, at, open) => {
    const market = symbols[name as Market];
    expect(tradingCalendar(market).isOpen(instant(market, at))).toBe(open);
  });

  test.each([
    ["stock", "2024-01-03 08:30", "2024-01-03 09:30", false, "ends with the open"],
    ["stock", "2024-01-03 08:31", "2024-01-03 09:31", true, "reaches into it"],
    ["stock", "2024-01-03 16:00", "2024-01-03 17:00", false, "begins with the close"],
    ["stock", "2024-01-05 17:00", "2024-01-08 09:31", true, "spans a weekend"],
    ["stock", "2024-01-05 17:00", "2024-01-08 09:30", false, "is the weekend"],
    ["forex", "2024-01-05 03:00", "2024-01-05 04:00", true, "in a session of the day before"],
  ] as const)("%s from %s to %s: %p, it %s", (name, from, to, overlaps) => {
    const market = symbols[name as Market];
    const calendar = tradingCalendar(market);
    expect(calendar.overlapsSession(instant(market, from), instant(market, to))).toBe(overlaps);
  });
});

describe("missing bars", () => {
  test.each([
    ["plain", "1", "2024-01-01 00:00", "2024-01-01 00:01", []],
    ["plain", "1", "2024-01-01 00:00", "2024-01-01 00:03", ["2024-01-01 00:01", "2024-01-01 00:02"]],
    ["stock", "60", "2024-01-03 15:30", "2024-01-04 09:30", []],
    ["stock", "60", "2024-01-05 14:30", "2024-01-08 10:30", ["2024-01-05 15:30", "2024-01-08 09:30"]],
    ["stock", "60", "2024-01-05 15:00", "2024-01-08 10:00", ["2024-01-08 09:00"]],
    ["stock", "240", "2024-01-05 09:30", "2024-01-08 13:30", ["2024-01-05 13:30", "2024-01-08 09:30"]],
    ["forex", "240", "2024-01-05 13:00", "2024-01-07 17:00", []],
    ["forex", "240", "2024-01-05 09:00", "2024-01-07 21:00", ["2024-01-05 13:00", "2024-01-07 17:00"]],
    ["forexWithPause", "240", "2024-10-21 13:00", "2024-10-21 17:00", []],
    ["forexWithPause", "240", "2024-10-21 13:00", "2024-10-21 21:00", ["2024-10-21 17:00"]],
    ["forexWithPause", "5", "2024-10-21 16:55", "2024-10-21 17:05", []],
    // Every weekday counts, holidays are unknown; a weekend is not missing.
    ["stock", "1D", "2024-01-05 09:30", "2024-01-08 09:30", []],
    ["stock", "1D", "2024-01-05 00:00", "2024-01-09 00:00", ["2024-01-08 09:30"]],
    ["forex", "1D", "2024-01-04 17:00", "2024-01-07 17:00", []],
    ["plainParis", "1D", "2024-03-30 00:00", "2024-04-01 00:00", ["2024-03-31 00:00"]],
    ["stock", "1W", "2024-01-01 09:30", "2024-01-16 09:30", ["2024-01-08 09:30"]],
    ["plain", "1M", "2024-01-01 00:00", "2024-04-01 00:00", ["2024-02-01 00:00", "2024-03-01 00:00"]],
    ["plain", "5D", "2024-12-26 00:00", "2025-01-06 00:00", ["2024-12-31 00:00", "2025-01-01 00:00"]],
    ["stock", "2D", "2024-01-03 09:30", "2024-01-31 09:30", []],
  ] as const)("%s %s between %s and %s: %j", (name, timeframe, before, after, missing) => {
    const market = symbols[name as Market];
    const found = tradingCalendar(market).missingBetween(
      instant(market, before),
      instant(market, after),
      parseTimeframe(timeframe),
    );
    expect([...found].map((timeMs) => wall(market, timeMs))).toEqual([...missing]);
  });

  test("are counted without being listed: ten years of minutes", () => {
    const found = tradingCalendar(symbols.stock).missingBetween(0, Date.UTC(1980, 0, 1), parseTimeframe("1"));
    let count = 0;
    for (const _time of found) if (++count === 3) break;
    expect(count).toBe(3);
  });
});

describe("dated hours", () => {
  const market: CalendarInfo = {
    ...symbols.futures,
    sessionSchedules: [
      { effectiveFrom: "2023-01-01", ...symbols.stock },
      { effectiveFrom: "2024-01-08", ...symbols.futures },
    ],
    sessionCorrections: [
      { openingHours: [], dates: ["2023-12-25"] },
      { openingHours: [{ start: "09:30:00", end: "13:00:00" }], dates: ["2023-11-24"] },
    ],
  };
  const calendar = tradingCalendar(market);
  test.each([
    ["2022-06-01 12:00", true, "a date before the first schedule follows the first"],
    ["2024-01-05 12:00", true, "the old schedule"],
    ["2024-01-05 18:30", false, "the old schedule"],
    ["2024-01-07 18:30", true, "the evening before the change belongs to the new one"],
    ["2023-12-25 12:00", false, "a closed date"],
    ["2023-11-24 12:59", true, "a short date"],
    ["2023-11-24 13:00", false, "a short date"],
  ] as const)("%s is open: %p, %s", (at, open) => {
    expect(calendar.isOpen(instant(market, at))).toBe(open);
  });
  test("days, ends and holes follow them", () => {
    const day = parseTimeframe("1D");
    const at = (text: string): number => instant(market, text);
    expect(wall(market, calendar.barOpenMs(at("2024-01-08 12:00"), day))).toBe("2024-01-07 18:00");
    expect(wall(market, calendar.barOpenMs(at("2023-12-25 12:00"), day))).toBe("2023-12-26 09:30");
    expect(wall(market, calendar.periodEndMs(at("2023-11-24 09:30"), day))).toBe("2023-11-24 13:00");
    expect([...calendar.missingBetween(at("2023-12-22 09:30"), at("2023-12-26 09:30"), day)]).toEqual([]);
    expect(wall(market, calendar.barOpenMs(at("2023-12-27 12:00"), parseTimeframe("1W")))).toBe(
      "2023-12-26 09:30",
    );
  });
});

test("session starts without hours: always open, days from the start; one after noon is the next day's", () => {
  const market: CalendarInfo = {
    ...symbols.plain,
    type: "futures",
    timezone: "America/Chicago",
    sessionStarts: [6, 0, 1, 2, 3].map((day) => ({ day, time: "17:00:00" })),
  };
  const calendar = tradingCalendar(market);
  const open = (at: string): string =>
    wall(market, calendar.barOpenMs(instant(market, at), parseTimeframe("1D")));
  expect(calendar.isOpen(instant(market, "2024-01-06 12:00"))).toBe(true);
  expect(open("2024-01-02 16:59")).toBe("2024-01-01 17:00");
  expect(open("2024-01-02 17:00")).toBe("2024-01-02 17:00");
  expect(open("2024-01-06 12:00")).toBe("2024-01-04 17:00");
});

test("an unknown zone is UTC", () => {
  const calendar = tradingCalendar({ ...symbols.plain, timezone: "Mars/Olympus" });
  expect(calendar.barOpenMs(Date.UTC(2024, 0, 1, 5), parseTimeframe("1D"))).toBe(Date.UTC(2024, 0, 1));
});

describe("for any moment, market and timeframe", () => {
  const markets = Object.values(symbols);
  const anyMarket = fc.constantFrom(...markets);
  const anyTime = fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2035, 0, 1) });
  const anyFrame = fc.constantFrom("30S", "1", "7", "60", "240", "1D", "1W", "1M", "3D", "2W", "5M");

  test("an answer does not depend on the questions before it", () => {
    fc.assert(
      fc.property(
        anyMarket,
        fc.array(anyTime, { maxLength: 8 }),
        anyTime,
        anyFrame,
        (market, before, time, frame) => {
          const timeframe = parseTimeframe(frame);
          const used = tradingCalendar(market);
          for (const other of before) {
            used.isOpen(other);
            used.barOpenMs(other, timeframe);
          }
          const fresh = tradingCalendar(market);
          expect(used.barOpenMs(time, timeframe)).toBe(fresh.barOpenMs(time, timeframe));
          expect(used.isOpen(time)).toBe(fresh.isOpen(time));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a bar in session ends after its open, and is its own bar", () => {
    fc.assert(
      fc.property(anyMarket, anyTime, anyFrame, (market, time, frame) => {
        const timeframe = parseTimeframe(frame);
        const calendar = tradingCalendar(market);
        fc.pre(calendar.isOpen(time));
        const open = calendar.barOpenMs(time, timeframe);
        const end = calendar.periodEndMs(open, timeframe);
        expect(end).toBeGreaterThan(open);
        expect(calendar.barOpenMs(open, timeframe)).toBe(open);
        if (isIntraday(timeframe)) expect(end - open).toBeLessThanOrEqual(timeframeSeconds(timeframe) * 1000);
        expect([...calendar.missingBetween(open, end, timeframe)]).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
