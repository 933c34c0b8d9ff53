import { setupPort, type TechnicalAnalysis } from "./setup.ts";

/** Technical analysis for scripts; see `TechnicalAnalysis` for the functions. */
export const ta: TechnicalAnalysis = {
  sma: (source, length) => setupPort("ta.sma").ta.sma(source, length),
  ema: (source, length) => setupPort("ta.ema").ta.ema(source, length),
  rma: (source, length) => setupPort("ta.rma").ta.rma(source, length),
  wma: (source, length) => setupPort("ta.wma").ta.wma(source, length),
  rsi: (source, length) => setupPort("ta.rsi").ta.rsi(source, length),
  macd: (source, fast, slow, signal) => setupPort("ta.macd").ta.macd(source, fast, slow, signal),
  tr: (handleNa) => setupPort("ta.tr").ta.tr(handleNa),
  atr: (length) => setupPort("ta.atr").ta.atr(length),
  bb: (source, length, multiplier) => setupPort("ta.bb").ta.bb(source, length, multiplier),
  stdev: (source, length, biased) => setupPort("ta.stdev").ta.stdev(source, length, biased),
  variance: (source, length, biased) => setupPort("ta.variance").ta.variance(source, length, biased),
  highest: (source, length) => setupPort("ta.highest").ta.highest(source, length),
  lowest: (source, length) => setupPort("ta.lowest").ta.lowest(source, length),
  change: (source, length) => setupPort("ta.change").ta.change(source, length),
  cross: (a, b) => setupPort("ta.cross").ta.cross(a, b),
  crossover: (a, b) => setupPort("ta.crossover").ta.crossover(a, b),
  crossunder: (a, b) => setupPort("ta.crossunder").ta.crossunder(a, b),
};
