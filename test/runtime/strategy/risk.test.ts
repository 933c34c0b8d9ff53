/** Risk rules: when they stop a strategy, and what they do then. */
import { expect, test } from "bun:test";
import type { StrategyContext } from "pynecore";

import { type Situation, simulate, tradesOf } from "./harness.ts";

const dayMs = 86_400_000;
const days: Situation = { stepMs: dayMs, timeframe: "1D", symbol: { period: "1D" } };

test("days of loss in a row: closed when the day that is one too many begins", async () => {
  const result = await simulate(
    "100 100/110/100/110 110/120/110/120 120/130/120/130 130/140/130/140 140",
    (s) => {
      s.risk.maxConsLossDays(3);
      if (s.barIndex === 0) s.entry("S", "short", { qty: 10 });
      if (s.barIndex === 5) s.entry("Again", "short");
    },
    days,
  );
  expect(tradesOf(result)).toEqual([
    "S -10 100@1 > Close Position (Max consecutive loss days reached) 130@4",
  ]);
  expect(result.strategy!.closedTrades[0]!.exitId).toBe("Risk management close");
  expect(result.strategy!.desk.risk.lossDays).toBeGreaterThanOrEqual(3);
});

test("drawdown is looked at only when something closes; then nothing is entered any more", async () => {
  const sizes: number[] = [];
  const result = await simulate(
    "100/100.5/99.5/100 100/101/99/100 100/100.5/80/80 80/86/80/85 85/86/84/85 85/86/84/85 85/90/84/88 88",
    (s) => {
      s.risk.maxDrawdown(100, "cash");
      if (s.barIndex === 0) s.entry("Long", "long", { qty: 10 });
      if (s.barIndex === 4) s.close("Long", { qtyPercent: 10 });
      if (s.barIndex === 6) s.entry("Long2", "long", { qty: 10 });
      sizes.push(s.positionSize);
    },
    { settings: { initialCapital: 1000 } },
  );
  expect(tradesOf(result)).toEqual([
    "Long +1 100@1 > Close entry(s) order Long 85@5",
    "Long +9 100@1 > Close Position (Max drawdown reached) 85@5",
  ]);
  expect(sizes).toEqual([0, 10, 10, 10, 10, 0, 0, 0]);
});

test.each([
  [100, "cash"],
  [10, "percent_of_equity"],
] as const)("intraday loss of %d %s stops at the bar's close", async (value, unit) => {
  const result = await simulate(
    "100 100/100/98/99 99/99/87/88 88 88",
    (s) => {
      s.risk.maxIntradayLoss(value, unit);
      if (s.positionSize === 0) s.entry("L", "long", { qty: 10 });
    },
    { stepMs: 3_600_000, timeframe: "60", settings: { initialCapital: 1000 } },
  );
  expect(tradesOf(result)).toEqual(["L +10 100@1 > Close Position (Max intraday loss reached) 88@2"]);
  expect(result.strategy!.desk.risk.halted).toBe("Max intraday loss reached");
});

test("the loss of a day is measured from that day's start", async () => {
  const result = await simulate(
    "100 100 94 94 88 88",
    (s) => {
      s.risk.maxIntradayLoss(100, "cash");
      if (s.barIndex === 0) s.entry("L", "long", { qty: 10 });
    },
    { ...days, settings: { initialCapital: 1000 } },
  );
  expect(tradesOf(result)).toEqual(["L +10 100@1 open"]);
});

test("a day's filled orders: a reversal is one, and the last closes the position where it filled", async () => {
  const bars = Array.from({ length: 10 }, (_, index) => {
    const open = 100 + index;
    return `${open}/${open + 1}/${open - 1}/${open + 0.5}`;
  }).join(" ");
  const alternating = (s: StrategyContext): void => {
    s.risk.maxIntradayFilledOrders(4);
    if (s.barIndex % 2 === 0) s.entry("L", "long");
    else s.entry("S", "short");
  };
  const result = await simulate(bars, alternating);
  expect(tradesOf(result)).toEqual([
    "L +1 101@1 > S 102@2",
    "S -1 102@2 > L 103@3",
    "L +1 103@3 > S 104@4",
    "S -1 104@4 > Close Position (Max number of filled orders in one day) 104@4",
  ]);
  const nextDay = await simulate(bars, alternating, { stepMs: dayMs / 8, timeframe: "180" });
  // Placed on the first bar of the next day.
  expect(tradesOf(nextDay).slice(4)).toEqual(["L +1 109@9 open"]);
});

test("a halt leaves no queued order behind", async () => {
  const result = await simulate(
    "100 100 90 80 70 60",
    (s) => {
      s.risk.maxConsLossDays(2);
      if (s.barIndex === 0) s.entry("L", "long", { qty: 10 });
      if (s.barIndex === 3) s.entry("More", "long", { qty: 1 });
    },
    { ...days, settings: { pyramiding: 5 } },
  );
  expect(tradesOf(result)).toEqual(["L +10 100@1 > Close Position (Max consecutive loss days reached) 70@4"]);
});

test("the largest position: an entry is cut to it, a reversal too, what has no room is dropped", async () => {
  const result = await simulate(
    "7*100",
    (s) => {
      s.risk.maxPositionSize(5);
      return {
        0: () => s.entry("A", "long", { qty: 3 }),
        1: () => s.entry("B", "long", { qty: 4 }),
        2: () => s.entry("C", "long", { qty: 4 }),
        4: () => s.entry("D", "short", { qty: 9 }),
      };
    },
    { settings: { pyramiding: 5 } },
  );
  expect(tradesOf(result)).toEqual(["A +3 100@1 > D 100@5", "B +2 100@2 > D 100@5", "D -5 100@5 open"]);
});

test("a side that is not allowed opens nothing when flat", async () => {
  const result = await simulate("4*100", (s) => {
    s.risk.allowEntryIn("long");
    return { 0: () => s.entry("S", "short"), 1: () => s.entry("L", "long") };
  });
  expect(tradesOf(result)).toEqual(["L +1 100@2 open"]);
});

test("thresholds of nothing are no rules, except for the filled orders", async () => {
  const run = (set: (s: StrategyContext) => void): Promise<string[]> =>
    simulate("100 100 50 50", (s) => {
      set(s);
      if (s.barIndex === 0) s.entry("L", "long");
    }).then(tradesOf);
  expect(await run((s) => s.risk.maxIntradayLoss(0, "cash"))).toEqual(["L +1 100@1 open"]);
  expect(await run((s) => s.risk.maxDrawdown(-1, "cash"))).toEqual(["L +1 100@1 open"]);
  expect(await run((s) => s.risk.maxConsLossDays(0))).toEqual(["L +1 100@1 open"]);
  expect(await run((s) => s.risk.maxIntradayFilledOrders(0))).toEqual([]);
});
