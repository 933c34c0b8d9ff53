/** Alignment: whatever is changed in a list of trades is what is found, and nothing else. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { alignTrades } from "../../src/verify/align.ts";
import { actionsOn, firstDivergence, positionBefore } from "../../src/verify/divergence.ts";
import { gradeOf, gradeTrades } from "../../src/verify/grade.ts";
import type { PlacedTrade } from "../../src/verify/placed.ts";

const trade = (entryBar: number, exitBar: number, rest: Partial<PlacedTrade> = {}): PlacedTrade => ({
  number: entryBar,
  side: "long",
  entryBar,
  exitBar,
  entryPrice: 100 + entryBar,
  exitPrice: 100 + exitBar,
  quantity: 1,
  entrySignal: "in",
  exitSignal: "out",
  isOpen: false,
  ...rest,
});

/** Trades that follow each other, some added to, with gaps of at least 10 bars between positions. */
const lists = fc
  .array(
    fc.record({
      side: fc.constantFrom("long" as const, "short" as const),
      bars: fc.integer({ min: 0, max: 30 }),
      gap: fc.integer({ min: 10, max: 40 }),
      twice: fc.boolean(),
    }),
    { minLength: 3, maxLength: 60 },
  )
  .map((steps) => {
    const trades: PlacedTrade[] = [];
    let bar = 0;
    for (const { side, bars, gap, twice } of steps) {
      bar += gap;
      trades.push(trade(bar, bar + bars, { side, number: trades.length + 1 }));
      if (twice) trades.push(trade(bar, bar + bars, { side, number: trades.length + 1, quantity: 2 }));
      bar += bars;
    }
    return trades;
  });

const listAndPlace = lists.chain((list) => fc.tuple(fc.constant(list), fc.nat(list.length - 1)));

describe("alignTrades", () => {
  test("a list matches itself, in any order", () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { pairs, missing, extra } = alignTrades(list.toReversed(), list);
        expect(
          pairs.every(({ listed, ours, differences }) => listed === ours && differences.length === 0),
        ).toBe(true);
        expect([pairs.length, missing, extra]).toEqual([list.length, [], []]);
      }),
    );
  });

  test("a trade that is dropped is missing, and nothing else", () => {
    fc.assert(
      fc.property(listAndPlace, ([list, at]) => {
        const { pairs, missing, extra } = alignTrades(list, list.toSpliced(at, 1));
        expect(missing).toEqual([list[at]!]);
        expect(extra).toEqual([]);
        expect(pairs.every(({ differences }) => differences.length === 0)).toBe(true);
      }),
    );
  });

  test("a trade that is added is extra, and nothing else", () => {
    fc.assert(
      fc.property(listAndPlace, fc.boolean(), ([list, at], before) => {
        const neighbour = list[at]!;
        // In the gap after a position or before it: at least 10 bars are free there.
        const bar = before ? neighbour.entryBar - 5 : neighbour.exitBar + 5;
        const added = trade(bar, bar + 1, { number: 999 });
        const { pairs, missing, extra } = alignTrades(list, [...list, added]);
        expect(extra).toEqual([added]);
        expect(missing).toEqual([]);
        expect(pairs.every(({ differences }) => differences.length === 0)).toBe(true);
      }),
    );
  });

  test.each([
    ["its exit comes a bar later", ["exit bar"], (one: PlacedTrade) => ({ exitBar: one.exitBar + 1 })],
    ["its entry comes a bar earlier", ["entry bar"], (one: PlacedTrade) => ({ entryBar: one.entryBar - 1 })],
    [
      "both come later",
      ["entry bar", "exit bar"],
      (one: PlacedTrade) => ({ entryBar: one.entryBar + 2, exitBar: one.exitBar + 2 }),
    ],
    [
      "its price is a thousandth off",
      ["entry price"],
      (one: PlacedTrade) => ({ entryPrice: one.entryPrice * 1.001 }),
    ],
    ["its exit price is off", ["exit price"], (one: PlacedTrade) => ({ exitPrice: one.exitPrice * 0.999 })],
    [
      "it is on the other side",
      ["side"],
      (one: PlacedTrade) => ({ side: one.side === "long" ? ("short" as const) : ("long" as const) }),
    ],
  ])("a trade is recognised when %s", (_name, differences, change) => {
    fc.assert(
      fc.property(listAndPlace, ([list, at]) => {
        // Two of one bar are only told apart by what they share.
        fc.pre(list.filter(({ entryBar }) => entryBar === list[at]!.entryBar).length === 1);
        const changed = { ...list[at]!, ...change(list[at]!) };
        const { pairs, missing, extra } = alignTrades(list, list.with(at, changed));
        expect([missing, extra]).toEqual([[], []]);
        const off = pairs.filter((pair) => pair.differences.length > 0);
        expect(off).toEqual([{ listed: list[at]!, ours: changed, differences: differences as never }]);
      }),
    );
  });

  test("prices within a hundredth of a percent agree", () => {
    const [one] = alignTrades([trade(1, 2)], [trade(1, 2, { entryPrice: 101.01, exitPrice: 102.02 })]).pairs;
    expect(one?.differences).toEqual(["exit price"]);
  });
});

describe("gradeTrades", () => {
  const many = (count: number): PlacedTrade[] =>
    Array.from({ length: count }, (_, index) => trade(index * 10, index * 10 + 5));

  test.each([
    [1, true, "excellent"],
    [0.99, true, "excellent"],
    [0.999, false, "strong"],
    [0.9899, true, "strong"],
    [0.95, true, "strong"],
    [0.9499, true, "moderate"],
    [0.7, false, "moderate"],
    [0.69, true, "weak"],
    [0, false, "weak"],
  ] as const)("%d of them, equally many: %p, is %s", (share, equally, grade) => {
    expect(gradeOf(share, equally)).toBe(grade);
  });

  test("a missing trade of a hundred is no excellence", () => {
    const list = many(200);
    expect(gradeTrades(list, list, 5000).grade).toBe("excellent");
    expect(gradeTrades(list, list.slice(1), 5000)).toMatchObject({
      grade: "strong",
      matching: 199,
      share: 199 / 200,
    });
  });

  test("what lies outside the data is left out, and said", () => {
    const list = [trade(-1, -1), ...many(3)];
    expect(gradeTrades(list, many(3), 100)).toMatchObject({
      grade: "excellent",
      listedCount: 3,
      outside: [list[0]!],
    });
  });

  test("a trade shown as closed at the end is open when ours is", () => {
    const open = trade(90, 100, { isOpen: true, exitPrice: NaN });
    const shown = trade(90, 100, { exitSignal: "Nyitott" });
    expect(gradeTrades([...many(3), shown], [...many(3), open], 100)).toMatchObject({
      grade: "excellent",
      open: { listed: 1, ours: 1 },
    });
    // The same exit elsewhere is a real one, and it came before the data end.
    const real = trade(90, 95, { exitSignal: "out" });
    expect(gradeTrades([...many(3), real], [...many(3), open], 100)).toMatchObject({ missing: [real] });
  });

  test("another quantity is said, and does not count", () => {
    expect(gradeTrades(many(3), [trade(0, 5, { quantity: 2 }), ...many(3).slice(1)], 100)).toMatchObject({
      grade: "excellent",
      otherQuantity: 1,
    });
  });
});

describe("the first divergence", () => {
  const list = [trade(10, 20), trade(30, 40, { side: "short" }), trade(50, 60)];

  test.each([
    ["a missing trade", list.toSpliced(1, 1), 30, []],
    ["an extra one", [...list, trade(22, 23)], 22, []],
    ["another exit", list.with(0, trade(10, 18)), 18, ["exit bar", "exit price"]],
    ["another entry", list.with(2, trade(49, 60)), 49, ["entry bar", "entry price"]],
    [
      "another price on the way out",
      list.with(1, trade(30, 40, { side: "short", exitPrice: 1 })),
      40,
      ["exit price"],
    ],
  ])("%s", (_name, ours, bar, differences) => {
    expect(firstDivergence(alignTrades(list, ours))).toMatchObject({ bar, differences });
  });

  test("there is none between equal lists", () => {
    expect(firstDivergence(alignTrades(list, list))).toBeUndefined();
  });

  test("positions and actions of a bar", () => {
    const trades = [
      trade(1, 5, { quantity: 0.1 }),
      trade(2, 5, { quantity: 0.2 }),
      trade(5, 9, { side: "short" }),
    ];
    expect([1, 2, 3, 5, 6, 10].map((bar) => positionBefore(trades, bar))).toEqual([0, 0.1, 0.3, 0.3, -1, 0]);
    expect(actionsOn(trades, 5).map(({ kind, trade: { side } }) => `${kind} ${side}`)).toEqual([
      "exit long",
      "exit long",
      "entry short",
    ]);
  });
});
