/** What a script can ask about time. */
import { describe, expect, test } from "bun:test";

import { PineTime } from "../../../src/runtime/pine/time/pine-time.ts";
import { timestampOf, timestampOfText } from "../../../src/runtime/pine/time/timestamp.ts";
import { ZonedParts } from "../../../src/runtime/pine/time/zoned.ts";
import { zoneOf } from "../../../src/kernel/zone.ts";
import { coin, stock } from "../../kernel/calendar/symbols.ts";

const utc = (text: string): number => Date.parse(`${text.replace(" ", "T")}:00Z`);
const show = (ms: number): string =>
  Number.isNaN(ms) ? "na" : new Date(ms).toISOString().slice(0, 19).replace("T", " ");
const zone = (name: string) => zoneOf(name)!;

describe("timestamp", () => {
  test.each([
    [[2020, 2, 20], "UTC", "2020-02-20 00:00:00"],
    [[2020, 2, 20, 25, 61, 61], "UTC", "2020-02-21 02:02:01"],
    [[2020, 14, -1, 0], "UTC", "2021-01-30 00:00:00"],
    [[2020.9, 2.9, 20.9], "UTC", "2020-02-20 00:00:00"],
    [[2024, 7, 1, 12], "America/New_York", "2024-07-01 16:00:00"],
    [[2024, 7, 1, 12], "UTC+5:30", "2024-07-01 06:30:00"],
    [[2024, 3, 10, 2, 30], "America/New_York", "2024-03-10 07:30:00"],
    [[1582, 10, 15], "UTC", "1582-10-15 00:00:00"],
    [[1582, 10, 4], "UTC", "1582-10-14 00:00:00"],
    [[Number.NaN, 1, 1], "UTC", "na"],
  ])("%p in %s is %s", ([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0], name, expected) => {
    expect(show(timestampOf(zone(name), { year, month, day, hour, minute, second }))).toBe(expected);
  });

  test("no year is too late, in any zone", () => {
    const date = { year: 1_000_000, month: 1, day: 1 };
    expect(timestampOf(zone("UTC"), date)).toBe(31_494_784_780_800_000);
    expect(timestampOf(zone("America/New_York"), date)).toBe(31_494_784_798_800_000);
  });

  test.each([
    ["2020-02-20", "2020-02-20 00:00:00"],
    ["2020-02", "2020-02-01 00:00:00"],
    ["2011-10-10T14:48:00.000Z", "2011-10-10 14:48:00"],
    ["2020-02-20T22:10:05+02:00", "2020-02-20 20:10:05"],
    ["2011-10-10 14:48 America/New_York", "2011-10-10 18:48:00"],
    ["Feb 01 2020 22:10:05", "2020-02-01 22:10:05"],
    ["Feb 1, 2020", "2020-02-01 00:00:00"],
    ["01 January 2020", "2020-01-01 00:00:00"],
    ["20 Feb 2020 10:00 PM", "2020-02-20 22:00:00"],
    ["04 Dec 1995 00:12:00 GMT+5", "1995-12-03 19:12:00"],
    ["Mon, 04 Dec 1995 00:12:00 +0530", "1995-12-03 18:42:00"],
    ["02/20/2020", "2020-02-20 00:00:00"],
  ])("of the text %p is %s", (text, expected) => {
    expect(show(timestampOfText(text))).toBe(expected);
  });

  test.each(["", "yesterday", "2020-13-01", "32 Jan 2020", "2020-01-01 Nowhere/Atall", "Foo 01 2020"])(
    "the text %p is refused",
    (text) => {
      expect(() => timestampOfText(text)).toThrow(`"${text}" is not a date`);
    },
  );
});

describe("parts of a time", () => {
  test.each([
    ["2024-12-30 00:00", "UTC", [2024, 12, 1, 30, 2, 0, 0, 0], "the first ISO week of the next year"],
    ["2021-01-03 23:59", "UTC", [2021, 1, 53, 3, 1, 23, 59, 0], "week 53 of the year before"],
    ["2024-07-01 02:30", "America/New_York", [2024, 6, 26, 30, 1, 22, 30, 0], "the evening before"],
    ["1969-12-31 23:59", "UTC", [1969, 12, 1, 31, 4, 23, 59, 0], "before the epoch"],
    ["2024-01-01 00:00", "GMT-5:30", [2023, 12, 52, 31, 1, 18, 30, 0], "half an hour off"],
  ])("of %s in %s: %p, %s", (time, name, expected) => {
    const parts = new ZonedParts(zone(name));
    const at = utc(time);
    expect([
      parts.year(at),
      parts.month(at),
      parts.weekofyear(at),
      parts.dayofmonth(at),
      parts.dayofweek(at),
      parts.hour(at),
      parts.minute(at),
      parts.second(at),
    ]).toEqual(expected);
  });

  test("of na are na", () => {
    const parts = new ZonedParts(zone("UTC"));
    expect([parts.year(Number.NaN), parts.weekofyear(Number.NaN), parts.second(Infinity)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe("time and time_close", () => {
  const at = (symInfo: typeof stock, timeframe: string, opens: readonly string[]) => {
    const clock = { index: 0, first: 0 };
    const times = Float64Array.from(opens, utc);
    const time = new PineTime({ symInfo: symInfo as never, timeframe, times, clock, nowMs: () => 42 });
    return { time, clock };
  };

  test("a bar of the chart's own timeframe is the bar itself, wherever its grid begins", () => {
    const { time } = at(coin, "60", ["2024-01-01 10:17"]);
    expect(show(time.time_of_timeframe("", 0, 0))).toBe("2024-01-01 10:17:00");
    expect(show(time.time_of_timeframe("60", 0, 0))).toBe("2024-01-01 10:17:00");
  });

  test("bars_back counts bars of the chart, ahead those that are expected", () => {
    const opens = ["2024-01-05 20:00", "2024-01-05 20:30", "2024-01-08 14:30"];
    const { time, clock } = at(stock, "30", opens);
    clock.index = 1;
    expect(show(time.time_of_timeframe("", 1, 0))).toBe("2024-01-05 20:00:00");
    expect(show(time.time_of_timeframe("", 2, 0))).toBe("na");
    expect(show(time.time_of_timeframe("", -1, 0))).toBe("2024-01-08 14:30:00");
    expect(show(time.time_of_timeframe("1D", -1, 0))).toBe("2024-01-08 14:30:00");
    expect(show(time.close_of_timeframe("1D", 0, 1))).toBe("2024-01-04 21:00:00");
  });

  test("regular is the symbol's own session", () => {
    const { time, clock } = at(stock, "30", ["2024-01-05 20:30", "2024-01-05 21:30"]);
    expect(show(time.time_of_session("", "regular", 0, 0))).toBe("2024-01-05 20:30:00");
    clock.index = 1;
    expect(show(time.time_of_session("", "regular", 0, 0))).toBe("na");
    expect(show(time.time_of_session("", "", 0, 0))).toBe("2024-01-05 21:30:00");
    expect(show(time.time_of_session("", null, 0, 0))).toBe("2024-01-05 21:30:00");
  });

  test.each([
    [() => at(coin, "60", ["2024-01-01 10:00"]).time.time_of_timeframe("abc", 0, 0), 'time: "abc" is not'],
    [
      () => at(coin, "60", ["2024-01-01 10:00"]).time.close_of_session("", "9-10", 0, 0),
      'time_close: "9-10" is not a session',
    ],
    [
      () => at(coin, "60", ["2024-01-01 10:00"]).time.hour_of(0, "Mars/Base"),
      'hour: "Mars/Base" is not a time zone',
    ],
  ])("a mistake is named: case %#", (call, message) => {
    expect(call).toThrow(message);
  });
});
