/** Scalar mathematics to the last bit: TradingView's reference points, and exact values computed with 120 digits. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import * as fdlibm from "../../../src/runtime/lib/math/fdlibm.ts";
import * as libm from "../../../src/runtime/lib/math/libm.ts";
import { power } from "../../../src/runtime/lib/math/power.ts";
import { Random } from "../../../src/runtime/lib/math/random.ts";
import { avg, round, roundToMintick } from "../../../src/runtime/lib/math/scalar.ts";

const { NaN: na } = Number;
const folded = { ...fdlibm };
const atRunTime = { ...libm };

/** How many units of the last place lie between two numbers. */
function ulps(a: number, b: number): number {
  const view = new DataView(new ArrayBuffer(16));
  view.setFloat64(0, Math.abs(a));
  view.setFloat64(8, Math.abs(b));
  const distance = view.getBigInt64(0) - view.getBigInt64(8);
  return Math.sign(a) === Math.sign(b) || a === b ? Math.abs(Number(distance)) : Infinity;
}

/** Exact values, rounded once. */
const exact: readonly (readonly ["sin" | "cos" | "exp" | "asin" | "acos", number, number])[] = [
  ["sin", 0.1, 0.09983341664682815],
  ["sin", -1.0, -0.8414709848078965],
  ["sin", 2.7, 0.4273798802338298],
  ["sin", -31.4, 0.0159258626001018],
  ["sin", 1000.1, 0.8788928116493216],
  ["sin", 89000.7, -0.5809343969922045],
  ["sin", -123456.7, 0.9993042698836204],
  ["sin", 1000000000000000.0, 0.8582727931702359],
  ["sin", 1e22, -0.8522008497671888],
  ["sin", 3.141592653589793, 1.2246467991473532e-16],
  ["cos", 0.1, 0.9950041652780258],
  ["cos", -1.0, 0.5403023058681398],
  ["cos", 2.5, -0.8011436155469337],
  ["cos", -31.4, 0.9998731754079828],
  ["cos", 1000.1, 0.4770193136877689],
  ["cos", 89000.7, 0.8139503832490674],
  ["cos", -123456.7, -0.03729579322610432],
  ["cos", 1000000000000000.0, -0.5131937377869703],
  ["cos", 1e22, 0.523214785395139],
  ["cos", 3.141592653589793, -1.0],
  ["exp", 0.5, 1.6487212707001282],
  ["exp", -0.5, 0.6065306597126334],
  ["exp", 1.0, 2.718281828459045],
  ["exp", -20.7, 1.0235385977594162e-9],
  ["exp", 100.3, 3.628578599676532e43],
  ["exp", 700.1, 1.120899771073261e304],
  ["exp", -700.2, 8.072420401777383e-305],
  ["exp", -744.0, 1e-323],
  ["exp", 1e-9, 1.000000001],
  ["asin", 0.5, 0.5235987755982989],
  ["acos", 0.5, 1.0471975511965979],
  ["asin", -0.3, -0.3046926540153975],
  ["acos", -0.3, 1.8754889808102941],
  ["asin", 0.99, 1.4292568534704693],
  ["acos", 0.99, 0.1415394733244273],
  ["asin", -0.99, -1.4292568534704693],
  ["acos", -0.99, 3.000053180265366],
  ["asin", 1.0, 1.5707963267948966],
  ["acos", 1.0, 0.0],
  ["asin", -1.0, -1.5707963267948966],
  ["acos", -1.0, 3.141592653589793],
  ["asin", 0.975, 1.3467210414930773],
  ["acos", 0.975, 0.22407528530181936],
  ["asin", 0.0, 0.0],
  ["acos", 0.0, 1.5707963267948966],
];

describe("elementary functions", () => {
  test.each(exact.filter(([name]) => name in atRunTime))(
    "at run time %s(%p) is %p",
    (name, argument, value) => {
      expect(atRunTime[name as "sin"](argument)).toBe(value);
    },
  );
  test.each(exact)("by fdlibm %s(%p) is %p or its neighbour", (name, argument, value) => {
    expect(ulps(folded[name](argument), value)).toBeLessThanOrEqual(1);
  });
  test("outside of their range they are na, 0 or infinite", () => {
    expect([
      libm.sin(Infinity),
      libm.cos(na),
      fdlibm.asin(1.1),
      fdlibm.acos(-1.1),
      fdlibm.sin(-Infinity),
    ]).toEqual(Array(5).fill(na));
    expect([libm.exp(1000), libm.exp(-1000), libm.exp(na), fdlibm.exp(1000)]).toEqual([
      Infinity,
      0,
      na,
      Infinity,
    ]);
  });
  test("both families agree within two units of the last place everywhere", () => {
    const angle = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        angle,
        (a) => ulps(libm.sin(a), fdlibm.sin(a)) <= 2 && ulps(libm.cos(a), fdlibm.cos(a)) <= 2,
      ),
    );
    fc.assert(
      fc.property(
        fc.double({ min: -700, max: 700, noNaN: true }),
        (a) => ulps(libm.exp(a), fdlibm.exp(a)) <= 2,
      ),
    );
  });
});

describe("pow", () => {
  test.each<[number, number, number]>([
    [1.1, 10, 2.5937424601000023],
    [0.9156440858938809, 3, 0.7676797484587334],
    [1.0000001, 1000000.0, 1.1051709126143208],
    [2.5, -7, 0.0016384],
    [10, -3, 0.001],
    [1.07, 0.3333333333333333, 1.0228091217696715],
    [1e-5, 2.7, 3.162277660168373e-14],
    [123.456, 12.5, 1.3928441367537803e26],
    [0.5, 1074, 5e-324],
    [1.5, -100.5, 2.008299429566177e-18],
    [-3, 5, -243.0],
    [-2, -3, -0.125],
    [7, 64, 1.2197604876358358e54],
    [1.01, 365, 37.78343433288728],
  ])("%p to the %p is exactly %p", (base, exponent, value) => {
    expect(power(base, exponent)).toBe(value);
  });
  test("the exponents 0, 1, 2 and 0.5 are 1, x, x·x and the root", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, max: 1e100 }), (x) => {
        expect([power(x, 0), power(x, 1), power(x, 2), power(x, 0.5)]).toEqual([1, x, x * x, Math.sqrt(x)]);
      }),
    );
  });
  test("what cannot be is na, infinities and zeros are as in JavaScript", () => {
    expect([
      power(-2, 0.3),
      power(na, 2),
      power(2, na),
      power(0, -1),
      power(Infinity, -2),
      power(-0, -3),
    ]).toEqual([na, na, na, Infinity, 0, -Infinity]);
    expect([power(10, 400), power(10, -400), power(-10, 401)]).toEqual([Infinity, 0, -Infinity]);
  });
});

describe("rounding", () => {
  test.each<[number, number, number]>([
    [118152.265, 2, 118152.27],
    [100019.7405, 3, 100019.74],
    [122779.8495, 3, 122779.849],
    [2.675, 2, 2.68],
    [-1.005, 2, -1.01],
    [1.2345, 0, 1],
    [2.5, 0, 3],
    [1234.5, -2, 1200],
    [9007199254740991, 3, 9007199254740991],
    [0.1, 25, 0.1],
    [Infinity, 2, Infinity],
    [na, 2, na],
  ])("%p to %p decimals is %p", (value, decimals, rounded) => {
    expect(round(value, decimals)).toBe(rounded);
  });
  test.each<[number, number]>([
    [2.5, 3],
    [-2.5, -3],
    [0.49999999999999994, 0],
    [Infinity, na],
    [na, na],
  ])("%p to a whole number is %p", (value, rounded) => {
    expect(round(value) + 0).toBe(rounded);
  });
  test("to the tick, ties up", () => {
    expect(roundToMintick(1.56789918, { mintick: 0.00001, minmove: 1, pricescale: 100_000 })).toBe(1.5679);
    expect(roundToMintick(10.125, { mintick: 0.25, minmove: 25, pricescale: 100 })).toBe(10.25);
  });
});

test.each<[number[], number]>([
  [[0.99521, 1.00504], 1.000125],
  [[60.48816185259965, 66.50424923195895, 78], 68.33080369485288],
  [[22363.666666666668, 1.067091, 67091000.5], 22371121.74458589],
  [[22364.333333333332, 1.067093, 67093000.5, -9584.714285714286], 16776445.296535155],
  [[11540, 1.03462, 34620000.5, -4945.714285714285, 18.351718397760905], 6925322.834410538],
  [
    [31676000000.5, -31675999999.5, 4525.142857142857, 3.156864602077217e-5, 0.00031676, -4525.142857141856],
    0.16672472160780671,
  ],
  [[1, na, 3], na],
])("the mean of %p is %p", (numbers, mean) => {
  expect(avg(...numbers)).toBe(mean);
});

test("seeded random numbers are TradingView's", () => {
  const random = new Random();
  expect(Array.from({ length: 10 }, () => Number(random.next(0, 1, 42).toFixed(15)))).toEqual([
    0.727563680032868, 0.683223471759845, 0.30871945533266, 0.277078490074137, 0.665548951794574,
    0.903372264672178, 0.368782913411306, 0.275748069441702, 0.463653575809153, 0.782901778790036,
  ]);
  const scaled = new Random();
  expect(scaled.next(10, 20, 42)).toBeCloseTo(17.27563680032868, 12);
  const [one, two] = [new Random(), new Random()];
  expect(one.next()).not.toBe(two.next());
});
