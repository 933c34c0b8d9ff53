/** The replay provider: a file as history, and the same file as a live feed under a clock that a test moves. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { ReplayPlugin } from "../../plugins/replay/index.ts";
import { closeTime } from "../../plugins/replay/bars.ts";
import { pathOf } from "../../src/kernel/price-path.ts";
import { startIndex } from "../../plugins/replay/config.ts";
import { eventsFrom } from "../../plugins/replay/events.ts";
import { defaultsOf } from "../../src/api/config/fields.ts";
import type { Bar, BarUpdate } from "../../src/kernel/bar.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import type { DataFiles } from "../../src/api/plugins/data-files.ts";
import { columnsOfRows } from "../data/rows.ts";
import { dataFiles, day, hour, ManualClock, minute, settle, symInfo, zigzag } from "./fixtures.ts";

type Config = ReplayPlugin["config"];

const start = Date.UTC(2024, 0, 1);
const bars = zigzag(100, start, hour);
const files = dataFiles({
  X_60: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOfRows(bars) },
  D: { symInfo: symInfo("1D"), timeframe: "1D", columns: columnsOfRows(zigzag(10, start, day)) },
});

function replay(
  config: Partial<Config> = {},
  options: {
    symbol?: string;
    timeframe?: string | null;
    clock?: ManualClock;
    dataFiles?: DataFiles;
  } = {},
): ReplayPlugin {
  return new ReplayPlugin({
    name: "replay",
    config: { ...defaultsOf(ReplayPlugin.Config), speed: "max", ...config } as Config,
    symbol: options.symbol ?? "X_60",
    timeframe: options.timeframe === undefined ? "60" : options.timeframe,
    clock: options.clock ?? new ManualClock(Date.UTC(2026, 0, 1)),
    dataFiles: options.dataFiles ?? files,
  });
}

const { signal } = new AbortController();
const at = (index: number): number => start + index * hour;

async function downloaded(
  plugin: ReplayPlugin,
  from: number,
  to: number,
  limit?: number,
): Promise<number[][]> {
  const pages: number[][] = [];
  const request = { from, to, signal, ...(limit === undefined ? {} : { limit }) };
  for await (const page of plugin.download(request))
    pages.push(page.map((bar) => (bar.openTimeMs - start) / hour));
  return pages;
}

/** `12 o` an update of bar 12, `12 c` its close, `!` a dropped connection that is made again at once, `end`. */
async function told(plugin: ReplayPlugin, count: number): Promise<string[]> {
  const lines: string[] = [];
  while (lines.length < count) {
    try {
      const update = await plugin.watchOhlcv("X_60", "60", signal);
      lines.push(`${(update.openTimeMs - start) / hour} ${update.isClosed ? "c" : "o"}`);
    } catch (error) {
      lines.push((error as { code: string }).code === "FEED_ENDED" ? "end" : "!");
      if (lines.at(-1) === "end") break;
      await plugin.connect();
    }
  }
  return lines;
}

describe("as history", () => {
  test("its symbols are the data files", async () => {
    expect(await replay().getAvailableSymbols()).toEqual(["D", "X_60"]);
  });

  test.each([
    ["its own name", "X_60", "60"],
    ["the name without the timeframe", "X", "60"],
    ["a day in another spelling", "D", "D"],
    ["no timeframe: the file's", "D", null],
  ] as const)("a symbol may be %s", async (_name, symbol, timeframe) => {
    expect((await replay({}, { symbol, timeframe }).getSymbolInfo()).ticker).toBe("X");
  });

  test.each([
    ["no such file", "Y", "60", 'no data file "Y"; there are D, X_60'],
    ["a file of another timeframe", "D", "60", "holds bars of 1D, not of 60"],
    ["no timeframe at all", "D", "1H", '"1H" is not a timeframe'],
  ])("%s is refused for good", async (_name, symbol, timeframe, message) => {
    const refused = replay({}, { symbol, timeframe }).getSymbolInfo();
    expect(await refused.catch((error: unknown) => error)).toMatchObject({
      code: "PROVIDER",
      retryable: false,
      message: expect.stringContaining(message),
    });
  });

  test("a download is the window's bars, in pages of the limit", async () => {
    expect(await downloaded(replay(), at(3), at(8), 2)).toEqual([[3, 4], [5, 6], [7]]);
    expect(await downloaded(replay(), at(3) + 1, at(3) + 2)).toEqual([]);
    expect((await downloaded(replay(), 0, at(1000))).flat()).toHaveLength(100);
  });

  test("an aborted download stops before its next page", async () => {
    const controller = new AbortController();
    const pages = replay().download({ from: 0, to: at(99), limit: 1, signal: controller.signal });
    const iterator = pages[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort(new Error("enough"));
    expect(await iterator.next().catch((error: Error) => error.message)).toBe("enough");
  });
});

describe("several streams of one replay", () => {
  /** What several readers are told, in order: the stream and the hour. */
  async function heard(speed: string): Promise<string[]> {
    const quarters = dataFiles({
      X_60: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOfRows(bars.slice(0, 8)) },
      X_15: {
        symInfo: symInfo("15"),
        timeframe: "15",
        columns: columnsOfRows(zigzag(32, start, 15 * minute)),
      },
    });
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const plugin = replay(
      { speed, start: "2024-01-01 04:00", updates_per_bar: 2 },
      { clock, symbol: "X", dataFiles: quarters },
    );
    await plugin.connect();
    const lines: string[] = [];
    const reading = new Set(["60", "15"]);
    const read = async (timeframe: string): Promise<void> => {
      try {
        for (;;) {
          const { openTimeMs, isClosed } = await plugin.watchOhlcv("X", timeframe, signal);
          lines.push(`${timeframe} ${(openTimeMs - start) / hour} ${isClosed ? "c" : "o"}`);
        }
      } catch {
        reading.delete(timeframe);
      }
    };
    void read("60");
    void read("15");
    while (reading.size > 0) {
      await settle();
      clock.advanceToNext();
    }
    return lines;
  }

  test("are one market, also at full speed", async () => {
    const lines = await heard("max");
    const updates = (prefix: string): string[] => lines.filter((line) => line.startsWith(prefix));
    expect(updates("60 ")).toHaveLength(4 * 3);
    expect(updates("15 ")).toHaveLength(16 * 3);
    // An hour's bar closes between the last quarter of it and the first of the next.
    expect(lines.indexOf("15 4.75 c")).toBeLessThan(lines.indexOf("15 5 o"));
    expect(lines.indexOf("60 4 c")).toBeGreaterThan(lines.indexOf("15 4.5 c"));
    expect(lines.indexOf("60 4 c")).toBeLessThan(lines.indexOf("15 5.25 o"));
    expect(lines.indexOf("60 7 c")).toBeGreaterThan(lines.indexOf("15 7.5 c"));
  });

  test("of which one is not read any more go on", async () => {
    const plugin = replay({ start: "-10" }, { dataFiles: files });
    await plugin.connect();
    await plugin.watchOhlcv("X_60", "60", signal);
    const days = await plugin.watchOhlcv("D", "1D", signal);
    expect(days.openTimeMs).toBe(start + 3 * day);
    await plugin.watchOhlcv("D", "1D", signal);
    await plugin.watchOhlcv("D", "1D", signal);
  });
});

describe("the way of a bar", () => {
  const bar: Bar = { openTimeMs: 0, open: 10, high: 11, low: 8, close: 9, volume: 1 };
  const grid = { minmove: 1, pricescale: 100 };
  test.each([
    ["the nearer extreme first", bar, 4, [10, 11, 8, 9]],
    ["the low where it is nearer", { ...bar, high: 15 }, 4, [10, 8, 15, 9]],
    ["between them on the grid", bar, 7, [10, 10.5, 11, 9.5, 8, 8.5, 9]],
    ["one step is the open", bar, 1, [10]],
    ["two are open and close", bar, 2, [10, 9]],
  ])("%s", (_name, given, count, closes) => {
    const path = pathOf(given, count, grid);
    expect(path.map((point) => point.close)).toEqual(closes);
    // Nothing is forgotten: the extremes only widen, and hold the price.
    for (const [index, { high, low, close }] of path.entries()) {
      expect(high).toBeGreaterThanOrEqual(Math.max(close, path[index - 1]?.high ?? -Infinity));
      expect(low).toBeLessThanOrEqual(Math.min(close, path[index - 1]?.low ?? Infinity));
    }
    if (count > 1) expect(path.at(-1)).toMatchObject({ high: given.high, low: given.low });
  });

  test.each([
    ["a period", "60", [0, 5 * hour], hour],
    ["the next open where it comes first", "60", [0, 30 * minute], 30 * minute],
    ["a calendar month", "1M", [Date.UTC(2024, 1, 1)], Date.UTC(2024, 2, 1)],
  ])("closes after %s", (_name, timeframe, opens, expected) => {
    expect(closeTime(Float64Array.from(opens), 0, parseTimeframe(timeframe))).toBe(expected);
  });
});

describe("where a feed begins", () => {
  const opens = Float64Array.from({ length: 10 }, (_, index) => start + index * hour);
  const end = start + 10 * hour;
  test.each([
    ["a date", "2024-01-01T03:30Z", 0, 3],
    ["bars from the end", "-4", 0, 6],
    ["more bars than there are", "-40", 0, 0],
    ["a share", "25%", 0, 2],
    ["the whole", "100%", 0, 9],
    ["a date before the file", "2023-01-01", 0, 0],
    ["nothing said, the present inside", "", start + 7.5 * hour, 7],
    ["nothing said, the present elsewhere", "", end + 1, 5],
  ])("%s: %p", (_name, text, now, index) => {
    expect(startIndex(text, opens, end, now)).toBe(index);
  });
  test("after the end there is nothing", () => {
    expect(() => startIndex("2025-01-01", opens, end, 0)).toThrow("after the last bar");
    expect(() => startIndex("", new Float64Array(0), end, 0)).toThrow("no bars");
  });
});

describe("as a feed, as fast as it is read", () => {
  test("bars form, then close, then end", async () => {
    const plugin = replay({ start: "-2", updates_per_bar: 2 });
    await plugin.connect();
    expect(await told(plugin, 99)).toEqual(["98 o", "98 o", "98 c", "99 o", "99 o", "99 c", "end"]);
  });

  test("the last update is the whole bar but its close flag", async () => {
    const plugin = replay({ start: "-2" });
    await plugin.connect();
    const updates: BarUpdate[] = [];
    for (let count = 0; count < 5; count++) updates.push(await plugin.watchOhlcv("X_60", "60", signal));
    expect(updates[3]).toEqual({ ...updates[4]!, isClosed: false });
    expect(updates[0]).toMatchObject({ open: 100, high: 100, low: 100, close: 100 });
  });

  const faults = { seed: 7, updates_per_bar: 2, start: "0%" };
  test("gaps: some bars are never sent, and the backfill has them", async () => {
    const plugin = replay({ ...faults, gap_chance: 0.2 });
    await plugin.connect();
    const closed = (await told(plugin, 1000))
      .filter((line) => line.endsWith("c"))
      .map((line) => Number.parseInt(line));
    expect(closed.length).toBeGreaterThan(60);
    expect(closed.length).toBeLessThan(95);
    const backfill = await plugin.backfillClosedBars("X_60", "60", at(-1));
    expect(backfill).toHaveLength(100);
  });

  test("late bars: a close after the next bar has begun, none lost", async () => {
    const plugin = replay({ ...faults, late_chance: 0.3 });
    await plugin.connect();
    const lines = await told(plugin, 1000);
    const closes = lines.filter((line) => line.endsWith("c"));
    expect(closes.map((line) => Number.parseInt(line))).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    );
    const late = closes.filter(
      (line) => lines.indexOf(`${Number.parseInt(line) + 1} o`) < lines.indexOf(line),
    );
    expect(late.length).toBeGreaterThan(10);
    expect(late.length).toBeLessThan(60);
  });

  test("disconnects: what the outage hid is in the backfill, and nothing more", async () => {
    const plugin = replay({ ...faults, disconnect_chance: 0.1, outage_bars: 2 });
    await plugin.connect();
    const seen: number[] = [];
    let drops = 0;
    for (;;) {
      try {
        const update = await plugin.watchOhlcv("X_60", "60", signal);
        if (update.isClosed) seen.push((update.openTimeMs - start) / hour);
      } catch (error) {
        if ((error as { code: string }).code === "FEED_ENDED") break;
        expect(error).toMatchObject({ retryable: true });
        expect(plugin.isConnected).toBe(false);
        drops++;
        await plugin.connect();
        const missed = await plugin.backfillClosedBars("X_60", "60", at(seen.at(-1) ?? -1));
        seen.push(...missed.map((bar) => (bar.openTimeMs - start) / hour));
      }
    }
    expect(drops).toBeGreaterThan(2);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  test("the same seed tells the same story, another seed another; so does another start", async () => {
    const chances = { gap_chance: 0.1, late_chance: 0.1, disconnect_chance: 0.1 };
    const story = async (config: Partial<Config>): Promise<string> => {
      const plugin = replay({ ...faults, ...chances, ...config });
      await plugin.connect();
      return (await told(plugin, 1000)).join(" ");
    };
    const first = await story({});
    expect(await story({})).toBe(first);
    expect(await story({ seed: 8 })).not.toBe(first);
    expect(first).toEndWith((await story({ start: "-20" })).slice(-100));
  });

  test("what has not happened is shown by neither download nor backfill", async () => {
    const plugin = replay({ start: "50%" });
    await plugin.connect();
    expect((await downloaded(plugin, 0, at(1000))).flat().at(-1)).toBe(49);
    await told(plugin, 6);
    expect((await downloaded(plugin, 0, at(1000))).flat().at(-1)).toBe(50);
    expect((await plugin.backfillClosedBars("X_60", "60", at(47))).map((bar) => bar.openTimeMs)).toEqual([
      at(48),
      at(49),
      at(50),
    ]);
    expect((await downloaded(plugin, at(10), at(12))).flat()).toEqual([10, 11]);
  });
});

test("whatever the faults: time never goes back, a bar closes once, as it is in the file, and only faults take one", () => {
  const chance = fc.double({ min: 0, max: 0.5, noNaN: true });
  const plan = fc.record({
    seed: fc.integer(),
    updatesPerBar: fc.integer({ min: 0, max: 9 }),
    gapChance: chance,
    lateChance: chance,
    disconnectChance: chance,
    outageBars: fc.integer({ min: 1, max: 4 }),
  });
  const columns = columnsOfRows(bars);
  fc.assert(
    fc.property(plan, fc.nat(99), (faults, first) => {
      const timeframe = parseTimeframe("60");
      const grid = { minmove: 1, pricescale: 100 };
      const closed = new Set<number>();
      let [now, lost, forming] = [-Infinity, 0, Number.NaN];
      for (const event of eventsFrom(columns, first, { ...faults, timeframe, grid })) {
        expect(event.atMs).toBeGreaterThanOrEqual(now);
        now = event.atMs;
        if (event.kind === "drop") {
          expect(event.backMs).toBeGreaterThan(event.atMs);
          lost += Math.round((event.backMs - event.atMs) / hour);
          continue;
        }
        const { isClosed, ...bar } = event.update;
        const index = (bar.openTimeMs - start) / hour;
        expect(closed.has(index)).toBe(false);
        if (isClosed) {
          expect(Object.values(bar)).toEqual(bars[index]!);
          closed.add(index);
        } else {
          expect(index).toBeGreaterThanOrEqual(Number.isNaN(forming) ? first : forming);
          forming = index;
        }
      }
      if (faults.gapChance === 0 && faults.disconnectChance === 0) expect(closed.size).toBe(100 - first);
      expect(closed.size + lost).toBeLessThanOrEqual(100 - first);
    }),
    { numRuns: 60 },
  );
});

describe("as a feed in time", () => {
  test("an update comes at its moment, not before; a closed connection or a signal ends the wait", async () => {
    const clock = new ManualClock(at(50));
    const plugin = replay({ speed: "2" }, { clock });
    await plugin.connect();
    const updates: BarUpdate[] = [];
    const watch = (): void =>
      void plugin.watchOhlcv("X_60", "60", signal).then((update) => updates.push(update));
    watch();
    await settle();
    expect(updates).toHaveLength(1);
    watch();
    await settle();
    // A quarter of an hour of the market is half of that on a clock at double speed.
    clock.advance(7.5 * minute - 1);
    await settle();
    expect(updates).toHaveLength(1);
    clock.advance(1);
    await settle();
    expect(updates.map((update) => update.isClosed)).toEqual([false, false]);

    const controller = new AbortController();
    const aborted = plugin.watchOhlcv("X_60", "60", controller.signal).catch((error: Error) => error.message);
    await settle();
    controller.abort(new Error("enough"));
    expect(await aborted).toBe("enough");
    const closed = plugin.watchOhlcv("X_60", "60", signal).catch((error: unknown) => error);
    await settle();
    await plugin.disconnect();
    expect(await closed).toMatchObject({ retryable: true, message: "the connection was closed" });
    expect(clock.sleeping).toBe(0);
  });

  test("a market that is away says for how long", async () => {
    const clock = new ManualClock(at(0));
    const plugin = replay(
      { speed: "1", disconnect_chance: 1, outage_bars: 2, updates_per_bar: 0 },
      { clock },
    );
    await plugin.connect();
    const dropped = plugin.watchOhlcv("X_60", "60", signal).catch((error: unknown) => error);
    await settle();
    clock.advance(30 * minute);
    expect(await dropped).toMatchObject({ retryable: true });
    expect(await plugin.connect().catch((error: unknown) => error)).toMatchObject({
      retryable: true,
      retryAfterMs: 90 * minute,
    });
    clock.advance(90 * minute);
    await plugin.connect();
    expect((await plugin.backfillClosedBars("X_60", "60", at(-1))).map((bar) => bar.openTimeMs)).toEqual([
      at(0),
      at(1),
    ]);
  });

  test("what passes while nobody is connected is not sent later, but how the bar stands is", async () => {
    const clock = new ManualClock(at(10));
    const plugin = replay({ speed: "1" }, { clock });
    await plugin.connect();
    await plugin.watchOhlcv("X_60", "60", signal);
    await plugin.disconnect();
    clock.advance(2.6 * hour);
    await plugin.connect();
    const updates: BarUpdate[] = [];
    const watch = (): void =>
      void plugin.watchOhlcv("X_60", "60", signal).then((update) => updates.push(update));
    watch();
    await settle();
    watch();
    await settle();
    clock.advance(0.15 * hour);
    await settle();
    expect(updates.map((update) => [update.openTimeMs, update.close, update.isClosed])).toEqual([
      [at(12), 106.25, false],
      [at(12), 105.5, false],
    ]);
  });

  test("shifted, the feed begins at the present on the same weekday and hour; the past lies before it", async () => {
    const now = Date.UTC(2026, 5, 10, 14, 20);
    const clock = new ManualClock(now);
    const long = dataFiles({
      X_60: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOfRows(zigzag(1000, start, hour)) },
    });
    const plugin = replay({ speed: "1", start: "50%", shift_to_now: true }, { clock, dataFiles: long });
    expect((await downloaded(plugin, 0, now)).flat()[0]).toBe(0);
    await plugin.connect();
    clock.advance(10 * minute);
    const update = await plugin.watchOhlcv("X_60", "60", signal);
    expect(new Date(update.openTimeMs).toISOString()).toBe("2026-06-10T14:00:00.000Z");
    const past: Bar[] = [];
    for await (const page of plugin.download({ from: now - 5 * hour, to: now, signal })) past.push(...page);
    expect(past.map((bar) => new Date(bar.openTimeMs).getUTCHours())).toEqual([10, 11, 12, 13]);
    const original = bars[0]!;
    expect((past[0]!.openTimeMs - original[0]!) % hour).toBe(0);
  });
});
