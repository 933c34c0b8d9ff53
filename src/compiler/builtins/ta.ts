import { type BarColumn, type Entry, fn, kernel, variable } from "./entry.ts";

const range: readonly BarColumn[] = ["high", "low", "previousClose"];
const bands = ["middle", "upper", "lower"];

/** `ta`: technical analysis. */
export const ta: readonly Entry[] = [
  fn("ta.sma(series float source, series int length) series float", kernel("Sma"), "Simple moving average."),
  fn(
    "ta.ema(series float source, simple int length) series float",
    kernel("Ema"),
    "Exponential moving average.",
  ),
  fn(
    "ta.rma(series float source, simple int length) series float",
    kernel("Rma"),
    "Wilder's moving average.",
  ),
  fn(
    "ta.wma(series float source, series int length) series float",
    kernel("Wma"),
    "Weighted moving average.",
  ),
  fn("ta.hma(series float source, simple int length) series float", kernel("Hma"), "Hull moving average."),
  fn(
    "ta.vwma(series float source, series int length) series float",
    kernel("Vwma", { bar: ["volume"] }),
    "Volume-weighted moving average.",
  ),
  fn(
    "ta.swma(series float source) series float",
    kernel("Swma"),
    "Average of four bars, weights 1, 2, 2, 1.",
  ),
  fn(
    "ta.alma(series float series, series int length, simple float offset = 0.85, simple float sigma = 6, simple bool floor = false) series float",
    kernel("Alma"),
    "Arnaud Legoux moving average.",
  ),
  fn(
    "ta.linreg(series float source, series int length, simple int offset) series float",
    kernel("Linreg"),
    "The line of least squares through the last values, `offset` bars before the current one.",
  ),

  variable(
    "ta.tr series float",
    kernel("TrueRange", { bar: range, constants: ["false"] }),
    "True range; na on the first bar.",
  ),
  fn(
    "ta.tr(simple bool handle_na) series float",
    kernel("TrueRange", { bar: range }),
    "True range; on the first bar high − low when `handle_na`, else na.",
  ),
  fn("ta.atr(simple int length) series float", kernel("Atr", { bar: range }), "Average true range."),
  fn(
    "ta.bb(series float series, series int length, simple float mult) [series float, series float, series float]",
    kernel("Bb", { results: bands }),
    "Bollinger bands: middle, upper, lower.",
  ),
  fn(
    "ta.bbw(series float series, series int length, simple float mult) series float",
    kernel("Bbw"),
    "Width of the Bollinger bands in percent of the middle.",
  ),
  fn(
    "ta.kc(series float series, simple int length, simple float mult, simple bool useTrueRange = true) [series float, series float, series float]",
    kernel("Kc", { bar: range, results: bands }),
    "Keltner channels: middle, upper, lower.",
  ),
  fn(
    "ta.kcw(series float series, simple int length, simple float mult, simple bool useTrueRange = true) series float",
    kernel("Kcw", { bar: range }),
    "Width of the Keltner channels as a fraction of the middle.",
  ),
  fn(
    "ta.stdev(series float source, series int length, simple bool biased = true) series float",
    kernel("Stdev"),
    "Standard deviation.",
  ),
  fn(
    "ta.variance(series float source, series int length, simple bool biased = true) series float",
    kernel("Variance"),
    "Variance.",
  ),
  fn(
    "ta.dev(series float source, series int length) series float",
    kernel("Dev"),
    "Mean absolute deviation.",
  ),
  fn(
    "ta.correlation(series float source1, series float source2, series int length) series float",
    kernel("Correlation"),
    "Correlation of two sources, −1 to 1.",
  ),

  fn(
    "ta.rsi(series float source, simple int length) series float",
    kernel("Rsi"),
    "Relative strength index.",
  ),
  fn(
    "ta.macd(series float source, simple int fastlen, simple int slowlen, simple int siglen) [series float, series float, series float]",
    kernel("Macd", { results: ["macd", "signal", "histogram"] }),
    "Moving average convergence divergence: line, signal, histogram.",
  ),
  fn(
    "ta.cci(series float source, series int length) series float",
    kernel("Cci"),
    "Commodity channel index.",
  ),
  fn(
    "ta.cmo(series float series, series int length) series float",
    kernel("Cmo"),
    "Chande's momentum, −100 to 100.",
  ),
  fn("ta.cog(series float source, series int length) series float", kernel("Cog"), "Center of gravity."),
  fn(
    "ta.mfi(series float series, series int length) series float",
    kernel("Mfi", { bar: ["volume"] }),
    "Money flow index, 0 to 100.",
  ),
  fn(
    "ta.mom(series float source, series int length) series float",
    kernel("Mom"),
    "The value less the one then.",
  ),
  fn(
    "ta.roc(series float source, series int length) series float",
    kernel("Roc"),
    "The change over `length` bars in percent.",
  ),
  fn(
    "ta.stoch(series float source, series float high, series float low, series int length) series float",
    kernel("Stoch", { bar: ["index"] }),
    "Where the source lies within the range of the last bars, in percent.",
  ),
  fn(
    "ta.tsi(series float source, simple int short_length, simple int long_length) series float",
    kernel("Tsi"),
    "True strength index, −1 to 1.",
  ),
  fn(
    "ta.wpr(series int length) series float",
    kernel("Wpr", { bar: ["index", "high", "low", "close"] }),
    "Williams %R, −100 to 0.",
  ),
  fn(
    "ta.rci(series float source, series int length) series float",
    kernel("Rci"),
    "Rank correlation with time.",
  ),
  fn(
    "ta.dmi(simple int diLength, simple int adxSmoothing) [series float, series float, series float]",
    kernel("Dmi", { bar: range, results: ["plus", "minus", "adx"] }),
    "Directional movement: plus, minus, average.",
  ),
  fn(
    "ta.change(series int source, series int length = 1) series int",
    kernel("Change"),
    "The value less the one `length` bars ago.",
  ),
  fn(
    "ta.change(series float source, series int length = 1) series float",
    kernel("Change"),
    "The value less the one `length` bars ago.",
  ),
  fn(
    "ta.change(series bool source, series int length = 1) series bool",
    kernel("ChangeBool"),
    "Whether the condition is another than `length` bars ago.",
  ),

  fn(
    "ta.sar(simple float start, simple float inc, simple float max) series float",
    kernel("Sar", { bar: ["index", "high", "low", "close"] }),
    "Parabolic SAR.",
  ),
  fn(
    "ta.supertrend(series float factor, simple int atrPeriod) [series float, series float]",
    kernel("Supertrend", { bar: ["high", "low", "close", "previousClose"], results: ["line", "direction"] }),
    "Supertrend: line, direction (−1 is up, 1 is down).",
  ),

  ...extremes("highest", "Highest", "high", "The greatest value of the last bars."),
  ...extremes("lowest", "Lowest", "low", "The smallest value of the last bars."),
  ...extremes(
    "highestbars",
    "Highestbars",
    "high",
    "Where the greatest value of the last bars lies: 0 or less.",
  ),
  ...extremes(
    "lowestbars",
    "Lowestbars",
    "low",
    "Where the smallest value of the last bars lies: 0 or less.",
  ),
  fn("ta.max(series float source) series float", kernel("Max"), "The greatest value so far."),
  fn("ta.min(series float source) series float", kernel("Min"), "The smallest value so far."),
  fn(
    "ta.range(series float source, series int length) series float",
    kernel("Range", { bar: ["index"] }),
    "Greatest less smallest value of the last bars.",
  ),
  fn(
    "ta.median(series int source, series int length) series int",
    kernel("MedianInt"),
    "Median; the lower of two.",
  ),
  fn("ta.median(series float source, series int length) series float", kernel("Median"), "Median."),
  fn("ta.mode(series int source, series int length) series int", kernel("Mode"), "The most frequent value."),
  fn(
    "ta.mode(series float source, series int length) series float",
    kernel("Mode"),
    "The most frequent value.",
  ),
  fn(
    "ta.percentrank(series float source, series int length) series float",
    kernel("Percentrank"),
    "Percentage of the previous values that are at most the current one.",
  ),
  fn(
    "ta.percentile_linear_interpolation(series float source, series int length, simple float percentage) series float",
    kernel("PercentileLinearInterpolation", { shared: true, history: 0 }),
    "Percentile between the two nearest values.",
  ),
  fn(
    "ta.percentile_nearest_rank(series float source, series int length, simple float percentage) series float",
    kernel("PercentileNearestRank", { shared: true, history: 0 }),
    "Percentile that is always one of the values.",
  ),
  ...pivots("pivothigh", "Pivothigh", "high", "The value `rightbars` ago where it tops those around it."),
  ...pivots("pivotlow", "Pivotlow", "low", "The value `rightbars` ago where those around it top it."),
  fn(
    "ta.pivot_point_levels(series string type, series bool anchor, series bool developing = false) array<float>",
    kernel("PivotPointLevels", { bar: ["open", "high", "low", "close"] }),
    "P, R1, S1 to R5, S5 of the period that the anchor ended.",
  ),

  fn(
    "ta.cross(series float source1, series float source2) series bool",
    kernel("Cross"),
    "Whether the sources have changed sides.",
  ),
  fn(
    "ta.crossover(series float source1, series float source2) series bool",
    kernel("Crossover"),
    "Whether the first source rose above the second.",
  ),
  fn(
    "ta.crossunder(series float source1, series float source2) series bool",
    kernel("Crossunder"),
    "Whether the first source fell below the second.",
  ),
  fn(
    "ta.rising(series float source, series int length) series bool",
    kernel("Rising"),
    "Whether the value is greater than each of the previous ones.",
  ),
  fn(
    "ta.falling(series float source, series int length) series bool",
    kernel("Falling"),
    "Whether the value is less than each of the previous ones.",
  ),
  fn(
    "ta.barssince(series bool condition) series int",
    kernel("Barssince"),
    "Bars since the condition was true.",
  ),
  ...["int", "float", "color"].map((type) =>
    fn(
      `ta.valuewhen(series bool condition, series ${type} source, simple int occurrence) series ${type}`,
      kernel("Valuewhen"),
      "The source when the condition was true, 0 for the latest time.",
    ),
  ),
  fn(
    "ta.valuewhen(series bool condition, series bool source, simple int occurrence) series bool",
    kernel("ValuewhenBool"),
    "The source when the condition was true, 0 for the latest time.",
  ),
  fn("ta.cum(series float source) series float", kernel("Cum"), "Sum of all values."),

  variable(
    "ta.obv series float",
    kernel("Obv", { bar: ["close", "previousClose", "volume"] }),
    "On-balance volume.",
  ),
  variable(
    "ta.accdist series float",
    kernel("Accdist", { bar: ["high", "low", "close", "volume"], ownInFunctions: true }),
    "Accumulation and distribution.",
  ),
  variable(
    "ta.nvi series float",
    kernel("Nvi", { bar: ["close", "previousClose", "volume"] }),
    "Negative volume index.",
  ),
  variable(
    "ta.pvi series float",
    kernel("Pvi", { bar: ["close", "previousClose", "volume"] }),
    "Positive volume index.",
  ),
  variable(
    "ta.pvt series float",
    kernel("Pvt", { bar: ["close", "previousClose", "volume"] }),
    "Price volume trend.",
  ),
  variable(
    "ta.wad series float",
    kernel("Wad", { bar: ["high", "low", "close", "previousClose"] }),
    "Williams accumulation and distribution.",
  ),
  variable(
    "ta.wvad series float",
    kernel("Wvad", { bar: ["open", "high", "low", "close", "volume"] }),
    "Williams variable accumulation and distribution of the bar.",
  ),
  variable(
    "ta.iii series float",
    kernel("Iii", { bar: ["high", "low", "close", "volume"] }),
    "Intraday intensity index of the bar.",
  ),
  variable(
    "ta.vwap series float",
    kernel("VwapDaily", { bar: ["tradingDay", "volume", "hlc3"], ownInFunctions: true }),
    "Volume-weighted average of hlc3 since the trading day began.",
  ),
  fn(
    "ta.vwap(series float source) series float",
    kernel("VwapDaily", { bar: ["tradingDay", "volume"] }),
    "Volume-weighted average since the trading day began.",
  ),
  fn(
    "ta.vwap(series float source, series bool anchor) series float",
    kernel("Vwap", { bar: ["volume"] }),
    "Volume-weighted average since the anchor was true.",
  ),
  fn(
    "ta.vwap(series float source, series bool anchor, simple float stdev_mult) [series float, series float, series float]",
    kernel("VwapBands", { bar: ["volume"], results: ["vwap", "upper", "lower"] }),
    "The same with bands: average, upper, lower.",
  ),
];

/** With a source, and with a price as the source. */
function extremes(name: string, kernelName: string, price: BarColumn, doc: string): Entry[] {
  const result = name.endsWith("bars") ? "series int" : "series float";
  return [
    fn(
      `ta.${name}(series float source, series int length) ${result}`,
      kernel(kernelName, { bar: ["index"] }),
      doc,
    ),
    fn(`ta.${name}(series int length) ${result}`, kernel(kernelName, { bar: ["index", price] }), doc),
  ];
}

function pivots(name: string, kernelName: string, price: BarColumn, doc: string): Entry[] {
  return [
    fn(
      `ta.${name}(series float source, series float leftbars, series float rightbars) series float`,
      kernel(kernelName),
      doc,
    ),
    fn(
      `ta.${name}(series float leftbars, series float rightbars) series float`,
      kernel(kernelName, { bar: [price] }),
      doc,
    ),
  ];
}
