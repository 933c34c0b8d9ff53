/** Values exported from TradingView, against the same scripts in TypeScript. */
import { expect, test } from "bun:test";

import { runScript } from "../../src/runtime/run.ts";
import { agrees, numberOf, readCase, timeOf } from "./case.ts";
import { indicators, strategies } from "./scripts.ts";

test.each(Object.keys(indicators))("%s: every plotted value", async (name) => {
  const { definition, symInfo, columns, header, rows } = readCase(name);
  const result = await runScript(indicators[name]!, { columns, symInfo, timeframe: symInfo.period });
  const byTime = new Map(Array.from(columns.openTimeMs, (time, index) => [time, index]));
  const wrong: string[] = [];
  let compared = 0;
  for (const row of rows) {
    const bar = byTime.get(timeOf(row[0]!));
    if (bar === undefined) continue;
    for (const plot of result.plots) {
      const column = header.indexOf(plot.title);
      expect(column, plot.title).toBeGreaterThan(0);
      const [actual, expected] = [plot.values[bar]!, numberOf(row[column]!)];
      compared++;
      if (!agrees(definition, plot.title, actual, expected))
        wrong.push(`bar ${bar} ${plot.title}: ${actual}, not ${expected}`);
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(compared).toBeGreaterThan(rows.length - 1);
});

test.each(Object.keys(strategies))("%s: every closed trade", async (name) => {
  const { definition, symInfo, columns, header, rows } = readCase(name);
  const result = await runScript(strategies[name]!, { columns, symInfo, timeframe: symInfo.period });
  const trades = result.strategy!.closedTrades;
  expect(trades.length).toBe(rows.length);
  const wrong: string[] = [];
  for (const [index, row] of rows.entries()) {
    const trade = trades[index]!;
    const cell = (column: string): string => row[header.indexOf(column)]!;
    const same = (column: string, actual: number): void => {
      const expected = numberOf(cell(column));
      if (!agrees(definition, column, actual, expected))
        wrong.push(`trade ${index + 1} ${column}: ${actual}, not ${expected}`);
    };
    const equal = (column: string, actual: unknown, expected: unknown): void => {
      if (actual !== expected) wrong.push(`trade ${index + 1} ${column}: ${actual}, not ${expected}`);
    };
    equal("direction", trade.size > 0 ? "long" : "short", cell("direction"));
    equal("entry_time", trade.entryTimeMs, timeOf(cell("entry_time")));
    equal("exit_time", trade.exitTimeMs, timeOf(cell("exit_time")));
    equal("entry_signal", trade.entryComment || trade.entryId, cell("entry_signal"));
    equal("exit_signal", trade.exitComment || trade.exitId, cell("exit_signal"));
    same("entry_price", trade.entryPrice);
    same("exit_price", trade.exitPrice!);
    same("qty", Math.abs(trade.size));
    same("profit", trade.profit!);
    same("cum_profit", trade.cumulativeProfit!);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
});
