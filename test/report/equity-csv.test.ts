/** The equity file of a strategy. */
import { expect, test } from "bun:test";
import { strategy } from "pynecore";

import { writeEquityCsv } from "../../src/report/equity-csv.ts";
import { runScript } from "../../src/runtime/run.ts";
import { rampColumns, symbol } from "../runtime/fixtures.ts";
import { linesOf } from "./plot-csv-lines.ts";

/** One contract held from the second bar on, on bars that rise by 1. */
const holding = (side: "long" | "short", calcBarsCount = 0) =>
  strategy("holding", { initialCapital: 1000, calcBarsCount }, (s) => () => {
    if (s.barstate.isfirst) s.entry("E", side);
  });
const lines = async (script: ReturnType<typeof holding>): Promise<string[]> => {
  const result = await runScript(script, { columns: rampColumns(4), symInfo: symbol(), timeframe: "5" });
  return linesOf((rows) => writeEquityCsv(result, rows));
};

test("a row for every bar: equity at its close, and how far that is below the highest", async () => {
  expect(await lines(holding("long"))).toEqual([
    "time,equity,drawdown,drawdown %",
    "2024-01-01T00:00:00+00:00,1000.0,0.0,0.0",
    "2024-01-01T00:05:00+00:00,1000.5,0.0,0.0",
    "2024-01-01T00:10:00+00:00,1001.5,0.0,0.0",
    "2024-01-01T00:15:00+00:00,1002.5,0.0,0.0",
  ]);
  expect((await lines(holding("short"))).slice(-2)).toEqual([
    "2024-01-01T00:10:00+00:00,998.5,1.5,0.15",
    "2024-01-01T00:15:00+00:00,997.5,2.5,0.25",
  ]);
});

test("bars before the computed ones have no row", async () => {
  expect(await lines(holding("long", 2))).toEqual([
    "time,equity,drawdown,drawdown %",
    "2024-01-01T00:10:00+00:00,1000.0,0.0,0.0",
    "2024-01-01T00:15:00+00:00,1000.5,0.0,0.0",
  ]);
});
