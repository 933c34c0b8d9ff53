/** Bars of longer timeframes out of shorter ones. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { aggregateBars, BarAggregator, checkAggregation } from "../../src/data/aggregate/aggregate.ts";
import type { BarColumns, ExtraColumn } from "../../src/kernel/bar.ts";
import { type CalendarInfo, isIntraday } from "../../src/kernel/calendar/calendar.ts";
import { UsageError } from "../../src/kernel/errors.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { zoneOf } from "../../src/kernel/zone.ts";
import * as everyMarket from "../kernel/calendar/symbols.ts";
import { columnsOfRows } from "./rows.ts";

const markets = { ...everyMarket };
type Market = keyof typeof markets;
type Row = readonly [timeMs: number, open: number, high: number, low: number, close: number, volume: number];

function rowsOf(columns: BarColumns): Row[] {
  const { openTimeMs, open, high, low, close, volume } = columns;
  return Array.from(openTimeMs, (time, index) => [
    time,
    open[index]!,
    high[index]!,
    low[index]!,
    close[index]!,
    volume[index]!,
  ]);
}
const merge = (rows: readonly Row[], source: string, target: string, market: CalendarInfo): Row[] =>
  rowsOf(aggregateBars(columnsOfRows(rows), parseTimeframe(source), parseTimeframe(target), market));

/** `2024-03-08 17:05` on the market's clock as an instant, and back. */
function instant(market: CalendarInfo, wall: string): number {
  return zoneOf(market.timezone)!.instantOf(Date.parse(`${wall.replace(" ", "T")}:00Z`));
}
function wall(market: CalendarInfo, timeMs: number): string {
  return new Date(timeMs + zoneOf(market.timezone)!.offsetAt(timeMs))
    .toISOString()
    .slice(0, 16)
    .replace("T", " ");
}

/** The windows that bars go into, as `open: bar, bar`, times without what they share with the open's date. */
function windows(market: CalendarInfo, source: string, target: string, times: readonly string[]): string[] {
  const column = Float64Array.from(times, (_, index) => index);
  const rows = times.map((time): Row => [instant(market, time), 1, 1, 1, 1, 1]);
  const { openTimeMs, volume, extra } = aggregateBars(
    columnsOfRows(rows, new Map([["last", column]])),
    parseTimeframe(source),
    parseTimeframe(target),
    market,
  );
  return Array.from(openTimeMs, (time, index) => {
    const last = (extra.get("last") as Float64Array)[index]!;
    return `${wall(market, time)}: ${times.slice(last - volume[index]! + 1, last + 1).join(", ")}`;
  });
}

describe("a window", () => {
  const nan = Number.NaN;
  test.each([
    [
      "first open, highest high, lowest low, last close, sum of volumes",
      [
        [10, 12, 9, 11, 1],
        [11, 15, 10, 14, 2],
        [14, 14, 7, 8, 4],
      ],
      [10, 15, 7, 8, 7],
    ],
    ["one bar is one bar", [[10, 12, 9, 11, 1]], [10, 12, 9, 11, 1]],
    [
      "missing prices are passed over",
      [
        [nan, nan, nan, nan, 1],
        [11, nan, 10, 11, 2],
        [12, 13, nan, nan, 4],
      ],
      [11, 13, 10, 11, 7],
    ],
    [
      "unless all are missing",
      [
        [nan, nan, nan, nan, 1],
        [nan, nan, nan, nan, 2],
      ],
      [nan, nan, nan, nan, 3],
    ],
    [
      "a missing volume makes the sum missing",
      [
        [1, 1, 1, 1, nan],
        [1, 1, 1, 1, 2],
      ],
      [1, 1, 1, 1, nan],
    ],
    [
      "an open above every known high counts as one",
      [
        [10, nan, nan, 5, 1],
        [5, 6, 4, 5, 1],
      ],
      [10, 10, 4, 5, 2],
    ],
  ] as const)("%s", (_name, bars, expected) => {
    const rows = bars.map((bar, index): Row => [index * 60_000, ...bar]);
    expect(merge(rows, "1", "5", markets.plain)).toEqual([[0, ...expected]]);
  });

  test("nothing gives nothing", () => {
    expect(merge([], "1", "5", markets.plain)).toEqual([]);
  });

  test("further columns: the last number that is there, the last text that is not empty", () => {
    const rows = [0, 1, 2, 5].map((minute): Row => [minute * 60_000, 1, 1, 1, 1, 1]);
    const extra = new Map<string, ExtraColumn>([
      ["oi", Float64Array.of(1, 2, nan, nan)],
      ["note", ["a", "", "", ""]],
    ]);
    const merged = aggregateBars(
      columnsOfRows(rows, extra),
      parseTimeframe("1"),
      parseTimeframe("5"),
      markets.plain,
    );
    expect([...merged.extra.get("oi")!]).toEqual([2, nan]);
    expect(merged.extra.get("note")).toEqual(["a", ""]);
  });
});

describe("timeframes that fit", () => {
  test.each([
    ["1", "60"],
    ["30S", "1"],
    ["60", "1D"],
    ["7", "1W"],
    ["1D", "1W"],
    ["1D", "1M"],
    ["60", "1M"],
    ["1M", "3M"],
    ["1W", "2W"],
  ])("%s into %s", (source, target) => {
    expect(() => checkAggregation(parseTimeframe(source), parseTimeframe(target))).not.toThrow();
  });
  test.each([
    ["60", "60", "must be longer"],
    ["1440", "1D", "must be longer"],
    ["1D", "60", "must be longer"],
    ["45", "60", "no multiple"],
    ["7", "1D", "no multiple"],
    ["2D", "1W", "no multiple"],
    ["1W", "1M", "whole days"],
    ["2D", "1M", "whole days"],
    ["7", "1M", "whole days"],
  ])("%s into %s: %s", (source, target, reason) => {
    const check = (): void => checkAggregation(parseTimeframe(source), parseTimeframe(target));
    expect(check).toThrow(UsageError);
    expect(check).toThrow(`bars of ${source} cannot be made into bars of ${target}`);
    expect(check).toThrow(reason);
  });
});

describe("windows", () => {
  test.each([
    [
      "a session of 09:30, in hours; the bar before the open hangs on the session before",
      "stock",
      "30",
      "60",
      ["2024-01-03 15:30", "2024-01-04 09:00", "2024-01-04 09:30", "2024-01-04 10:00", "2024-01-04 10:30"],
      [
        "2024-01-03 15:30: 2024-01-03 15:30",
        "2024-01-04 08:30: 2024-01-04 09:00",
        "2024-01-04 09:30: 2024-01-04 09:30, 2024-01-04 10:00",
        "2024-01-04 10:30: 2024-01-04 10:30",
      ],
    ],
    [
      "an open at 18:30 over the spring change: steps of 3600 s",
      "evening",
      "30",
      "60",
      ["2025-03-09 01:00", "2025-03-09 01:30", "2025-03-09 03:00", "2025-03-09 03:30"],
      [
        "2025-03-09 00:30: 2025-03-09 01:00",
        "2025-03-09 01:30: 2025-03-09 01:30, 2025-03-09 03:00",
        "2025-03-09 03:30: 2025-03-09 03:30",
      ],
    ],
    [
      "days of currencies open the evening before; Friday 17:00 has left Friday",
      "forex",
      "60",
      "1D",
      ["2024-01-04 16:00", "2024-01-04 17:00", "2024-01-05 16:00", "2024-01-05 17:00", "2024-01-07 17:00"],
      [
        "2024-01-03 17:00: 2024-01-04 16:00",
        "2024-01-04 17:00: 2024-01-04 17:00, 2024-01-05 16:00",
        "2024-01-07 17:00: 2024-01-05 17:00, 2024-01-07 17:00",
      ],
    ],
    [
      "a stock before Monday's open is still Friday",
      "stock",
      "60",
      "1D",
      ["2024-01-05 09:30", "2024-01-08 08:00", "2024-01-08 09:30"],
      ["2024-01-05 09:30: 2024-01-05 09:30, 2024-01-08 08:00", "2024-01-08 09:30: 2024-01-08 09:30"],
    ],
    [
      "but not when it traded after Friday's close: windows never run backwards",
      "stock",
      "60",
      "1D",
      ["2024-01-05 15:30", "2024-01-05 16:00", "2024-01-08 08:00", "2024-01-08 09:30"],
      [
        "2024-01-05 09:30: 2024-01-05 15:30",
        "2024-01-08 09:30: 2024-01-05 16:00, 2024-01-08 08:00, 2024-01-08 09:30",
      ],
    ],
    [
      "daily bars that are stamped at midnight belong to their date",
      "stock",
      "1D",
      "1W",
      ["2024-01-05 00:00", "2024-01-08 00:00", "2024-01-12 00:00", "2024-01-15 00:00"],
      [
        "2024-01-01 09:30: 2024-01-05 00:00",
        "2024-01-08 09:30: 2024-01-08 00:00, 2024-01-12 00:00",
        "2024-01-15 09:30: 2024-01-15 00:00",
      ],
    ],
    [
      "months from days",
      "forex",
      "1D",
      "1M",
      ["2024-05-30 17:00", "2024-06-02 17:00", "2024-06-27 17:00", "2024-06-30 17:00"],
      [
        "2024-04-30 17:00: 2024-05-30 17:00",
        "2024-06-02 17:00: 2024-06-02 17:00, 2024-06-27 17:00",
        "2024-06-30 17:00: 2024-06-30 17:00",
      ],
    ],
    [
      "2D of futures: a holiday uses no slot",
      "futures",
      "1D",
      "2D",
      // 1 January 2025 was a holiday: the year's first days are 2 and 3 January.
      ["2024-12-29 18:00", "2025-01-01 18:00", "2025-01-02 18:00", "2025-01-05 18:00", "2025-01-06 18:00"],
      [
        "2024-12-29 18:00: 2024-12-29 18:00",
        "2025-01-01 18:00: 2025-01-01 18:00, 2025-01-02 18:00",
        "2025-01-05 18:00: 2025-01-05 18:00, 2025-01-06 18:00",
      ],
    ],
    [
      "2D that begins in the middle of a year counts the weekdays before",
      "futures",
      "1D",
      "2D",
      // Monday 8 January 2024 is the sixth weekday of its year, Tuesday begins a slot.
      ["2024-01-07 18:00", "2024-01-08 18:00", "2024-01-09 18:00"],
      ["2024-01-07 18:00: 2024-01-07 18:00", "2024-01-08 18:00: 2024-01-08 18:00, 2024-01-09 18:00"],
    ],
    [
      "5D of weekdays: 1 January starts a slot, stamped the evening before",
      "forex",
      "1D",
      "5D",
      ["2024-12-30 17:00", "2025-01-01 17:00", "2025-01-06 17:00", "2025-01-07 17:00"],
      [
        "2024-12-29 17:00: 2024-12-30 17:00",
        "2024-12-31 17:00: 2025-01-01 17:00, 2025-01-06 17:00",
        "2025-01-07 17:00: 2025-01-07 17:00",
      ],
    ],
    [
      "5D of all days: 31 December 2025 belongs to the 27th",
      "coin",
      "1D",
      "5D",
      ["2025-12-31 00:00", "2026-01-01 00:00"],
      ["2025-12-27 00:00: 2025-12-31 00:00", "2026-01-01 00:00: 2026-01-01 00:00"],
    ],
    [
      "3W: 2 January 2025 belongs to 23 December 2024",
      "coin",
      "1D",
      "3W",
      ["2025-01-02 00:00", "2025-01-06 00:00"],
      ["2024-12-23 00:00: 2025-01-02 00:00", "2025-01-06 00:00: 2025-01-06 00:00"],
    ],
    [
      "3M that starts on a Saturday moves to Monday",
      "forex",
      "1D",
      "3M",
      ["2022-09-29 17:00", "2022-10-04 17:00"],
      ["2022-06-30 17:00: 2022-09-29 17:00", "2022-10-02 17:00: 2022-10-04 17:00"],
    ],
    [
      "weeks and months of an observed market are stamped with their first bar",
      "stock",
      "1D",
      "3M",
      ["2024-01-02 09:30", "2024-03-28 09:30", "2024-04-01 09:30"],
      ["2024-01-02 09:30: 2024-01-02 09:30, 2024-03-28 09:30", "2024-04-01 09:30: 2024-04-01 09:30"],
    ],
    [
      "a late open at 17:05: the four hours from 17:00 are the next day's",
      "forexWithPause",
      "240",
      "1D",
      ["2024-01-02 13:00", "2024-01-02 17:00", "2024-01-03 13:00"],
      ["2024-01-01 17:05: 2024-01-02 13:00", "2024-01-02 17:05: 2024-01-02 17:00, 2024-01-03 13:00"],
    ],
    [
      "and in a grid of days too, by their last second",
      "forexWithPause",
      "240",
      "2D",
      ["2024-01-02 13:00", "2024-01-02 17:00", "2024-01-04 13:00"],
      ["2023-12-31 17:00: 2024-01-02 13:00", "2024-01-02 17:05: 2024-01-02 17:00, 2024-01-04 13:00"],
    ],
    [
      "an early close, then a half day: one slot for both; the day after does not share",
      "stock",
      "60",
      "2D",
      [
        "2024-01-02 15:30",
        "2024-01-03 15:30",
        // Closed at 13:00, twice.
        "2024-01-04 12:00",
        "2024-01-05 12:00",
        "2024-01-08 15:30",
        "2024-01-09 15:30",
      ],
      [
        // 2 January is the second weekday of its year.
        "2024-01-02 15:30: 2024-01-02 15:30",
        "2024-01-03 15:30: 2024-01-03 15:30, 2024-01-04 12:00, 2024-01-05 12:00",
        "2024-01-08 15:30: 2024-01-08 15:30, 2024-01-09 15:30",
      ],
    ],
    [
      "three early closes in a row: the third day has a slot of its own",
      "stock",
      "60",
      "2D",
      ["2024-01-02 12:00", "2024-01-03 12:00", "2024-01-04 12:00", "2024-01-05 15:30"],
      [
        "2024-01-02 12:00: 2024-01-02 12:00, 2024-01-03 12:00",
        // Shares with no one before it, and the day after shares with it.
        "2024-01-04 12:00: 2024-01-04 12:00, 2024-01-05 15:30",
      ],
    ],
  ] as const)("%s", (_name, market, source, target, times, expected) => {
    expect(windows(markets[market as Market], source, target, times)).toEqual([...expected]);
  });
});

describe("for any bars", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 120 });
  const anyPrice = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 1000 }) },
    fc.constant(Number.NaN),
  );
  const anyMarket = fc.constantFrom(...Object.values(markets));
  const anyTarget = fc.constantFrom("5", "60", "240", "1D", "1W", "1M", "2D", "5D", "3W", "5M");
  const anyStart = fc.integer({ min: Date.UTC(2015, 0, 1) / 60_000, max: Date.UTC(2026, 0, 1) / 60_000 });
  const anyRows = fc.tuple(anyStart, steps, fc.infiniteStream(anyPrice)).map(([start, gaps, stream]) => {
    let minute = start;
    const prices = stream[Symbol.iterator]();
    const price = (): number => prices.next().value!;
    return gaps.map((gap): Row => {
      minute += gap;
      const [open, close, a, b] = [price(), price(), price(), price()];
      const known = [open, close, a, b].filter((value) => value === value);
      return [minute * 60_000, open, Math.max(...known, 1), Math.min(...known, 1000), close, gap];
    });
  });

  test("windows ascend, and nothing is lost: volume, highest high, lowest low, first open, last close", () => {
    fc.assert(
      fc.property(anyRows, anyMarket, anyTarget, (rows, market, target) => {
        const merged = merge(rows, "1", target, market);
        merged.slice(1).forEach((row, index) => expect(row[0]).toBeGreaterThan(merged[index]![0]));
        const sum = (list: readonly Row[]): number => list.reduce((total, row) => total + row[5], 0);
        expect(sum(merged)).toBe(sum(rows));
        expect(Math.max(...merged.map((row) => row[2]))).toBe(Math.max(...rows.map((row) => row[2])));
        expect(Math.min(...merged.map((row) => row[3]))).toBe(Math.min(...rows.map((row) => row[3])));
        const known = (list: readonly Row[], column: 1 | 4): number[] =>
          list.map((row) => row[column]).filter((value) => value === value);
        expect(known(merged, 1)[0]).toBe(known(rows, 1)[0]!);
        expect(known(merged, 4).at(-1)).toBe(known(rows, 4).at(-1)!);
      }),
    );
  });

  test("any division into pieces gives the same bars", () => {
    fc.assert(
      fc.property(anyRows, anyMarket, anyTarget, fc.array(fc.nat(120)), (rows, market, target, cuts) => {
        const aggregator = new BarAggregator(market, parseTimeframe("1"), parseTimeframe(target));
        const bounds = [0, ...cuts.filter((cut) => cut < rows.length).toSorted((a, b) => a - b), rows.length];
        bounds.slice(1).forEach((to, index) => aggregator.push(columnsOfRows(rows.slice(bounds[index], to))));
        expect(rowsOf(aggregator.columns())).toEqual(merge(rows, "1", target, market));
      }),
    );
  });

  test("hours made into days are the same as minutes made into days", () => {
    fc.assert(
      fc.property(anyRows, fc.constantFrom("plain", "coin", "forex", "futures"), (rows, name) => {
        const market = markets[name as Market];
        const hours = merge(rows, "1", "60", market);
        const target = parseTimeframe("1D");
        expect(isIntraday(target)).toBe(false);
        expect(merge(hours, "60", "1D", market)).toEqual(merge(rows, "1", "1D", market));
      }),
    );
  });
});
