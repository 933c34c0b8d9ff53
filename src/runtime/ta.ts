import type { BoolSeries, Series, Source } from "../api/script/series.ts";
import type { TechnicalAnalysis } from "../api/script/setup.ts";
import { defaultRetention, windowLength } from "./lib/kernel.ts";
import { Ema, Rma, Sma, Wma } from "./lib/ta/averages.ts";
import { Cross, Crossover, Crossunder } from "./lib/ta/crossings.ts";
import { Highest, Lowest } from "./lib/ta/extremes.ts";
import { Change, Macd, Rsi } from "./lib/ta/momentum.ts";
import { Atr, Bb, Stdev, TrueRange, Variance } from "./lib/ta/volatility.ts";
import { reader } from "./series.ts";

/** What technical analysis needs of a run: making series, and the prices. */
export interface SeriesFactory {
  series(compute: () => number): Series;
  condition(compute: () => boolean): BoolSeries;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
}

/** A kernel over one source with a length. */
interface WindowKernel {
  next(value: number, length: number): number;
}

/** `ta.*` for a script: every call makes a kernel of its own and a series that steps it once per bar. */
export function technicalAnalysis(run: SeriesFactory): TechnicalAnalysis {
  const [high, low, close] = [reader(run.high), reader(run.low), reader(run.close)];

  const window = (
    name: string,
    Kernel: new (retention: number) => WindowKernel,
    source: Source,
    length: Source,
  ): Series => {
    const read = reader(source);
    const { retention, bars } = lengthOf(name, length);
    const kernel = new Kernel(retention);
    // A constant is passed as one: most lengths are, and the call costs nothing then.
    if (typeof length === "number") return run.series(() => kernel.next(read(), length));
    return run.series(() => kernel.next(read(), bars()));
  };
  const crossing = (kernel: { next(a: number, b: number): boolean }, a: Source, b: Source): BoolSeries => {
    const [readA, readB] = [reader(a), reader(b)];
    return run.condition(() => kernel.next(readA(), readB()));
  };

  return {
    sma: (source, length) => window("ta.sma", Sma, source, length),
    ema: (source, length) => window("ta.ema", Ema, source, length),
    rma: (source, length) => window("ta.rma", Rma, source, length),
    wma: (source, length) => window("ta.wma", Wma, source, length),
    rsi: (source, length) => window("ta.rsi", Rsi, source, length),
    highest: (source, length) => window("ta.highest", Highest, source, length),
    lowest: (source, length) => window("ta.lowest", Lowest, source, length),
    change: (source, length = 1) => window("ta.change", Change, source, length),
    stdev(source, length, biased = true) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.stdev", length);
      const kernel = new Stdev(retention);
      return run.series(() => kernel.next(read(), bars(), biased));
    },
    variance(source, length, biased = true) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.variance", length);
      const kernel = new Variance(retention);
      return run.series(() => kernel.next(read(), bars(), biased));
    },
    macd(source, fast, slow, signal) {
      const read = reader(source);
      for (const length of [fast, slow, signal]) windowLength("ta.macd", length);
      const kernel = new Macd(0);
      return {
        macd: run.series(() => kernel.next(read(), fast, slow, signal)),
        signal: run.series(() => kernel.signal),
        histogram: run.series(() => kernel.histogram),
      };
    },
    tr(handleNa = false) {
      const kernel = new TrueRange();
      return run.series(() => kernel.next(high(), low(), close(), handleNa));
    },
    atr(length) {
      const { retention, bars } = lengthOf("ta.atr", length);
      const kernel = new Atr(retention);
      return run.series(() => kernel.next(high(), low(), close(), bars()));
    },
    bb(source, length, multiplier) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.bb", length);
      const kernel = new Bb(retention);
      return {
        middle: run.series(() => kernel.next(read(), bars(), multiplier)),
        upper: run.series(() => kernel.upper),
        lower: run.series(() => kernel.lower),
      };
    },
    cross: (a, b) => crossing(new Cross(), a, b),
    crossover: (a, b) => crossing(new Crossover(), a, b),
    crossunder: (a, b) => crossing(new Crossunder(), a, b),
  };
}

/**
 * How a length is read, and how much history its kernel must keep: none beyond the window when it cannot change.
 * @throws RuntimeFailure for a constant below 1, at once
 */
function lengthOf(caller: string, length: Source): { retention: number; bars: () => number } {
  if (typeof length === "number") windowLength(caller, length);
  return { retention: typeof length === "number" ? 0 : defaultRetention, bars: reader(length) };
}
