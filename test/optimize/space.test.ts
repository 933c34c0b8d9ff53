/** Sets of inputs: their numbers, the grid, draws, ranking, splits, heat maps. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { heatGrids, heatMapPage } from "../../src/optimize/heat-map.ts";
import { objectives, ranking, type Scored } from "../../src/optimize/objective.ts";
import { type Dimension, gridOf, ParameterSpace, randomSets } from "../../src/optimize/space.ts";
import { efficiencyOf, splitsOf } from "../../src/optimize/walk-forward.ts";
import { parseCondition } from "../../src/optimize/where.ts";

const dimension = (key: string, count: number): Dimension => ({
  key,
  values: Array.from({ length: count }, (_, index) => index),
});
const space = new ParameterSpace([dimension("a", 3), dimension("b", 4)]);
const below = [parseCondition("a < b", { a: 0, b: 0 })];

describe("a space", () => {
  test("is numbered as an odometer runs", () => {
    expect(space.size).toBe(12);
    expect([0, 1, 4, 11].map((set) => space.values(set))).toEqual([
      { a: 0, b: 0 },
      { a: 0, b: 1 },
      { a: 1, b: 0 },
      { a: 2, b: 3 },
    ]);
  });

  test("every number is another set", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const any = new ParameterSpace(sizes.map((size, index) => dimension(`d${index}`, size)));
        const seen = new Set(Array.from({ length: any.size }, (_, set) => any.places(set).join(" ")));
        expect(seen.size).toBe(any.size);
      }),
    );
  });

  test("that no number can count is refused", () => {
    expect(
      () => new ParameterSpace(Array.from({ length: 9 }, (_, index) => dimension(`d${index}`, 100))),
    ).toThrow("these are 1.00e+18 combinations");
  });
});

describe("the grid", () => {
  test("keeps its order, and leaves out what a condition rules out", () => {
    const { sets, ruledOut } = gridOf(space, {}, below);
    expect(sets.map((set) => Object.values(space.values(set)).join("<"))).toEqual([
      "0<1",
      "0<2",
      "0<3",
      "1<2",
      "1<3",
      "2<3",
    ]);
    expect(ruledOut).toBe(6);
  });

  test("has an end", () => {
    expect(() => gridOf(new ParameterSpace([dimension("a", 2000), dimension("b", 2000)]), {}, [])).toThrow(
      "these are 4,000,000 sets; a search may try 1,000,000",
    );
  });
});

describe("draws", () => {
  const large = new ParameterSpace([dimension("a", 1000), dimension("b", 1000), dimension("c", 1000)]);

  test.each([
    ["of a small space", space, 5],
    ["of a large one", large, 50],
  ])("%s are different, allowed, and the same for one seed", (_name, any, count) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { sets } = randomSets(any, count, seed, {}, below);
        expect(new Set(sets).size).toBe(count);
        for (const set of sets) expect(below[0]!(any.values(set))).toBe(true);
        expect(randomSets(any, count, seed, {}, below).sets).toEqual(sets);
      }),
      { numRuns: 20 },
    );
  });

  test("another seed draws others", () => {
    expect(randomSets(large, 20, 1, {}, []).sets).not.toEqual(randomSets(large, 20, 2, {}, []).sets);
  });

  test("more than there are is all of them", () => {
    expect(randomSets(space, 1000, 1, {}, below).sets.toSorted((a, b) => a - b)).toEqual([
      ...gridOf(space, {}, below).sets,
    ]);
  });

  test("of what is hardly ever allowed end", () => {
    const rare = [parseCondition("a == 1 and b == 2 and c == 3", { a: 0, b: 0, c: 0 })];
    expect(randomSets(large, 5, 1, {}, rare).sets.length).toBeLessThanOrEqual(1);
  });
});

describe("ranking", () => {
  const order = (name: keyof typeof objectives, rows: [number, number][], minTrades = 5): number[] =>
    rows
      .map(([value, closedTrades], ordinal): Scored => ({ ordinal, value, closedTrades }))
      .toSorted(ranking(objectives[name], minTrades))
      .map(({ ordinal }) => ordinal);

  test.each([
    [
      "the highest first",
      "net-profit",
      [
        [1, 9],
        [3, 9],
        [2, 9],
      ],
      [1, 2, 0],
    ],
    [
      "the smallest drawdown first",
      "max-drawdown",
      [
        [1, 9],
        [3, 9],
        [2, 9],
      ],
      [0, 2, 1],
    ],
    [
      "too few trades after all others",
      "sharpe",
      [
        [9, 4],
        [1, 5],
        [8, 0],
      ],
      [1, 0, 2],
    ],
    [
      "failures last",
      "sharpe",
      [
        [NaN, 9],
        [-5, 9],
        [1, 0],
      ],
      [1, 2, 0],
    ],
    [
      "equals as they were tried",
      "win-rate",
      [
        [1, 9],
        [2, 9],
        [1, 9],
        [2, 9],
      ],
      [1, 3, 0, 2],
    ],
    [
      "nothing lost is the best profit factor",
      "profit-factor",
      [
        [5, 9],
        [Infinity, 9],
      ],
      [1, 0],
    ],
  ] satisfies [string, keyof typeof objectives, [number, number][], number[]][])(
    "%s",
    (_name, objective, rows, expected) => {
      expect(order(objective, rows)).toEqual(expected);
    },
  );
});

describe("splits", () => {
  test.each([
    [
      false,
      [
        [0, 30, 40],
        [10, 40, 50],
        [20, 50, 60],
      ],
    ],
    [
      true,
      [
        [0, 30, 40],
        [0, 40, 50],
        [0, 50, 60],
      ],
    ],
  ])("anchored: %p", (isAnchored, expected) => {
    const splits = splitsOf(60, { windows: 3, isAnchored, ratio: 3 });
    expect(
      splits.map(({ inSample, outOfSample }) => [inSample.from, outOfSample.from, outOfSample.to]),
    ).toEqual(expected);
    expect(splits.every(({ inSample, outOfSample }) => inSample.to === outOfSample.from)).toBe(true);
  });

  test("judge every bar once, up to the last", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 500, max: 5000 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0.5, 1, 3, 7.5),
        fc.boolean(),
        (bars, windows, ratio, isAnchored) => {
          const splits = splitsOf(bars, { windows, isAnchored, ratio });
          expect(splits).toHaveLength(windows);
          expect(splits.at(-1)?.outOfSample.to).toBe(bars);
          for (const [index, { inSample, outOfSample }] of splits.entries()) {
            expect(inSample.from).toBeGreaterThanOrEqual(0);
            expect(inSample.to).toBeGreaterThan(inSample.from);
            expect(inSample.to).toBe(outOfSample.from);
            if (index > 0) expect(outOfSample.from).toBe(splits[index - 1]!.outOfSample.to);
          }
        },
      ),
    );
  });

  test("too few bars are said", () => {
    expect(() => splitsOf(100, { windows: 10, isAnchored: false, ratio: 3 })).toThrow(
      "make out-of-sample parts of 7",
    );
  });

  test("efficiency is profit a year over profit a year", () => {
    expect(efficiencyOf({ profitPercent: 20, years: 2 }, { profitPercent: 3, years: 0.5 })).toBe(0.6);
    expect(efficiencyOf({ profitPercent: -1, years: 2 }, { profitPercent: 3, years: 1 })).toBeUndefined();
  });
});

describe("a heat map", () => {
  const three = new ParameterSpace([
    dimension("a", 2),
    dimension("b", 2),
    dimension("c", 1),
    dimension("d", 3),
  ]);
  const points = Array.from({ length: three.size }, (_, set) => ({ set, value: set }));
  const request = {
    title: "<T>",
    objective: { title: "sharpe", better: "higher" as const },
    space: three,
    points,
    notes: ["n & m"],
  };

  test("is one for each pair of varied inputs, each field its best", () => {
    const grids = heatGrids(request);
    expect(grids.map(({ across, down }) => [across.key, down.key])).toEqual([
      ["a", "b"],
      ["a", "d"],
      ["b", "d"],
    ]);
    expect(grids.map(({ values }) => values.map((row) => [...row]))).toEqual([
      [
        [2, 8],
        [5, 11],
      ],
      [
        [3, 9],
        [4, 10],
        [5, 11],
      ],
      [
        [6, 9],
        [7, 10],
        [8, 11],
      ],
    ]);
  });

  test("of an objective that wants less keeps the least", () => {
    const [first] = heatGrids({ ...request, objective: { title: "drawdown", better: "lower" } });
    expect(first!.values.map((row) => [...row])).toEqual([
      [0, 6],
      [3, 9],
    ]);
  });

  test("of one input is a row; of many values fields are shared", () => {
    const long = new ParameterSpace([dimension("a", 150)]);
    const [grid] = heatGrids({
      ...request,
      space: long,
      points: Array.from({ length: 150 }, (_, set) => ({ set, value: set })),
    });
    expect([grid!.across.labels.length, grid!.values.length]).toEqual([60, 1]);
    expect(grid!.across.labels.slice(0, 3)).toEqual(["0…", "3…", "5…"]);
    expect([...grid!.values[0]!].slice(0, 3)).toEqual([2, 4, 7]);
  });

  test("is a page on which nothing runs and nothing is loaded", () => {
    const page = heatMapPage(request);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("&#60;T&#62;: sharpe");
    expect(page).toContain("n &#38; m");
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
    expect(page.match(/class="best"/g)).toHaveLength(3);
  });
});
