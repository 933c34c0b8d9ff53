/** One set of a search is one run. */
import { describe, expect, test } from "bun:test";

import { input, strategy, ta } from "../../src/api/script.ts";
import { Evaluator, type SearchJob, sharedColumns } from "../../src/optimize/evaluate.ts";
import { figuresBetween, metricNames } from "../../src/optimize/metrics.ts";
import { noFeeds } from "../../src/runtime/security/feeds.ts";
import { runScript } from "../../src/runtime/run.ts";
import { statisticsOf } from "../../src/runtime/strategy/statistics.ts";
import { syntheticColumns, syntheticSymbol } from "../../scripts/bench/synthetic.ts";

const columns = syntheticColumns(2000);
const script = strategy("S", { initialCapital: 100_000, defaultQtyValue: 10 }, (s) => {
  const fast = ta.sma(s.close, input.int("Fast", 5));
  const slow = ta.sma(s.close, input.int("Slow", 20));
  const [up, down] = [ta.crossover(fast, slow), ta.crossunder(fast, slow)];
  return () => {
    if (up.now) s.entry("L", "long");
    if (down.now) s.entry("S", "short");
  };
});
const run = (inputs: Record<string, number>) =>
  runScript(script, { columns, symInfo: syntheticSymbol, timeframe: "1", inputs });

const job: SearchJob = {
  columns: sharedColumns(columns),
  symInfo: syntheticSymbol,
  timeframe: "1",
  inputs: { slow: 30 },
  settings: {},
  loopLimit: undefined,
  dimensions: [{ key: "fast", values: [3, 7] }],
  objective: "net-profit",
  splits: [{ inSample: { from: 0, to: 1500 }, outOfSample: { from: 1500, to: 2000 } }],
};

test("its row holds the statistics of that run", async () => {
  const row = await new Evaluator(script, job, noFeeds).evaluate(1);
  const { strategy: outcome } = await run({ fast: 7, slow: 30 });
  const statistics = statisticsOf(outcome!.desk, outcome!.equity) as unknown as Record<string, number>;
  for (const [index, name] of metricNames.entries()) {
    if (name !== "sortinoRatio") expect([name, row[index]]).toEqual([name, statistics[name]]);
  }
  expect(row[metricNames.indexOf("closedTrades")]).toBeGreaterThan(20);
});

test("numbers of bars lie in shared memory", () => {
  expect(job.columns.close.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(job.columns.close).toEqual(columns.close);
});

describe("figures of a part", () => {
  test("of the whole are those of the run", async () => {
    const result = await run({ fast: 7, slow: 30 });
    const { desk, equity } = result.strategy!;
    const figures = figuresBetween(result, { from: 0, to: 2000 });
    expect(figures.closedTrades).toBe(desk.closedTrades.length);
    expect(figures.netProfit).toBeCloseTo(((equity.at(-1)! - 100_000) / 100_000) * 100, 9);
    expect(figures.grossProfit).toBeCloseTo(desk.grossProfit, 6);
    expect(figures.sharpeRatio).toBeCloseTo(statisticsOf(desk, equity).sharpeRatio, 2);
  });

  test("add up: trades by sum, profit by growth", async () => {
    const result = await run({ fast: 7, slow: 30 });
    const whole = figuresBetween(result, { from: 0, to: 2000 });
    const parts = [0, 500, 1300, 2000]
      .slice(0, -1)
      .map((from, index) => figuresBetween(result, { from, to: [500, 1300, 2000][index]! }));
    expect(parts.reduce((sum, { closedTrades }) => sum + closedTrades, 0)).toBe(whole.closedTrades);
    const growth = parts.reduce((product, { netProfit }) => product * (1 + netProfit / 100), 1);
    expect((growth - 1) * 100).toBeCloseTo(whole.netProfit, 9);
  });

  test("a later part does not change an earlier one", async () => {
    const shorter = await runScript(script, {
      columns: syntheticColumns(1500),
      symInfo: syntheticSymbol,
      timeframe: "1",
      inputs: { fast: 7, slow: 30 },
    });
    const part = { from: 200, to: 1500 };
    expect(figuresBetween(shorter, part)).toEqual(figuresBetween(await run({ fast: 7, slow: 30 }), part));
  });
});
