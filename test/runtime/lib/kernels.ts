/** Every kernel of technical analysis behind one face, for the properties that all of them have. */
import fc from "fast-check";

import type { Kernel } from "../../../src/runtime/lib/kernel.ts";
import { Random } from "../../../src/runtime/lib/math/random.ts";
import { Ema, Rma, Sma } from "../../../src/runtime/lib/ta/averages.ts";
import { Bb, Bbw, Kc, Kcw } from "../../../src/runtime/lib/ta/bands.ts";
import { Cross, Crossover, Crossunder } from "../../../src/runtime/lib/ta/crossings.ts";
import {
  Highest,
  Highestbars,
  Lowest,
  Lowestbars,
  Max,
  Min,
  Range,
} from "../../../src/runtime/lib/ta/extremes.ts";
import { Change, ChangeBool, Macd, Mom, Roc, Rsi, Tsi } from "../../../src/runtime/lib/ta/momentum.ts";
import { Cci, Cmo, Cog, Mfi, Rci, Stoch, Wpr } from "../../../src/runtime/lib/ta/oscillators.ts";
import {
  PercentileLinearInterpolation,
  PercentileNearestRank,
} from "../../../src/runtime/lib/ta/percentiles.ts";
import { PivotPointLevels } from "../../../src/runtime/lib/ta/pivot-levels.ts";
import { Pivothigh, Pivotlow } from "../../../src/runtime/lib/ta/pivots.ts";
import { Median, MedianInt, Mode, Percentrank } from "../../../src/runtime/lib/ta/ranks.ts";
import { Correlation, Linreg } from "../../../src/runtime/lib/ta/regression.ts";
import { RollingSum } from "../../../src/runtime/lib/ta/rolling-sum.ts";
import {
  Barssince,
  Cum,
  Falling,
  Fixnan,
  Rising,
  Valuewhen,
  ValuewhenBool,
} from "../../../src/runtime/lib/ta/signals.ts";
import { Dmi, Sar, Supertrend } from "../../../src/runtime/lib/ta/trend.ts";
import { Atr, Dev, Stdev, Variance } from "../../../src/runtime/lib/ta/volatility.ts";
import {
  Accdist,
  Nvi,
  Obv,
  Pvi,
  Pvt,
  VwapBands,
  VwapDaily,
  Wad,
} from "../../../src/runtime/lib/ta/volume.ts";
import { Alma, Hma, Swma, Vwma, Wma } from "../../../src/runtime/lib/ta/weighted.ts";

/** What a kernel may want of a bar. */
export interface TestBar {
  readonly index: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly previousClose: number;
  /** A source that may be na. */
  readonly value: number;
  readonly flag: boolean;
}

/** A kernel that takes what it needs from a bar. */
export interface AnyKernel extends Kernel {
  step(bar: TestBar, length: number): number | boolean;
}

const wrap = <K extends Kernel>(
  kernel: K,
  step: (kernel: K, bar: TestBar, length: number) => number | boolean,
): AnyKernel => ({
  step: (bar, length) => step(kernel, bar, length),
  save: () => kernel.save(),
  restore: () => kernel.restore(),
});

const source = (kernel: Kernel & { next(value: number, length: number): number | boolean }): AnyKernel =>
  wrap(kernel, (k, bar, length) => k.next(bar.value, length));

const ranged = (kernel: Kernel & { next(bar: number, value: number, length: number): number }): AnyKernel =>
  wrap(kernel, (k, bar, length) => k.next(bar.index, bar.value, length));

/** All of them; names are those of the language. */
export const kernels: Readonly<Record<string, () => AnyKernel>> = {
  sum: () => source(new RollingSum()),
  sma: () => source(new Sma()),
  ema: () => source(new Ema()),
  rma: () => source(new Rma()),
  wma: () => source(new Wma()),
  hma: () => wrap(new Hma(), (k, bar, length) => k.next(bar.value, length + 1)),
  vwma: () => wrap(new Vwma(), (k, bar, length) => k.next(bar.volume, bar.value, length)),
  swma: () => wrap(new Swma(), (k, bar) => k.next(bar.value)),
  alma: () => source(new Alma()),
  linreg: () => wrap(new Linreg(), (k, bar, length) => k.next(bar.value, length, length % 3)),
  correlation: () => wrap(new Correlation(), (k, bar, length) => k.next(bar.value, bar.close, length)),
  rsi: () => source(new Rsi()),
  change: () => source(new Change()),
  changeBool: () => wrap(new ChangeBool(), (k, bar, length) => k.next(bar.flag, length)),
  mom: () => source(new Mom()),
  roc: () => source(new Roc()),
  tsi: () => wrap(new Tsi(), (k, bar, length) => k.next(bar.value, length, length + 2)),
  macd: () =>
    wrap(new Macd(), (k, bar, length) => {
      k.next(bar.value, length, length + 3, 4);
      return k.histogram;
    }),
  cci: () => source(new Cci()),
  cmo: () => source(new Cmo()),
  cog: () => source(new Cog()),
  mfi: () => wrap(new Mfi(), (k, bar, length) => k.next(bar.volume, bar.value, length)),
  stoch: () => wrap(new Stoch(), (k, bar, length) => k.next(bar.index, bar.close, bar.high, bar.low, length)),
  wpr: () => wrap(new Wpr(), (k, bar, length) => k.next(bar.index, bar.high, bar.low, bar.close, length)),
  rci: () => source(new Rci()),
  dmi: () =>
    wrap(new Dmi(), (k, bar, length) => k.next(bar.high, bar.low, bar.previousClose, length, 3) + k.plus / 3),
  atr: () => wrap(new Atr(), (k, bar, length) => k.next(bar.high, bar.low, bar.previousClose, length)),
  bb: () =>
    wrap(new Bb(), (k, bar, length) => {
      k.next(bar.value, length, 2);
      return k.upper - k.lower / 3;
    }),
  bbw: () => wrap(new Bbw(), (k, bar, length) => k.next(bar.value, length, 2)),
  kc: () =>
    wrap(new Kc(), (k, bar, length) => {
      k.next(bar.high, bar.low, bar.previousClose, bar.value, length, 2);
      return k.upper - k.lower / 3;
    }),
  kcw: () =>
    wrap(new Kcw(), (k, bar, length) =>
      k.next(bar.high, bar.low, bar.previousClose, bar.value, length, 2, false),
    ),
  variance: () => source(new Variance()),
  stdev: () => source(new Stdev()),
  dev: () => source(new Dev()),
  sar: () => wrap(new Sar(), (k, bar) => k.next(bar.index, bar.high, bar.low, bar.close, 0.02, 0.02, 0.2)),
  supertrend: () =>
    wrap(
      new Supertrend(),
      (k, bar, length) =>
        k.next(bar.high, bar.low, bar.close, bar.previousClose, 2, length) + k.direction / 3,
    ),
  highest: () => ranged(new Highest()),
  lowest: () => ranged(new Lowest()),
  highestbars: () => ranged(new Highestbars()),
  lowestbars: () => ranged(new Lowestbars()),
  range: () => ranged(new Range()),
  max: () => wrap(new Max(), (k, bar) => k.next(bar.value)),
  min: () => wrap(new Min(), (k, bar) => k.next(bar.value)),
  median: () => source(new Median()),
  medianInt: () => source(new MedianInt()),
  mode: () => source(new Mode()),
  percentrank: () => source(new Percentrank()),
  percentile_linear_interpolation: () =>
    wrap(new PercentileLinearInterpolation(), (k, bar, length) => k.next(bar.value, length, 70)),
  percentile_nearest_rank: () =>
    wrap(new PercentileNearestRank(), (k, bar, length) => k.next(bar.value, length, 40)),
  pivothigh: () => wrap(new Pivothigh(), (k, bar, length) => k.next(bar.value, length % 4, 2)),
  pivotlow: () => wrap(new Pivotlow(), (k, bar, length) => k.next(bar.value, length % 4, 2)),
  pivot_point_levels: () =>
    wrap(new PivotPointLevels(), (k, bar) =>
      k
        .next(bar.open, bar.high, bar.low, bar.close, "Camarilla", bar.flag)
        .reduce((sum, level) => sum + level, 0),
    ),
  cross: () => wrap(new Cross(), (k, bar) => k.next(bar.value, bar.close)),
  crossover: () => wrap(new Crossover(), (k, bar) => k.next(bar.value, bar.close)),
  crossunder: () => wrap(new Crossunder(), (k, bar) => k.next(bar.value, bar.close)),
  rising: () => source(new Rising()),
  falling: () => source(new Falling()),
  barssince: () => wrap(new Barssince(), (k, bar) => k.next(bar.flag)),
  valuewhen: () => wrap(new Valuewhen(), (k, bar, length) => k.next(bar.flag, bar.value, length - 1)),
  valuewhenBool: () => wrap(new ValuewhenBool(), (k, bar) => k.next(bar.flag, bar.close > bar.open, 1)),
  cum: () => wrap(new Cum(), (k, bar) => k.next(bar.value)),
  fixnan: () => wrap(new Fixnan(), (k, bar) => k.next(bar.value)),
  obv: () => wrap(new Obv(), (k, bar) => k.next(bar.close, bar.previousClose, bar.volume)),
  accdist: () => wrap(new Accdist(), (k, bar) => k.next(bar.high, bar.low, bar.close, bar.volume)),
  pvt: () => wrap(new Pvt(), (k, bar) => k.next(bar.close, bar.previousClose, bar.volume)),
  wad: () => wrap(new Wad(), (k, bar) => k.next(bar.high, bar.low, bar.close, bar.previousClose)),
  nvi: () => wrap(new Nvi(), (k, bar) => k.next(bar.close, bar.previousClose, bar.volume)),
  pvi: () => wrap(new Pvi(), (k, bar) => k.next(bar.close, bar.previousClose, bar.volume)),
  vwap: () =>
    wrap(new VwapBands(), (k, bar) => {
      k.next(bar.volume, bar.value, bar.flag, 2);
      return k.vwap + k.upper / 3;
    }),
  vwapDaily: () =>
    wrap(new VwapDaily(), (k, bar) => k.next(Math.floor(bar.index / 7), bar.volume, bar.value)),
  random: () => wrap(new Random(), (k, bar) => k.next(0, 1, bar.flag ? 42 : 7)),
};

/** The parts of a bar that are drawn. */
export interface DrawnBar {
  readonly open: number;
  readonly close: number;
  readonly wick: number;
  readonly volume: number;
  readonly value: number;
  readonly flag: boolean;
}

const eighths = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 8, max: max * 8 }).map((n) => n / 8);

/** Bars on a coarse grid, so that ties are frequent; one source value in ten is na. */
export const drawnBar: fc.Arbitrary<DrawnBar> = fc.record({
  open: eighths(10, 14),
  close: eighths(10, 14),
  wick: eighths(0, 2),
  volume: fc.integer({ min: 0, max: 9 }),
  value: fc.oneof(
    { weight: 9, arbitrary: eighths(-4, 4) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  ),
  flag: fc.boolean(),
});

/** The bar at its place behind another. */
export function place(drawn: DrawnBar, index: number, before: TestBar | undefined): TestBar {
  return {
    index,
    open: drawn.open,
    high: Math.max(drawn.open, drawn.close) + drawn.wick,
    low: Math.min(drawn.open, drawn.close) - drawn.wick,
    close: drawn.close,
    volume: drawn.volume,
    previousClose: before?.close ?? Number.NaN,
    value: drawn.value,
    flag: drawn.flag,
  };
}

/** Kernels whose answer depends on a window alone, made to keep `retention` values beyond it. */
export const windowKernels: Readonly<Record<string, (retention: number) => AnyKernel>> = {
  sum: (retention) => source(new RollingSum("math.sum", retention)),
  sma: (retention) => source(new Sma(retention)),
  wma: (retention) => source(new Wma(retention)),
  alma: (retention) => source(new Alma(retention)),
  linreg: (retention) => wrap(new Linreg(retention), (k, bar, length) => k.next(bar.value, length, 0)),
  variance: (retention) => source(new Variance(retention)),
  dev: (retention) => source(new Dev(retention)),
  change: (retention) => source(new Change(retention)),
  cog: (retention) => source(new Cog(retention)),
  rci: (retention) => source(new Rci(retention)),
  median: (retention) => source(new Median(retention)),
  mode: (retention) => source(new Mode(retention)),
  percentrank: (retention) => source(new Percentrank(retention)),
  percentile_nearest_rank: (retention) =>
    wrap(new PercentileNearestRank(retention), (k, bar, length) => k.next(bar.value, length, 40)),
  pivothigh: (retention) => wrap(new Pivothigh(retention), (k, bar, length) => k.next(bar.value, length, 2)),
};
