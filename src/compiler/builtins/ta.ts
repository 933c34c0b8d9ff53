import { type Entry, fn, kernel, variable } from "./entry.ts";

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
  variable(
    "ta.tr series float",
    kernel("TrueRange", { bar: ["high", "low", "previousClose"], constants: ["false"] }),
    "True range; na on the first bar.",
  ),
  fn(
    "ta.atr(simple int length) series float",
    kernel("Atr", { bar: ["high", "low", "previousClose"] }),
    "Average true range.",
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
];
