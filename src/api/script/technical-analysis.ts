import type { BoolSeries, Condition, Series, Source } from "./series.ts";

/** A channel: three series. */
export interface Channel {
  middle: Series;
  upper: Series;
  lower: Series;
}

/**
 * Pivot point levels of a period: the pivot and five resistances and supports, na where the type has none.
 * `r[0]` is R1.
 */
export interface PivotLevels {
  p: Series;
  r: readonly Series[];
  s: readonly Series[];
}

/**
 * Technical analysis: each call creates one series with its own state. Lengths are in bars, at least 1, fractions
 * truncated; a length that is a series or an expression may change from bar to bar, its window is then filled from
 * history. Values that are not available (`NaN`) are left out of windows unless said otherwise. Results agree with
 * TradingView's, sums to the last bit.
 */
export interface TechnicalAnalysis {
  /** Simple moving average. */
  sma(source: Source, length: Source): Series;
  /** Exponential moving average. */
  ema(source: Source, length: Source): Series;
  /** Wilder's moving average. */
  rma(source: Source, length: Source): Series;
  /** Weighted moving average; an na bar is na and carries the value before on. */
  wma(source: Source, length: Source): Series;
  /** Hull moving average; length at least 2. */
  hma(source: Source, length: Source): Series;
  /** Volume-weighted moving average. */
  vwma(source: Source, length: Source): Series;
  /** Average of four bars, weights 1, 2, 2, 1. */
  swma(source: Source): Series;
  /** Arnaud Legoux moving average; defaults 0.85 and 6. */
  alma(source: Source, length: Source, offset?: number, sigma?: number, floor?: boolean): Series;
  /** Linear regression through the last bars, `offset` (default 0) bars before the current one. */
  linreg(source: Source, length: Source, offset?: Source): Series;
  /** Sum of the last values. */
  sum(source: Source, length: Source): Series;
  /** Sum of all values. */
  cum(source: Source): Series;

  /** Relative strength index, 0 to 100. */
  rsi(source: Source, length: Source): Series;
  /** Moving average convergence divergence. */
  macd(
    source: Source,
    fast: number,
    slow: number,
    signal: number,
  ): { macd: Series; signal: Series; histogram: Series };
  /** Commodity channel index. */
  cci(source: Source, length: Source): Series;
  /** Chande's momentum oscillator, −100 to 100. */
  cmo(source: Source, length: Source): Series;
  /** Center of gravity. */
  cog(source: Source, length: Source): Series;
  /** Money flow index of a price, usually hlc3, 0 to 100. */
  mfi(source: Source, length: Source): Series;
  /** The value less the one `length` bars ago. */
  mom(source: Source, length: Source): Series;
  /** The same in percent of the value then. */
  roc(source: Source, length: Source): Series;
  /** The value less the one `length` bars ago; default 1. */
  change(source: Source, length?: Source): Series;
  /** Stochastic of a source within the range of two others over the last bars. */
  stoch(source: Source, high: Source, low: Source, length: Source): Series;
  /** True strength index, −1 to 1. */
  tsi(source: Source, short: number, long: number): Series;
  /** Williams %R, −100 to 0. */
  wpr(length: Source): Series;
  /** Rank correlation index, −100 to 100. */
  rci(source: Source, length: Source): Series;
  /** Directional movement: both directional indices and their average spread. */
  dmi(length: number, smoothing: number): { plus: Series; minus: Series; adx: Series };

  /** True range; `NaN` on the first bar unless `handleNa`. */
  tr(handleNa?: boolean): Series;
  /** Average true range. */
  atr(length: Source): Series;
  /** Bollinger bands, `multiplier` deviations wide on either side. */
  bb(source: Source, length: Source, multiplier: number): Channel;
  /** Their width in percent of the middle. */
  bbw(source: Source, length: Source, multiplier: number): Series;
  /** Keltner channels, `multiplier` average ranges wide; the true range unless `useTrueRange` is false. */
  kc(source: Source, length: Source, multiplier: number, useTrueRange?: boolean): Channel;
  /** Their width as a fraction of the middle. */
  kcw(source: Source, length: Source, multiplier: number, useTrueRange?: boolean): Series;
  /** Standard deviation. */
  stdev(source: Source, length: Source, biased?: boolean): Series;
  /** Variance. */
  variance(source: Source, length: Source, biased?: boolean): Series;
  /** Mean absolute deviation. */
  dev(source: Source, length: Source): Series;
  /** Correlation of two sources. */
  correlation(a: Source, b: Source, length: Source): Series;

  /** Parabolic SAR. */
  sar(start: number, increment: number, maximum: number): Series;
  /** Supertrend; direction −1 is up, 1 is down. */
  supertrend(factor: number, length: number): { line: Series; direction: Series };

  /** Greatest value of the last bars. */
  highest(source: Source, length: Source): Series;
  /** Smallest value of the last bars. */
  lowest(source: Source, length: Source): Series;
  /** Where the greatest value lies: 0 for the current bar, −1 for the one before. */
  highestbars(source: Source, length: Source): Series;
  /** Where the smallest value lies. */
  lowestbars(source: Source, length: Source): Series;
  /** Greatest less smallest value of the last bars. */
  range(source: Source, length: Source): Series;
  /** Greatest value of all bars so far. */
  max(source: Source): Series;
  /** Smallest value of all bars so far. */
  min(source: Source): Series;
  /** Median of the last values. */
  median(source: Source, length: Source): Series;
  /** Most frequent value of the last bars, of several the smallest. */
  mode(source: Source, length: Source): Series;
  /** Share of the previous values that are at most the current one, 0 to 100. */
  percentrank(source: Source, length: Source): Series;
  /** Percentile between the two nearest values; `percentage` from 0 to 100. */
  percentileLinearInterpolation(source: Source, length: Source, percentage: Source): Series;
  /** Percentile that is always one of the values; `percentage` from 0 to 100. */
  percentileNearestRank(source: Source, length: Source, percentage: Source): Series;
  /** The value `right` bars ago where it tops `left` bars before and `right` bars after it, else `NaN`. */
  pivothigh(source: Source, left: Source, right: Source): Series;
  /** The same for a low. */
  pivotlow(source: Source, left: Source, right: Source): Series;
  /**
   * Pivot point levels of the period between two bars on which `anchor` is true, or, when `developing`, of the one
   * that runs. Not "Woodie" and `developing`.
   */
  pivotPointLevels(
    type: "Traditional" | "Fibonacci" | "Woodie" | "Classic" | "DM" | "Camarilla",
    anchor: Condition,
    developing?: boolean,
  ): PivotLevels;

  /** Either way. */
  cross(a: Source, b: Source): BoolSeries;
  /** `a` rises above `b`. */
  crossover(a: Source, b: Source): BoolSeries;
  /** `a` falls below `b`. */
  crossunder(a: Source, b: Source): BoolSeries;
  /** Greater than each of the previous `length` values. */
  rising(source: Source, length: Source): BoolSeries;
  /** Less than each of the previous `length` values. */
  falling(source: Source, length: Source): BoolSeries;
  /** Bars since the condition was last true; `NaN` before the first time. */
  barssince(condition: Condition): Series;
  /** The source when the condition was last true, or `occurrence` times before that. */
  valuewhen(condition: Condition, source: Source, occurrence: number): Series;

  /** On-balance volume. */
  obv(): Series;
  /** Accumulation and distribution. */
  accdist(): Series;
  /** Negative volume index. */
  nvi(): Series;
  /** Positive volume index. */
  pvi(): Series;
  /** Price volume trend. */
  pvt(): Series;
  /** Williams accumulation and distribution. */
  wad(): Series;
  /** Williams variable accumulation and distribution of the bar. */
  wvad(): Series;
  /** Intraday intensity index of the bar. */
  iii(): Series;
  /** Volume-weighted average price since `anchor` was last true; without one, since the trading day began. */
  vwap(source: Source, anchor?: Condition): Series;
  /** The same with bands `multiplier` deviations wide. */
  vwapBands(source: Source, anchor: Condition, multiplier: number): Channel;
}
