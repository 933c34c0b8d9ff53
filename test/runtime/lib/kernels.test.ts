/** Technical analysis, one kernel at a time: reference points of TradingView, slow and obvious twins, taking back. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { RuntimeFailure } from "../../../src/kernel/errors.ts";
import { Ema, Rma, Sma } from "../../../src/runtime/lib/ta/averages.ts";
import { Cross, Crossover } from "../../../src/runtime/lib/ta/crossings.ts";
import { Highest, Highestbars, Lowestbars } from "../../../src/runtime/lib/ta/extremes.ts";
import { Change } from "../../../src/runtime/lib/ta/momentum.ts";
import { Cmo, Mfi } from "../../../src/runtime/lib/ta/oscillators.ts";
import {
  PercentileLinearInterpolation,
  PercentileNearestRank,
} from "../../../src/runtime/lib/ta/percentiles.ts";
import { Median, MedianInt, Mode, Percentrank } from "../../../src/runtime/lib/ta/ranks.ts";
import { Correlation } from "../../../src/runtime/lib/ta/regression.ts";
import { RollingSum } from "../../../src/runtime/lib/ta/rolling-sum.ts";
import { Falling, Rising } from "../../../src/runtime/lib/ta/signals.ts";
import { Sar, Supertrend } from "../../../src/runtime/lib/ta/trend.ts";
import { Dev, Stdev, Variance } from "../../../src/runtime/lib/ta/volatility.ts";
import { Hma, Wma } from "../../../src/runtime/lib/ta/weighted.ts";
import { drawnBar, kernels, place, type TestBar, windowKernels } from "./kernels.ts";

/** A kernel over one source with a length. */
interface WindowKernel {
  next(value: number, length: number): number;
}

/** Steps the kernel of that name over a source alone. */
const windowKernel =
  (name: string): (() => WindowKernel) =>
  () => {
    const kernel = kernels[name]!();
    let index = 0;
    return {
      next: (value, length) =>
        Number(kernel.step({ ...place({ ...flat, value }, index++, undefined), close: value }, length)),
    };
  };
const flat = { open: 10, close: 10, wick: 1, volume: 1, value: 0, flag: true };

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
    ["hma 4", new Hma(), source, 4, 100.92222222222223, 101.33333333333333],
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
    const wrong = sums.flatMap((sum, bar) =>
      bar >= 16 && Math.abs(sum - 3 * series[bar]!) > 1e-10 ? [bar] : [],
    );
    expect(wrong).toEqual([20, 21]);
    // The dust itself, which the tolerance of comparisons hides.
    expect(sums.slice(22).some((sum) => sum !== 0)).toBe(true);
  });

  test("crossover and highest see 1e-12; change sees 1e-15", () => {
    const over12 = new Crossover();
    expect([over12.next(100, 100), over12.next(100 + 1e-12, 100)]).toEqual([false, 100 + 1e-12 > 100]);
    expect(over(windowKernel("highest")(), [100, 100 + 1e-12, 100], 3).at(-1)).toBe(100 + 1e-12);
    expect(over(new Change(), [0.001, 0.001 + 1e-15], 1).at(-1)).toBe(0.001 + 1e-15 - 0.001);
  });

  test("comparisons within 1e-10 are ties to rising, falling, percentrank, cmo and mfi", () => {
    const alternating = (step: number): number[] =>
      Array.from({ length: 18 }, (_, bar) => 100 + (bar % 2) * step);
    const third = (step: number): number[] =>
      Array.from({ length: 18 }, (_, bar) => 100 + (bar % 3 === 1 ? step : 0));
    const flags = (kernel: Rising | Falling, values: readonly number[]): boolean[] =>
      values.map((value) => kernel.next(value, 1)).slice(12);
    expect(flags(new Rising(), alternating(1e-12))).toEqual(Array(6).fill(false));
    expect(flags(new Falling(), alternating(1e-12))).toEqual(Array(6).fill(false));
    expect(flags(new Rising(), alternating(1e-8))).toEqual([false, true, false, true, false, true]);
    expect(flags(new Falling(), alternating(1e-8))).toEqual([true, false, true, false, true, false]);
    expect(over(new Percentrank(), third(1e-12), 5).slice(12)).toEqual(Array(6).fill(100));
    expect(over(new Percentrank(), third(1e-8), 5).slice(12)).toEqual([60, 100, 60, 60, 100, 60]);
    expect(over(new Cmo(), alternating(1e-12), 4).slice(12)).toEqual(Array(6).fill(na));
    const mfi = new Mfi();
    expect(
      alternating(1e-12)
        .map((value) => mfi.next(1, value, 4))
        .slice(12),
    ).toEqual(Array(6).fill(100));
    const bars = new Highestbars();
    expect(
      third(1e-12)
        .map((value, bar) => bars.next(bar, value, 3))
        .slice(12),
    ).toEqual([-2, 0, -1, -2, 0, -1]);
  });

  test("percentiles of 100 + i % 4", () => {
    const cycle = Array.from({ length: 12 }, (_, index) => 100 + (index % 4));
    const linear = [0, 12.5, 25, 37.5, 50, 100].map((share) => {
      const kernel = new PercentileLinearInterpolation();
      return cycle.map((value) => kernel.next(value, 4, share)).at(-1)! - 100;
    });
    expect(linear).toEqual([0, 0, 0.5, 1, 1.5, 3]);
    const nearest = [0, 25, 26, 50, 51, 100].map((share) => {
      const kernel = new PercentileNearestRank();
      return cycle.map((value) => kernel.next(value, 4, share)).at(-1)! - 100;
    });
    expect(nearest).toEqual([0, 0, 1, 1, 2, 3]);
  });

  test("mean deviation of 100 + i % 4 is 1", () => {
    const cycle = Array.from({ length: 9 }, (_, index) => 100 + (index % 4));
    expect(over(new Dev(), cycle, 4).at(-1)).toBe(1);
    expect(over(new Dev(), cycle, 1).at(-1)).toBe(0);
  });

  test("correlation with the bar index", () => {
    const cycle = (scale: number, length = 16): number[] =>
      Array.from({ length }, (_, bar) => 100 + (bar % 4) * scale);
    const against = (values: readonly number[], length: number): number[] => {
      const kernel = new Correlation();
      return values.map((value, bar) => kernel.next(value, bar, length));
    };
    expect(against(cycle(1), 4).slice(8, 10)).toEqual([-0.2, -0.6]);
    expect(against(cycle(0), 4).at(-1)).toBe(0);
    expect(against(cycle(1), 1).at(-1)).toBe(0);
    // Each sum leaves out what is na in it alone.
    const gapped = cycle(1).map((value, bar) => (bar % 3 === 0 ? na : value));
    expect(against(gapped, 4).slice(8, 10)).toEqual([-36.51483716701107, -110.27480824437345]);
    // A covariance within 1e-10 is none.
    const itself = (scale: number): number => {
      const kernel = new Correlation();
      return Array.from({ length: 9 }, (_, bar) => kernel.next(bar * scale, bar * scale, 4)).at(-1)!;
    };
    expect([itself(5e-6), itself(1e-5)]).toEqual([0, 1]);
  });

  test("sma of a flat run after noise differs from the sma of itself only where dust runs through", () => {
    const series = Array.from({ length: 40 }, (_, index) =>
      index < 10 ? 7.3 * index + 0.1 : index < 20 ? 100 : 0,
    );
    const once = over(new Sma(), series, 3);
    const twice = over(new Sma(), once, 3);
    const wrong = once.flatMap((value, bar) =>
      bar >= 16 && Math.abs(value - twice[bar]!) > 1e-10 ? [bar] : [],
    );
    expect(wrong).toEqual([20, 21, 22, 23]);
  });
});

describe("rules of single functions", () => {
  const cycle = [3, 1, na, 2, 2, 5, 4];
  test("an na percentage is 0 to the nearest rank and na to the interpolation", () => {
    const [nearest, linear] = [new PercentileNearestRank(), new PercentileLinearInterpolation()];
    expect([5, 3, 4].map((value) => nearest.next(value, 3, na))).toEqual([na, na, 3]);
    expect([5, 3, 4].map((value) => linear.next(value, 3, na))).toEqual([na, na, na]);
    expect(() => nearest.next(1, 3, 101)).toThrow("from 0 to 100, not 101");
  });
  test("na counts in the length of a percentile and comes last", () => {
    const at = (share: number): number => {
      const kernel = new PercentileNearestRank();
      return cycle.map((value) => kernel.next(value, 5, share))[4]!;
    };
    expect([0, 40, 80, 100].map(at)).toEqual([1, 2, 3, na]);
  });
  test("an na length gives na and freezes percentiles; a window that grew is filled from history", () => {
    const kernel = new PercentileNearestRank();
    const lengths = [2, 2, na, 2, 4];
    expect([1, 2, 3, 4, 5].map((value, bar) => kernel.next(value, lengths[bar]!, 100))).toEqual([
      na,
      2,
      na,
      4,
      5,
    ]);
    expect(new Median().next(1, na)).toBeNaN();
    expect(new Mode().next(1, na)).toBeNaN();
  });
  test("a percentile that is called on some bars only fills its window with the bars in between, for good", () => {
    const column = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const kernel = new PercentileNearestRank();
    const call = (bar: number, share: number): number => kernel.next(column[bar]!, 3, share, column, bar);
    // Bar 3 is the first call: bars 1 and 2 come in. On bar 6 they still stand beside bar 3's and its own value.
    expect([call(3, 0), call(6, 0), call(7, 0)]).toEqual([2, 3, 4]);
    const unknown = new PercentileNearestRank();
    expect([3, 6, 7].map((bar) => unknown.next(column[bar]!, 3, 0))).toEqual([na, na, 4]);
  });
  test("median: the middle two are averaged, of ints the lower one is taken", () => {
    expect(over(new Median(), [4, 1, 3, 2], 4).at(-1)).toBe(2.5);
    expect(over(new MedianInt(), [4, 1, 3, 2], 4).at(-1)).toBe(2);
    expect(over(new Median(), [4, 1, 3], 3).at(-1)).toBe(3);
  });
  test("mode: the smallest of the most frequent; na bars take a place and never win", () => {
    expect(over(new Mode(), [2, 1, 2, 1], 4).at(-1)).toBe(1);
    expect(over(new Mode(), [na, 1, na, 1, na], 4)).toEqual([na, na, na, 1, na]);
  });
  test("highest is na until bar length − 1, whenever it was first called; of equal values the oldest is the peak", () => {
    const late = new Highest();
    expect([late.next(5, 7, 4), late.next(6, 8, 4)]).toEqual([7, 8]);
    expect(new Highest().next(2, 7, 4)).toBeNaN();
    const [high, low] = [new Highestbars(), new Lowestbars()];
    expect([5, 5, 5].map((value, bar) => high.next(bar, value, 3)).at(-1)).toBe(-2);
    expect([5, 5, 5].map((value, bar) => low.next(bar, value, 3)).at(-1)).toBe(-2);
  });
  test("highest over skipped bars: the peak ages in bars, and a skipped slot holds the value of length + 1 bars before", () => {
    const kernel = new Highest();
    //                   bar 0        1        2        3 skipped  4           5
    const values = [9, 1, 2, undefined, 3, 1] as const;
    const seen = values.map((value, bar) => (value === undefined ? undefined : kernel.next(bar, value, 3)));
    // On bar 4 the peak of bar 0 is too old; slot 3 was never written. On bar 5 bars 3 (na), 4 and 5 are looked at.
    expect(seen).toEqual([na, na, 9, undefined, 3, 3]);
    const stale = new Highest();
    const more = [9, 1, 1, 1, undefined, 1].map((value, bar) =>
      value === undefined ? undefined : stale.next(bar, value, 3),
    );
    // Slot 4 is that of bar 0, whose 9 comes back.
    expect(more).toEqual([na, na, 9, 1, undefined, 9]);
  });
  test("sar: na on the first bar, and for good once a bar was missed or the start", () => {
    const bars = [0, 1, 2, 3, 4, 5];
    const run = (skip: readonly number[]): number[] => {
      const kernel = new Sar();
      return bars
        .filter((bar) => !skip.includes(bar))
        .map((bar) => kernel.next(bar, 11 + bar, 9 + bar, 10 + bar, 0.02, 0.02, 0.2));
    };
    expect(run([])).toEqual([na, 9, 9, 9.16, 9.4504, 9.894368]);
    expect(run([0])).toEqual(Array(5).fill(na));
    expect(run([3])).toEqual([na, 9, 9, na, na]);
  });
  test("supertrend: line 0 and direction 1 on the first bar, then na until the range is there", () => {
    const kernel = new Supertrend();
    const lines = [10, 11, 12, 13].map((close, bar) =>
      kernel.next(close + 1, close - 1, close, bar === 0 ? na : close - 1, 3, 3),
    );
    expect(lines.slice(0, 3)).toEqual([0, na, 18]);
    expect(kernel.direction).toBe(1);
  });
  test("hma of 1 is refused: half of it is no length", () => {
    expect(() => new Hma().next(1, 1)).toThrow("ta.hma: the length is at least 2");
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
    where: (seen: readonly number[], length: number) => boolean = () => true,
  ): void => {
    fc.assert(
      fc.property(values, lengths, (source, length) => {
        const stepped = over(kernel(), source, length);
        const expected = source.map((_, bar) => naive(source.slice(0, bar + 1), length));
        const actual = stepped.map((value, bar) =>
          where(source.slice(0, bar + 1), length) ? value : expected[bar]!,
        );
        return close(actual, expected);
      }),
      { numRuns: 300 },
    );
  };
  const total = (items: readonly number[]): number => items.reduce((sum, value) => sum + value, 0);

  test("sum: of the last values that are not na", () => {
    check(windowKernel("sum"), (seen, length) => {
      if (length === 1) return seen.at(-1)!;
      const held = defined(seen);
      return held.length < length ? na : total(held.slice(-length));
    });
  });
  test("sma", () => {
    check(windowKernel("sma"), (seen, length) => {
      if (length === 1) return seen.at(-1)!;
      const held = defined(seen);
      return held.length < length ? na : total(held.slice(-length)) / length;
    });
  });
  test("variance: mean square less squared mean", () => {
    check(windowKernel("variance"), (seen, length) => {
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
      windowKernel("ema"),
      stepped((previous, value, length) => previous + (2 / (length + 1)) * (value - previous)),
    );
    check(
      windowKernel("rma"),
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
    check(windowKernel("highest"), extreme(Math.max));
    check(windowKernel("lowest"), extreme(Math.min));
  });
  test("wma, linreg, cog, dev", () => {
    const whole =
      (compute: (window: readonly number[]) => number) =>
      (seen: readonly number[], length: number): number => {
        const held = defined(seen);
        return held.length < length ? na : compute(held.slice(-length));
      };
    check(windowKernel("wma"), (seen, length) => {
      const filled = seen.map((_, bar) => defined(seen.slice(0, bar + 1)).at(-1) ?? na);
      const window = defined(filled).slice(-length);
      if (seen.at(-1) !== seen.at(-1) || window.length < length) return na;
      return (
        total(window.map((value, index) => value * (index + 1))) / total(window.map((_, index) => index + 1))
      );
    });
    check(
      windowKernel("cog"),
      whole((window) => {
        const weighted = window.toReversed().map((value, index) => value * (index + 1));
        return -total(weighted) / total(window);
      }),
      // A sum of nearly nothing magnifies dust; the sum of one is that value, na included.
      (seen, length) => length > 1 && Math.abs(total(defined(seen).slice(-length))) > 0.01,
    );
    check(
      windowKernel("dev"),
      whole((window) => {
        const mean = total(window) / window.length;
        return total(window.map((value) => Math.abs(value - mean))) / window.length;
      }),
    );
    check(windowKernel("linreg"), (seen, length) => {
      if (length === 1) return seen.at(-1)!;
      return whole((window) => {
        const [meanX, meanY] = [(length + 1) / 2, total(window) / length];
        const slope =
          total(window.map((y, index) => (index + 1 - meanX) * (y - meanY))) /
          total(window.map((_, index) => (index + 1 - meanX) ** 2));
        return meanY + slope * (length - (length % 3) - meanX);
      })(seen, length);
    });
  });
  test("median, mode, percentrank", () => {
    check(windowKernel("median"), (seen, length) => {
      const window = defined(seen)
        .slice(-length)
        .toSorted((a, b) => a - b);
      if (window.length < length) return na;
      return (window[Math.floor((length - 1) / 2)]! + window[Math.floor(length / 2)]!) / 2;
    });
    check(windowKernel("mode"), (seen, length) => {
      if (seen.length < length || seen.at(-1) !== seen.at(-1)) return na;
      const window = defined(seen.slice(-length)).toSorted((a, b) => a - b);
      const count = (value: number): number => window.filter((other) => other === value).length;
      return window.reduce((best, value) => (count(value) > count(best) ? value : best));
    });
    check(windowKernel("percentrank"), (seen, length) => {
      const held = defined(seen);
      if (seen.at(-1) !== seen.at(-1) || held.length <= length) return na;
      const now = held.at(-1)!;
      return (100 * held.slice(-length - 1, -1).filter((value) => value <= now).length) / length;
    });
  });
  test("percentiles: na comes last and counts", () => {
    const windowed =
      (pick: (window: readonly number[]) => number) =>
      (seen: readonly number[], length: number): number =>
        seen.length < length
          ? na
          : pick(seen.slice(-length).toSorted((a, b) => (a !== a ? 1 : b !== b ? -1 : a - b)));
    check(
      windowKernel("percentile_nearest_rank"),
      windowed((window) => window[Math.max(1, Math.ceil((40 * window.length) / 100)) - 1]!),
    );
    check(
      windowKernel("percentile_linear_interpolation"),
      windowed((window) => {
        const place = Math.min(Math.max((70 * window.length) / 100 + 0.5, 1), window.length);
        const below = Math.floor(place + 1e-9);
        const share = place - below < 1e-9 ? 0 : place - below;
        return share === 0 ? window[below - 1]! : window[below - 1]! * (1 - share) + window[below]! * share;
      }),
    );
  });
  test("pivots: the last of equal tops, known two bars later", () => {
    const pivot =
      (sign: number) =>
      (seen: readonly number[], length: number): number => {
        const [left, right] = [length % 4, 2];
        const at = seen.length - 1 - right;
        if (at < left) return na;
        const value = seen[at]!;
        const blocked =
          seen.slice(at + 1).some((other) => sign * other >= sign * value) ||
          seen.slice(at - left, at).some((other) => sign * other > sign * value);
        return blocked ? na : value;
      };
    check(windowKernel("pivothigh"), pivot(1));
    check(windowKernel("pivotlow"), pivot(-1));
  });
  test("rci: Spearman's coefficient of value and time, mean ranks for ties", () => {
    check(windowKernel("rci"), (seen, length) => {
      const window = defined(seen).slice(-length);
      if (window.length < length) return na;
      const distance = window.map((value, time) => {
        const below = window.filter((other) => other < value).length;
        const equal = window.filter((other) => other === value).length;
        return (below + (equal + 1) / 2 - (time + 1)) ** 2;
      });
      return (1 - (6 * total(distance)) / (length * (length ** 2 - 1))) * 100;
    });
  });
  test("rising and falling", () => {
    const beyond =
      (sign: number) =>
      (seen: readonly number[], length: number): number => {
        const held = defined(seen);
        const now = seen.at(-1)!;
        return Number(
          now === now &&
            held.length > length &&
            held.slice(-length - 1, -1).every((value) => sign * (now - value) > 0),
        );
      };
    check(windowKernel("rising"), beyond(1));
    check(windowKernel("falling"), beyond(-1));
  });
  test("change", () => {
    check(windowKernel("change"), (seen, length) =>
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
        for (const [bar, [value, length]] of steps.entries()) {
          seen.push(value);
          const window = seen.slice(-length);
          const whole = seen.length >= length;
          const [total, most] = [sum.next(value, length), highest.next(bar, value, length)];
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
    expect(() => new Highest().next(0, 1, length)).toThrow("ta.highest");
  });
});

describe("a length that outgrows what was kept", () => {
  const steps = fc.array(
    fc.tuple(drawnBar, fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }))),
    {
      minLength: 60,
      maxLength: 120,
    },
  );
  test.each(Object.keys(windowKernels))("%s: what is forgotten is na, never a wrong number", (name) => {
    fc.assert(
      fc.property(steps, (bars) => {
        const [forgetful, whole] = [windowKernels[name]!(0), windowKernels[name]!(500)];
        for (const [index, [drawn, length]] of bars.entries()) {
          const bar = place(drawn, index, undefined);
          const [actual, expected] = [Number(forgetful.step(bar, length)), Number(whole.step(bar, length))];
          if (actual === actual) expect(actual).toBeCloseTo(expected, 7);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a bar that is executed again", () => {
  const bars = fc.array(
    fc.record({
      final: drawnBar,
      length: fc.integer({ min: 1, max: 20 }),
      attempts: fc.array(fc.tuple(drawnBar, fc.integer({ min: 1, max: 20 })), { maxLength: 4 }),
      skipped: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { maxLength: 45 },
  );
  test.each(Object.keys(kernels))("%s: the attempts before leave no trace, calls may skip bars", (name) => {
    const make = kernels[name]!;
    for (const changing of [false, true]) {
      fc.assert(
        fc.property(bars, fc.integer({ min: 1, max: 12 }), (steps, fixed) => {
          const [plain, live] = [make(), make()];
          let before: TestBar | undefined;
          for (const [index, { final, length, attempts, skipped }] of steps.entries()) {
            const bar = place(final, index, before);
            if (!skipped || index === 0) {
              live.save();
              for (const [attempt, other] of attempts) {
                live.step(place(attempt, index, before), changing ? other : fixed);
                live.restore();
              }
              const own = changing ? length : fixed;
              expect(live.step(bar, own)).toBe(plain.step(bar, own));
            }
            before = bar;
          }
        }),
        { numRuns: 60 },
      );
    }
  });
});
