/** The bars that a run from a provider begins with: how far back it looks, what it says when there are too few. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type DownloadRequest, ProviderPlugin } from "../../src/api/plugins/provider.ts";
import { TransientProviderError } from "../../src/api/plugins/errors.ts";
import { fetchWarmup, type WarmupJob } from "../../src/data/warmup/fetch.ts";
import { firstStartMs, nextStartMs } from "../../src/data/warmup/plan.ts";
import { shortfallLines, shortfallOf } from "../../src/data/warmup/shortfall.ts";
import type { Bar } from "../../src/kernel/bar.ts";
import { tradingCalendar } from "../../src/kernel/calendar/calendar.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { barOf, HandClock, minuteMs, start, symbol } from "./download/venue.ts";

const minute = parseTimeframe("1");

describe("how far back", () => {
  test("as many periods as bars and one for the bar that forms", () => {
    expect(firstStartMs(500, start, minute)).toBe(start - 501 * minuteMs);
    expect(firstStartMs(5, 3 * minuteMs, minute)).toBe(0);
  });

  // Times are minutes; three days are 4,320 of them.
  test.each([
    ["enough", { bars: 100, oldest: 900 }, undefined, undefined],
    ["a weekend in between", { bars: 60, oldest: 5000 }, undefined, 1000 - 40 - 10 - 4320],
    ["nothing at all", { bars: 0, oldest: undefined }, undefined, 1000 - 100 - 10 - 4320],
    ["still too few, but older ones", { bars: 60, oldest: 5000 }, 6000, 1000 - 40 - 10 - 4320],
    ["no older bar than before: the venue's horizon", { bars: 60, oldest: 5000 }, 5000, undefined],
  ] as const)("%s", (_name, { bars, oldest }, before, next) => {
    const base = 10_000_000;
    const at = (minutes: number): number => (base + minutes) * minuteMs;
    const round = { bars, oldestMs: oldest === undefined ? undefined : at(oldest), fromMs: at(1000) };
    const start = nextStartMs(100, round, before === undefined ? undefined : at(before), minute);
    expect(start).toBe(next === undefined ? undefined : at(next));
  });
});

describe("the shortfall report", () => {
  const hours: SymInfo = {
    ...symbol,
    type: "other",
    openingHours: [0, 1, 2, 3, 4].map((day) => ({ day, start: "09:00:00", end: "12:00:00" })),
    sessionStarts: [0, 1, 2, 3, 4].map((day) => ({ day, time: "09:00:00" })),
    sessionEnds: [0, 1, 2, 3, 4].map((day) => ({ day, time: "12:00:00" })),
  };
  const at = (text: string): number => Date.parse(`2024-01-${text}:00Z`);

  test("names counts, the horizon, holes and closed hours, each stretch once", () => {
    const times = ["04T09:00", "04T10:00", "05T09:00", "05T11:00", "08T09:00"].map(at);
    const shortfall = shortfallOf(
      500,
      Float64Array.from(times),
      tradingCalendar(hours),
      parseTimeframe("60"),
    );
    expect(shortfallLines(shortfall)).toEqual([
      "500 bars were asked for (the default), 5 came: the venue has none before 2024-01-04 09:00 UTC",
      "missing in trading hours: 2 bars: 2024-01-04 11:00 to 2024-01-04 12:00, 2024-01-05 10:00 to 2024-01-05 11:00",
      "market closed: 90 bars: 2024-01-04 12:00 to 2024-01-05 09:00, 2024-01-05 12:00 to 2024-01-08 09:00",
    ]);
  });

  test("names the newest stretches and counts the rest", () => {
    const times = Array.from({ length: 9 }, (_, index) => start + 2 * index * minuteMs);
    const shortfall = shortfallOf(20, Float64Array.from(times), tradingCalendar(symbol), minute);
    const [, holes] = shortfallLines(shortfall);
    expect(holes).toStartWith("missing in trading hours: 8 bars: 2024-01-01 00:07 to 2024-01-01 00:08");
    expect(holes).toEndWith("3 earlier");
  });
});

class History extends ProviderPlugin<never> {
  static override timeframes = { "1": "1" };
  bars: Bar[] = [];
  readonly asked: number[] = [];
  fails = 0;

  override getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve([]);
  }
  override getSymbolInfo(): Promise<SymInfo> {
    return Promise.resolve(symbol);
  }
  override async *download({ from, to }: DownloadRequest): AsyncIterable<readonly Bar[]> {
    this.asked.push(from);
    if (this.fails-- > 0) throw new TransientProviderError("maintenance");
    yield this.bars.filter(({ openTimeMs }) => openTimeMs >= from && openTimeMs < to);
  }
}
class WholeHistory extends History {
  static override fetchAllByDefault = true;
}

describe("fetching", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyne-warmup-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  let path = "";
  beforeEach(() => (path = join(folder, `${++files}`, "x.ohlcv")));

  /** Minutes of the venue with bars, seen in minute `now`. */
  function job(
    ranges: readonly (readonly [number, number])[],
    now: number,
    make: typeof History = History,
  ): WarmupJob & { provider: History } {
    const provider = new make({ name: "venue", config: {} as never, symbol: "X", timeframe: "1" });
    provider.bars = ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from }, (_, index) => barOf(from + index)),
    );
    return {
      provider,
      path,
      timeframe: "1",
      lock: { folder: join(folder, "locks"), waitMs: 0 },
      clock: new HandClock(start + now * minuteMs),
      random: () => 0,
      start: { bars: 50 },
      toMs: undefined,
    };
  }
  const minutes = (times: Float64Array): number[] =>
    [times[0]!, times.at(-1)!].map((ms) => (ms - start) / minuteMs);

  test("the newest bars, to the bar", async () => {
    const { bars, shortfall } = await fetchWarmup(job([[0, 10_000]], 9000));
    expect([bars.columns.length, ...minutes(bars.columns.openTimeMs)]).toEqual([50, 8950, 8999]);
    expect(shortfall).toBeUndefined();
  });

  test("over a weekend it looks further back", async () => {
    const run = job(
      [
        [0, 1000],
        [5000, 5010],
      ],
      5010,
    );
    const { bars, shortfall } = await fetchWarmup(run);
    expect([bars.columns.length, ...minutes(bars.columns.openTimeMs)]).toEqual([50, 959, 5008]);
    expect(shortfall).toBeUndefined();
    expect(run.provider.asked.length).toBeGreaterThan(1);
  });

  test("at the venue's horizon it says how many there are", async () => {
    const { bars, shortfall } = await fetchWarmup(job([[8990, 10_000]], 9000));
    expect(bars.columns.length).toBe(10);
    expect(shortfall).toMatchObject({ requested: 50, received: 10, horizonMs: start + 8990 * minuteMs });
  });

  test("a run later continues what the one before has fetched", async () => {
    await fetchWarmup(job([[0, 10_000]], 9000));
    const again = job([[0, 10_000]], 9010);
    const { bars } = await fetchWarmup(again);
    expect(minutes(bars.columns.openTimeMs)).toEqual([8960, 9009]);
    expect(again.provider.asked.map((ms) => (ms - start) / minuteMs)).toEqual([8999]);
  });

  test("what ends before the run begins, is damaged or another's is replaced", async () => {
    await fetchWarmup(job([[0, 10_000]], 1000));
    const later = job([[0, 10_000]], 9000);
    await fetchWarmup(later);
    expect(later.provider.asked.map((ms) => (ms - start) / minuteMs)).toEqual([8949]);
    writeFileSync(path, "no bars at all, but text that is long enough");
    expect((await fetchWarmup(job([[0, 10_000]], 9000))).bars.columns.length).toBe(50);
  });

  test("from a date on", async () => {
    const { bars } = await fetchWarmup({
      ...job([[0, 10_000]], 9000),
      start: { fromMs: start + 8000 * minuteMs },
    });
    expect(minutes(bars.columns.openTimeMs)).toEqual([8000, 8999]);
  });

  test("up to a date", async () => {
    const { bars } = await fetchWarmup({ ...job([[0, 10_000]], 9000), toMs: start + 4000 * minuteMs });
    expect(minutes(bars.columns.openTimeMs)).toEqual([3951, 4000]);
  });

  test("a provider whose bars lie long ago is asked for all of them", async () => {
    const { bars } = await fetchWarmup(job([[0, 100]], 5_000_000, WholeHistory));
    expect(minutes(bars.columns.openTimeMs)).toEqual([50, 99]);
  });

  test("no bars at all are an error that names the window", async () => {
    const error = await fetchWarmup(job([], 9000)).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: "DATA",
      exitCode: 1,
      message: expect.stringContaining("venue:X has no closed bars from"),
    });
  });

  test("a failure that may pass is one to try again later", async () => {
    const run = job([[0, 10_000]], 9000);
    run.provider.fails = 100;
    expect(await fetchWarmup(run).catch((thrown: Error) => thrown)).toMatchObject({ exitCode: 75 });
    expect(existsSync(path)).toBe(true);
  });
});
