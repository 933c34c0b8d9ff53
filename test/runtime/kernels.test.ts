/** Technical analysis, one kernel at a time: reference points of TradingView, slow and obvious twins, taking back. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { RuntimeFailure } from "../../src/kernel/errors.ts";
import type { Kernel } from "../../src/runtime/lib/kernel.ts";
import { Ema, Rma, Sma, Wma } from "../../src/runtime/lib/ta/averages.ts";
import { Cross, Crossover, Crossunder } from "../../src/runtime/lib/ta/crossings.ts";
import { Highest, Lowest } from "../../src/runtime/lib/ta/extremes.ts";
import { Change, Macd, Rsi } from "../../src/runtime/lib/ta/momentum.ts";
import { RollingSum } from "../../src/runtime/lib/ta/rolling-sum.ts";
import { Atr, Bb, Stdev, TrueRange, Variance } from "../../src/runtime/lib/ta/volatility.ts";

/** A kernel over one source with a length. */
interface WindowKernel extends Kernel {
  next(value: number, length: number): number;
}

const windowKernels: Readonly<Record<string, () => WindowKernel>> = {
  sum: () => new RollingSum(),
  sma: () => new Sma(),
  ema: () => new Ema(),
  rma: () => new Rma(),
  wma: () => new Wma(),
  rsi: () => new Rsi(),
  highest: () => new Highest(),
  lowest: () => new Lowest(),
  change: () => new Change(),
  variance: () => new Variance(),
  stdev: () => new Stdev(),
  bb: () => {
    const bb = new Bb();
    return {
      next: (value, length) => {
        bb.next(value, length, 2);
        return bb.upper - bb.lower / 3;
      },
      save: () => bb.save(),
      restore: () => bb.restore(),
    };
  },
  macd: () => {
    const macd = new Macd();
    return {
      next: (value, length) => {
        macd.next(value, length, length + 3, 4);
        return macd.histogram;
      },
      save: () => macd.save(),
      restore: () => macd.restore(),
    };
  },
  atr: () => {
    const atr = new Atr();
    return {
      next: (value, length) => atr.next(value + 1, value - 1, value, length),
      save: () => atr.save(),
      restore: () => atr.restore(),
    };
  },
  tr: () => {
    const tr = new TrueRange();
    return {
      next: (value) => tr.next(value + 1, value - 1, value),
      save: () => tr.save(),
      restore: () => tr.restore(),
    };
  },
  crossover: () => crossing(new Crossover()),
  crossunder: () => crossing(new Crossunder()),
  cross: () => crossing(new Cross()),
};

function crossing(kernel: Kernel & { next(a: number, b: number): boolean }): WindowKernel {
  return {
    next: (value, length) => Number(kernel.next(value, length * 10)),
    save: () => kernel.save(),
    restore: () => kernel.restore(),
  };
}

const { NaN: na } = Number;
const over = (
  kernel: { next(value: number, length: number): number },
  source: readonly number[],
  length: number,
): number[] => source.map((value) => kernel.next(value, length));

describe("reference points, bit for bit", () => {
  const source = Array.from({ length: 12 }, (_, index) => 100 + (index % 7) / 3);
  const gapped = source.map((value, index) => (index % 3 === 0 ? na : value));
  test.each<[string, WindowKernel, readonly number[], number, number, number]>([
    ["ema 3", new Ema(), source, 3, 100.8125, 101.07291666666666],
    ["ema 5", new Ema(), source, 5, 100.79423868312757, 100.97393689986282],
    ["rma 3", new Rma(), source, 3, 100.80724483056444, 100.98260766482075],
    ["rma 5", new Rma(), source, 5, 100.79716266666667, 100.9043968],
    ["ema 4 over gaps", new Ema(), gapped, 4, 100.696, 100.95093333333332],
    ["rma 4 over gaps", new Rma(), gapped, 4, 100.734375, 100.88411458333333],
    ["wma 3", new Wma(), source, 3, 100.77777777777779, 101.11111111111113],
    ["wma 5", new Wma(), source, 5, 100.71111111111112, 100.88888888888889],
    ["wma 4 over gaps", new Wma(), gapped, 4, 100.56666666666666, 100.93333333333332],
  ])("%s on bars 10 and 11", (_name, kernel, values, length, bar10, bar11) => {
    expect(over(kernel, values, length).slice(10)).toEqual([bar10, bar11]);
  });

  test("variance of 100 + i % 4", () => {
    const cycle = Array.from({ length: 9 }, (_, index) => 100 + (index % 4));
    expect(over(new Variance(), cycle, 4).at(-1)).toBe(1.25);
    const unbiased = new Variance();
    const last = cycle.map((value) => unbiased.next(value, 4, false)).at(-1)!;
    expect(((last * 3 - 5) * 1e16).toFixed(3)).toBe("-18189.894");
    expect(((over(new Stdev(), cycle, 4).at(-1)! ** 2 - 1.25) * 1e16).toFixed(2)).toBe("2.22");
    const deviation = new Stdev();
    const sample = cycle.map((value) => deviation.next(value, 4, false)).at(-1)!;
    expect(((sample ** 2 * 3 - 5) * 1e16).toFixed(3)).toBe("-18181.012");
  });

  test("variance of 1e8 + (i % 2) / 1000", () => {
    const large = Array.from({ length: 9 }, (_, index) => 1e8 + (index % 2) / 1000);
    expect(over(new Variance(), large, 4).at(-1)).toBe(2);
    expect(((over(new Stdev(), large, 4).at(-1)! ** 2 - 2) * 1e16).toFixed(3)).toBe("4.441");
  });

  test("the sum of a flat run after noise carries its dust where TradingView's does", () => {
    const series = Array.from({ length: 40 }, (_, index) =>
      index < 10 ? 7.3 * index + 0.1 : index < 20 ? 100 : 0,
    );
    const sums = over(new RollingSum(), series, 3);
    const wrong = sums.flatMap((sum, bar) => (bar >= 16 && sum !== 3 * series[bar]! ? [bar] : []));
    expect(wrong.filter((bar) => bar !== 20 && bar !== 21 && Math.abs(sums[bar]!) > 1e-10)).toEqual([]);
  });

  test("crossover and highest see 1e-12; change sees 1e-15", () => {
    const over12 = new Crossover();
    expect([over12.next(100, 100), over12.next(100 + 1e-12, 100)]).toEqual([false, 100 + 1e-12 > 100]);
    expect(over(new Highest(), [100, 100 + 1e-12, 100], 3).at(-1)).toBe(100 + 1e-12);
    expect(over(new Change(), [0.001, 0.001 + 1e-15], 1).at(-1)).toBe(0.001 + 1e-15 - 0.001);
  });
});

describe("the slow and obvious way gives the same", () => {
  const values = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8) },
      { weight: 1, arbitrary: fc.constant(na) },
    ),
    { maxLength: 80 },
  );
  const lengths = fc.integer({ min: 1, max: 12 });
  const defined = (source: readonly number[]): number[] => source.filter((value) => value === value);
  const close = (actual: readonly number[], expected: readonly number[]): boolean =>
    actual.every((value, bar) => {
      const other = expected[bar]!;
      return value === other || (value !== value && other !== other) || Math.abs(value - other) < 1e-7;
    });
  const check = (
    kernel: () => WindowKernel,
    naive: (seen: readonly number[], length: number) => number,
  ): void => {
    fc.assert(
      fc.property(values, lengths, (source, length) => {
        const actual = over(kernel(), source, length);
        const expected = source.map((_, bar) => naive(source.slice(0, bar + 1), length));
        return close(actual, expected);
      }),
      { numRuns: 300 },
    );
  };
  const total = (items: readonly number[]): number => items.reduce((sum, value) => sum + value, 0);

  test("sum: of the last values that are not na", () => {
    check(windowKernels["sum"]!, (seen, length) => {
      if (length === 1) return seen.at(-1)!;
      const held = defined(seen);
      return held.length < length ? na : total(held.slice(-length));
    });
  });
  test("sma", () => {
    check(windowKernels["sma"]!, (seen, length) => {
      if (length === 1) return seen.at(-1)!;
      const held = defined(seen);
      return held.length < length ? na : total(held.slice(-length)) / length;
    });
  });
  test("variance: mean square less squared mean", () => {
    check(windowKernels["variance"]!, (seen, length) => {
      const held = length === 1 ? [seen.at(-1)!] : defined(seen).slice(-length);
      if (held.length < length) return na;
      const mean = total(held) / length;
      return Math.max(0, total(held.map((value) => (value - mean) ** 2)) / length);
    });
  });
  test("ema and rma: a mean as the seed, then one step per value", () => {
    const stepped =
      (step: (previous: number, value: number, length: number) => number) =>
      (seen: readonly number[], length: number): number => {
        const held = defined(seen);
        if (seen.at(-1) !== seen.at(-1) || held.length < length) return na;
        let average = total(held.slice(0, length)) / length;
        for (const value of held.slice(length)) average = step(average, value, length);
        return average;
      };
    check(
      windowKernels["ema"]!,
      stepped((previous, value, length) => previous + (2 / (length + 1)) * (value - previous)),
    );
    check(
      windowKernels["rma"]!,
      stepped((previous, value, length) => (previous * (length - 1) + value) / length),
    );
  });
  test("highest and lowest: of the last bars, na left out", () => {
    const extreme =
      (pick: (...items: number[]) => number) =>
      (seen: readonly number[], length: number): number => {
        const held = defined(seen.slice(-length));
        return seen.length < length || held.length === 0 ? na : pick(...held);
      };
    check(windowKernels["highest"]!, extreme(Math.max));
    check(windowKernels["lowest"]!, extreme(Math.min));
  });
  test("change", () => {
    check(windowKernels["change"]!, (seen, length) =>
      seen.length <= length ? na : seen.at(-1)! - seen.at(-1 - length)!,
    );
  });
  test("cross fires on the first strict relation opposite to the last strict one", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 2 })), (differences) => {
        const kernel = new Cross();
        let last = 0;
        for (const difference of differences) {
          const side = Math.sign(difference);
          expect(kernel.next(difference, 0)).toBe(side !== 0 && last === -side);
          if (side !== 0) last = side;
        }
      }),
    );
  });
});

describe("a length may change from bar to bar", () => {
  test("the window is then filled from history", () => {
    const bars = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(bars, (steps) => {
        const [sum, highest] = [new RollingSum(), new Highest()];
        const seen: number[] = [];
        for (const [value, length] of steps) {
          seen.push(value);
          const window = seen.slice(-length);
          const whole = seen.length >= length;
          const [total, most] = [sum.next(value, length), highest.next(value, length)];
          expect(whole ? Math.abs(total - window.reduce((a, b) => a + b, 0)) < 1e-9 : total !== total).toBe(
            true,
          );
          expect(whole ? most === Math.max(...window) : most !== most).toBe(true);
        }
      }),
    );
  });

  test.each([0, -1, 0.5, na, Infinity])("%p is refused, the function named", (length) => {
    expect(() => new Sma().next(1, length)).toThrow(RuntimeFailure);
    expect(() => new Sma().next(1, length)).toThrow("ta.sma");
    expect(() => new Highest().next(1, length)).toThrow("ta.highest");
  });
});

describe("a bar that is executed again", () => {
  const bar = fc.record({
    value: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -50, max: 50 }) },
      { weight: 1, arbitrary: fc.constant(na) },
    ),
    length: fc.integer({ min: 1, max: 20 }),
    attempts: fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 20 })), {
      maxLength: 4,
    }),
  });
  test.each(Object.keys(windowKernels))("%s: the attempts before leave no trace", (name) => {
    const make = windowKernels[name]!;
    for (const changing of [false, true]) {
      fc.assert(
        fc.property(fc.array(bar, { maxLength: 50 }), fc.integer({ min: 1, max: 12 }), (bars, fixed) => {
          const [plain, live] = [make(), make()];
          for (const { value, length, attempts } of bars) {
            const own = changing ? length : fixed;
            live.save();
            for (const [attempt, other] of attempts) {
              live.next(attempt, changing ? other : fixed);
              live.restore();
            }
            expect(live.next(value, own)).toBe(plain.next(value, own));
          }
        }),
        { numRuns: 150 },
      );
    }
  });
});
