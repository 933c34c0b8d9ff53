/** Numbers on their way into a report: what comes out of the page is what went in. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { decimalsOf, decodeColumn, encodeColumn } from "../../src/report/html/wire/columns.ts";
import { amount, percent, quantity, tradeCount, wallTime } from "../../src/report/html/wire/format.ts";

const there = (values: readonly number[]): number[] => {
  const { head, bytes } = encodeColumn(values);
  return [...decodeColumn(bytes, head.decimals, values.length)];
};

describe("columns", () => {
  test.each([
    [[], 0],
    [[1, 2, 3], 0],
    [[1.5, 2, Number.NaN], 1],
    [[1.13744, 1.1], 5],
    [[0.1 + 0.2], 7],
    [[1e15 + 0.5], -9],
    [[5e-324], 100],
    [[123_456.789_012_345_67], 1],
    [[1e20], -14],
  ])("%p lie on a grid of %d decimals", (values, decimals) => expect(decimalsOf(values)).toBe(decimals));

  test("an infinity and a missing value are both no value", () =>
    expect(there([1, Infinity, Number.NaN, -Infinity, 2])).toEqual([
      1,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      2,
    ]));

  test("values on a decimal grid come back exactly", () => {
    const value = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(fc.option(value, { nil: undefined })), (parts) => {
        const values = parts.map((part) =>
          part === undefined ? Number.NaN : Number(`${part[0]}e-${part[1]}`) + 0,
        );
        expect(there(values)).toEqual(values);
      }),
    );
  });

  test("any other value comes back to seven digits of the largest", () => {
    const value = fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })
      .map((number) => (Math.abs(number) < 1e-90 ? 0 : number));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const within = Math.max(...values.map(Math.abs)) * 5.1e-7;
        for (const [index, back] of there(values).entries())
          expect(Math.abs(back - values[index]!)).toBeLessThanOrEqual(within);
      }),
    );
  });

  test("prices that move by ticks take two bytes a value or less", () => {
    const values = Array.from({ length: 1000 }, (_, bar) => Math.round(11_000 + Math.sin(bar) * 50) / 1e4);
    expect(encodeColumn(values).bytes.length).toBeLessThan(2000);
  });
});

describe("how numbers read", () => {
  test.each([
    [amount(1234.5), "1,234.50"],
    [amount(-1234.5), "−1,234.50"],
    [amount(3, 2, true), "+3.00"],
    [amount(-0.001), "0.00"],
    [amount(0, 2, true), "0.00"],
    [amount(Number.NaN), "–"],
    [amount(Infinity), "–"],
    [percent(-3.2), "−3.20 %"],
    [percent(Number.NaN), "–"],
    [quantity(0.00000012), "0.00000012"],
    [quantity(5000), "5,000"],
    [tradeCount(1, 1), "1 trade"],
    [tradeCount(0, 1234), "0 of 1,234 trades"],
    [wallTime(Date.UTC(2024, 0, 31, 14, 30), true), "2024-01-31 14:30"],
    [wallTime(Date.UTC(2024, 0, 31, 14, 30, 5), true), "2024-01-31 14:30:05"],
    [wallTime(Date.UTC(2024, 0, 31, 14, 30), false), "2024-01-31"],
  ])("%p", (actual, expected) => expect(actual).toBe(expected));
});
