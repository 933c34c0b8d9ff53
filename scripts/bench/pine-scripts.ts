/** The Pine scripts that are measured; what each costs by hand is in the folder `limit`. */

/** By the letter of the workload. */
export const workloads: Readonly<Record<string, { readonly what: string; readonly text: string }>> = {
  a: {
    what: "moving averages, RSI, MACD, bands, ATR",
    text: `//@version=6
indicator("Indicators")
[macd, signal, histogram] = ta.macd(close, 12, 26, 9)
[basis, upper, lower] = ta.bb(close, 20, 2)
plot(ta.sma(close, 20), "sma")
plot(ta.ema(close, 50), "ema")
plot(ta.rsi(close, 14), "rsi")
plot(macd, "macd")
plot(signal, "signal")
plot(histogram, "histogram")
plot(basis, "basis")
plot(upper, "upper")
plot(lower, "lower")
plot(ta.atr(14), "atr")
`,
  },
  b: {
    what: "trends, regression, percentiles, pivots, VWAP",
    text: `//@version=6
indicator("Studies")
[trend, direction] = ta.supertrend(3, 10)
[plus, minus, adx] = ta.dmi(14, 14)
average = ta.vwap(hlc3, timeframe.change("1D"))
plot(trend, "supertrend")
plot(direction, "direction")
plot(plus, "plus")
plot(minus, "minus")
plot(adx, "adx")
plot(ta.linreg(close, 100, 0), "linreg")
plot(ta.percentile_linear_interpolation(close, 200, 75), "percentile linear")
plot(ta.percentile_nearest_rank(close, 100, 25), "percentile nearest")
plot(ta.correlation(close, volume, 50), "correlation")
plot(ta.pivothigh(20, 20), "pivot high")
plot(ta.pivotlow(20, 20), "pivot low")
plot(ta.stoch(close, high, low, 200), "stoch")
plot(average, "vwap")
plot(trend - average, "distance")
`,
  },
  c: {
    what: "functions at seven places, history in loops",
    text: `//@version=6
indicator("Functions")
mean(float source, simple int window) =>
    var float total = 0.0
    total += source
    float sum = 0.0
    for back = 0 to window - 1
        sum += source[back]
    sum / window + total * 1e-9
plot(mean(close, 10) + mean(open, 20) + mean(high, 15) + mean(low, 25) + mean(hl2, 20) + mean(volume, 20) + mean(hlc3, 20), "mean")
`,
  },
  d: {
    what: "an array that moves, is copied and sorted",
    text: `//@version=6
indicator("Arrays")
var window = array.new<float>()
array.push(window, close)
if array.size(window) > 50
    array.shift(window)
sorted = array.copy(window)
array.sort(sorted)
float sum = 0.0
for value in window
    sum += value
float weighted = 0.0
for i = 0 to array.size(sorted) - 1
    weighted += array.get(sorted, i) * i
plot(sum / array.size(window), "mean")
plot(weighted, "weighted")
plot(array.max(window) - array.min(window), "range")
plot(array.get(sorted, math.floor(array.size(sorted) / 2)), "median")
`,
  },
};

/** A script of a thousand lines: functions, branches, loops, plots. */
export function longScript(): string {
  const lines = ["//@version=6", 'indicator("Long")'];
  for (let part = 0; lines.length < 1000; part++) {
    lines.push(
      `f${part}(float x, int n) =>`,
      "    var float total = 0.0",
      "    total += x > n ? x : -x",
      "    if total > 100",
      `        total := ta.ema(total, ${3 + (part % 20)})`,
      "    total[1]",
      `a${part} = f${part}(close, ${part}) + ta.sma(high, ${2 + part})`,
      `if a${part} > close[${part % 5}]`,
      `    a${part} := math.max(a${part}, open)`,
      `plot(a${part}, "p${part}")`,
    );
  }
  return lines.join("\n");
}
