/** Streams beside a chart: what the script has seen at the end is what the venue says, whatever came in which order. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { ReplayPlugin } from "../../plugins/replay/index.ts";
import { defaultsOf, type LiveProviderConfig } from "../../src/api/config/fields.ts";
import { FeedEndedError, ProviderError, TransientProviderError } from "../../src/api/plugins/errors.ts";
import { LiveProviderPlugin } from "../../src/api/plugins/live.ts";
import type { ProviderPlugin } from "../../src/api/plugins/provider.ts";
import { type Bar, type BarColumns, type BarUpdate, columnsOf } from "../../src/kernel/bar.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { Connection } from "../../src/live/connection.ts";
import { type LiveEnd, runLive } from "../../src/live/runner.ts";
import type { FeedOpener } from "../../src/live/side-feeds.ts";
import type { RunResult } from "../../src/runtime/run.ts";
import { runScript } from "../../src/runtime/run.ts";
import type { Feed } from "../../src/runtime/security/feeds.ts";
import { compiled, feedsOf, walk } from "../runtime/security/setting.ts";
import { dataFiles, ManualClock, minute, settle, symInfo, TurnsClock } from "../plugins/fixtures.ts";
import { barsOf } from "./market.ts";

const start = Date.UTC(2024, 0, 1);
const { signal: never } = new AbortController();

const infoOf = (ticker: string, period: string): SymInfo => ({ ...symInfo(period), prefix: "EX", ticker });
/** Three days of a chart and of what is asked for beside it, by the names of their files. */
const files: Readonly<Record<string, Feed>> = {
  CHART_60: { columns: walk(72, 60, 1, start), symInfo: infoOf("CHART", "60"), timeframe: "60" },
  CHART_15: { columns: walk(288, 15, 2, start), symInfo: infoOf("CHART", "15"), timeframe: "15" },
  OTHER_60: { columns: walk(72, 60, 3, start), symInfo: infoOf("OTHER", "60"), timeframe: "60" },
  OTHER_240: { columns: walk(18, 240, 4, start), symInfo: infoOf("OTHER", "240"), timeframe: "240" },
  LATE_60: {
    columns: walk(20, 60, 5, start + 40 * 3_600_000),
    symInfo: infoOf("LATE", "60"),
    timeframe: "60",
  },
};
const chart = files["CHART_60"]!;

function replay(config: Readonly<Record<string, unknown>>, name: string): ReplayPlugin {
  const [symbol, timeframe = ""] = name.split("_");
  return new ReplayPlugin({
    name: "replay",
    config: { ...defaultsOf(ReplayPlugin.Config), speed: "max", ...config } as ReplayPlugin["config"],
    symbol: symbol!,
    timeframe,
    clock: new TurnsClock(Date.UTC(2026, 0, 1)),
    dataFiles: dataFiles(files),
  });
}

/** Everything through the chart's own replay. @param others files that stand for others */
async function run(
  text: string,
  config: Readonly<Record<string, unknown>>,
  told: string[] = [],
  opened: string[] = [],
  others: Readonly<Record<string, string>> = {},
): Promise<LiveEnd> {
  const clock = new TurnsClock(Date.UTC(2026, 0, 1));
  const say = (line: string): void => void told.push(line);
  const log = { debug() {}, info: say, warn: say, error: say };
  const provider = replay(config, "CHART_60");
  const connection = new Connection({ provider, clock, log });
  await connection.first(never);
  const opener: FeedOpener = {
    files: { named: () => undefined, rate: () => undefined },
    names: () => false,
    pair: () => undefined,
    open({ symbol, timeframe, isChart }) {
      const ticker = isChart ? "CHART" : symbol.replace(/^EX:/, "");
      const wanted = `${ticker}_${timeframe}`;
      opened.push(wanted);
      const name = others[wanted] ?? wanted;
      const file = files[name];
      if (file === undefined) return Promise.resolve({ missing: `there is no ${name}`, hint: undefined });
      return Promise.resolve({
        ...{ name, provider, connection, timeframe: file.timeframe, symbol: ticker },
        ...{ symInfo: file.symInfo, source: replay(config, name) as unknown as ProviderPlugin<object> },
        ownsConnection: false,
      });
    },
  };
  return runLive({
    ...{ provider, connection, clock, log, opener, mayAsk: true },
    script: await compiled(text),
    bars: {
      ...{ columns: await downloaded(provider), symInfo: chart.symInfo, timeframe: "60" },
      ...{ grid: { minmove: 1, pricescale: 100 }, path: "" },
    },
    run: {},
    random: () => 0,
    shutdownMs: 1000,
    events: { onStart() {}, onLive() {}, onTick() {}, onClose() {} },
    signal: never,
  });
}

async function downloaded(provider: LiveProviderPlugin): Promise<BarColumns> {
  const bars = [];
  for await (const page of provider.download({ from: 0, to: 8e15, signal: never })) bars.push(...page);
  return columnsOf(bars);
}

async function batch(text: string): Promise<RunResult> {
  const { columns, symInfo: info } = chart;
  return runScript(await compiled(text), {
    ...{ columns, symInfo: info, timeframe: "60" },
    feeds: feedsOf(Object.values(files).filter((file) => file !== chart)),
  });
}

const values = ({ plots }: RunResult, bars: number): unknown =>
  plots.map(({ title, values: all }) => [title, [...all.subarray(0, bars)]]);

const everything = `
plot(request.security("EX:OTHER", "60", ta.ema(close, 5)), "other")
plot(request.security("EX:OTHER", "240", high + low), "other 240")
plot(request.security(syminfo.tickerid, "240", ta.sma(close, 3)), "longer")
plot(request.security(syminfo.tickerid, "D", close[1], lookahead = barmerge.lookahead_on), "yesterday")
a = request.security_lower_tf(syminfo.tickerid, "15", close)
plot(a.size(), "shorter")
plot(array.sum(a), "their sum")
plot(request.security("EX:OTHER", "60", nz(request.security(syminfo.tickerid, "240", close)) + close), "nested")
plot(ta.ema(close, 5), "chart")`;

test("replays with gaps, late closes and lost connections leave behind what a backtest does", async () => {
  const plain = await batch(everything);
  const faults = fc.record({
    seed: fc.nat(100_000),
    updates_per_bar: fc.integer({ min: 0, max: 5 }),
    gap_chance: fc.constantFrom(0, 0.1, 0.4),
    late_chance: fc.constantFrom(0, 0.2),
    disconnect_chance: fc.constantFrom(0, 0.1),
    outage_bars: fc.integer({ min: 1, max: 5 }),
    start: fc.constantFrom("-60", "-3", "50%"),
  });
  await fc.assert(
    fc.asyncProperty(faults, async (config) => {
      const opened: string[] = [];
      const { result, feedEnd } = await run(everything, config, [], opened);
      expect(feedEnd).toContain("nothing left to replay");
      expect(opened.toSorted()).toEqual(["CHART_15", "OTHER_240", "OTHER_60"]);
      const { bars } = result;
      // A gap at the very end of the file shows itself to nobody.
      expect(bars).toBeGreaterThan(60);
      expect([...result.columns.openTimeMs]).toEqual(
        barsOf(chart.columns)
          .slice(0, bars)
          .map((bar) => bar.openTimeMs),
      );
      expect(values(result, bars)).toEqual(values(plain, bars));
    }),
    { numRuns: 15 },
  );
}, 60_000);

test("a stream that begins late begins then, one that ends early stays, and both are told of", async () => {
  const text = 'plot(request.security("EX:LATE", "60", ta.cum(close)))';
  const told: string[] = [];
  const { result } = await run(text, { start: "-40", updates_per_bar: 2 }, told);
  expect(values(result, 72)).toEqual(values(await batch(text), 72));
  expect(told).toContain("LATE_60: 0 bars of history");
  expect(told.filter((line) => line.startsWith("LATE_60: LATE ends here"))).toHaveLength(1);
});

test("what is asked for while the run is live is opened then, each stream once", async () => {
  const text = `sum = 0.0
if barstate.isrealtime
    sum += nz(request.security("EX:OTHER", "60", ta.cum(1)))
    sum += nz(request.security("EX:OTHER", "240", ta.cum(1))) * 1000
    sum += nz(request.security("EX:OTHER", "D", ta.cum(1))) * 1000000
plot(sum)`;
  const told: string[] = [];
  const opened: string[] = [];
  const { result } = await run(text, { start: "-30", updates_per_bar: 2 }, told, opened, {
    OTHER_1D: "OTHER_240",
  });
  expect(told.filter((line) => line.includes("is asked for now"))).toHaveLength(3);
  expect(opened).toEqual(["OTHER_60", "OTHER_240", "OTHER_1D"]);
  expect(told.filter((line) => line.endsWith("of history"))).toHaveLength(2);
  expect(result.plots[0]!.values[71]).toBe(3_018_072);
});

/** A venue of two symbols, X and Y, in minutes from `start`; a test says what its streams tell. */
class TwoSymbols extends LiveProviderPlugin {
  static override timeframes = { "1": "1" };
  readonly calls: string[] = [];
  readonly #said: Record<string, (BarUpdate | Error)[]> = { X: [], Y: [] };
  readonly #wakes = new Set<() => void>();
  #isConnected = false;

  say(symbol: "X" | "Y", ...said: (BarUpdate | Error)[]): void {
    this.#said[symbol]!.push(...said);
    for (const wake of this.#wakes) wake();
  }

  override getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve(["X", "Y"]);
  }
  override getSymbolInfo(): Promise<SymInfo> {
    return Promise.resolve(symInfo("1"));
  }
  override async *download(): AsyncIterable<readonly Bar[]> {}
  override backfillClosedBars(symbol: string, _timeframe: string, sinceMs: number): Promise<Bar[]> {
    this.calls.push(`backfill ${symbol}`);
    return Promise.resolve(tenBars.filter(({ openTimeMs }) => openTimeMs > sinceMs));
  }
  override get isConnected(): boolean {
    return this.#isConnected;
  }
  override connect(): Promise<void> {
    this.calls.push("connect");
    this.#isConnected = true;
    return Promise.resolve();
  }
  override disconnect(): Promise<void> {
    this.calls.push("disconnect");
    this.#isConnected = false;
    return Promise.resolve();
  }
  override async watchOhlcv(symbol: string, _timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    const said = this.#said[symbol]!;
    while (said.length === 0) {
      await new Promise<void>((resolve, reject) => {
        this.#wakes.add(resolve);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    const next = said.shift()!;
    if (next instanceof Error) throw next;
    return next;
  }
}

const barOf = (index: number): Bar => ({
  openTimeMs: start + index * minute,
  ...{ open: 100 + index, high: 100 + index, low: 100 + index, close: 100 + index, volume: 1 },
});
const tenBars = Array.from({ length: 10 }, (_, index) => barOf(index));
const close = (index: number): BarUpdate => ({ ...barOf(index), isClosed: true });
const over = new FeedEndedError("that was all");

describe("two symbols of a venue", () => {
  /** Ten bars of history, the present in the eleventh. */
  async function setUp(text = 'plot(request.security("Y", "1", close))'): Promise<{
    readonly venue: TwoSymbols;
    readonly clock: ManualClock;
    readonly told: string[];
    /** Values of the plot from the first live bar on, as they were at the close. */
    readonly closes: number[];
    readonly end: Promise<LiveEnd>;
  }> {
    const clock = new ManualClock(start + 10 * minute + 20_000);
    const told: string[] = [];
    const closes: number[] = [];
    const say = (line: string): void => void told.push(line);
    const log = { debug() {}, info: say, warn: say, error: say };
    const config = { symbol_map: {} } as LiveProviderConfig;
    const venue = new TwoSymbols({ name: "venue", config, symbol: "X", timeframe: "1", clock });
    const connection = new Connection({ provider: venue, clock, log });
    await connection.first(never);
    const info = { ...symInfo("1"), ticker: "Y" };
    const opener: FeedOpener = {
      files: { named: () => undefined, rate: () => undefined },
      names: () => false,
      pair: () => undefined,
      open: () =>
        Promise.resolve({
          ...{ name: "venue:Y@1", provider: venue, connection, timeframe: "1", symbol: "Y" },
          ...{ symInfo: info, source: venue as unknown as ProviderPlugin<object>, ownsConnection: false },
        }),
    };
    const end = runLive({
      ...{ provider: venue, connection, clock, log, opener, mayAsk: true, script: await compiled(text) },
      bars: {
        ...{ columns: columnsOf(tenBars), symInfo: symInfo("1"), timeframe: "1" },
        ...{ grid: { minmove: 1, pricescale: 100 }, path: "" },
      },
      run: {},
      random: () => 0,
      shutdownMs: 1000,
      events: {
        onStart() {},
        onLive() {},
        onTick() {},
        onClose: ({ runner, bars }) => void closes.push(runner.plots.columns[0]!.values[bars - 1]!),
      },
      signal: never,
    });
    end.catch(() => {});
    await settle(20);
    return { venue, clock, told, closes, end };
  }

  test("the chart's close waits for the other's", async () => {
    const { venue, closes, end } = await setUp();
    venue.say("X", close(10));
    await settle(20);
    expect(closes).toEqual([]);
    venue.say("Y", close(10));
    await settle(20);
    expect(closes).toEqual([110]);
    venue.say("Y", close(11), over);
    venue.say("X", close(11), close(12), over);
    expect((await end).feedEnd).toBe("that was all");
    // What is over stays as it is.
    expect(closes).toEqual([110, 111, 111]);
  });

  test("but not for ever, and then not at all until it is heard again", async () => {
    const { venue, clock, told, closes } = await setUp();
    venue.say("X", close(10));
    await settle(20);
    clock.advance(44_999);
    await settle(20);
    expect(closes).toEqual([]);
    clock.advance(1);
    await settle(20);
    expect(closes).toEqual([109]);
    expect(told).toContain(
      "venue:Y@1 is silent: the chart goes on, and takes its last bar, until it is heard again",
    );
    venue.say("X", close(11));
    await settle(20);
    expect(closes).toEqual([109, 109]);
    venue.say("Y", close(10), close(11));
    venue.say("X", close(12));
    await settle(20);
    expect(closes).toEqual([109, 109]);
    venue.say("Y", close(12));
    await settle(20);
    expect(closes).toEqual([109, 109, 112]);
  });

  test("one lost connection is made anew once, and both are asked what they missed", async () => {
    const { venue, clock, closes, told } = await setUp();
    const before = venue.calls.length;
    venue.say("X", new TransientProviderError("gone"));
    venue.say("Y", new TransientProviderError("gone"));
    await settle(20);
    clock.advanceToNext();
    await settle(20);
    const since = venue.calls.slice(before);
    expect(since.filter((call) => call === "connect")).toHaveLength(1);
    expect(since.filter((call) => call.startsWith("backfill")).toSorted()).toEqual([
      "backfill X",
      "backfill Y",
    ]);
    expect(told.filter((line) => line.startsWith("the feed is lost"))).toHaveLength(1);
    venue.say("Y", close(10));
    venue.say("X", close(10));
    await settle(20);
    expect(closes).toEqual([110]);
  });

  test("a stream that will never work ends the run, and the venue is left once", async () => {
    const { venue, end } = await setUp();
    venue.say("Y", new ProviderError("the symbol was delisted"));
    expect(await end.catch((error: Error) => error.message)).toBe("the symbol was delisted");
    expect(venue.calls.filter((call) => call === "disconnect")).toHaveLength(1);
  });

  test("what the script does wrong when the other's bar has come ends the run as well", async () => {
    const { venue, end } = await setUp(`v = request.security("Y", "1", close)
if v > 109
    runtime.error("enough")
plot(v)`);
    venue.say("X", close(10));
    venue.say("Y", close(10));
    expect(await end.catch((error: Error) => error.message)).toContain("enough");
  });
});
