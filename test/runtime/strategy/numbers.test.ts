/** The grids and the decimal arithmetic behind every fill, commission and size. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { Books } from "../../../src/runtime/strategy/books.ts";
import { CommissionPool } from "../../../src/runtime/strategy/commission.ts";
import { cash10, decimalProduct, decimalQuotient, decimalSum } from "../../../src/kernel/decimal.ts";
import { Grid } from "../../../src/kernel/grid.ts";
import { grantedLots, marketGate, pricedGate } from "../../../src/runtime/strategy/money-gate.ts";
import { Order } from "../../../src/runtime/strategy/order.ts";

const cents = new Grid({ mintick: 0.01, minmove: 1, pricescale: 100, mincontract: 1e-4 });

/** A decimal as a ratio of whole numbers, read off its digits. */
function exact(value: number): { readonly digits: bigint; readonly scale: number } {
  const [mantissa = "0", exponent = "0"] = value.toString().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

const amount = fc.oneof(
  fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
  fc
    .tuple(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 0, max: 6 }))
    .map(([n, k]) => n / 10 ** k),
);

describe("decimal arithmetic is that of the digits", () => {
  test("products, sums and quotients", () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 0, max: 2 }), (a, b, shift) => {
        const [x, y] = [exact(a), exact(b)];
        expect(decimalProduct(a, b, shift)).toBe(
          Number(`${x.digits * y.digits}e${-(x.scale + y.scale + shift)}`),
        );
        const scale = Math.max(x.scale, y.scale);
        const [left, right] = [
          x.digits * 10n ** BigInt(scale - x.scale),
          y.digits * 10n ** BigInt(scale - y.scale),
        ];
        expect(decimalSum(a, b)).toBe(Number(`${left + right}e${-scale}`));
        expect(decimalQuotient(a, b)).toBe(Number(left / right));
      }),
    );
  });

  test("money: half up at the tenth digit", () => {
    const slow = (value: number): number => {
      const { digits, scale } = exact(value);
      const excess = digits.toString().length - 10;
      if (excess <= 0) return value;
      const unit = 10n ** BigInt(excess);
      return Number(`${(digits + unit / 2n) / unit}e${excess - scale}`);
    };
    const tie = fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }).map((n) => Number(`${n}5e-6`));
    fc.assert(fc.property(fc.oneof(amount, tie), (value) => void expect(cash10(value)).toBe(slow(value))));
    expect([cash10(0), cash10(-1.23456789012), cash10(Infinity)]).toEqual([0, -1.23456789, Infinity]);
  });

  test("a quotient of digits is exact where one of doubles is not", () => {
    expect(decimalQuotient(0.3, 0.1)).toBe(3);
    expect(decimalQuotient(50.00055, 1e-4)).toBe(500_005);
  });
});

describe("prices on ticks", () => {
  const base = 86_975.05;
  test.each([
    ["above by less than the tolerance stays", base + 9.625e-7, 1, 86_975.05],
    ["above by more goes to the tick above", base + 1.004752e-6, 1, 86_975.06],
    ["below by less stays", base - 9e-7, -1, 86_975.05],
    ["below by more goes to the tick below", base - 1.5e-6, -1, 86_975.04],
  ] as const)("%s", (_name, price, direction, level) => {
    expect(cents.levelSnap(price, direction)).toBe(level);
  });

  test("the tolerance is counted in ticks", () => {
    const pips = new Grid({ mintick: 1e-4, minmove: 1, pricescale: 10_000, mincontract: 1 });
    expect([pips.levelSnap(0.5 + 5e-9, 1), pips.levelSnap(0.5 + 2e-8, 1)]).toEqual([0.5, 0.5001]);
  });

  test("bars and fills are snapped by different formulas", () => {
    expect([cents.barSnap(93_761.9), cents.fillSnap(93_761.9)]).toEqual([93_761.9, 93_761.90000000001]);
  });
});

describe("quantities in lots", () => {
  test("sums of lots are lots", () => {
    let size = 0;
    for (let step = 0; step < 1000; step++) size = cents.add(size, 0.1);
    expect(size).toBe(100);
    for (let step = 0; step < 1000; step++) size = cents.add(size, -0.1);
    expect(size).toBe(0);
  });

  test("a named quantity is cut, a derived one forgiven its rounding", () => {
    expect(cents.lotExplicit(0.00019999)).toBeCloseTo(0.0001, 12);
    expect(cents.lotTolerant(0.1 + 0.2)).toBeCloseTo(0.3, 12);
    expect([cents.lotPlain(0.00009), cents.lotPlain(-1.00009)]).toEqual([0, -1]);
  });
});

describe("commission of an order with several legs", () => {
  test("the parts add up to what the whole order pays", () => {
    const quantity = fc.integer({ min: 1, max: 1_000_000 }).map((lots) => lots / 10_000);
    fc.assert(
      fc.property(fc.array(quantity, { minLength: 1, maxLength: 6 }), amount, (legs, price) => {
        for (const type of ["percent", "cash_per_contract", "cash_per_order"] as const) {
          const pool = new CommissionPool({ type, value: 0.055, pointvalue: 1 });
          const whole = legs.reduce(decimalSum);
          pool.begin(price, whole, 1);
          const parts = legs.map((leg) => pool.leg(leg));
          const alone = new CommissionPool({ type, value: 0.055, pointvalue: 1 });
          alone.begin(price, whole, 1);
          const total = alone.leg(whole);
          expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - total)).toBeLessThanOrEqual(
            total * 5e-9,
          );
        }
      }),
    );
  });
});

describe("the gate of large money", () => {
  const one = new Grid({ mintick: 0.01, minmove: 1, pricescale: 100, mincontract: 1 });

  test("money that covers the cost is granted, on the grid of half ticks", () => {
    // 10,000 contracts at 1,000.00 cost exactly ten million.
    expect(grantedLots(one, 10_000, 1e7 / 0.01, 1000, 1000)).toBe(10_000);
    expect(grantedLots(one, 10_000, 1e7 / 0.01 - 0.5, 1000, 1000)).toBe(0);
  });

  test("quantities from money below ten million pass as they are", () => {
    expect(pricedGate(one, 123, 9_999_999, 1000, 1000)).toBe(123);
    expect(marketGate(one, 123, 999_999, 100, 100, true)).toBe(123);
  });

  test("an odd tick count of a million and more costs an entry the lot that only just fits", () => {
    // 1,000,001 ticks; ten contracts cost the money to the last cent.
    const price = 10_000.01;
    expect(marketGate(one, 10, price * 10, price, price, true)).toBe(9);
    expect(marketGate(one, 10, price * 10, price, price, false)).toBe(10);
    expect(marketGate(one, 10, price * 10 + 1, price, price, true)).toBe(10);
    expect(marketGate(one, 10, 100_000.2, 10_000.02, 10_000.02, true)).toBe(10);
  });
});

describe("the index of levels", () => {
  const order = (id: string, stop: number): Order => {
    const made = new Order("normal", id, null, 1, 1);
    made.stop = stop;
    return made;
  };

  test("a level that empties while the price walks by takes a new order", () => {
    const books = new Books();
    const [low, high] = [order("low", 110), order("high", 120)];
    for (const each of [high, low]) books.place(each);
    const { rising } = books;
    let index = rising.after(100, -1);
    expect(rising.orders[index]).toBe(low);
    books.remove(high);
    const again = order("again", 120);
    books.place(again);
    index = rising.after(rising.keys[index]!, rising.arrivals[index]!);
    expect(rising.orders[index]).toBe(again);
    expect(rising.after(rising.keys[index]!, rising.arrivals[index]!)).toBe(rising.keys.length);
  });

  test("orders of one level come in the order of their arrival", () => {
    const books = new Books();
    for (const id of ["a", "b", "c"]) books.place(order(id, 100));
    expect(books.rising.orders.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    books.index(books.rising.orders[0]!);
    expect(books.rising.orders.map(({ id }) => id)).toEqual(["b", "c", "a"]);
  });
});
