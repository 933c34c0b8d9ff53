/** Names of versions 1 to 4, and what they are called now. */
export const oldNames: ReadonlyMap<string, string> = new Map([
  ["study", "indicator"],
  ["security", "request.security"],
  ["financial", "request.financial"],
  ["quandl", "request.quandl"],
  ["splits", "request.splits"],
  ["dividends", "request.dividends"],
  ["earnings", "request.earnings"],
  ["tostring", "str.tostring"],
  ["tonumber", "str.tonumber"],
  ["iff", "condition ? a : b"],
  ["offset", "x[n], the operator of history"],
  ["input.integer", "input.int"],
  ["input.resolution", "input.timeframe"],
  ...["dotted", "dashed", "solid"].map((name) => [name, `hline.style_${name}`] as const),
  ..."line linebr stepline histogram circles columns area areabr"
    .split(" ")
    .map((name) => [name, `plot.style_${name}`] as const),
  ..."aqua black blue fuchsia gray green lime maroon navy olive orange purple red silver teal white yellow"
    .split(" ")
    .map((name) => [name, `color.${name}`] as const),
  ["tickerid", "syminfo.tickerid"],
  ["ticker", "syminfo.ticker"],
  ["period", "timeframe.period"],
  ["interval", "timeframe.multiplier"],
  ["isintraday", "timeframe.isintraday"],
  ["isdaily", "timeframe.isdaily"],
  ["isweekly", "timeframe.isweekly"],
  ["ismonthly", "timeframe.ismonthly"],
  ["heikinashi", "ticker.heikinashi"],
  ["n", "bar_index"],
  ["resolution", "timeframe"],
  ...[
    "abs",
    "acos",
    "asin",
    "atan",
    "avg",
    "ceil",
    "cos",
    "exp",
    "floor",
    "log",
    "log10",
    "max",
    "min",
    "pow",
  ].map((name) => [name, `math.${name}`] as const),
  ...["random", "round", "sign", "sin", "sqrt", "sum", "tan", "todegrees", "toradians"].map(
    (name) => [name, `math.${name}`] as const,
  ),
  ...(
    "accdist alma atr barssince bb bbw cci change cmo cog correlation cross crossover crossunder cum dev dmi ema " +
    "falling highest highestbars hma iii kc kcw linreg lowest lowestbars macd mfi mom nvi obv " +
    "percentile_linear_interpolation percentile_nearest_rank percentrank pivothigh pivotlow pvi pvt rising rma roc " +
    "rsi sar sma stdev stoch supertrend swma tr tsi valuewhen variance vwap vwma wad wma wpr wvad"
  )
    .split(" ")
    .map((name) => [name, `ta.${name}`] as const),
]);
