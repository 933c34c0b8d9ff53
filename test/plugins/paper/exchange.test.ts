/** The exchange of the paper broker: what fills, where and in which order. */
import { describe, expect, test } from "bun:test";

import { fillsOf, Story } from "./market.ts";

describe("an order waits for its price", () => {
  test.each([
    // order | bars after the one at 100 | fills
    ["buy 1", "101/102/99/100", "1: buy 1 @101", "the next open"],
    ["buy 1 limit 99", "100/101/98/100", "1: buy 1 @99", "touched on the way"],
    ["buy 1 limit 99", "98/101/97/100", "1: buy 1 @98", "jumped over: the better price"],
    ["buy 1 limit 99", "100/101/99.5/100", "", "not reached"],
    ["sell 1 limit 101", "100/102/98/100", "1: sell 1 @101", ""],
    ["buy 1 stop 101", "100/102/98/100", "1: buy 1 @101", ""],
    ["buy 1 stop 101", "103/104/102/103", "1: buy 1 @103", "jumped over: the open"],
    ["sell 1 stop 99", "100/102/98/100", "1: sell 1 @99", ""],
    [
      "buy 1 stop 101 limit 100.5",
      "100/102/99/100",
      "1: buy 1 @100.5",
      "reached, then the limit on the way down",
    ],
    [
      "buy 1 stop 101 limit 102",
      "100/102/100.5/101.5",
      "1: buy 1 @101",
      "a limit that is good when the stop is reached",
    ],
    ["buy 1 stop 101 limit 99", "100/100.9/98/100", "", "the stop holds the limit back"],
    ["buy 1 stop 101 limit 100", "102/103/101/101 101/101/99/100", "2: buy 1 @100", "reached by a jump"],
  ])("%s over %s", (order, bars, fills) => {
    expect(fillsOf(`100 ${bars}`, [order]).join(" ")).toBe(fills);
  });

  test("market orders come first, then what the jump went over, by level; on the way by the way", () => {
    const orders = ["sell 1 limit 102", "buy 1 stop 101", "buy 2", "sell 3 limit 104", "buy 4 limit 99"];
    expect(fillsOf("100 103/105/98/100", orders)).toEqual([
      "1: buy 2 @103",
      "1: buy 1 @103",
      "1: sell 1 @103",
      "1: sell 3 @104",
      "1: buy 4 @99",
    ]);
  });

  test("orders of one level fill as they came, a changed one behind the others", () => {
    const story = new Story().bars("100");
    story.order("buy 1 limit 99 id a");
    story.order("buy 2 limit 99");
    const [first] = story.exchange.live.values();
    story.exchange.amend(first!, { ...first!, limit: 99, qty: 3, siblingLimit: Number.NaN });
    expect(story.bars("100/100/98/99").lines).toEqual(["1: buy 2 @99", "1: buy 3 @99"]);
  });

  test("what is ordered at an execution is there for the rest of the bar, at that very price", () => {
    const story = new Story().bars("100");
    story.order("buy 1 stop 102");
    const bracket = "sell 1 limit 104 reduce group g; sell 1 stop 101 reduce group g";
    story.bars("100/103/94/100", (line) => (line.includes("buy") ? bracket : undefined));
    expect(story.lines).toEqual(["1: buy 1 @102", "1: sell 1 @101"]);
    // The low came first: from 102 on the price rose to 105.
    const rising = new Story().bars("100");
    rising.order("buy 1 stop 102");
    rising.bars("100/105/99.9/100", (line) => (line.includes("buy") ? bracket : undefined));
    expect(rising.lines).toEqual(["1: buy 1 @102", "1: sell 1 @104"]);
  });

  test("a market order at an execution fills at that price: a reversal in two orders", () => {
    const story = new Story().bars("100");
    story.order("buy 1");
    story.bars("101");
    story.order("sell 1 reduce");
    story.bars("102/103/99/100", (line) => (line.includes("sell 1 ") ? "sell 2" : undefined));
    expect(story.lines).toEqual(["1: buy 1 @101", "2: sell 1 @102", "2: sell 2 @102"]);
    expect(story.exchange.state.account).toMatchObject({ size: -2, averagePrice: 102, balance: 1_000_001 });
  });
});

describe("an order that only reduces", () => {
  test("never opens: it is cut to the position, and waits while there is none", () => {
    const story = new Story().bars("100");
    expect(story.order("sell 1 reduce")).toBe("nothing_to_reduce");
    expect(story.order("sell 5 stop 99 reduce")).toBe("accepted");
    story.bars("100/101/98/100");
    expect(story.lines).toEqual([]);
    story.order("buy 2");
    expect(story.bars("100/101/98/100").lines).toEqual(["2: buy 2 @100", "2: sell 2 @99"]);
    expect(story.exchange.state.account.size).toBe(0);
  });

  test("what one leg of a bracket fills reduces the other", () => {
    const story = new Story().bars("100");
    story.order("buy 3");
    story.bars("100");
    story.order("sell 3 limit 102 reduce group g id t", "sell 3 stop 98 reduce group g id s");
    story.exchange.live.get("t")!.qty = 1;
    story.bars("100/103/100/103");
    expect(story.exchange.live.get("s")).toMatchObject({ qty: 2, status: "open" });
    expect(story.bars("97").lines.at(-1)).toBe("3: sell 2 @97");
    expect(story.exchange.live.size).toBe(0);
  });
});

describe("a trailing stop", () => {
  const trailed = (order: string, bars: string): string[] => {
    const story = new Story().bars("100");
    story.order("buy 1");
    story.bars("100");
    story.order(`${order} reduce`);
    return story.bars(bars).lines.slice(1);
  };

  test.each([
    [
      "sell 1 trail 101+50",
      "100/103/99.9/100",
      "2: sell 1 @102.5",
      "armed on the way up, met on the way down",
    ],
    ["sell 1 trail 104+50", "100/103/99/100", "", "never armed"],
    [
      "sell 1 trail 101+50",
      "100/101.2/100.9/101.1 101/105/101/104.2",
      "3: sell 1 @104.5",
      "kept from bar to bar",
    ],
    ["sell 1 stop 99 trail 104+50", "100/103/98/100", "2: sell 1 @99", "the stop beside it"],
    [
      "sell 1 trail 99+50",
      "100/100.1/99.4/99.9",
      "2: sell 1 @99.6",
      "the price is beyond its activation already",
    ],
  ])("%s over %s", (order, bars, fills) => {
    expect(trailed(order, bars).join(" ")).toBe(fills);
  });
});

describe("the rules of an exchange", () => {
  test("fees: makers and takers, percent or per contract", () => {
    const money = (fees: { type: "percent" | "per_contract"; maker: number; taker: number }): number => {
      const story = new Story({ fees }).bars("100");
      story.order("buy 10");
      story.order("sell 10 limit 110");
      story.bars("100/111/100/110");
      return story.exchange.state.account.balance - 1_000_000;
    };
    expect(money({ type: "percent", maker: 0, taker: 0.1 })).toBeCloseTo(100 - 1, 9);
    expect(money({ type: "percent", maker: -0.01, taker: 0 })).toBeCloseTo(100 + 0.11, 9);
    expect(money({ type: "per_contract", maker: 0.2, taker: 0.5 })).toBeCloseTo(100 - 2 - 5, 9);
  });

  test("slippage makes market and stop orders worse, limits never", () => {
    const orders = ["buy 1", "sell 1 stop 99", "sell 1 limit 101"];
    expect(fillsOf("100 100/102/98/100", orders, { slippage: 5 })).toEqual([
      "1: buy 1 @100.05",
      "1: sell 1 @98.95",
      "1: sell 1 @101",
    ]);
  });

  test("a limit may have to be passed", () => {
    expect(fillsOf("100 100/101/98.9/100", ["buy 1 limit 99"], { limitTicks: 20 })).toEqual([]);
    expect(fillsOf("100 100/101/98.8/100", ["buy 1 limit 99"], { limitTicks: 20 })).toEqual(["1: buy 1 @99"]);
  });

  test("latency keeps a new order out until its time has come", () => {
    const bars = "100 101/103/99/102 104/105/103/104";
    expect(fillsOf(bars, ["buy 1"], { latencyMs: 1 })).toEqual(["1: buy 1 @99"]);
    expect(fillsOf(bars, ["buy 1"], { latencyMs: 30_000 })).toEqual(["1: buy 1 @103"]);
    expect(fillsOf(bars, ["buy 1"], { latencyMs: 60_000 })).toEqual(["1: buy 1 @102"]);
    expect(fillsOf(bars, ["buy 1"], { latencyMs: 60_001 })).toEqual(["2: buy 1 @103"]);
    expect(fillsOf(bars, ["buy 1 limit 99"], { latencyMs: 21_000 })).toEqual([]);
  });

  test("slices fill one after the other along the way, a limit at its price", () => {
    expect(fillsOf("100 101/103/99/102", ["buy 4"], { slices: 4 })).toEqual([
      "1: buy 1 @101",
      "1: buy 1 @99",
      "1: buy 1 @103",
      "1: buy 1 @102",
    ]);
    expect(fillsOf("100 100/100/97/98", ["buy 2 limit 99"], { slices: 2 })).toEqual([
      "1: buy 1 @99",
      "1: buy 1 @99",
    ]);
  });

  test("a share of the volume, bar by bar", () => {
    expect(fillsOf("100 101#10 102#10 103#20", ["buy 7"], { volumeShare: 0.25 })).toEqual([
      "1: buy 2.5 @101",
      "2: buy 2.5 @102",
      "3: buy 2 @103",
    ]);
  });

  test("margin: what the equity cannot carry is refused, what makes the position smaller never", () => {
    const story = new Story({ leverage: 2 }, 1000).bars("100");
    expect(story.order("buy 21")).toBe("margin");
    expect(story.order("buy 20")).toBe("accepted");
    story.bars("100 60");
    expect(story.exchange.equity).toBe(200);
    expect(story.order("buy 1")).toBe("margin");
    expect(story.order("sell 20")).toBe("accepted");
  });

  test("refusals fall on the same orders for the same seed", () => {
    const refused = (seed: number): string =>
      Array.from({ length: 40 }, (_, index) =>
        new Story({ rejectChance: 0.25, seed }).order(`buy 1 id order-${index}`) === "rejected" ? "x" : "-",
      ).join("");
    expect(refused(1)).toBe(refused(1));
    expect(refused(1)).not.toBe(refused(2));
    expect(refused(1).replaceAll("-", "").length).toBeWithin(4, 17);
  });

  test("orders that the last price satisfies fill at it where that is asked for", () => {
    const story = new Story({ fillsAtOnce: true }).bars("100");
    story.order("buy 1");
    story.order("buy 1 limit 101");
    story.order("buy 1 limit 99");
    expect(story.lines).toEqual(["0: buy 1 @100", "0: buy 1 @100"]);
    const once = new Story().bars("100");
    once.order("buy 1 once");
    expect(once.lines).toEqual(["0: buy 1 @100"]);
  });
});
