/** A script on bars as they come about: what it sees, what it leaves behind, and how its orders fill. */
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { type Bar, barAt, type BarColumns, columnsOf } from "../../src/kernel/bar.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import { LiveRun, type LiveRunOptions } from "../../src/runtime/live-run.ts";
import type { RunResult } from "../../src/runtime/run.ts";
import { runScript } from "../../src/runtime/run.ts";
import { rampColumns, symbol } from "../runtime/fixtures.ts";
import { waysOf } from "./market.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-live-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function pine(source: string): Promise<ScriptModule> {
  const path = join(folder, `${Bun.hash(source)}.pine`);
  writeFileSync(path, `//@version=6\n${source}`);
  return (await loadPine(path, () => undefined, folder, "test")).module;
}

/** Runs the first bars as history, the rest live with `ticks` updates each. */
async function live(
  module: ScriptModule,
  columns: BarColumns,
  history: number,
  ticks: (bar: Bar, index: number) => readonly Bar[],
  options: Partial<LiveRunOptions> = {},
): Promise<{ run: LiveRun; result: RunResult }> {
  const bars = Array.from({ length: columns.length }, (_, index) => barAt(columns, index));
  const run = new LiveRun(module, {
    symInfo: symbol(),
    timeframe: "5",
    history: columnsOf(bars.slice(0, history)),
    ...options,
  });
  await run.start();
  await run.warmUp();
  run.goLive();
  for (const [index, bar] of bars.slice(history).entries()) {
    for (const tick of ticks(bar, history + index)) run.tick(tick);
    run.close(bar);
  }
  return { run, result: run.result("completed") };
}

const seen = (result: RunResult): unknown => ({
  bars: result.bars,
  plots: result.plots.map(({ title, values }) => [title, [...values]]),
  plotted: [...result.plotted],
});

describe("an indicator leaves the same behind as over history", () => {
  test("whatever the number of updates, and however many bars there are", async () => {
    const module = await pine(`indicator("x")
var count = 0
count += 1
plot(ta.ema(hl2, 5), "ema")
plot(ta.sma(close, 14)[2], "sma")
plot(ta.highest(7)[bar_index % 5], "highest")
plot(count, "count")
plot(ohlc4[bar_index % 30], "past")`);
    const columns = rampColumns(1200);
    const plain = seen(await runScript(module, { columns, symInfo: symbol(), timeframe: "5" }));
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), fc.integer({ min: 1, max: 1199 }), async (seed, history) => {
        const random = linearCongruential(seed);
        const { result } = await live(module, columns, history, (bar) =>
          waysOf(bar, Math.floor(random() * 3), random),
        );
        expect(seen(result)).toEqual(plain);
      }),
      { numRuns: 5 },
    );
  });
});

describe("barstate", () => {
  const facts = [
    "isfirst",
    "ishistory",
    "isrealtime",
    "isnew",
    "isconfirmed",
    "islast",
    "islastconfirmedhistory",
  ];
  const script = (kind: string): string =>
    `${kind}\nlog.info(str.tostring(bar_index) + " " + str.tostring(last_bar_index)${facts
      .map((fact) => ` + (barstate.${fact} ? " ${fact.slice(2)}" : "")`)
      .join("")})`;

  /** Every execution, also those that are taken back: the script's log lines are only heard of the last one. */
  async function story(kind: string, ticks: number): Promise<string[]> {
    const columns = rampColumns(4);
    const lines: string[] = [];
    const module = await pine(script(kind));
    const bars = Array.from({ length: 4 }, (_, index) => barAt(columns, index));
    const run = new LiveRun(module, {
      symInfo: symbol(),
      timeframe: "5",
      history: columnsOf(bars.slice(0, 2)),
      messages: { log: (_level, text) => void lines.push(text), alert() {} },
      observer: {},
    });
    Object.defineProperty(run.runner.messages, "isMuted", { get: () => false, set() {} });
    await run.start();
    await run.warmUp();
    run.goLive();
    for (const bar of bars.slice(2)) {
      for (let tick = 0; tick < ticks; tick++) run.tick(bar);
      run.close(bar);
    }
    return lines;
  }

  const history = ["0 1 first history new confirmed", "1 1 history new confirmed lastconfirmedhistory"];

  test("of an indicator, tick by tick", async () => {
    expect(await story('indicator("x")', 2)).toEqual([
      ...history,
      "2 2 realtime new last",
      "2 2 realtime last",
      "2 2 realtime confirmed last",
      "3 3 realtime new last",
      "3 3 realtime last",
      "3 3 realtime confirmed last",
    ]);
  });

  test("of bars that come as a whole, and of a strategy that waits for the close", async () => {
    const closes = [...history, "2 2 realtime new confirmed last", "3 3 realtime new confirmed last"];
    expect(await story('indicator("x")', 0)).toEqual(closes);
    expect(await story('strategy("x")', 3)).toEqual(closes);
  });

  test("of a strategy that runs on every tick", async () => {
    const lines = await story('strategy("x", calc_on_every_tick = true)', 1);
    expect(lines.slice(2, 4)).toEqual(["2 2 realtime new last", "2 2 realtime confirmed last"]);
  });
});

describe("alerts of a forming bar", () => {
  test.each([
    ["alert.freq_all", ["a 2", "a 2", "a 2", "a 3", "a 3", "a 3"]],
    ["alert.freq_once_per_bar", ["a 2", "a 3"]],
    ["alert.freq_once_per_bar_close", ["a 2", "a 3"]],
  ])("%s", async (frequency, heard) => {
    const alerts: string[] = [];
    const module = await pine(
      `indicator("x")\nif bar_index > 1\n    alert("a " + str.tostring(bar_index), ${frequency})`,
    );
    await live(module, rampColumns(4), 2, (bar) => [bar, bar], {
      messages: { log() {}, alert: (text) => void alerts.push(text) },
    });
    expect(alerts).toEqual(heard);
  });

  /** Two updates and the close; the price is 1, 2, and what the bar has in the end. */
  test.each([
    ["a call is heard once, whatever it says by then", 'alert("at " + str.tostring(close))', ["at 1"]],
    [
      "or when the bar is over",
      'alert("at " + str.tostring(close), alert.freq_once_per_bar_close)',
      ["at 102.5"],
    ],
    ["every call for itself", 'alert("a")\nif close > 1\n    alert("a")', ["a", "a"]],
    [
      "also the same call of a function that is called here and there",
      'tell(string what) => alert(what)\nif close > 1\n    tell("up")\ntell("any " + str.tostring(close))',
      ["any 1", "up"],
    ],
    [
      "in a loop what they say tells them apart",
      "for i = 1 to 3\n    if i <= close\n        alert(str.tostring(i))",
      ["1", "2", "3"],
    ],
    [
      "in a function that is called in a loop as well",
      "tell(int i) =>\n    alert(str.tostring(i))\nfor i = 3 to 1\n    if i <= close\n        tell(i)",
      ["1", "2", "3"],
    ],
  ])("%s", async (_what, text, heard) => {
    const alerts: string[] = [];
    const module = await pine(`indicator("x")\n${text}`);
    const ways = (bar: Bar): Bar[] => [1, 2].map((close) => ({ ...bar, close }));
    const messages = {
      log() {},
      alert: (message: string, bar: number) => void (bar === 2 && alerts.push(message)),
    };
    await live(module, rampColumns(3), 2, ways, { messages });
    expect(alerts).toEqual(heard);
  });

  test("log lines are those of the last execution", async () => {
    const lines: string[] = [];
    const module = await pine('indicator("x")\nlog.info(str.tostring(close))');
    await live(
      module,
      rampColumns(3),
      2,
      (bar) => [
        { ...bar, close: 1 },
        { ...bar, close: 2 },
      ],
      {
        messages: { log: (_level, text) => void lines.push(text), alert() {} },
      },
    );
    expect(lines).toEqual(["100.5", "101.5", "102.5"]);
  });
});

describe("a paper account", () => {
  /** Five-minute bars of open, high, low, close. */
  const barsOf = (rows: readonly (readonly number[])[]): BarColumns =>
    columnsOf(
      rows.map(([open, high, low, close], index) => ({
        openTimeMs: Date.UTC(2024, 0, 1) + index * 300_000,
        open: open!,
        high: high!,
        low: low!,
        close: close!,
        volume: 1,
      })),
    );
  const flat = [100, 100, 100, 100];
  const trades = ({ strategy }: RunResult): string[] =>
    [...strategy!.closedTrades, ...strategy!.openTrades].map(
      ({ entryBar, entryPrice, exitBar, exitPrice }) =>
        `${entryBar}@${entryPrice}${exitBar === undefined ? "" : ` ${exitBar}@${exitPrice}`}`,
    );
  /** Updates that walk through prices, the extremes growing with them. */
  const walk =
    (...prices: readonly number[]) =>
    (bar: Bar): Bar[] =>
      prices.map((close, index) => {
        const passed = [bar.open, ...prices.slice(0, index + 1)];
        return { ...bar, close, high: Math.max(...passed), low: Math.min(...passed) };
      });

  test("takes no orders while it warms up", async () => {
    const module = await pine('strategy("x")\nstrategy.entry("L", strategy.long)');
    const { result } = await live(module, rampColumns(6), 4, () => []);
    expect(trades(result)).toEqual(["5@105"]);
  });

  test("a market order fills at the next open, whatever the updates", async () => {
    const module = await pine('strategy("x")\nif bar_index == 2\n    strategy.entry("L", strategy.long)');
    const columns = barsOf([flat, flat, flat, [101, 103, 99, 102], flat]);
    for (const ticks of [() => [], walk(102, 100), walk(99, 103, 101)])
      expect(trades((await live(module, columns, 2, ticks)).result)).toEqual(["3@101"]);
  });

  test.each([
    ["down first", [95, 105], "3@100 3@96"],
    ["up first", [105, 95], "3@100 3@104"],
    ["nothing heard: the assumed path goes to the nearer extreme first", [], "3@100 3@104"],
  ])(
    "of a bar that touches both levels the updates say which came first: %s",
    async (_name, path, expected) => {
      const module = await pine(`strategy("x")
if bar_index == 2
    strategy.entry("L", strategy.long)
    strategy.exit("X", "L", limit = 104, stop = 96)`);
      const columns = barsOf([flat, flat, flat, [100, 105, 94, 100], flat]);
      expect(trades((await live(module, columns, 2, walk(...path))).result)).toEqual([expected]);
    },
  );

  test("an order of a tick fills from then on, never at a price before it", async () => {
    const module = await pine(`strategy("x", calc_on_every_tick = true)
if bar_index == 3 and close > 102
    strategy.entry("L", strategy.long)`);
    const columns = barsOf([flat, flat, flat, [100, 106, 100, 101], [101, 101, 101, 101]]);
    const { result } = await live(module, columns, 2, walk(101, 103, 105, 106));
    // Placed at 103: filled where the next part of the way begins.
    expect(trades(result)).toEqual(["3@103"]);
  });

  test("a strategy without updates inside bars trades as over history", async () => {
    const module = await pine(`strategy("x", calc_bars_count = 0)
if ta.crossover(close, ta.sma(close, 5))
    strategy.entry("L", strategy.long)
    strategy.exit("X", "L", profit = 200, loss = 150)
if ta.crossunder(close, ta.sma(close, 7))
    strategy.close("L")`);
    const random = linearCongruential(3);
    let price = 100;
    const rows = Array.from({ length: 400 }, () => {
      const open = price;
      price = Math.round((price + random() * 4 - 2) * 100) / 100;
      const [high, low] = [Math.max(open, price) + random(), Math.min(open, price) - random()];
      return [open, Math.round(high * 100) / 100, Math.round(low * 100) / 100, price];
    });
    const columns = barsOf(rows);
    const batch = await runScript(module, { columns, symInfo: symbol(), timeframe: "5" });
    const { result } = await live(module, columns, 1, () => []);
    expect(trades(batch).length).toBeGreaterThan(10);
    expect(trades(result)).toEqual(trades(batch));
    expect([...result.strategy!.equity].slice(1)).toEqual([...batch.strategy!.equity].slice(1));
  });

  test("runs again after a fill inside the bar, where the declaration wants it", async () => {
    const module = await pine(`strategy("x", calc_on_order_fills = true)
if bar_index == 2 and strategy.position_size == 0
    strategy.entry("L", strategy.long)
if strategy.position_size > 0
    strategy.exit("X", "L", stop = strategy.position_avg_price - 1)`);
    const columns = barsOf([flat, flat, flat, [100, 100, 95, 95], flat]);
    // The exit exists from the fill at the open on, inside the same bar.
    expect(trades((await live(module, columns, 2, walk(100, 98, 95))).result)).toEqual(["3@100 3@99"]);
    expect(trades((await live(module, columns, 2, () => [])).result)).toEqual(["3@100 3@99"]);
  });
});
