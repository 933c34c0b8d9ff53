/** Live runs over feeds that misbehave: what the script has seen at the end is what the venue says. */
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ReplayPlugin } from "../../plugins/replay/index.ts";
import { defaultsOf, type LiveProviderConfig } from "../../src/api/config/fields.ts";
import { FeedEndedError, ProviderError, TransientProviderError } from "../../src/api/plugins/errors.ts";
import { LiveProviderPlugin } from "../../src/api/plugins/live.ts";
import type { DownloadRequest } from "../../src/api/plugins/provider.ts";
import { type Bar, barAt, type BarColumns, type BarUpdate, columnsOf } from "../../src/kernel/bar.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { Connection } from "../../src/live/connection.ts";
import { type LiveEnd, runLive } from "../../src/live/runner.ts";
import { indicator, strategy, ta } from "../../src/api/script.ts";
import { drawingStates } from "../../src/runtime/pine/drawings/state.ts";
import { runScript } from "../../src/runtime/run.ts";
import { Simulator } from "../../src/runtime/strategy/simulator.ts";
import { type Chart, charts, compileText, textOf } from "../pine/corpus.ts";
import {
  dataFiles,
  hour,
  ManualClock,
  minute,
  settle,
  symInfo,
  TurnsClock,
  zigzag,
} from "../plugins/fixtures.ts";
import { columnsOfRows } from "../data/rows.ts";

const start = Date.UTC(2024, 0, 1);
const { signal: never } = new AbortController();

const script = indicator("x", {}, (s) => {
  const [average, highest] = [ta.ema(s.close, 5), ta.highest(s.high, 4)];
  const bars = s.state(0);
  return () => {
    bars.value++;
    s.plot("ema", average.now);
    s.plot("highest", highest.now);
    s.plot("bars", bars.value);
    s.plot("before", s.close.at(3));
  };
});

interface Told {
  readonly closes: string[];
  readonly log: string[];
}

/** Runs to the end of the feed; `told` gets every live close as `index source` and every warning. */
async function run(
  provider: LiveProviderPlugin,
  clock: Clock,
  info: SymInfo,
  columns: (provider: LiveProviderPlugin) => Promise<BarColumns>,
  options: {
    readonly signal?: AbortSignal;
    readonly told?: Told;
    readonly shutdownMs?: number;
    readonly module?: typeof script;
  } = {},
): Promise<LiveEnd> {
  const told = options.told ?? { closes: [], log: [] };
  const say = (line: string): void => void told.log.push(line);
  const log = { debug() {}, info: say, warn: say, error: say };
  const signal = options.signal ?? never;
  const connection = new Connection({ provider, clock, log });
  await connection.first(signal);
  const timeframe = info.period;
  return runLive({
    provider,
    connection,
    script: options.module ?? script,
    bars: {
      columns: await columns(provider),
      symInfo: info,
      timeframe,
      grid: { minmove: 1, pricescale: 100 },
      path: "",
    },
    run: {},
    clock,
    log,
    random: () => 0,
    shutdownMs: options.shutdownMs ?? 1000,
    events: {
      onStart() {},
      onLive() {},
      onTick() {},
      onClose: (live, _bar, source) => void told.closes.push(`${live.bars - 1} ${source}`),
    },
    signal,
  });
}

async function downloaded(provider: LiveProviderPlugin): Promise<BarColumns> {
  const bars: Bar[] = [];
  for await (const page of provider.download({ from: 0, to: 8e15, signal: never })) bars.push(...page);
  return columnsOf(bars);
}

test("a replay with gaps, late closes and lost connections leaves behind what a backtest does", async () => {
  const rows = zigzag(120, start, hour).map(([time, ...rest], index) => [
    time!,
    ...rest.map((value) => value + ((index * 37) % 11)),
  ]);
  const columns = columnsOfRows(rows);
  const files = dataFiles({ X_60: { symInfo: symInfo("60"), timeframe: "60", columns } });
  const batch = await runScript(script, { columns, symInfo: symInfo("60"), timeframe: "60" });
  const faults = fc.record({
    seed: fc.nat(100_000),
    updates_per_bar: fc.integer({ min: 0, max: 5 }),
    gap_chance: fc.constantFrom(0, 0.1, 0.4),
    late_chance: fc.constantFrom(0, 0.2),
    disconnect_chance: fc.constantFrom(0, 0.1),
    outage_bars: fc.integer({ min: 1, max: 5 }),
    start: fc.constantFrom("-100", "-3", "50%"),
  });
  await fc.assert(
    fc.asyncProperty(faults, async (config) => {
      const provider = new ReplayPlugin({
        name: "replay",
        config: { ...defaultsOf(ReplayPlugin.Config), speed: "max", ...config } as ReplayPlugin["config"],
        symbol: "X_60",
        timeframe: "60",
        clock: new TurnsClock(Date.UTC(2026, 0, 1)),
        dataFiles: files,
      });
      const clock = new TurnsClock(Date.UTC(2026, 0, 1));
      const { result, feedEnd, wentLive } = await run(provider, clock, symInfo("60"), downloaded);
      expect(feedEnd).toContain("nothing left to replay");
      expect(wentLive).toBe(true);
      // A gap at the very end of the file shows itself to nobody.
      const bars = result.bars;
      expect(bars).toBeGreaterThan(110);
      expect([...result.columns.openTimeMs]).toEqual([...columns.openTimeMs.subarray(0, bars)]);
      expect(result.plots.map(({ title, values }) => [title, [...values]])).toEqual(
        batch.plots.map(({ title, values }) => [title, [...values.subarray(0, bars)]]),
      );
    }),
    { numRuns: 25 },
  );
});

describe("scripts with objects, collections, drawings and state in loops, over such a replay", () => {
  const cache = mkdtempSync(join(tmpdir(), "pyne-runner-"));
  afterAll(() => rmSync(cache, { recursive: true, force: true }));
  const [{ columns: hours, symInfo: info }] = charts() as [Chart];
  const from = hours.length - 110;
  const columns = columnsOf(Array.from({ length: 110 }, (_, index) => barAt(hours, from + index)));

  test.each([
    "state-in-loops",
    "queue-stack-udt",
    "liquidity-objects-v6",
    "zigzag-lines",
    "order-blocks",
    "deep-history",
    "strategy-pivot-structure-breaks",
  ])("%s", async (name) => {
    const module = (await compileText(name, textOf(name), cache)).module!;
    const provider = new ReplayPlugin({
      name: "replay",
      config: {
        ...defaultsOf(ReplayPlugin.Config),
        ...{ speed: "max", seed: 3, start: "-60", updates_per_bar: 4 },
        ...{ gap_chance: 0.2, late_chance: 0.2, disconnect_chance: 0.1, outage_bars: 3 },
      } as ReplayPlugin["config"],
      symbol: "X_60",
      timeframe: "60",
      clock: new TurnsClock(Date.UTC(2026, 0, 1)),
      dataFiles: dataFiles({ X_60: { symInfo: info, timeframe: "60", columns } }),
    });
    const clock = new TurnsClock(Date.UTC(2026, 0, 1));
    const { result } = await run(provider, clock, info, downloaded, { module });
    const { bars } = result;
    expect(bars).toBeGreaterThan(100);
    const whole = columnsOf(Array.from({ length: bars }, (_, index) => barAt(columns, index)));
    let desk: Simulator | undefined;
    const batch = await runScript(module, {
      ...{ columns: whole, symInfo: info, timeframe: "60" },
      desk: (...made) => (desk = new Simulator(...made)),
      // What was there at the start has taken no orders.
      observer: { onBarStart: (_bar, index) => void (desk && (desk.takesOrders = index >= 50)) },
    });
    expect(result.plots.map(({ title, values }) => [title, [...values]])).toEqual(
      batch.plots.map(({ title, values }) => [title, [...values]]),
    );
    const withoutIds = (states: object): unknown =>
      JSON.parse(JSON.stringify(states).replace(/"id":\d+,?/g, ""));
    expect(withoutIds(drawingStates(result.drawings))).toEqual(withoutIds(drawingStates(batch.drawings)));
  });
});

/** A feed that does what a test says, in minutes from `start`. */
class Venue extends LiveProviderPlugin {
  static override timeframes = { "1": "1" };
  /** What `watchOhlcv` gives next; a call without any waits. */
  readonly said: (BarUpdate | Error)[] = [];
  /** Failures of the next connects. */
  readonly refusals: Error[] = [];
  /** Bars that the history has. */
  history: Bar[] = [];
  readonly calls: string[] = [];
  pending = 0;
  #connected = false;
  #wake: (() => void) | undefined;

  say(...said: (BarUpdate | Error)[]): void {
    this.said.push(...said);
    this.#wake?.();
  }

  override getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve([]);
  }
  override getSymbolInfo(): Promise<SymInfo> {
    return Promise.resolve(symInfo("1"));
  }
  override async *download({ from, to }: DownloadRequest): AsyncIterable<readonly Bar[]> {
    this.calls.push("download");
    yield this.history.filter(({ openTimeMs }) => openTimeMs >= from && openTimeMs < to);
  }
  override get isConnected(): boolean {
    return this.#connected;
  }
  override connect(): Promise<void> {
    this.calls.push("connect");
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#connected = true;
    return Promise.resolve();
  }
  override disconnect(): Promise<void> {
    this.calls.push("disconnect");
    this.#connected = false;
    return Promise.resolve();
  }
  override async watchOhlcv(_symbol: string, _timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    while (this.said.length === 0) {
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    const next = this.said.shift()!;
    if (next instanceof Error) throw next;
    return next;
  }
  override canShutdown(): boolean {
    this.calls.push("canShutdown");
    return this.pending-- <= 0;
  }
}

const barOf = (index: number, price = 100 + index): Bar => ({
  openTimeMs: start + index * minute,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
});
const tick = (index: number): BarUpdate => ({ ...barOf(index), isClosed: false });
const close = (index: number): BarUpdate => ({ ...barOf(index), isClosed: true });
const over = new FeedEndedError("that was all");

/** Ten bars of history, the present in the eleventh. */
function setUp(): {
  venue: Venue;
  clock: ManualClock;
  told: Told;
  go: (options?: Partial<Parameters<typeof run>[4]>) => Promise<LiveEnd>;
} {
  const clock = new ManualClock(start + 10 * minute + 20_000);
  const config = { symbol_map: {} } as LiveProviderConfig;
  const venue = new Venue({ name: "venue", config, symbol: "X", timeframe: "1", clock });
  venue.history = Array.from({ length: 10 }, (_, index) => barOf(index));
  const told: Told = { closes: [], log: [] };
  const columns = columnsOf(venue.history);
  return {
    venue,
    clock,
    told,
    go: (options) => run(venue, clock, symInfo("1"), () => Promise.resolve(columns), { told, ...options }),
  };
}

/** Moves the clock from wait to wait until the run ends or a condition holds. */
async function pass(clock: ManualClock, isEnough: () => boolean, most = 500): Promise<void> {
  for (let step = 0; step < most && !isEnough(); step++) {
    await settle(2);
    if (!isEnough()) clock.advanceToNext();
  }
  expect(isEnough()).toBe(true);
}

async function finished(clock: ManualClock, end: Promise<LiveEnd>): Promise<LiveEnd> {
  let isDone = false;
  const mark = (): void => void (isDone = true);
  end.then(mark, mark);
  await pass(clock, () => isDone);
  return end;
}

describe("a feed", () => {
  test("that ends completes the run", async () => {
    const { venue, told, go } = setUp();
    venue.say(tick(10), close(10), close(11), over);
    const { result, feedEnd } = await go();
    expect(feedEnd).toBe("that was all");
    expect(result).toMatchObject({ bars: 12, reason: "completed" });
    expect(told.closes).toEqual(["10 feed", "11 feed"]);
    expect(venue.calls.slice(-2)).toEqual(["canShutdown", "disconnect"]);
  });

  test("bars that closed while the run warmed up are history", async () => {
    const { venue, told, clock, go } = setUp();
    clock.advance(2 * minute);
    venue.history.push(barOf(10), barOf(11));
    venue.say(close(11), close(12), over);
    const { result } = await go();
    expect(told.closes).toEqual(["12 feed"]);
    expect(result.bars).toBe(13);
  });

  test("that is lost is connected again, ever more slowly, and what was missed is fetched", async () => {
    const { venue, clock, told, go } = setUp();
    venue.say(tick(10));
    const end = go();
    await settle();
    venue.refusals.push(...Array.from({ length: 12 }, () => new TransientProviderError("away")));
    const began = clock.nowMs();
    venue.say(new TransientProviderError("gone"));
    await pass(clock, () => venue.calls.filter((call) => call === "connect").length === 14);
    const waits = [1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60];
    expect((clock.nowMs() - began) / 1000).toBe(waits.reduce((sum, wait) => sum + wait, 0));
    venue.history.push(...[10, 11, 12, 13, 14].map((index) => barOf(index)));
    venue.say(tick(15), close(15), over);
    await finished(clock, end);
    expect(told.closes.slice(0, 5)).toEqual([
      "10 history",
      "11 history",
      "12 history",
      "13 history",
      "14 history",
    ]);
    expect(told.log.filter((line) => line.startsWith("reconnect")).map((line) => line.split(" ")[1])).toEqual(
      ["1", "2", "3", "10"],
    );
    expect(told.log).toContain("the feed is back");
  });

  test("that will never work ends the run", async () => {
    const { venue, go } = setUp();
    venue.say(tick(10), new ProviderError("the symbol was delisted"));
    expect(await go().catch((error: Error) => error.message)).toBe("the symbol was delisted");
    expect(venue.calls.at(-1)).toBe("disconnect");
  });

  test("that is silent is connected anew; a close that is due is taken from the history, or made up", async () => {
    const { venue, clock, told, go } = setUp();
    venue.say(tick(10));
    const end = go();
    await settle();
    venue.history.push(barOf(10));
    await pass(clock, () => told.closes.length === 3);
    expect(told.closes).toEqual(["10 history", "11 flat", "12 flat"]);
    await pass(clock, () => venue.calls.includes("disconnect"));
    expect(told.log.some((line) => /nothing was heard for \d+ s/.test(line))).toBe(true);
    venue.say(over);
    await finished(clock, end);
  });

  test("updates that are no bars are refused", async () => {
    const { venue, told, go } = setUp();
    venue.say({ ...close(10), high: 1 }, { ...close(10), open: Number.POSITIVE_INFINITY }, close(10), over);
    await go();
    expect(told.closes).toEqual(["10 feed"]);
    expect(told.log.filter((line) => line.includes("no bar"))).toHaveLength(1);
  });
});

describe("the first connect", () => {
  test("is tried within its budget", async () => {
    const { venue, clock, go } = setUp();
    venue.refusals.push(...Array.from({ length: 100 }, () => new TransientProviderError("away")));
    const began = clock.nowMs();
    const error = await finished(clock, go()).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ message: "venue could not be reached within 30 s: away", exitCode: 75 });
    expect(clock.nowMs() - began).toBeLessThanOrEqual(30_000);
  });

  test("ends at once where it can never succeed", async () => {
    const { venue, go } = setUp();
    venue.refusals.push(new ProviderError("bad key"));
    expect(await go().catch((error: Error) => error.message)).toBe("bad key");
  });
});

describe("stopping", () => {
  test("waits for what is pending, a second at a time", async () => {
    const { venue, clock, told, go } = setUp();
    const stop = new AbortController();
    venue.say(close(10));
    venue.pending = 3;
    const end = go({ signal: stop.signal, shutdownMs: 60_000 });
    await pass(clock, () => told.closes.length === 1);
    stop.abort(new Error("interrupted"));
    const { result, feedEnd } = await finished(clock, end);
    expect(feedEnd).toBeUndefined();
    expect(result).toMatchObject({ reason: "interrupted", bars: 11 });
    expect(venue.calls.filter((call) => call === "canShutdown")).toHaveLength(4);
    expect(venue.calls.at(-1)).toBe("disconnect");
  });

  test("but no longer than it is told to", async () => {
    const { venue, clock, told, go } = setUp();
    const stop = new AbortController();
    venue.say(close(10));
    venue.pending = 1000;
    const end = go({ signal: stop.signal, shutdownMs: 5000 });
    await pass(clock, () => told.closes.length === 1);
    const stopped = clock.nowMs();
    stop.abort(new Error("interrupted"));
    await finished(clock, end);
    expect(clock.nowMs() - stopped).toBe(5000);
    expect(told.log).toContain("venue still has something pending after 5 s; it is left as it is");
  });
});

test("a script that fails ends the run, and the provider is left", async () => {
  const { venue, go } = setUp();
  const module = strategy("x", {}, (s) => () => {
    if (s.barIndex === 10) s.runtimeError("enough");
  });
  venue.say(close(10));
  expect(await go({ module }).catch((error: Error) => error.message)).toBe("enough");
  expect(venue.calls.at(-1)).toBe("disconnect");
});
