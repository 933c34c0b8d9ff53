import type { BoolSeries, Series, Source } from "../api/script/series.ts";
import type { TechnicalAnalysis } from "../api/script/setup.ts";
import { windowLength } from "./lib/kernel.ts";
import { Ema, Rma, Sma, Wma } from "./lib/ta/averages.ts";
import { Highest, Lowest } from "./lib/ta/extremes.ts";
import { Crossover, Rsi } from "./lib/ta/momentum.ts";
import { Atr, Stdev, TrueRange } from "./lib/ta/volatility.ts";
import { reader } from "./series.ts";

/** What technical analysis needs of a run: making series, and the prices. */
export interface SeriesFactory {
  series(compute: () => number): Series;
  condition(compute: () => boolean): BoolSeries;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
}

/** `ta.*` for a script: every call makes a kernel of its own and a series that steps it once per bar. */
export function technicalAnalysis(run: SeriesFactory): TechnicalAnalysis {
  const overSource = (source: Source, kernel: { next(value: number): number }): Series => {
    const read = reader(source);
    return run.series(() => kernel.next(read()));
  };
  const crossing = (a: Source, b: Source): BoolSeries => {
    const kernel = new Crossover();
    const [readA, readB] = [reader(a), reader(b)];
    return run.condition(() => kernel.next(readA(), readB()));
  };
  const [high, low, close] = [reader(run.high), reader(run.low), reader(run.close)];
  return {
    sma: (source, length) => overSource(source, new Sma(length)),
    ema: (source, length) => overSource(source, new Ema(length)),
    rma: (source, length) => overSource(source, new Rma(length)),
    wma: (source, length) => overSource(source, new Wma(length)),
    rsi: (source, length) => overSource(source, new Rsi(length)),
    stdev: (source, length, biased) => overSource(source, new Stdev(length, biased)),
    highest: (source, length) => overSource(source, new Highest(length)),
    lowest: (source, length) => overSource(source, new Lowest(length)),
    macd(source, fast, slow, signalLength) {
      const [fastAverage, slowAverage] = [
        overSource(source, new Ema(fast)),
        overSource(source, new Ema(slow)),
      ];
      const macd = run.series(() => fastAverage.now - slowAverage.now);
      const signal = overSource(macd, new Ema(signalLength));
      return { macd, signal, histogram: run.series(() => macd.now - signal.now) };
    },
    tr(handleNa = false) {
      const kernel = new TrueRange(handleNa);
      return run.series(() => kernel.next(high(), low(), close()));
    },
    atr(length) {
      const kernel = new Atr(length);
      return run.series(() => kernel.next(high(), low(), close()));
    },
    bb(source, length, multiplier) {
      const middle = overSource(source, new Sma(length));
      const deviation = overSource(source, new Stdev(length));
      return {
        middle,
        upper: run.series(() => middle.now + multiplier * deviation.now),
        lower: run.series(() => middle.now - multiplier * deviation.now),
      };
    },
    change(source, length = 1) {
      const bars = windowLength("ta.change", length);
      const read = reader(source);
      const values = run.series(read);
      return run.series(() => values.now - values.at(bars));
    },
    crossover: crossing,
    crossunder: (a, b) => crossing(b, a),
  };
}
