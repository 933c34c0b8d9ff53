import { Sma, Ema, Rma } from "../lib/ta/averages.ts";
import { Bb, Bbw, Kc, Kcw } from "../lib/ta/bands.ts";
import { Crossover, Crossunder, Cross } from "../lib/ta/crossings.ts";
import { Highest, Lowest, Highestbars, Lowestbars, Range, Max, Min } from "../lib/ta/extremes.ts";
import { Change, ChangeBool, Mom, Roc, Rsi, Macd, Tsi } from "../lib/ta/momentum.ts";
import { Cci, Cmo, Cog, Mfi, Stoch, Wpr, Rci } from "../lib/ta/oscillators.ts";
import { PercentileNearestRank, PercentileLinearInterpolation } from "../lib/ta/percentiles.ts";
import { PivotPointLevelsArray } from "../lib/ta/pivot-levels.ts";
import { Pivothigh, Pivotlow } from "../lib/ta/pivots.ts";
import { Median, MedianInt, Mode, Percentrank } from "../lib/ta/ranks.ts";
import { Linreg, Correlation } from "../lib/ta/regression.ts";
import { Rising, Falling, Barssince, Valuewhen, ValuewhenBool, Cum } from "../lib/ta/signals.ts";
import { Dmi, Supertrend, Sar } from "../lib/ta/trend.ts";
import { Variance, Stdev, TrueRange, Atr, Dev } from "../lib/ta/volatility.ts";
import { Obv, Accdist, Pvt, Wad, Nvi, Pvi, Wvad, Iii, Vwap, VwapBands, VwapDaily } from "../lib/ta/volume.ts";
import { Wma, Hma, Swma, Vwma, Alma } from "../lib/ta/weighted.ts";

/** `ta.*`: a class per function, named as the function is in Pine. */
export const ta = {
  Accdist,
  Alma,
  Atr,
  Barssince,
  Bb,
  Bbw,
  Cci,
  Change,
  ChangeBool,
  Cmo,
  Cog,
  Correlation,
  Cross,
  Crossover,
  Crossunder,
  Cum,
  Dev,
  Dmi,
  Ema,
  Falling,
  Highest,
  Highestbars,
  Hma,
  Iii,
  Kc,
  Kcw,
  Linreg,
  Lowest,
  Lowestbars,
  Macd,
  Max,
  Median,
  MedianInt,
  Mfi,
  Min,
  Mode,
  Mom,
  Nvi,
  Obv,
  PercentileLinearInterpolation,
  PercentileNearestRank,
  Percentrank,
  PivotPointLevels: PivotPointLevelsArray,
  Pivothigh,
  Pivotlow,
  Pvi,
  Pvt,
  Range,
  Rci,
  Rising,
  Rma,
  Roc,
  Rsi,
  Sar,
  Sma,
  Stdev,
  Stoch,
  Supertrend,
  Swma,
  TrueRange,
  Tsi,
  Valuewhen,
  ValuewhenBool,
  Variance,
  Vwap,
  VwapBands,
  VwapDaily,
  Vwma,
  Wad,
  Wma,
  Wpr,
  Wvad,
};
