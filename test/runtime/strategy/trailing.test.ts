/** Trailing stops: armed when the price touches the activation, then behind the best price at the offset. */
import { expect, test } from "bun:test";
import type { ExitOptions, StrategyContext } from "pynecore";

import { type Situation, simulate, tradesOf } from "./harness.ts";

/** A position from bar 1 on, whose exit is issued again on every bar. */
const riding = (
  bars: string,
  exit: ExitOptions | ((s: StrategyContext) => ExitOptions),
  side: "long" | "short" = "long",
  situation: Situation = {},
) =>
  simulate(
    bars,
    (s) => {
      if (s.barIndex === 0) s.entry("E", side);
      if (s.positionSize !== 0) s.exit("X", typeof exit === "function" ? exit(s) : exit);
    },
    situation,
  ).then(tradesOf);

const up = "100 100/100.2/100/100.1";
const down = "100 100/100/99.8/99.9";

test.each([
  [
    "rides to the high and fills on the way back",
    `${up} 100.5/102/100.4/101.5 101.5`,
    { trailPrice: 101, trailOffset: 10 },
    "101.9@2",
  ],
  [
    "carries its stop to the next bar",
    `${up} 100.5/101.2/100.45/101.15 101.45/101.6/100.9/101 101`,
    { trailPrice: 101, trailOffset: 10 },
    "101.5@3",
  ],
  [
    "fills at an open that jumps past it",
    "100 100/100.2/100/100.2 100.21/100.6/100.21/100.5 100.5",
    { trailPoints: 5, trailOffset: 0 },
    "100.21@2",
  ],
  [
    "lets a limit go first",
    `${up} 100/101/99.9/100.3 100.3`,
    { limit: 100.6, trailPrice: 100.1, trailOffset: 30 },
    "100.6@2",
  ],
  [
    "without offset fills at its activation",
    `${up} 100.5/101.5/100.4/100.6 100.6`,
    { stop: 95, limit: 110, trailPoints: 100 },
    "101@2",
  ],
  [
    "lets a stop go first",
    `${up} 100/100.6/98/99 99`,
    { stop: 99.5, trailPoints: 50, trailOffset: 200 },
    "99.5@2",
  ],
])("long: %s", async (_name, bars, exit, filled) => {
  expect(await riding(bars, exit)).toEqual([`E +1 100@1 > X ${filled}`]);
});

test.each([
  [
    "rides to the low and fills on the way back",
    `${down} 99.5/99.6/98/98.5 98.5`,
    { trailPrice: 99, trailOffset: 10 },
    "98.1@2",
  ],
  [
    "fills at an open that jumps past it",
    "100 100/100/99.8/99.8 99.79/99.79/99.4/99.5 99.5",
    { trailPoints: 5, trailOffset: 0 },
    "99.79@2",
  ],
])("short: %s", async (_name, bars, exit, filled) => {
  expect(await riding(bars, exit, "short")).toEqual([`E -1 100@1 > X ${filled}`]);
});

test("an activation raised above the best price disarms the stop", async () => {
  const bars =
    "100 100/100.2/100/100.1 100.5/101.5/100.45/101.45 101.4/101.8/101.2/101.6 101.6/102.8/101.5/102.55 102.55";
  const late = (s: StrategyContext): boolean => s.barIndex >= 2;
  expect(await riding(bars, (s) => ({ trailPrice: late(s) ? 102.5 : 101, trailOffset: 10 }))).toEqual([
    "E +1 100@1 > X 102.7@4",
  ]);
  expect(await riding(bars, (s) => ({ trailPoints: late(s) ? 250 : 100, trailOffset: 10 }))).toEqual([
    "E +1 100@1 > X 102.7@4",
  ]);
});

test("it slips, and has a comment of its own", async () => {
  const exit = { trailPrice: 101, trailOffset: 10, comment: "c", commentTrailing: "trailed" };
  const trades = await riding(`${up} 100.5/102/100.4/101.5 101.5`, exit, "long", {
    settings: { slippage: 3 },
  });
  expect(trades).toEqual(["E +1 100.03@1 > trailed 101.87@2"]);
});

/** An entry that fills inside bar 1, with its exit placed beside it. */
const pending = (bars: string, entry: { stop?: number; limit?: number }, exit: ExitOptions) =>
  simulate(bars, (s) => ({
    0: () => {
      s.entry("L1", "long", entry);
      s.exit("L1X", { ...exit, fromEntry: "L1" });
    },
  })).then(tradesOf);

test("is live for the rest of the bar in which its entry fills", async () => {
  const bars = "100 100/101.5/99.9/100.2 100.2";
  const filled = ["L1 +1 100.5@1 > L1X 101.4@1"];
  expect(await pending(bars, { stop: 100.5 }, { trailPoints: 50, trailOffset: 10 })).toEqual(filled);
  expect(await pending(bars, { stop: 100.5 }, { trailPrice: 101, trailOffset: 10 })).toEqual(filled);
});

test("an extreme before the entry's fill neither arms nor moves it", async () => {
  const bars = "100 100/100.2/99/99.8 99.8/99.85/99.4/99.5 99.5";
  expect(await pending(bars, { limit: 99.5 }, { trailPoints: 10, trailOffset: 10 })).toEqual([
    "L1 +1 99.5@1 > L1X 99.75@2",
  ]);
});
