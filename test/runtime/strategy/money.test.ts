/** Sizing, commission, margin, and accounts in another currency. */
import { describe, expect, test } from "bun:test";
import type { StrategySettings } from "pynecore";

import { type Feed, noFeeds } from "../../../src/runtime/security/feeds.ts";
import { symbol } from "../fixtures.ts";
import { type Actions, barsOf, plotOf, simulate, type Situation, tradesOf, written } from "./harness.ts";

const allIn: StrategySettings = { defaultQtyType: "percent_of_equity", defaultQtyValue: 100 };

describe("sizing", () => {
  test("a deferred quantity is made at the fill, and the exit that takes the rest grows with it", async () => {
    const result = await simulate(
      "110/110/109/110 105/106/104/105 105/205/104/200 200",
      (s) => ({
        0: () => {
          s.entry("L", "long", { stop: 105 });
          s.exit("X", { fromEntry: "L", stop: 90, limit: 200 });
        },
      }),
      {
        settings: {
          initialCapital: 1_000_000,
          defaultQtyType: "percent_of_equity",
          defaultQtyValue: 20,
          commissionValue: 0.1,
          pyramiding: 4,
        },
      },
    );
    const { closedTrades, openTrades } = result.strategy!;
    expect([closedTrades.length, openTrades.length]).toEqual([1, 0]);
    expect(closedTrades[0]).toMatchObject({
      entryPrice: 105,
      exitPrice: 200,
      size: expect.closeTo(200_000 / (105 * 1.001), 3),
    });
  });
});

describe("commission", () => {
  const fees = (actions: Actions, settings: StrategySettings, bars = "100 110 105 120 120") =>
    simulate(bars, actions, { settings: { marginLong: 0, marginShort: 0, ...settings } }).then(
      ({ strategy }) => strategy!.closedTrades.map(({ commission }) => commission),
    );

  test("percent of the traded money on both legs", async () => {
    const paid = await fees(
      (s) => ({ 0: () => s.entry("L", "long"), 1: () => s.close("L") }),
      { commissionValue: 0.055 },
      "50000 50000 51000 51000",
    );
    expect(paid).toEqual([expect.closeTo((50_000 + 51_000) * 0.00055, 9)]);
  });

  test("per contract on both legs", async () => {
    const settings: StrategySettings = { commissionType: "cash_per_contract", commissionValue: 1.7 };
    const paid = await fees(
      (s) => ({ 0: () => s.entry("L", "long"), 2: () => s.entry("S", "short") }),
      settings,
    );
    expect(paid).toEqual([3.4]);
  });

  const flat: StrategySettings = {
    commissionType: "cash_per_order",
    commissionValue: 10,
    processOrdersOnClose: true,
    initialCapital: 1_000_000,
  };
  const reversing: Actions = (s) => ({
    0: () => s.entry("L", "long"),
    1: () => s.entry("S", "short"),
    2: () => s.entry("L2", "long"),
    3: () => s.closeAll(),
  });

  test("per order: a reversal is one order, its fee split between what it closes and what it opens", async () => {
    const settings = { ...flat, marginLong: 0, marginShort: 0 };
    const { strategy } = await simulate("100 110 105 120 120", reversing, { settings });
    expect(strategy!.closedTrades.map(({ commission }) => commission)).toEqual([15, 10, 15]);
    expect(strategy!.closedTrades.map(({ profit }) => profit)).toEqual([-5, -5, 0]);
    expect(strategy!.desk.netProfit).toBe(-10);
    expect(strategy!.desk.evenTrades).toBe(1);
  });

  test("... of which the side that is not allowed only closes, for the whole fee", async () => {
    const settings = { ...flat, marginLong: 0, marginShort: 0 };
    const { strategy } = await simulate(
      "100 110 105 120 120",
      (s) => {
        s.risk.allowEntryIn("long");
        return reversing(s);
      },
      { settings },
    );
    expect(strategy!.closedTrades.map(({ commission }) => commission)).toEqual([20, 20]);
    expect(strategy!.closedTrades.map(({ profit }) => profit)).toEqual([-10, -5]);
    expect(strategy!.desk.netProfit).toBe(-15);
  });
});

describe("margin", () => {
  test("an entry that its fill makes unaffordable is refused", async () => {
    const result = await simulate(
      "100 100.01/100.01/99.5/100 100",
      (s) => ({ 0: () => s.entry("L", "long") }),
      {
        settings: allIn,
      },
    );
    expect(tradesOf(result)).toEqual([]);
  });

  test("a shortfall below one lot closes one whole contract, here all there is", async () => {
    const result = await simulate(
      "100 100/100/99.95/100 100/100.01/99.95/99.96 99.96",
      (s) => ({ 0: () => s.entry("S", "short") }),
      { settings: { ...allIn, initialCapital: 40 } },
    );
    expect(tradesOf(result)).toEqual(["S -0.4 100@1 > Margin call 100.01@2"]);
  });

  const turning = "100 100/100/99.5/100 100/100/99.5/100 100.01/100.01/99.5/100 100/100/99.5/100 100";
  const shortFree: StrategySettings = { ...allIn, marginShort: 0 };

  test("a refused reversal takes back the close placed behind it", async () => {
    const result = await simulate(
      turning,
      (s) => {
        if (s.barIndex === 0) s.entry("S", "short");
        if (s.barIndex === 2) s.entry("L", "long");
        if (s.barIndex >= 2 && s.positionSize < 0) s.close("S", { comment: "SL Hit" });
      },
      { settings: shortFree },
    );
    expect(tradesOf(result)).toEqual(["S -1000 100@1 > SL Hit 100@4"]);
  });

  test("behind a close that has filled it is let through and trimmed: four times the shortfall", async () => {
    const result = await simulate(
      turning,
      (s) => {
        if (s.barIndex === 0) s.entry("S", "short");
        if (s.barIndex !== 2 || s.positionSize >= 0) return;
        s.close("S", { comment: "Reverse" });
        s.entry("L", "long");
      },
      { settings: shortFree },
    );
    expect(result.strategy!.closedTrades.map(written)).toEqual([
      "S -1000 100@1 > Reverse 100.01@3",
      "L +0.7996 100.01@3 > Margin call 100.01@3",
    ]);
    expect(result.strategy!.desk.positionSize).toBe(999.2004000000001);
  });

  test("two full-size entries of one bar both fill, and the margin call closes both", async () => {
    const result = await simulate(
      "3*100",
      (s) => ({
        0: () => {
          s.entry("A", "long");
          s.entry("B", "long");
        },
      }),
      { settings: { ...shortFree, pyramiding: 10 } },
    );
    expect(tradesOf(result)).toEqual([
      "A +1000 100@1 > Margin call 100@1",
      "B +1000 100@1 > Margin call 100@1",
    ]);
  });

  test("two opposite entries of one bar must both fit", async () => {
    const both = (settings: StrategySettings): Promise<string[]> =>
      simulate(
        "3*100",
        (s) => ({
          0: () => {
            s.entry("A", "long");
            s.entry("B", "short");
          },
        }),
        { settings },
      ).then(tradesOf);
    expect(await both(allIn)).toEqual(["A +1000 100@1 open"]);
    expect(await both({})).toEqual(["A +1 100@1 > B 100@1", "B -1 100@1 open"]);
  });

  test("a position of an earlier bar reverses at full size", async () => {
    const result = await simulate(
      "6*100",
      (s) => ({
        0: () => s.entry("L", "long"),
        2: () => s.entry("S", "short"),
        4: () => s.closeAll(),
      }),
      { settings: allIn },
    );
    expect(tradesOf(result)).toEqual([
      "L +1000 100@1 > S 100@3",
      "S -1000 100@3 > Close position order 100@5",
    ]);
  });

  const rising = Array.from({ length: 10 }, (_, index) => {
    const open = 100 + index * 10;
    return `${open}/${open + 10}/${open - 5}/${open + 5}`;
  }).join(" ");
  const longThenShort: Actions = (s) => {
    if (s.barIndex === 1) s.entry("L", "long", { qty: 2 });
    if (s.barIndex === 5) s.closeAll();
    if (s.barIndex === 7) s.entry("S", "short", { qty: 4 });
    s.plot("price", s.marginLiquidationPrice);
  };

  test.each([
    [25, -66_506.67],
    // A long that is paid in full has no such price.
    [100, NaN],
    [0, NaN],
  ])("the liquidation price with %d percent for longs", async (marginLong, long) => {
    const result = await simulate(rising, longThenShort, { settings: { marginLong, marginShort: 30 } });
    expect(plotOf(result, "price")).toEqual(
      [NaN, NaN, long, long, long, long, NaN, NaN, 19_384.62, 19_384.62].map((value) =>
        Number.isNaN(value) ? NaN : expect.closeTo(value, 9),
      ),
    );
  });

  test("the capital that open trades bind", async () => {
    const held = (settings: StrategySettings): Promise<number[]> =>
      simulate(
        rising,
        (s) => {
          if (s.barIndex === 0) s.entry("A", "long", { qty: 2 });
          if (s.barIndex === 2) s.entry("B", "long", { qty: 3 });
          if (s.barIndex === 5) s.closeAll();
          if (s.barIndex === 7) s.entry("S", "short", { qty: 4 });
          s.plot("held", s.capitalHeld);
        },
        { settings: { pyramiding: 3, ...settings } },
      ).then((result) => plotOf(result, "held"));
    expect(await held({ marginLong: 50, marginShort: 25 })).toEqual([
      0, 220, 220, 610, 610, 610, 0, 0, 720, 720,
    ]);
    expect(await held({ marginLong: 0, marginShort: 0 })).toEqual(Array.from({ length: 10 }, () => NaN));
  });
});

describe("an account in another currency", () => {
  const rates =
    (...values: readonly number[]) =>
    (timeMs: number): number =>
      values[Math.min(values.length - 1, (timeMs - Date.UTC(2024, 0, 1)) / 86_400_000)]!;
  const usdt = (
    rate: ((timeMs: number) => number) | undefined,
    settings: StrategySettings = {},
  ): Situation => ({
    symbol: { currency: "USDT" },
    stepMs: 86_400_000,
    timeframe: "1D",
    settings: { currency: "USD", initialCapital: 10_000, marginLong: 0, marginShort: 0, ...settings },
    options: rate === undefined ? {} : { rate },
  });
  const bars = "100 100/101/99/100 100/120/85/100 100/115/90/110 120/121/119/120 120";
  const held: Actions = (s) => {
    if (s.barIndex === 1) s.entry("L", "long", { qty: 1 });
    if (s.barIndex === 3) s.close("L");
    s.plot("open", s.openProfit);
  };

  test("profit rides the exit's rate, open profit the bar's, extremes their own", async () => {
    const result = await simulate(bars, held, usdt(rates(0.7, 0.7, 0.7, 1.3)));
    expect(plotOf(result, "open").slice(0, 5)).toEqual([0, 0, 0, 13, 0]);
    expect(result.strategy!.closedTrades[0]).toMatchObject({
      profit: 26,
      profitPercent: 20,
      maxRunup: 19.5,
      maxDrawdown: 13,
    });
  });

  test("rates of 1 change nothing", async () => {
    const numbers = async (situation: Situation): Promise<unknown> => {
      const { strategy } = await simulate(bars, held, situation);
      return [{ ...strategy!.closedTrades[0] }, [...strategy!.equity]];
    };
    expect(await numbers(usdt(rates(1)))).toEqual(
      await numbers({ ...usdt(undefined), symbol: { currency: "USD" } }),
    );
  });

  test("without a rate money is counted one to one, conversions are na, and it is said once", async () => {
    const warnings: string[] = [];
    const result = await simulate(
      bars,
      (s) => {
        held(s);
        s.plot("converted", s.convertToAccount(1));
      },
      { ...usdt(undefined), options: { onWarning: (message) => warnings.push(message) } },
    );
    expect(result.strategy!.closedTrades[0]!.profit).toBe(20);
    expect(plotOf(result, "converted")).toEqual(Array.from({ length: 6 }, () => NaN));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("USDT to USD");
  });

  test("the rate is looked up once a bar, and never when there is nothing to convert", async () => {
    for (const [currency, lookups] of [
      ["USD", 6],
      ["", 0],
      ["USDT", 0],
    ] as const) {
      let count = 0;
      const situation = usdt(() => (count++, 1.5), { currency });
      await simulate(bars, held, situation);
      expect(count).toBe(lookups);
    }
  });

  test("a feed of the pair, either way around, is the rate: its last bar that is over", async () => {
    const feed = (base: string, currency: string): Feed => ({
      columns: barsOf("0.5 0.8 0.5 0.5 0.5 0.5", { stepMs: 86_400_000 }),
      symInfo: symbol({ basecurrency: base, currency }),
      timeframe: "1D",
    });
    for (const [pair, expected] of [
      [feed("USDT", "USD"), [NaN, 0.5, 0.8, 0.5]],
      [feed("USD", "USDT"), [NaN, 2, 1.25, 2]],
    ] as const) {
      const rate = (from: string, to: string): Feed | undefined =>
        pair.symInfo.basecurrency === from && pair.symInfo.currency === to ? pair : undefined;
      const result = await simulate("4*100", (s) => s.plot("rate", s.convertToAccount(1)), {
        ...usdt(undefined),
        options: { feeds: { ...noFeeds, rate } },
      });
      expect(plotOf(result, "rate")).toEqual([...expected]);
    }
  });

  test("the chart's own pair is the rate of its base currency", async () => {
    const result = await simulate(
      "1.1 1.25 1.2",
      (s) => {
        s.plot("account", s.convertToAccount(1));
        s.plot("back", s.convertToSymbol(1));
        s.plot("na", s.convertToAccount(NaN));
        s.plot("zero", s.convertToSymbol(0));
        expect(s.accountCurrency).toBe("EUR");
      },
      { symbol: { currency: "USD", basecurrency: "EUR" }, settings: { currency: "EUR" } },
    );
    expect(plotOf(result, "account")).toEqual([1 / 1.1, 1 / 1.25, 1 / 1.2]);
    expect(plotOf(result, "back")).toEqual([1 / (1 / 1.1), 1 / (1 / 1.25), 1 / (1 / 1.2)]);
    expect(plotOf(result, "na")).toEqual([NaN, NaN, NaN]);
    expect(plotOf(result, "zero")).toEqual([0, 0, 0]);
  });

  test("sizes: percent of equity and cash buy by the rate", async () => {
    const bought = async (rate: number, settings: StrategySettings) => {
      const result = await simulate(
        "100 100 100",
        (s) => ({ 0: () => s.entry("L", "long") }),
        usdt(rates(rate), settings),
      );
      const [trade] = result.strategy!.openTrades;
      expect([trade!.entryPrice, result.strategy!.desk.equity]).toEqual([100, 10_000]);
      return trade!.size;
    };
    const half: StrategySettings = { defaultQtyType: "percent_of_equity", defaultQtyValue: 50 };
    expect(await bought(0.5, half)).toBe(100);
    expect(await bought(1, half)).toBe(50);
  });

  test("fees: cash is in the account's currency, percent rides its own bar's rate", async () => {
    const trip: Actions = (s) => ({ 0: () => s.entry("L", "long"), 1: () => s.close("L") });
    const trade = async (rate: (timeMs: number) => number, settings: StrategySettings) =>
      (await simulate("100 100 120 120", trip, usdt(rate, settings))).strategy!.closedTrades[0]!;
    const cash: StrategySettings = {
      defaultQtyType: "cash",
      defaultQtyValue: 1000,
      commissionType: "cash_per_contract",
      commissionValue: 2,
    };
    expect(await trade(rates(0.5), cash)).toMatchObject({
      size: 20,
      commission: 80,
      profit: 20 * 20 * 0.5 - 80,
    });
    expect(await trade(rates(1), cash)).toMatchObject({ size: 10, commission: 40, profit: 160 });
    const percent = await trade(rates(0.7, 0.7, 1.3), { commissionValue: 1 });
    expect(percent.commission).toBeCloseTo(0.7 + 1.56, 9);
    expect(percent.profit).toBeCloseTo(23.74, 9);
  });
});
