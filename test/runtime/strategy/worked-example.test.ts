/** Market orders, their bookkeeping, and the trade file. */
import { describe, expect, test } from "bun:test";
import { strategy, type ScriptModule } from "pynecore";

import { strategyCsvLines } from "../../../src/report/strategy-csv.ts";
import { tradeCsvLines } from "../../../src/report/trade-csv.ts";
import { type RunResult, runScript } from "../../../src/runtime/run.ts";
import { statisticsOf } from "../../../src/runtime/strategy/statistics.ts";
import { rampColumns, symbol } from "../fixtures.ts";

const run = (script: ScriptModule, bars = 8): Promise<RunResult> =>
  runScript(script, {
    columns: rampColumns(bars),
    symInfo: symbol({ timezone: "America/New_York" }),
    timeframe: "5",
  });

/** What a script does on numbered bars. */
const acting = (
  settings: Parameters<typeof strategy>[1],
  actions: (s: Parameters<Parameters<typeof strategy>[2]>[0]) => Readonly<Record<number, () => void>>,
): ScriptModule =>
  strategy("test", settings, (s) => {
    const byBar = actions(s);
    return () => byBar[s.barIndex]?.();
  });

describe("a long entry, a partial close, a reversal that stays open", () => {
  const equity: number[] = [];
  const script = strategy(
    "worked example",
    {
      initialCapital: 1000,
      defaultQtyType: "fixed",
      defaultQtyValue: 2,
      commissionType: "percent",
      commissionValue: 0.1,
    },
    (s) => () => {
      equity.push(s.equity);
      if (s.barIndex === 0) s.entry("L", "long");
      if (s.barIndex === 2) s.close("L", { qty: 1 });
      if (s.barIndex === 4) s.entry("S", "short", { comment: "go short" });
    },
  );

  test("the trade file, to the byte", async () => {
    const result = await run(script);
    expect([...tradeCsvLines(result, symbol({ timezone: "America/New_York" }))]).toEqual([
      "Trade #,Bar Index,Type,Signal,Date/Time,Price USD,Contracts,Profit USD,Profit %,Cumulative profit USD,Cumulative profit %,Run-up USD,Run-up %,Drawdown USD,Drawdown %",
      "1,1,Entry long,L,2023-12-31T19:05:00-0500,101.0,1.0,1.796,1.78,1.796,0.18,2.399,2.38,1.101,1.09",
      "1,3,Exit long,Close entry(s) order L,2023-12-31T19:15:00-0500,103.0,1.0,1.796,1.78,1.796,0.18,2.399,2.38,1.101,1.09",
      "2,1,Entry long,L,2023-12-31T19:05:00-0500,101.0,1.0,3.794,3.76,5.59,0.56,4.399,4.36,1.101,1.09",
      "2,5,Exit long,go short,2023-12-31T19:25:00-0500,105.0,1.0,3.794,3.76,5.59,0.56,4.399,4.36,1.101,1.09",
      "3,5,Entry short,S,2023-12-31T19:25:00-0500,105.0,2.0,0.0,0.00,0.0,0.00,0.0,0.00,0.0,0.00",
      "3,7,Exit short,Open,2023-12-31T19:35:00-0500,107.5,2.0,-5.0,-2.38,-5.0,-2.38,0.0,0.00,5.0,2.38",
    ]);
  });

  test("equity as the script sees it, and the statistics", async () => {
    equity.length = 0;
    const { strategy: outcome } = await run(script);
    expect(equity).toEqual(
      [1000, 1000.798, 1002.798, 1004.195, 1005.195, 1004.38, 1002.38, 1000.38].map((value) =>
        expect.closeTo(value, 9),
      ),
    );
    expect(statisticsOf(outcome!.desk, outcome!.equity)).toMatchObject({
      netProfit: expect.closeTo(5.38, 9),
      closedTrades: 2,
      openTrades: 1,
      winningTrades: 2,
      percentProfitable: 100,
      profitFactor: 0,
      maxRunup: 11.270999999999994,
      maxDrawdown: 3.4160000000000172,
      commissionPaid: 0.41000000000000003,
      sharpeRatio: 0.5364209026182519,
      sortinoRatio: 0.5195992996436916,
    });
  });

  test("the statistics file, to the byte", async () => {
    const result = await run(script);
    const { desk, equity: curve } = result.strategy!;
    expect(strategyCsvLines(result, statisticsOf(desk, curve))).toEqual([
      "Metric,All USD,All %,Long USD,Long %,Short USD,Short %",
      "Net profit,5.38,0.538,5.59,0.5589999999999999,0.0,0.0",
      "Gross profit,5.59,0.5589999999999999,5.59,0.5589999999999999,0.0,0.0",
      "Gross loss,0.0,0.0,0.0,0.0,0.0,0.0",
      "Commission paid,0.41000000000000003,,0.41000000000000003,,0,",
      "Buy & hold return,69.65174129353227,6.965174129353227,,,,",
      "Max equity run-up,11.270999999999994,1.1270999999999993,,,,",
      "Max equity drawdown,3.4160000000000172,0.34160000000000174,,,,",
      "Max contracts held,2.0,,2.0,,0,",
      ",,,,,,",
      "Total trades,2,,2,,0,",
      "Total open trades,1,,1,,0,",
      "Winning trades,2,,2,,0,",
      "Losing trades,0,,0,,0,",
      "Percent profitable,,100.0,,100.0,,0.0",
      "Avg P&L,2.69,0.269,2.795,0.27949999999999997,0.0,0.0",
      "Avg winning trade,2.795,0.27949999999999997,2.795,0.27949999999999997,0,",
      "Avg losing trade,0.0,0.0,0.0,0.0,0,",
      "Ratio avg win / avg loss,0.0,,0.0,,0,",
      "Largest winning trade,3.794,,3.794,,0.0,",
      "Largest winning trade percent,,3.756435643564356,,3.756435643564356,,0.0",
      "Largest losing trade,0.0,,0.0,,0.0,",
      "Largest losing trade percent,,0.0,,0.0,,0.0",
      "Avg # bars in trades,3.0,,3.0,,0.0,",
      "Avg # bars in winning trades,3.0,,3.0,,0,",
      "Avg # bars in losing trades,0.0,,0.0,,0,",
      ",,,,,,",
      "Sharpe ratio,0.5364209026182519,,,,,",
      "Sortino ratio,0.5195992996436916,,,,,",
      "Profit factor,0.0,,0.0,,0,",
      "Margin calls,0,,0,,0,",
    ]);
  });
});

describe("rules", () => {
  test("pyramiding bounds the entries of one side", async () => {
    for (const [pyramiding, expected] of [
      [0, 1],
      [1, 1],
      [3, 3],
    ] as const) {
      const script = strategy(
        "pyramid",
        { pyramiding },
        (s) => () => s.entry(`E${s.barIndex}`, "long", { qty: 1 }),
      );
      expect((await run(script)).strategy!.openTrades).toHaveLength(expected);
    }
  });

  test("slippage works against both sides", async () => {
    const { strategy: outcome } = await run(
      acting({ slippage: 10 }, (s) => ({
        0: () => s.entry("L", "long", { qty: 1 }),
        2: () => s.entry("S", "short", { qty: 1 }),
      })),
    );
    // Fills land on the tick grid as TradingView computes it: 10,110 times 0.01.
    expect(outcome!.closedTrades[0]).toMatchObject({ entryPrice: 10_110 * 0.01, exitPrice: 10_290 * 0.01 });
  });

  test("closing closes what is there and no more; what is not there is nothing", async () => {
    const { strategy: outcome } = await run(
      acting({}, (s) => ({
        0: () => s.entry("L", "long", { qty: 3 }),
        2: () => s.close("L", { qty: 99 }),
        4: () => s.close("L"),
        5: () => s.closeAll(),
      })),
    );
    expect(outcome!.closedTrades.map(({ size }) => size)).toEqual([3]);
    expect(outcome!.openTrades).toEqual([]);
  });

  test("an order of the last bar never fills", async () => {
    const { strategy: outcome } = await run(acting({}, (s) => ({ 7: () => s.entry("L", "long") })));
    expect([outcome!.openTrades.length, outcome!.closedTrades.length]).toEqual([0, 0]);
  });

  test("cancelAll takes back what has not filled", async () => {
    const { strategy: outcome } = await run(
      acting({}, (s) => ({
        1: () => {
          s.entry("L", "long");
          s.cancelAll();
        },
      })),
    );
    expect(outcome!.openTrades).toEqual([]);
  });

  test("sizing: cash and percent of equity at the price of the signal's close", async () => {
    const sizeOf = async (settings: Parameters<typeof strategy>[1]): Promise<number> =>
      (await run(acting(settings, (s) => ({ 0: () => s.entry("L", "long") })))).strategy!.openTrades[0]!.size;
    expect(await sizeOf({ defaultQtyType: "cash", defaultQtyValue: 1005 })).toBe(10);
    expect(
      await sizeOf({ initialCapital: 10_050, defaultQtyType: "percent_of_equity", defaultQtyValue: 10 }),
    ).toBe(10);
  });

  test("an indicator has no orders", () => {
    const script = acting({}, (s) => ({ 0: () => s.entry("L", "long") }));
    const indicator = { ...script, declaration: { ...script.declaration, kind: "indicator" as const } };
    expect(run(indicator)).rejects.toThrow("an indicator has no orders");
  });
});
