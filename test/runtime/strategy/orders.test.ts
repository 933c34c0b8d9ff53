/** Entries, closes and exits: which orders fill, in which order, at which price. */
import { describe, expect, test } from "bun:test";

import { plotOf, simulate, tradesOf } from "./harness.ts";

const calm = "100/100.5/99.5/100";

describe("exits at a price", () => {
  const twoTargets = (bars: string, onBar2 = (_s: { cancel(id: string): void }): void => {}) =>
    simulate(bars, (s) => ({
      0: () => s.entry("Long", "long", { qty: 2 }),
      1: () => {
        s.exit("TP1", { fromEntry: "Long", qty: 1, limit: 110 });
        s.exit("TP2", { fromEntry: "Long", qty: 1, limit: 120 });
      },
      2: () => onBar2(s),
    }));

  test("two targets of one entry fill one after the other, each once", async () => {
    const result = await twoTargets(`2*${calm} 100/115/100/115 115/125/115/125 125/126/124/125`);
    expect(tradesOf(result)).toEqual(["Long +1 100@1 > TP1 110@2", "Long +1 100@1 > TP2 120@3"]);
  });

  test("cancelling an exit takes that exit alone", async () => {
    const bars = `3*${calm} 100/115/100/115 115/125/115/125 125`;
    expect(tradesOf(await twoTargets(bars, (s) => s.cancel("TP1")))).toEqual([
      "Long +1 100@1 > TP2 120@4",
      "Long +1 100@1 open",
    ]);
  });

  test("cancelling a filled entry leaves its exits", async () => {
    const bars = `3*${calm} 100/115/100/115 115/125/115/125 125`;
    expect(tradesOf(await twoTargets(bars, (s) => s.cancel("Long")))).toEqual([
      "Long +1 100@1 > TP1 110@3",
      "Long +1 100@1 > TP2 120@4",
    ]);
  });

  test("an open beyond both targets fills both there", async () => {
    expect(tradesOf(await twoTargets(`2*${calm} 125/126/124/125 125`))).toEqual([
      "Long +1 100@1 > TP1 125@2",
      "Long +1 100@1 > TP2 125@2",
    ]);
  });

  test("of two stops on the way down the nearer is first", async () => {
    const result = await simulate(`2*${calm} 98/98.5/88/92 92`, (s) => ({
      0: () => s.entry("L", "long", { qty: 2 }),
      1: () => {
        s.exit("X_B", { fromEntry: "L", qty: 1, stop: 90 });
        s.exit("X_A", { fromEntry: "L", qty: 1, stop: 95 });
      },
    }));
    expect(tradesOf(result)).toEqual(["L +1 100@1 > X_A 95@2", "L +1 100@1 > X_B 90@2"]);
  });

  const bracket = (bars: string) =>
    simulate(bars, (s) => {
      if (s.barIndex === 0) s.entry("L", "long", { qty: 2 });
      if (s.positionSize <= 0) return;
      s.exit("HALF_TP", { fromEntry: "L", qtyPercent: 50, limit: s.positionAvgPrice * 1.05 });
      s.exit("REST_SL", { fromEntry: "L", stop: s.positionAvgPrice * 0.95 });
    });

  test("a partial exit that is issued again on every bar fills once", async () => {
    const result = await bracket(`2*${calm} 101/106/100.5/105 106/107/105.5/106 106/108/105.5/107`);
    expect(tradesOf(result)).toEqual(["L +1 100@1 > HALF_TP 105@2", "L +1 100@1 open"]);
  });

  test("the leg without quantity has what the other leaves", async () => {
    const result = await bracket(`2*${calm} 99/99.5/94/95 95`);
    expect(tradesOf(result)).toEqual(["L +1 100@1 > REST_SL 95@2", "L +1 100@1 open"]);
  });

  test("an exit whose levels are all na is no exit", async () => {
    const result = await simulate(`${calm} ${calm} 100/105/99/104 108/112/107/111 110`, (s) => {
      if (s.barIndex === 0) s.entry("E", "long");
      s.exit("X", { fromEntry: "E", limit: s.positionAvgPrice + 10 });
    });
    expect(tradesOf(result)).toEqual(["E +1 100@1 > X 110@3"]);
  });

  test("one exit covers every entry of its id", async () => {
    const result = await simulate(
      "100 100/100.5/100/100.4 100.4/101/100.3/101 101/101.2/100.8/101 101/101.1/98.5/98.8 98.8",
      (s) => {
        if (s.barIndex === 0 || s.barIndex === 2) s.entry("L", "long");
        if (s.positionSize > 0) s.exit("X", { fromEntry: "L", stop: 99 });
      },
      { settings: { pyramiding: 2 } },
    );
    expect(tradesOf(result)).toEqual(["L +1 100@1 > X 99@4", "L +1 101@3 > X 99@4"]);
  });

  test("an exit without entry belongs to the open position; a reversal has its own only after its bar", async () => {
    const result = await simulate(
      "2*100 100/100/98/100 4*100 2*100/102/100/100 100",
      (s) => {
        if (s.barIndex === 1) s.entry("L1", "long");
        if (s.barIndex === 4) s.entry("L2", "long");
        if (s.barIndex === 6) s.entry("S", "short");
        s.exit("x", { loss: 100 });
        s.plot("size", s.positionSize);
        s.plot("closed", s.closedTrades);
      },
      { settings: { marginLong: 0, marginShort: 0 } },
    );
    expect(plotOf(result, "size")).toEqual([0, 0, 0, 0, 0, 1, 1, -1, 0, 0]);
    expect(plotOf(result, "closed")).toEqual([0, 0, 1, 1, 1, 1, 1, 2, 3, 3]);
  });

  test.each([
    ["is issued again", true],
    ["is left as it was", false],
  ])(
    "an entry that is placed anew the other way is closed by the exit that waits for it, which %s",
    async (_how, again) => {
      const result = await simulate(`${calm} 100/100.5/99.5/100 100/104/99/103 103`, (s) => ({
        0: () => {
          const exit = (): void => s.exit("X", { fromEntry: "E", limit: 103, stop: 90 });
          s.entry("E", "short", { qty: 1, limit: 120 });
          exit();
          s.entry("E", "long", { qty: 1 });
          if (again) exit();
        },
      }));
      expect(tradesOf(result)).toEqual(["E +1 100@1 > X 103@2"]);
    },
  );

  test("an exit reserves nothing for an entry that will be refused", async () => {
    const result = await simulate("3*100 100/100.5/100/100 100/101.5/100/101 101", (s) => {
      if (s.barIndex === 0 || s.barIndex === 2) s.entry("L", "long", { qty: 100 });
      if (s.positionSize > 0) s.exit("XPart", { fromEntry: "L", qtyPercent: 50, limit: 101 });
    });
    expect(tradesOf(result)).toEqual(["L +50 100@1 > XPart 101@4", "L +50 100@1 open"]);
  });

  test("a target in ticks of an entry that fills inside the bar fills further on", async () => {
    const result = await simulate("101/101.2/100.8/101 100.5/100.6/99.3/99.8 99.8", (s) => ({
      0: () => {
        s.entry("S1", "short", { stop: 100 });
        s.exit("S1X", { fromEntry: "S1", profit: 50 });
      },
    }));
    expect(tradesOf(result)).toEqual(["S1 -1 100@1 > S1X 99.5@1"]);
  });

  test("... also between two entry levels", async () => {
    const result = await simulate(
      "99.9 99.9/101.5/97/99 99 99 99",
      (s) => ({
        0: () => {
          s.entry("L1", "long", { stop: 100 });
          s.exit("L1X", { fromEntry: "L1", profit: 50 });
          s.entry("L2", "long", { stop: 101 });
        },
        3: () => s.closeAll(),
      }),
      { settings: { pyramiding: 1 } },
    );
    expect(tradesOf(result)).toEqual([
      "L1 +1 100@1 > L1X 100.5@1",
      "L2 +1 101@1 > Close position order 99@4",
    ]);
  });

  test("a stop between the open and the extreme fills on the way back", async () => {
    // The emulator this one follows would wait for the next open here.
    const result = await simulate("100 100/110/85/95 95", (s) => ({
      0: () => {
        s.entry("L", "long", { stop: 105 });
        s.exit("SL", { fromEntry: "L", stop: 103 });
      },
    }));
    expect(tradesOf(result)).toEqual(["L +1 105@1 > SL 103@1"]);
  });

  test("its own comment for each way of filling, also when the open jumps over it", async () => {
    const exit = {
      fromEntry: "L",
      stop: 90,
      limit: 110,
      comment: "x",
      commentProfit: "won",
      commentLoss: "lost",
    };
    for (const [bar, expected] of [
      ["100/111/99/100", "L +1 100@1 > won 110@2"],
      ["100/101/89/100", "L +1 100@1 > lost 90@2"],
      ["115", "L +1 100@1 > won 115@2"],
      ["85", "L +1 100@1 > lost 85@2"],
    ] as const) {
      const result = await simulate(`100 100 ${bar} 100`, (s) => ({
        0: () => s.entry("L", "long"),
        1: () => s.exit("X", exit),
      }));
      expect(tradesOf(result)).toEqual([expected]);
    }
  });

  test("of a distance and a price the one that is met first counts", async () => {
    const result = await simulate("100 100 100/104/100/104 104/108/104/108 108", (s) => ({
      0: () => s.entry("L", "long"),
      1: () => s.exit("X", { limit: 107, profit: 300 }),
    }));
    expect(tradesOf(result)).toEqual(["L +1 100@1 > X 103@2"]);
  });

  test("an exit that named no entry covers the position that came instead of the one it waited for", async () => {
    const result = await simulate("100 100 100/100/98/98 98 98", (s) => ({
      0: () => {
        s.entry("A", "long", { stop: 105 });
        s.exit("X", { stop: 99 });
        s.cancel("A");
        s.entry("B", "long");
      },
    }));
    expect(tradesOf(result)).toEqual(["B +1 100@1 > X 99@2"]);
  });
});

describe("closes", () => {
  const shares = (side: "long" | "short", percents: readonly number[], all = false) =>
    simulate(`4*${calm}`, (s) => ({
      0: () => s.entry("E", side, { qty: 10 }),
      1: () => {
        for (const [index, qtyPercent] of percents.entries())
          s.close("E", { comment: `C${index}`, qtyPercent });
        if (all) s.closeAll();
      },
    }));
  const sizes = async (...args: Parameters<typeof shares>): Promise<number[]> => {
    const { closedTrades, openTrades } = (await shares(...args)).strategy!;
    expect(openTrades).toEqual([]);
    return closedTrades.map(({ size }) => size);
  };

  test("several of one bar add up, sized when they are placed, never beyond the position", async () => {
    expect(await sizes("long", [30, 30, 40])).toEqual([3, 3, 4]);
    expect(await sizes("long", [70, 70])).toEqual([7, 3]);
    expect(await sizes("short", [30, 30, 40])).toEqual([-3, -3, -4]);
    expect(await sizes("long", [50, 50, 50])).toEqual([5, 5]);
    expect(await sizes("long", [30], true)).toEqual([3, 7]);
    expect(await sizes("short", [30], true)).toEqual([-3, -7]);
  });

  test("a partial close fills once and is gone", async () => {
    for (const [calcOnOrderFills, closesOn] of [
      [false, 2],
      // The script runs again on the bar of its entry, and closes there.
      [true, 1],
    ] as const) {
      const closedOn: number[] = [];
      let runs = 0;
      let before = 0;
      const result = await simulate(
        "8*100",
        (s) => {
          runs++;
          if (s.barIndex === 0) s.entry("A", "long", { qty: 100 });
          if (s.barIndex === 1 && s.closedTrades === 0) s.close("A", { qty: 10 });
          if (s.closedTrades > before) closedOn.push(s.barIndex);
          before = s.closedTrades;
        },
        { settings: { calcOnOrderFills } },
      );
      expect(closedOn).toEqual([closesOn]);
      expect(runs).toBe(calcOnOrderFills ? 10 : 8);
      expect(tradesOf(result)).toEqual([
        `A +10 100@1 > Close entry(s) order A 100@${closesOn}`,
        "A +90 100@1 open",
      ]);
    }
  });

  test("at once: at this bar's close, and the position reads as open until the next", async () => {
    const result = await simulate("3*100 100/101/99/100.5 100 100/101/99/100.7 100", (s) => {
      if (s.barIndex === 2) s.entry("L", "long");
      if (s.barIndex === 5) s.closeAll({ comment: "X", immediately: true });
      s.plot("size", s.positionSize);
      s.plot("average", s.positionAvgPrice);
    });
    expect(plotOf(result, "size")).toEqual([0, 0, 0, 1, 1, 1, 0]);
    expect(plotOf(result, "average")).toEqual([NaN, NaN, NaN, 100, 100, 100, NaN]);
    expect(tradesOf(result)).toEqual(["L +1 100@3 > X 100.7@5"]);
  });

  test("at once: slippage is in the money, not in the price that is reported", async () => {
    const result = await simulate(
      "100 100 100/101/99/100.7 100",
      (s) => ({
        0: () => s.entry("L", "long"),
        2: () => {
          s.close("L", { immediately: true });
          s.closeAll({ immediately: true });
        },
      }),
      { settings: { slippage: 10 } },
    );
    const [trade] = result.strategy!.closedTrades;
    expect(tradesOf(result)).toEqual(["L +1 100.1@1 > Close entry(s) order L 100.7@2"]);
    expect(trade!.profit).toBeCloseTo(0.5, 9);
  });

  test("cumulative profit is the running sum, whenever trades close", async () => {
    const bars = Array.from({ length: 100 }, (_, index) => `${100 + ((index * 7) % 13)}`).join(" ");
    const result = await simulate(bars, (s) => {
      if (s.barIndex % 20 === 5) s.entry("L", "long");
      if (s.barIndex % 20 === 15) s.closeAll({ immediately: true });
    });
    let sum = 0;
    expect(result.strategy!.closedTrades).toHaveLength(5);
    for (const trade of result.strategy!.closedTrades) {
      sum += trade.profit;
      expect(trade.cumulativeProfit).toBeCloseTo(sum, 9);
    }
  });
});

describe("entries", () => {
  test("cancelAll takes priced and market orders alike", async () => {
    const result = await simulate(
      `2*${calm} 100/125/99.5/125 125`,
      (s) => ({
        0: () => {
          s.entry("A", "long", { stop: 110 });
          s.entry("B", "long", { stop: 120 });
        },
        1: () => {
          s.entry("C", "long");
          s.cancelAll();
        },
      }),
      { settings: { pyramiding: 2 } },
    );
    expect(tradesOf(result)).toEqual([]);
  });

  test("quantities are cut to lots; exact multiples survive", async () => {
    const result = await simulate("6*100", (s) => ({
      0: () => s.entry("A", "long", { qty: 173.432 }),
      1: () => s.close("A"),
      2: () => s.entry("B", "long", { qty: 50.00055 }),
      3: () => s.close("B"),
    }));
    expect(result.strategy!.closedTrades.map(({ size }) => size)).toEqual([
      expect.closeTo(173.432, 9),
      expect.closeTo(50.0005, 9),
    ]);
  });

  test("what cannot be sized is no order", async () => {
    for (const [settings, qty] of [
      [{ defaultQtyType: "percent_of_equity", defaultQtyValue: 0 }, undefined],
      [{}, Infinity],
      [{}, -1],
      [{}, 0.00001],
    ] as const) {
      const options = qty === undefined ? {} : { qty };
      const result = await simulate(
        "4*100",
        (s) => ({
          0: () => {
            s.entry("A", "long", options);
            s.entry("B", "long", { ...options, limit: 99 });
            s.order("C", "long", options);
          },
        }),
        { settings },
      );
      expect(tradesOf(result)).toEqual([]);
    }
  });

  test("fills are booked on the tick grid, and the average is total cost over total size", async () => {
    const result = await simulate(
      "93761.9 94098.91 93830.89",
      (s) => {
        if (s.barIndex === 0) s.entry("A", "long", { qty: 0.001 });
        if (s.barIndex === 1) s.entry("B", "long", { qty: 0.003 });
        s.plot("average", s.positionAvgPrice);
      },
      { settings: { processOrdersOnClose: true, pyramiding: 10, initialCapital: 1_000_000 } },
    );
    expect(result.strategy!.openTrades.map(({ entryPrice }) => entryPrice)).toEqual([
      93761.90000000001, 94098.91,
    ]);
    expect(plotOf(result, "average")).toEqual([NaN, 93761.90000000001, 94014.65750000002]);
  });

  test("an order is taken as it is: it adds beyond pyramiding, and subtracts without reversing", async () => {
    const result = await simulate("6*100", (s) => ({
      0: () => s.order("A", "long", { qty: 2 }),
      1: () => s.order("B", "long", { qty: 3 }),
      2: () => s.order("C", "short", { qty: 4 }),
      3: () => s.order("D", "short", { qty: 3 }),
    }));
    expect(tradesOf(result)).toEqual([
      "A +2 100@1 > C 100@3",
      "B +2 100@2 > C 100@3",
      "B +1 100@2 > D 100@4",
      "D -2 100@4 open",
    ]);
  });

  test("replacing a priced entry on its own bar drops the reversal", async () => {
    const result = await simulate("3*100 100/100/94/94 94", (s) => ({
      0: () => s.entry("L", "long", { qty: 3 }),
      2: () => {
        s.entry("S", "short", { qty: 1, stop: 95 });
        s.entry("S", "short", { qty: 1, stop: 95 });
      },
    }));
    expect(tradesOf(result)).toEqual(["L +1 100@1 > S 95@3", "L +2 100@1 open"]);
  });

  test("stop and limit together: the stop arms the order, then the limit fills it", async () => {
    const stopLimit = (bars: string, stop: number, limit: number, side: "long" | "short" = "long") =>
      simulate(bars, (s) => ({ 0: () => s.entry("E", side, { stop, limit }) })).then(tradesOf);
    // Reached at 105, filled when the price comes back to 95.
    expect(await stopLimit("100 100/106/99/104 104/104/94/96 96", 105, 95)).toEqual(["E +1 95@2 open"]);
    // The price falls first: nothing is armed yet.
    expect(await stopLimit("100 100/101/94/100 100", 105, 95)).toEqual([]);
    // Both on one bar, the high first.
    expect(await stopLimit("100 100/106/93/94 94", 105, 95)).toEqual(["E +1 95@1 open"]);
    // A limit beyond the stop is good at once.
    expect(await stopLimit("100 100/106/99/104 104", 105, 107)).toEqual(["E +1 105@1 open"]);
    expect(await stopLimit("100 106/107/105/106 106", 105, 107)).toEqual(["E +1 106@1 open"]);
    // The open jumps over both: the limit waits.
    expect(await stopLimit("100 110/111/108/110 110/110/106/107 107", 105, 107)).toEqual(["E +1 107@2 open"]);
    expect(await stopLimit("100 100/101/94/95 95/99/95/99 99", 95, 98, "short")).toEqual(["E -1 98@2 open"]);
  });

  test("of a group that cancels only the first fills; one that reduces loses what has filled", async () => {
    const group = (ocaType: "cancel" | "reduce" | "none", second: number) =>
      simulate("100 100/100/94/94 94", (s) => ({
        0: () => {
          s.order("A", "long", { qty: 2, limit: 98, ocaName: "g", ocaType });
          s.order("B", "long", { qty: second, limit: 96, ocaName: "g", ocaType });
        },
      })).then(tradesOf);
    expect(await group("cancel", 3)).toEqual(["A +2 98@1 open"]);
    expect(await group("reduce", 3)).toEqual(["A +2 98@1 open", "B +1 96@1 open"]);
    expect(await group("reduce", 2)).toEqual(["A +2 98@1 open"]);
    expect(await group("none", 3)).toEqual(["A +2 98@1 open", "B +3 96@1 open"]);
  });

  test("the rule ANY closes the trade of the entry that an exit names", async () => {
    for (const [closeEntriesRule, closed] of [
      ["FIFO", "A +1 100@1 > Close entry(s) order B 103@3"],
      ["ANY", "B +1 102@2 > Close entry(s) order B 103@3"],
    ] as const) {
      const result = await simulate(
        "100 100 102 103 103",
        (s) => ({
          0: () => s.entry("A", "long"),
          1: () => s.entry("B", "long"),
          2: () => s.close("B"),
        }),
        { settings: { closeEntriesRule, pyramiding: 2 } },
      );
      expect(tradesOf(result)[0]).toBe(closed);
    }
  });

  test("a limit has to be passed by as many ticks as the declaration assumes", async () => {
    for (const [ticks, low, filled] of [
      [0, 98, true],
      [2, 98.01, false],
      [2, 98, false],
      [2, 97.99, false],
      [2, 97.98, true],
    ] as const) {
      const result = await simulate(
        `100 100/100/${low}/99 99`,
        (s) => ({ 0: () => s.entry("L", "long", { limit: 98 }) }),
        { settings: { backtestFillLimitsAssumption: ticks } },
      );
      expect(tradesOf(result)).toEqual(filled ? ["L +1 98@1 open"] : []);
    }
  });
});

describe("opens that jump over levels", () => {
  test.each([
    ["limit", { limit: 100.5 }, "101/101.2/100.9/101.1", 101],
    ["stop", { stop: 99.5 }, "99/99.1/98.8/98.9", 98.99],
  ] as const)("a %s exit fills at the open; only a stop slips", async (_name, levels, bar, exit) => {
    const result = await simulate(
      `100 100/100.05/99.95/100 ${bar} 100`,
      (s) => {
        if (s.barIndex === 0) s.entry("L", "long");
        if (s.positionSize > 0) s.exit("X", { fromEntry: "L", ...levels });
      },
      { settings: { slippage: 1 } },
    );
    expect(tradesOf(result)).toEqual([`L +1 100.01@1 > X ${exit}@2`]);
  });

  test("an exit that was jumped over together with a reversal opens a position of its own", async () => {
    const result = await simulate("3*100 90/90.5/89/90 90 101/101.5/100.8/101 101", (s) => {
      if (s.barIndex === 0) s.entry("Long", "long", { qty: 1 });
      if (s.barIndex === 2) s.entry("Short", "short", { qty: 5, stop: 99.5 });
      if (s.positionSize > 0 && s.barIndex >= 2) s.exit("L Stop", { stop: 99 });
      if (s.positionSize < 0 && s.barIndex >= 4) s.exit("S Stop", { stop: 100.5 });
      s.plot("size", s.positionSize);
    });
    expect(plotOf(result, "size")).toEqual([0, 1, 1, -6, -6, 0, 0]);
    expect(result.strategy!.closedTrades.map((t) => [t.entryId, t.exitId, Math.abs(t.size)])).toEqual([
      ["Long", "Short", 1],
      ["Short", "S Stop", 1],
      ["Short", "S Stop", 4],
      ["L Stop", "S Stop", 1],
    ]);
  });

  test("a market reversal takes the exits of what it closes with it", async () => {
    const result = await simulate("3*100 90/90.5/89/90 90", (s) => {
      if (s.barIndex === 0) s.entry("Long", "long", { qty: 1 });
      if (s.barIndex === 2) s.entry("Short", "short", { qty: 2 });
      if (s.positionSize > 0 && s.barIndex >= 2) s.exit("L Stop", { stop: 99 });
    });
    expect(tradesOf(result)).toEqual(["Long +1 100@1 > Short 90@3", "Short -2 90@3 open"]);
  });
});

describe("process_orders_on_close", () => {
  test("market orders, satisfied levels and exits in ticks fill at the close of their bar", async () => {
    const result = await simulate(
      "100 101 102 103 104",
      (s) => ({
        0: () => s.entry("M", "long"),
        1: () => s.close("M"),
        2: () => s.entry("P", "long", { limit: 105 }),
        3: () => s.exit("X", { profit: 50 }),
      }),
      { settings: { processOrdersOnClose: true } },
    );
    expect(tradesOf(result)).toEqual(["M +1 100@0 > Close entry(s) order M 101@1", "P +1 102@2 > X 103@3"]);
  });

  test("what the close does not satisfy waits for the next bar", async () => {
    const result = await simulate(
      "100 100/104/99/103 103",
      (s) => ({ 0: () => s.entry("L", "long", { stop: 102 }) }),
      {
        settings: { processOrdersOnClose: true },
      },
    );
    expect(tradesOf(result)).toEqual(["L +1 102@1 open"]);
  });
});
