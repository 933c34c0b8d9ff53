/** The zone in which a list tells its times is found from the bars. */
import { describe, expect, test } from "bun:test";

import { columnsOf } from "../../src/kernel/bar.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { zonedFormatter } from "../../src/kernel/zone.ts";
import { BarPlaces } from "../../src/verify/bar-places.ts";
import { fitTimes } from "../../src/verify/time-fit.ts";
import { readTradeList } from "../../src/verify/trade-list.ts";
import { english, exported, type Sample } from "./exports.ts";

const hour = 3_600_000;
const symbol: SymInfo = {
  prefix: "TEST",
  description: "Test",
  ticker: "TEST",
  currency: "USD",
  period: "60",
  type: "crypto",
  mintick: 0.01,
  pricescale: 100,
  minmove: 1,
  pointvalue: 1,
  mincontract: 1,
  timezone: "America/New_York",
  volumetype: "base",
  openingHours: [],
  sessionStarts: [],
  sessionEnds: [],
};

/** A year of hourly bars around the clock, so that only prices tell one whole hour from another. */
function chart(step: number, count: number) {
  const random = linearCongruential(7);
  let price = 1000;
  const bars = Array.from({ length: count }, (_, index) => {
    price *= 1 + (random() - 0.5) * 0.02;
    return {
      openTimeMs: Date.UTC(2024, 0, 1) + index * step,
      open: price,
      high: price * 1.001,
      low: price * 0.999,
      close: price,
      volume: 1,
    };
  });
  return { bars, columns: columnsOf(bars) };
}

function samples(bars: readonly { openTimeMs: number; open: number }[]): Sample[] {
  return Array.from({ length: 40 }, (_, index): Sample => {
    const [entry, exit] = [bars[index * 200 + 3]!, bars[index * 200 + 50]!];
    return {
      side: index % 2 === 0 ? "long" : "short",
      entryMs: entry.openTimeMs,
      exitMs: exit.openTimeMs,
      entryPrice: entry.open,
      exitPrice: exit.open,
      quantity: 1,
    };
  });
}

const wall =
  (zone: string) =>
  (timeMs: number): string =>
    zonedFormatter(zone)(timeMs).slice(0, 16).replace("T", " ");

describe("intraday", () => {
  const { bars, columns } = chart(hour, 8100);
  const places = new BarPlaces(columns, "60", symbol);

  test.each([
    ["America/New_York", "America/New_York"],
    ["UTC", "UTC"],
    ["UTC+5:30", "UTC+5:30"],
    ["UTC+5:45", "UTC+5:45"],
    ["UTC-3", "UTC-3:00"],
    ["UTC+14", "UTC+14:00"],
    ["Asia/Tokyo", "UTC+9:00"],
    ["Europe/London", "Europe/London"],
    ["Europe/Berlin", "Europe/Berlin"],
    ["America/Chicago", "America/Chicago"],
    ["Australia/Sydney", "Australia/Sydney"],
    ["Australia/Adelaide", "Australia/Adelaide"],
  ])("a list in %s is read in %s, without a trade of our own", (zone, found) => {
    const list = readTradeList(exported(samples(bars), { ...english, time: wall(zone) }));
    const fit = fitTimes(list, places, [], symbol.timezone);
    expect(fit.zone).toBe(found);
    expect(fit.trades.map(({ entryBar }) => entryBar)).toEqual(
      Array.from({ length: 40 }, (_, index) => index * 200 + 3),
    );
  });

  test("a zone that was named is taken", () => {
    const list = readTradeList(exported(samples(bars), english));
    expect(fitTimes(list, places, [], symbol.timezone, "Asia/Tokyo").zone).toBe("Asia/Tokyo");
  });

  test("a list of another symbol is seen by its prices", () => {
    const own = fitTimes(readTradeList(exported(samples(bars), english)), places, [], symbol.timezone);
    expect(own.tradedShare).toBe(1);
    const foreign = samples(bars).map((one) => ({
      ...one,
      entryPrice: one.entryPrice * 3,
      exitPrice: one.exitPrice * 3,
    }));
    const other = fitTimes(readTradeList(exported(foreign, english)), places, [], symbol.timezone);
    expect(other.tradedShare).toBeLessThan(0.2);
  });

  test("offsets in the list need no zone", () => {
    const list = readTradeList(exported(samples(bars), { ...english, time: zonedFormatter("Asia/Kolkata") }));
    const fit = fitTimes(list, places, [], symbol.timezone);
    expect([fit.zone, fit.trades[0]?.entryBar]).toEqual(["as written", 3]);
  });
});

test("dates of daily bars are trading days, whatever the hour at which they open", () => {
  const day = 24 * hour;
  const forex = {
    ...symbol,
    period: "1D",
    timezone: "America/New_York",
    sessionStarts: [0, 1, 2, 3, 4].map((d) => ({ day: d, time: "17:00:00" })),
  } as unknown as SymInfo;
  const { bars, columns } = chart(day, 8100);
  const shifted = { ...columns, openTimeMs: columns.openTimeMs.map((time) => time - 2 * hour) };
  const places = new BarPlaces(shifted, "1D", forex);
  const list = readTradeList(
    exported(samples(bars), { ...english, time: (ms) => new Date(ms).toISOString().slice(0, 10) }),
  );
  const { trades } = fitTimes(list, places, [], forex.timezone);
  expect(trades.slice(0, 3).map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual([
    [3, 50],
    [203, 250],
    [403, 450],
  ]);
});

describe("places", () => {
  const { columns } = chart(hour, 3);
  const places = new BarPlaces(columns, "60", symbol);
  const start = Date.UTC(2024, 0, 1);
  test.each([
    [start - 1, -1],
    [start, 0],
    [start + hour - 1, 0],
    [start + hour, 1],
    [start + 3 * hour - 1, 2],
    [start + 3 * hour, -1],
  ])("%d lies in bar %d", (timeMs, bar) => {
    expect(places.at(timeMs)).toBe(bar);
  });
});
