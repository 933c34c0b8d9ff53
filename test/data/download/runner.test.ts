/** The runner against venues that misbehave, one misbehaviour at a time. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { ProviderError, TransientProviderError } from "../../../src/api/plugins/errors.ts";
import { tryLock } from "../../../src/config/file-lock.ts";
import { DownloadError } from "../../../src/data/download/errors.ts";
import { maxIdlePages } from "../../../src/data/download/fill.ts";
import { downloadBars } from "../../../src/data/download/runner.ts";
import type { DownloadCallbacks, DownloadJob, DownloadResult } from "../../../src/data/download/types.ts";
import { dataFileLock } from "../../../src/data/file-lock.ts";
import { readHeader, readOhlcv } from "../../../src/data/ohlcv/reader.ts";
import { readSidecar } from "../../../src/data/ohlcv/sidecar.ts";
import { readProvenance } from "../../../src/data/provenance-file.ts";
import { readSymbolFile } from "../../../src/data/syminfo-toml.ts";
import type { Bar } from "../../../src/kernel/bar.ts";
import {
  type Answer,
  barOf,
  clockAt,
  HandClock,
  jobFor,
  limited,
  minuteMs,
  serving,
  start,
  symbol,
  TestVenue,
} from "./venue.ts";

const bars = (from: number, to: number): Bar[] =>
  Array.from({ length: to - from }, (_, index) => barOf(from + index));
const at = (index: number): number => start + index * minuteMs;

/** Minutes of the stored bars; every one is checked against the venue's. */
function stored(path: string): number[] {
  const { columns } = readOhlcv(path);
  return Array.from(columns.openTimeMs, (time) => (time - start) / minuteMs);
}
const closes = (path: string): number[] => Array.from(readOhlcv(path).columns.close);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** A second job on the same file, at a later minute. */
function again(job: DownloadJob, provider: TestVenue, minutes: number, options: Partial<DownloadJob> = {}) {
  return { ...job, provider, clock: clockAt(minutes), from: "continue" as const, ...options };
}

async function failure(run: Promise<unknown>): Promise<DownloadError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DownloadError);
  return error as DownloadError;
}

describe("a first download", () => {
  test("stores the closed bars, the symbol and where they came from", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 60))), 50.5);
    const started: unknown[] = [];
    const result = await downloadBars(job, {
      onStart: (plan) => started.push(plan.totalMs, existsSync(job.path)),
    });
    expect(stored(job.path)).toEqual(range(0, 50));
    expect(result).toMatchObject({
      added: 50,
      bars: 50,
      firstMs: at(0),
      lastMs: at(49),
      source: "venue:X@1",
      interrupted: false,
    });
    expect(started).toEqual([50.5 * minuteMs + 1, false]);
    expect(readHeader(job.path).grid).toEqual({ minmove: 1, pricescale: 100 });
    const file = readSymbolFile(result.symbolPath);
    expect(file.symInfo).toMatchObject({ ticker: "X", period: "1", mincontract: 0.5 });
    expect(file.download).toBe('[download]\nprovider = "venue:X@1"\n');
    expect(readProvenance(job.path)?.ranges).toEqual([{ fromMs: at(0), toMs: at(49), source: "download" }]);
  });

  test("of a symbol nobody knows leaves nothing behind", async () => {
    const venue = new TestVenue();
    venue.info = () => Promise.reject(new ProviderError("there is no symbol X"));
    const job = jobFor(venue, 50);
    const error = await failure(downloadBars(job));
    expect([error.message, error.exitCode]).toEqual(["there is no symbol X", 1]);
    expect(readdirSync(dirname(job.path)).filter((name) => name !== "locks")).toEqual([]);
  });

  test.each([
    ["nothing", undefined, /no information/],
    ["a text", "BTC", /no information/],
    ["no ticker", { ...symbol, ticker: undefined }, /cannot be stored: /],
    ["a kind of symbol that there is not", { ...symbol, type: "meme" }, /type is one of/],
  ])("symbol information that is %s is refused", async (_name, info, message) => {
    const venue = new TestVenue(serving(() => bars(0, 5)));
    venue.info = () => Promise.resolve(info as never);
    const job = jobFor(venue, 50);
    expect((await failure(downloadBars(job))).message).toMatch(message);
    expect(existsSync(job.path)).toBe(false);
  });

  test("a quantity step of 0 is estimated, then refined by the volumes", async () => {
    const venue = new TestVenue(
      serving(() => bars(0, 200).map((bar, index) => ({ ...bar, volume: index + 0.125 })), 90),
    );
    venue.info = () => Promise.resolve({ ...symbol, mincontract: 0 });
    const job = jobFor(venue, 80);
    const first = await downloadBars(job);
    expect(first.symInfo?.mincontract).toBe(1e-4);
    expect(readSymbolFile(first.symbolPath).download).toContain("quantity_step");
    const second = await downloadBars(again(job, venue, 200));
    expect(second.symInfo?.mincontract).toBe(0.001);
    expect(readSymbolFile(first.symbolPath).download).not.toContain("quantity_step");
  });
});

describe("closed bars only", () => {
  const daily = {
    ...symbol,
    openingHours: range(0, 7).map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
  };
  test.each([
    ["one that forms", 10.99, 10, range(0, 10)],
    ["one that has just ended waits until the venue has settled", 11.05, 10, range(0, 10)],
    ["unless the next one has begun", 11.05, 11, range(0, 11)],
    ["and not for long", 11.1, 10, range(0, 11)],
  ])("%s", async (_name, now, newest, expected) => {
    const job = jobFor(new TestVenue(serving(() => bars(0, newest + 1), 100)), now);
    await downloadBars(job);
    expect(stored(job.path)).toEqual(expected);
  });

  test("the final version of a bar that formed is stored later", async () => {
    const job = jobFor(new TestVenue(serving(() => [...bars(0, 10), { ...barOf(10, 3), volume: 1 }])), 10.5);
    await downloadBars(job);
    await downloadBars(again(job, new TestVenue(serving(() => bars(0, 13))), 12));
    expect(stored(job.path)).toEqual(range(0, 12));
    expect(closes(job.path)[10]).toBe(barOf(10).close);
  });

  test("a page that always ends with the forming bar does not end the download", async () => {
    const venue = new TestVenue(() =>
      [bars(0, 5), bars(5, 10), bars(10, 15)].map((page) => [...page, barOf(20)]),
    );
    const job = jobFor(venue, 20.5);
    await downloadBars(job);
    expect(stored(job.path)).toEqual(range(0, 15));
  });

  test("nothing after a bar that was too young: it would never be asked for again", async () => {
    const second = (index: number): Bar => ({ ...barOf(0), openTimeMs: start + index * 1000 });
    const venue = new TestVenue(() => [range(0, 6).map(second), range(6, 8).map(second)], "1S");
    const job = jobFor(venue, 0, { timeframe: "1S" });
    job.clock.now = start + 8500;
    await downloadBars(job);
    expect(readHeader(job.path).lastMs).toBe(start + 4000);
  });

  test("a page that was long on its way shows an old state of the venue", async () => {
    const venue = new TestVenue(function* () {
      const page = [...bars(0, 10), { ...barOf(10), volume: 0.5 }];
      job.clock.now += 2 * minuteMs;
      yield page;
    });
    const job = jobFor(venue, 10.5);
    await downloadBars(job);
    expect(stored(job.path)).toEqual(range(0, 10));
  });

  test("a month ends with its last day, whatever its length", async () => {
    const month = (index: number): Bar => ({ ...barOf(0), openTimeMs: Date.UTC(2024, index, 1) });
    const venue = new TestVenue(
      serving(() => range(0, 14).map(month)),
      "1M",
    );
    venue.info = () => Promise.resolve(daily);
    const job = jobFor(venue, 0, { timeframe: "1M" });
    job.clock.now = Date.UTC(2025, 0, 31, 23);
    await downloadBars(job);
    expect(readHeader(job.path).lastMs).toBe(Date.UTC(2024, 11, 1));
    await downloadBars({ ...job, from: "continue", clock: new HandClock(Date.UTC(2025, 1, 1, 1)) });
    expect(readHeader(job.path)).toMatchObject({ recordCount: 13, lastMs: Date.UTC(2025, 0, 1) });
  });

  test("days across a change to daylight saving: no hole, no duplicate", async () => {
    const opens = range(0, 8).map((day) => Date.UTC(2024, 2, 6 + day, day < 4 ? 5 : 4));
    const venue = new TestVenue(
      serving(() => opens.map((openTimeMs) => ({ ...barOf(0), openTimeMs })), 3),
      "1D",
    );
    venue.info = () => Promise.resolve({ ...daily, timezone: "America/New_York" });
    const job = jobFor(venue, 0, { timeframe: "1D" });
    for (let day = 1; day <= 8; day++) {
      await downloadBars({
        ...job,
        from: day === 1 ? start : "continue",
        clock: new HandClock(opens[day - 1]! + 86_000_000),
      });
    }
    expect(Array.from(readOhlcv(job.path).columns.openTimeMs)).toEqual(opens.slice(0, 7));
  });
});

describe("continuing", () => {
  test("asks from the last stored bar's own time and adds what is new", async () => {
    const venue = new TestVenue(serving(() => bars(0, 30)));
    const job = jobFor(venue, 10);
    await downloadBars(job);
    const result = await downloadBars(again(job, venue, 30));
    expect(venue.requests.at(-1)?.from).toBe(at(9));
    expect([result.added, stored(job.path)]).toEqual([20, range(0, 30)]);
  });

  test("nothing new changes no byte", async () => {
    const venue = new TestVenue(serving(() => bars(0, 10)));
    const job = jobFor(venue, 10);
    await downloadBars(job);
    const files = (): string[] =>
      ["ohlcv", "toml", "provenance.json"].map((end) =>
        readFileSync(job.path.replace("ohlcv", end), "latin1"),
      );
    const before = files();
    const result = await downloadBars(again(job, venue, 10));
    expect(result.added).toBe(0);
    expect(files()).toEqual(before);
  });

  test("the last bar is compared: a revision is stored and noted", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 10))), 10);
    await downloadBars(job);
    const revised = bars(0, 15).map((bar, index) => (index === 9 ? barOf(9, 4) : bar));
    const result = await downloadBars(again(job, new TestVenue(serving(() => revised)), 15));
    expect(result.revisions.map(({ timeMs, field }) => [timeMs, field])).toEqual([
      [at(9), "high"],
      [at(9), "close"],
      [at(9), "volume"],
    ]);
    expect(closes(job.path)).toEqual(revised.map((bar) => bar.close));
    expect(readProvenance(job.path)?.revisions).toHaveLength(3);
  });

  test("a start after the file's end leaves no hole", async () => {
    const venue = new TestVenue(serving(() => bars(0, 60)));
    const job = jobFor(venue, 10);
    await downloadBars(job);
    await downloadBars(again(job, venue, 60, { from: at(40) }));
    expect(stored(job.path)).toEqual(range(0, 60));
  });

  test("a venue that no longer has the last bar, nor the one after it: the hole is reported", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 10))), 10);
    await downloadBars(job);
    const result = await downloadBars(again(job, new TestVenue(serving(() => bars(20, 30))), 30));
    expect(result.holes).toEqual([{ fromMs: at(10), toMs: at(20) }]);
    expect(readProvenance(job.path)?.ranges).toEqual([
      { fromMs: at(0), toMs: at(10) - 1, source: "download" },
      { fromMs: at(10), toMs: at(20) - 1, source: "unknown" },
      { fromMs: at(20), toMs: at(29), source: "download" },
    ]);
  });

  test("a hole that the venue shows is its own and not reported", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 10))), 10);
    await downloadBars(job);
    const result = await downloadBars(
      again(job, new TestVenue(serving(() => [...bars(9, 10), ...bars(20, 30)])), 30),
    );
    expect([result.holes, stored(job.path)]).toEqual([[], [...range(0, 10), ...range(20, 30)]]);
  });

  test("another instrument of the same file name is refused", async () => {
    const venue = new TestVenue(serving(() => bars(0, 10)));
    const job = jobFor(venue, 10);
    await downloadBars(job);
    const before = readFileSync(job.path);
    const other = new TestVenue(serving(() => bars(0, 20)));
    Object.defineProperty(other, "symbol", { value: "x" });
    await expect(downloadBars(again(job, other, 20))).rejects.toThrow(
      /holds the bars of venue:X@1, not of venue:x@1/,
    );
    expect(readFileSync(job.path)).toEqual(before);
  });

  test("a symbol file that a person wrote keeps every line and gets its source", async () => {
    const venue = new TestVenue(serving(() => bars(0, 10)));
    const job = jobFor(venue, 10);
    const { symbolPath } = await downloadBars(job);
    const text = readFileSync(symbolPath, "utf8");
    const own = text.replace("[symbol]", "# mine\n[symbol]").replace(/\n*\[download\][\s\S]*/, "\n");
    writeFileSync(symbolPath, own);
    await downloadBars(again(job, venue, 10));
    expect(readFileSync(symbolPath, "utf8")).toBe(`${own.trimEnd()}\n\n[download]\nprovider = "venue:X@1"\n`);
  });
});

describe("a page that is not as it should be", () => {
  const broken = (index: number, change: Partial<Bar>): unknown => ({ ...barOf(index), ...change });
  test.each<[string, readonly unknown[][], number[], readonly RegExp[]]>([
    ["unsorted", [[3, 1, 0, 2].map((index) => barOf(index))], range(0, 4), []],
    ["with duplicates: the last row counts", [[barOf(0, 1), barOf(1), barOf(0)]], [0, 1], []],
    ["repeated", [bars(0, 3), bars(1, 5)], range(0, 5), []],
    ["empty in between", [bars(0, 3), [], [], [], [], [], bars(3, 5)], range(0, 5), []],
    ["high below low", [[barOf(0), broken(1, { high: 1 }), barOf(2)]], [0, 2], [/high 1 is below its low/]],
    [
      "no time",
      [[barOf(0), broken(1, { openTimeMs: Number.NaN }), barOf(2)]],
      [0, 2],
      [/time NaN is no whole number/],
    ],
    ["half a millisecond", [[broken(1, { openTimeMs: start + 0.5 })]], [], [/no whole number/]],
    ["infinite", [[barOf(0), broken(1, { high: Infinity })]], [0], [/high is infinite/]],
    [
      "a text for a price",
      [[barOf(0), broken(1, { close: "7" as never })]],
      [0],
      [/close is "7", no number/],
    ],
    ["no volume", [[broken(0, { volume: undefined as never })]], [], [/volume is missing/]],
    ["no bar at all", [[null, 5, barOf(0)]], [0], [/it is (null|number), no bar/]],
    ["before the window", [[barOf(-3), barOf(0)]], [0], []],
  ])("%s", async (_name, pages, expected, refused) => {
    const job = jobFor(new TestVenue(() => pages), 100);
    const result = await downloadBars(job);
    expect(stored(job.path)).toEqual(expected);
    const reasons = [...new Set(result.refused.map((bar) => bar.reason))];
    expect(reasons).toHaveLength(refused.length === 0 ? 0 : reasons.length);
    for (const reason of refused) expect(reasons.join("; ")).toMatch(reason);
    if (expected.includes(0)) expect(readOhlcv(job.path).columns.close[0]).toBe(barOf(0).close);
  });

  test("missing values are no mistake", async () => {
    const missing = { ...barOf(1), high: Number.NaN, volume: Number.NaN };
    const job = jobFor(new TestVenue(() => [[barOf(0), missing]]), 100);
    await downloadBars(job);
    expect(stored(job.path)).toEqual([0, 1]);
  });

  test("a bar without an open in a file without a grid is refused alone", async () => {
    const venue = new TestVenue(() => [[barOf(0), { ...barOf(1), open: Number.NaN }, barOf(2)]]);
    venue.info = () => Promise.resolve({ ...symbol, pricescale: 1e10, mintick: 1e-10 });
    const job = jobFor(venue, 100);
    const result = await downloadBars(job);
    expect([stored(job.path), result.refused.map((bar) => bar.timeMs)]).toEqual([[0, 2], [at(1)]]);
  });

  test("an older bar that was never sent ends the download; what was stored stays", async () => {
    const venue = new TestVenue(() => [
      [...bars(0, 3), ...bars(4, 6)],
      [barOf(3), barOf(6)],
    ]);
    const job = jobFor(venue, 100);
    const error = await failure(downloadBars(job));
    expect([error.exitCode, error.message]).toEqual([1, expect.stringContaining("00:03:00")]);
    expect(stored(job.path)).toEqual([0, 1, 2, 4, 5]);
  });

  test("no list at all", async () => {
    const job = jobFor(new TestVenue(() => [bars(0, 2), { bars: 1 } as never]), 100);
    expect((await failure(downloadBars(job))).message).toMatch(/no list of bars/);
    expect(stored(job.path)).toEqual([0, 1]);
  });

  test("a provider that repeats itself for ever is left, with a warning", async () => {
    let pages = 0;
    const venue = new TestVenue(function* () {
      for (; ; pages++) yield bars(0, 5);
    });
    const result = await downloadBars(jobFor(venue, 100));
    expect([pages, result.added]).toEqual([maxIdlePages, 5]);
    expect(result.warnings.join()).toMatch(/repeats itself/);
  });
});

describe("failures", () => {
  const flaky = (times: number, error: Error): TestVenue => {
    let failures = 0;
    return new TestVenue(function* (request) {
      for (const page of serving(() => bars(0, 30), 10)(request)) {
        yield page;
        if (failures++ < times) throw error;
      }
    });
  };

  test("transient ones are waited for, and the download goes on from the last stored bar", async () => {
    const venue = flaky(2, new TransientProviderError("away"));
    const job = jobFor(venue, 30);
    const retries: number[] = [];
    const result = await downloadBars(job, {
      onRetry: ({ attempt, waitMs }) => retries.push(attempt, waitMs),
    });
    expect([result.added, stored(job.path)]).toEqual([30, range(0, 30)]);
    expect(venue.requests.map((request) => (request.from - start) / minuteMs)).toEqual([0, 9, 18]);
    // Each try brought bars, so no two failures were in a row.
    expect(retries).toEqual([1, 1000, 1, 1000]);
  });

  test("waits double up to a minute; after the last one exit code 75", async () => {
    const job = jobFor(new TestVenue(() => [new TransientProviderError("away")]), 30, { retries: 8 });
    const error = await failure(downloadBars(job));
    expect([error.exitCode, error.message]).toEqual([75, "away"]);
    expect(job.clock.waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  test("the venue's own wish for a wait is kept", async () => {
    const wish = new TransientProviderError("slow down", { retryAfterMs: 90_000 });
    const job = jobFor(flaky(1, new ProviderError("wrapped", { cause: wish })), 30);
    await downloadBars(job);
    expect(job.clock.waits).toEqual([90_000]);
  });

  test("a wish for hours is left to the next run", async () => {
    const job = jobFor(flaky(1, new TransientProviderError("maintenance", { retryAfterMs: 7_200_000 })), 30);
    const error = await failure(downloadBars(job));
    expect([error.exitCode, error.message, job.clock.waits]).toEqual([
      75,
      "the venue asks to come back in 120 minutes",
      [],
    ]);
    expect(stored(job.path)).toEqual(range(0, 10));
  });

  test.each([
    ["a provider's", new ProviderError("bad key"), 1],
    ["a bug of a plugin", new TypeError("x is undefined"), 1],
  ] as const)("a permanent one, %s, ends it at once; written bars stay", async (_name, thrown, code) => {
    const job = jobFor(flaky(1, thrown), 30);
    const error = await failure(downloadBars(job));
    expect([error.exitCode, error.message, job.clock.waits]).toEqual([code, thrown.message, []]);
    expect([error.result.added, stored(job.path)]).toEqual([10, range(0, 10)]);
    expect(readProvenance(job.path)?.ranges).toEqual([{ fromMs: at(0), toMs: at(9), source: "download" }]);
  });

  test("a page that does not come counts as one", async () => {
    const job = jobFor(new TestVenue(() => [bars(0, 5), "hang"]), 30, { retries: 1 });
    job.clock.stalls = true;
    // The clock of a stall runs at once, so even the first page is too late.
    const error = await failure(downloadBars(job));
    expect([error.exitCode, error.message]).toEqual([
      75,
      expect.stringMatching(/did not send .* within 120 s/),
    ]);
  });

  test("a file that cannot be written is named", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 5))), 30);
    const target = { ...job, path: join(dirname(job.path), "none", "x.ohlcv") };
    writeFileSync(join(dirname(job.path), "none"), "a file in the folder's place");
    const error = await downloadBars(target).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).toContain(join(dirname(job.path), "none"));
  });
});

describe("the rate limit", () => {
  test("one token a page, however many files", async () => {
    const Limited = limited({ requests: 2, perMs: 1000 });
    const venue = new Limited(serving(() => bars(0, 40), 10));
    const job = jobFor(venue, 40);
    await downloadBars(job);
    // Symbol, four pages, the end: six tokens, two of them there at once.
    expect(job.clock.waits).toEqual([500, 500, 500, 500]);
    const other = jobFor(new Limited(serving(() => bars(0, 5))), 40, {
      ...(job.rateLimits && { rateLimits: job.rateLimits }),
    });
    other.clock.now = job.clock.now;
    await downloadBars(other);
    expect(other.clock.waits).toEqual([500, 500, 500]);
  });
});

describe("a start before the file", () => {
  const conflicted = async (
    callbacks: DownloadCallbacks,
    options: Partial<DownloadJob> = {},
    extra = false,
  ) => {
    const all = bars(0, 60).map((bar, index) => (extra ? { ...bar, extra: { oi: index } } : bar));
    const venue = new TestVenue(serving(() => all));
    const job = { ...jobFor(venue, 50), withExtra: extra };
    await downloadBars({ ...job, from: at(30) });
    return { job, venue, run: downloadBars(again(job, venue, 60, { from: at(0), ...options }), callbacks) };
  };

  test("backfill keeps every bar and adds those in front", async () => {
    const { job, run } = await conflicted({});
    expect(await run).toMatchObject({ added: 40, bars: 60 });
    expect(stored(job.path)).toEqual(range(0, 60));
    expect(readProvenance(job.path)?.ranges).toEqual([
      { fromMs: at(0), toMs: at(29) + minuteMs - 1, source: "backfill" },
      { fromMs: at(30), toMs: at(59), source: "download" },
    ]);
    expect(readdirSync(dirname(job.path)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("rows of the sidecar move with their bars", async () => {
    const { job, run } = await conflicted({}, {}, true);
    await run;
    expect(readSidecar(job.path, 60, 0, 60).get("oi")).toEqual(Float64Array.from(range(0, 60)));
  });

  test("abort changes nothing", async () => {
    const { job, run } = await conflicted({ onConflict: () => Promise.resolve("abort") });
    await expect(run).rejects.toThrow(
      /begins at 2024-01-01 00:30 UTC, after the 2024-01-01 00:00 UTC asked for/,
    );
    expect(stored(job.path)).toEqual(range(30, 50));
  });

  test("truncate replaces", async () => {
    const { job, run } = await conflicted({ onConflict: () => Promise.resolve("truncate") }, { to: at(20) });
    await run;
    expect(stored(job.path)).toEqual(range(0, 21));
  });

  test("a backfill that fails keeps what it has for the next one, and the file grows at its end all the same", async () => {
    const all = bars(0, 60);
    let calls = 0;
    const venue = new TestVenue(function* (request) {
      const front = request.to <= at(30);
      for (const page of serving(() => all, 5)(request)) {
        if (front && ++calls === 4) throw new ProviderError("too old");
        yield page;
      }
    });
    const job = jobFor(venue, 50);
    await downloadBars({ ...job, from: at(30) });
    await failure(downloadBars(again(job, venue, 60, { from: at(0) })));
    expect(stored(job.path)).toEqual(range(30, 60));
    await downloadBars(again(job, venue, 60, { from: at(0) }));
    expect((venue.requests.at(-1)!.from - start) / minuteMs).toBe(14);
    expect(stored(job.path)).toEqual(range(0, 60));
  });

  test("a venue with nothing earlier is asked once", async () => {
    const venue = new TestVenue(serving(() => bars(30, 60)));
    const job = jobFor(venue, 50);
    await downloadBars({ ...job, from: at(30) });
    let conflicts = 0;
    for (let round = 0; round < 3; round++)
      await downloadBars(again(job, venue, 60, { from: at(0) }), {
        onConflict: () => (conflicts++, Promise.resolve("backfill")),
      });
    expect([conflicts, stored(job.path)]).toEqual([1, range(30, 60)]);
  });
});

describe("--truncate", () => {
  test("replaces file, symbol and sidecar when everything has arrived", async () => {
    const extra = bars(0, 20).map((bar) => ({ ...bar, extra: { oi: 1 } }));
    const job = jobFor(new TestVenue(serving(() => extra)), 20, { withExtra: true });
    await downloadBars(job);
    const result = await downloadBars(
      again(job, new TestVenue(serving(() => bars(5, 20))), 20, {
        from: at(5),
        truncate: true,
        withExtra: false,
      }),
    );
    expect([result.added, stored(job.path)]).toEqual([15, range(5, 20)]);
    expect(existsSync(job.path.replace(".ohlcv", ".extra.csv"))).toBe(false);
    expect(readProvenance(job.path)?.ranges).toEqual([{ fromMs: at(5), toMs: at(19), source: "download" }]);
  });

  test.each<[string, Answer[]]>([
    ["fails", [bars(0, 5), new ProviderError("no")]],
    ["brings nothing", []],
  ])("that %s leaves the file as it was", async (_name, answers) => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 20))), 20);
    await downloadBars(job);
    const before = readFileSync(job.path);
    await failure(downloadBars(again(job, new TestVenue(() => answers), 20, { truncate: true })));
    expect(readFileSync(job.path)).toEqual(before);
    expect(readdirSync(dirname(job.path)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("replaces a file that cannot be read", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 20))), 20);
    writeFileSync(job.path, Buffer.alloc(48, 200));
    await expect(downloadBars(job)).rejects.toThrow(/version 1/);
    await downloadBars({ ...job, truncate: true });
    expect(stored(job.path)).toEqual(range(0, 20));
  });
});

describe("an interruption", () => {
  test("ends the request, keeps what was accepted and lets go of the file", async () => {
    const abort = new AbortController();
    const job = jobFor(
      new TestVenue(function* () {
        yield bars(0, 5);
        abort.abort(new Error("interrupted"));
        yield "hang";
      }),
      30,
      { signal: abort.signal },
    );
    const result: DownloadResult = await downloadBars(job);
    expect([result.interrupted, result.added, stored(job.path)]).toEqual([true, 5, range(0, 5)]);
    tryLock(dataFileLock(job.lock.folder, job.path))!.release();
  });

  test("of a wait between tries", async () => {
    const abort = new AbortController();
    const job = jobFor(new TestVenue(() => [new TransientProviderError("away")]), 30, {
      signal: abort.signal,
    });
    const result = await downloadBars(job, { onRetry: () => abort.abort(new Error("interrupted")) });
    expect(result).toMatchObject({ interrupted: true, added: 0 });
  });
});

describe("the lock", () => {
  test("is the same for two spellings of a path", () => {
    const { lock, path } = jobFor(new TestVenue(), 1);
    const spelled = join(dirname(path), "..", dirname(path).split("/").at(-1)!, "venue_X_1.ohlcv");
    expect(dataFileLock(lock.folder, spelled)).toBe(dataFileLock(lock.folder, path));
  });

  test("held by somebody else: exit code 75 at once, nothing touched", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 5))), 30);
    using _held = tryLock(dataFileLock(job.lock.folder, job.path));
    const error = await downloadBars(job).then(
      () => undefined,
      (thrown: unknown) => thrown as { exitCode: number; message: string },
    );
    expect([error?.exitCode, error?.message]).toEqual([
      75,
      "venue_X_1.ohlcv is in use by another pyne process",
    ]);
    expect(existsSync(job.path)).toBe(false);
  });

  test("is waited for", async () => {
    const job = jobFor(new TestVenue(serving(() => bars(0, 5))), 30);
    const held = tryLock(dataFileLock(job.lock.folder, job.path));
    const waiting = { ...job.lock, waitMs: 60_000 };
    const result = await downloadBars({ ...job, lock: waiting }, { onWait: () => held?.release() });
    expect(result.added).toBe(5);
  });
});
