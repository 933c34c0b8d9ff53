import type { BoolSeries, Condition, Series, Source } from "../api/script/series.ts";
import type { Channel, TechnicalAnalysis } from "../api/script/technical-analysis.ts";
import { defaultRetention, type Kernel, windowLength } from "./lib/kernel.ts";
import { Ema, Rma, Sma } from "./lib/ta/averages.ts";
import { Bb, Bbw, Kc, Kcw } from "./lib/ta/bands.ts";
import { Cross, Crossover, Crossunder } from "./lib/ta/crossings.ts";
import { Highest, Highestbars, Lowest, Lowestbars, Max, Min, Range } from "./lib/ta/extremes.ts";
import { Change, Macd, Mom, Roc, Rsi, Tsi } from "./lib/ta/momentum.ts";
import { Cci, Cmo, Cog, Mfi, Rci, Stoch, Wpr } from "./lib/ta/oscillators.ts";
import { PercentileLinearInterpolation, PercentileNearestRank } from "./lib/ta/percentiles.ts";
import { PivotPointLevels } from "./lib/ta/pivot-levels.ts";
import { Pivothigh, Pivotlow } from "./lib/ta/pivots.ts";
import { Median, Mode, Percentrank } from "./lib/ta/ranks.ts";
import { Correlation, Linreg } from "./lib/ta/regression.ts";
import { RollingSum } from "./lib/ta/rolling-sum.ts";
import { Barssince, Cum, Falling, Rising, Valuewhen } from "./lib/ta/signals.ts";
import { Dmi, Sar, Supertrend } from "./lib/ta/trend.ts";
import { Atr, Dev, Stdev, trueRange, Variance } from "./lib/ta/volatility.ts";
import { Accdist, Iii, Nvi, Obv, Pvi, Pvt, Vwap, VwapBands, VwapDaily, Wad, Wvad } from "./lib/ta/volume.ts";
import { Alma, Hma, Swma, Vwma, Wma } from "./lib/ta/weighted.ts";
import { reader } from "./series.ts";

/** What technical analysis needs of a run: making series, and the bars. */
export interface SeriesFactory {
  series(compute: () => number): Series;
  condition(compute: () => boolean): BoolSeries;
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  /** Asked for when a function needs it. */
  volume(): Series;
  /** Index of the current bar, counted from the first that is computed. */
  bar(): number;
  /** Something that differs from trading day to trading day. */
  tradingDay(): number;
  /** Saves and restores a kernel with the script's own state. */
  keep<Kept extends Kernel>(kernel: Kept): Kept;
}

/** A kernel over one source with a length. */
interface WindowKernel<Result = number> extends Kernel {
  next(value: number, length: number): Result;
}

/** A kernel that counts bars. */
interface RangedKernel extends Kernel {
  next(bar: number, value: number, length: number): number;
}

/** `ta.*` for a script: every call makes a kernel of its own and a series that steps it once per bar. */
export function technicalAnalysis(run: SeriesFactory): TechnicalAnalysis {
  const [open, high, low, close] = [reader(run.open), reader(run.high), reader(run.low), reader(run.close)];
  const previousClose = (): number => run.close.at(1);
  const { bar, keep } = run;

  const window = (
    name: string,
    Kernel: new (retention: number) => WindowKernel,
    source: Source,
    length: Source,
  ): Series => {
    const read = reader(source);
    const { retention, bars } = lengthOf(name, length);
    const kernel = keep(new Kernel(retention));
    // A constant is passed as one: most lengths are, and the call costs nothing then.
    if (typeof length === "number") return run.series(() => kernel.next(read(), length));
    return run.series(() => kernel.next(read(), bars()));
  };
  const windowCondition = (
    name: string,
    Kernel: new (retention: number) => WindowKernel<boolean>,
    source: Source,
    length: Source,
  ): BoolSeries => {
    const read = reader(source);
    const { retention, bars } = lengthOf(name, length);
    const kernel = keep(new Kernel(retention));
    return run.condition(() => kernel.next(read(), bars()));
  };
  const ranged = (
    name: string,
    Kernel: new (retention: number) => RangedKernel,
    source: Source,
    length: Source,
  ): Series => {
    const read = reader(source);
    const { retention, bars } = lengthOf(name, length);
    const kernel = keep(new Kernel(retention));
    return run.series(() => kernel.next(bar(), read(), bars()));
  };
  const crossing = (kernel: { next(a: number, b: number): boolean }, a: Source, b: Source): BoolSeries => {
    const [readA, readB] = [reader(a), reader(b)];
    return run.condition(() => kernel.next(readA(), readB()));
  };
  const plain = (kernel: { next(value: number): number }, source: Source): Series => {
    const read = reader(source);
    return run.series(() => kernel.next(read()));
  };
  const channel = (bands: Bands, step: () => number): Channel => ({
    middle: run.series(step),
    upper: run.series(() => bands.upper),
    lower: run.series(() => bands.lower),
  });

  return {
    sma: (source, length) => window("ta.sma", Sma, source, length),
    ema: (source, length) => window("ta.ema", Ema, source, length),
    rma: (source, length) => window("ta.rma", Rma, source, length),
    wma: (source, length) => window("ta.wma", Wma, source, length),
    hma: (source, length) => window("ta.hma", Hma, source, length),
    vwma(source, length) {
      const [read, volume] = [reader(source), reader(run.volume())];
      const { retention, bars } = lengthOf("ta.vwma", length);
      const kernel = keep(new Vwma(retention));
      return run.series(() => kernel.next(volume(), read(), bars()));
    },
    swma: (source) => plain(keep(new Swma()), source),
    alma(source, length, offset, sigma, floor) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.alma", length);
      const kernel = keep(new Alma(retention));
      return run.series(() => kernel.next(read(), bars(), offset, sigma, floor));
    },
    linreg(source, length, offset = 0) {
      const [read, shift] = [reader(source), reader(offset)];
      const { retention, bars } = lengthOf("ta.linreg", length);
      const kernel = keep(new Linreg(retention));
      return run.series(() => kernel.next(read(), bars(), shift()));
    },
    sum(source, length) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.sum", length);
      const kernel = keep(new RollingSum("ta.sum", retention));
      return run.series(() => kernel.next(read(), bars()));
    },
    cum: (source) => plain(keep(new Cum()), source),

    rsi: (source, length) => window("ta.rsi", Rsi, source, length),
    macd(source, fast, slow, signal) {
      const read = reader(source);
      for (const length of [fast, slow, signal]) windowLength("ta.macd", length);
      const kernel = keep(new Macd(0));
      return {
        macd: run.series(() => kernel.next(read(), fast, slow, signal)),
        signal: run.series(() => kernel.signal),
        histogram: run.series(() => kernel.histogram),
      };
    },
    cci: (source, length) => window("ta.cci", Cci, source, length),
    cmo: (source, length) => window("ta.cmo", Cmo, source, length),
    cog: (source, length) => window("ta.cog", Cog, source, length),
    mfi(source, length) {
      const [read, volume] = [reader(source), reader(run.volume())];
      const { retention, bars } = lengthOf("ta.mfi", length);
      const kernel = keep(new Mfi(retention));
      return run.series(() => kernel.next(volume(), read(), bars()));
    },
    mom: (source, length) => window("ta.mom", Mom, source, length),
    roc: (source, length) => window("ta.roc", Roc, source, length),
    change: (source, length = 1) => window("ta.change", Change, source, length),
    stoch(source, highest, lowest, length) {
      const [read, readHigh, readLow] = [reader(source), reader(highest), reader(lowest)];
      const { retention, bars } = lengthOf("ta.stoch", length);
      const kernel = keep(new Stoch(retention));
      return run.series(() => kernel.next(bar(), read(), readHigh(), readLow(), bars()));
    },
    tsi(source, short, long) {
      const read = reader(source);
      for (const length of [short, long]) windowLength("ta.tsi", length);
      const kernel = keep(new Tsi(0));
      return run.series(() => kernel.next(read(), short, long));
    },
    wpr(length) {
      const { retention, bars } = lengthOf("ta.wpr", length);
      const kernel = keep(new Wpr(retention));
      return run.series(() => kernel.next(bar(), high(), low(), close(), bars()));
    },
    rci: (source, length) => window("ta.rci", Rci, source, length),
    dmi(length, smoothing) {
      for (const bars of [length, smoothing]) windowLength("ta.dmi", bars);
      const kernel = keep(new Dmi(0));
      const adx = run.series(() => kernel.next(high(), low(), previousClose(), length, smoothing));
      return { plus: run.series(() => kernel.plus), minus: run.series(() => kernel.minus), adx };
    },

    tr: (handleNa = false) => run.series(() => trueRange(high(), low(), previousClose(), handleNa)),
    atr(length) {
      const { retention, bars } = lengthOf("ta.atr", length);
      const kernel = keep(new Atr(retention));
      return run.series(() => kernel.next(high(), low(), previousClose(), bars()));
    },
    bb(source, length, multiplier) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.bb", length);
      const kernel = keep(new Bb(retention));
      return channel(kernel, () => kernel.next(read(), bars(), multiplier));
    },
    bbw(source, length, multiplier) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.bbw", length);
      const kernel = keep(new Bbw(retention));
      return run.series(() => kernel.next(read(), bars(), multiplier));
    },
    kc(source, length, multiplier, useTrueRange) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.kc", length);
      const kernel = keep(new Kc(retention));
      return channel(kernel, () =>
        kernel.next(high(), low(), previousClose(), read(), bars(), multiplier, useTrueRange),
      );
    },
    kcw(source, length, multiplier, useTrueRange) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.kcw", length);
      const kernel = keep(new Kcw(retention));
      return run.series(() =>
        kernel.next(high(), low(), previousClose(), read(), bars(), multiplier, useTrueRange),
      );
    },
    stdev(source, length, biased = true) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.stdev", length);
      const kernel = keep(new Stdev(retention));
      return run.series(() => kernel.next(read(), bars(), biased));
    },
    variance(source, length, biased = true) {
      const read = reader(source);
      const { retention, bars } = lengthOf("ta.variance", length);
      const kernel = keep(new Variance(retention));
      return run.series(() => kernel.next(read(), bars(), biased));
    },
    dev: (source, length) => window("ta.dev", Dev, source, length),
    correlation(a, b, length) {
      const [readA, readB] = [reader(a), reader(b)];
      const { retention, bars } = lengthOf("ta.correlation", length);
      const kernel = keep(new Correlation(retention));
      return run.series(() => kernel.next(readA(), readB(), bars()));
    },

    sar(start, increment, maximum) {
      const kernel = keep(new Sar());
      return run.series(() => kernel.next(bar(), high(), low(), close(), start, increment, maximum));
    },
    supertrend(factor, length) {
      windowLength("ta.supertrend", length);
      const kernel = keep(new Supertrend(0));
      return {
        line: run.series(() => kernel.next(high(), low(), close(), previousClose(), factor, length)),
        direction: run.series(() => kernel.direction),
      };
    },

    highest: (source, length) => ranged("ta.highest", Highest, source, length),
    lowest: (source, length) => ranged("ta.lowest", Lowest, source, length),
    highestbars: (source, length) => ranged("ta.highestbars", Highestbars, source, length),
    lowestbars: (source, length) => ranged("ta.lowestbars", Lowestbars, source, length),
    range: (source, length) => ranged("ta.range", Range, source, length),
    max: (source) => plain(keep(new Max()), source),
    min: (source) => plain(keep(new Min()), source),
    median: (source, length) => window("ta.median", Median, source, length),
    mode: (source, length) => window("ta.mode", Mode, source, length),
    percentrank: (source, length) => window("ta.percentrank", Percentrank, source, length),
    percentileLinearInterpolation(source, length, percentage) {
      const [read, share] = [reader(source), reader(percentage)];
      const { retention, bars } = lengthOf("ta.percentileLinearInterpolation", length);
      const kernel = keep(new PercentileLinearInterpolation(retention));
      return run.series(() => kernel.next(read(), bars(), share()));
    },
    percentileNearestRank(source, length, percentage) {
      const [read, share] = [reader(source), reader(percentage)];
      const { retention, bars } = lengthOf("ta.percentileNearestRank", length);
      const kernel = keep(new PercentileNearestRank(retention));
      return run.series(() => kernel.next(read(), bars(), share()));
    },
    pivothigh(source, left, right) {
      const [read, before, after] = [reader(source), reader(left), reader(right)];
      const kernel = keep(new Pivothigh());
      return run.series(() => kernel.next(read(), before(), after()));
    },
    pivotlow(source, left, right) {
      const [read, before, after] = [reader(source), reader(left), reader(right)];
      const kernel = keep(new Pivotlow());
      return run.series(() => kernel.next(read(), before(), after()));
    },
    pivotPointLevels(type, anchor, developing = false) {
      const isAnchor = conditionReader(anchor);
      const kernel = keep(new PivotPointLevels());
      const { levels } = kernel;
      const p = run.series(
        () => kernel.next(open(), high(), low(), close(), type, isAnchor(), developing)[0]!,
      );
      const level = (index: number): Series => run.series(() => levels[index]!);
      return { p, r: [1, 3, 5, 7, 9].map(level), s: [2, 4, 6, 8, 10].map(level) };
    },

    cross: (a, b) => crossing(keep(new Cross()), a, b),
    crossover: (a, b) => crossing(keep(new Crossover()), a, b),
    crossunder: (a, b) => crossing(keep(new Crossunder()), a, b),
    rising: (source, length) => windowCondition("ta.rising", Rising, source, length),
    falling: (source, length) => windowCondition("ta.falling", Falling, source, length),
    barssince(condition) {
      const read = conditionReader(condition);
      const kernel = keep(new Barssince());
      return run.series(() => kernel.next(read()));
    },
    valuewhen(condition, source, occurrence) {
      const [when, read] = [conditionReader(condition), reader(source)];
      const kernel = keep(new Valuewhen(0));
      return run.series(() => kernel.next(when(), read(), occurrence));
    },

    obv() {
      const [kernel, volume] = [keep(new Obv()), reader(run.volume())];
      return run.series(() => kernel.next(close(), previousClose(), volume()));
    },
    accdist() {
      const [kernel, volume] = [keep(new Accdist()), reader(run.volume())];
      return run.series(() => kernel.next(high(), low(), close(), volume()));
    },
    nvi() {
      const [kernel, volume] = [keep(new Nvi()), reader(run.volume())];
      return run.series(() => kernel.next(close(), previousClose(), volume()));
    },
    pvi() {
      const [kernel, volume] = [keep(new Pvi()), reader(run.volume())];
      return run.series(() => kernel.next(close(), previousClose(), volume()));
    },
    pvt() {
      const [kernel, volume] = [keep(new Pvt()), reader(run.volume())];
      return run.series(() => kernel.next(close(), previousClose(), volume()));
    },
    wad() {
      const kernel = keep(new Wad());
      return run.series(() => kernel.next(high(), low(), close(), previousClose()));
    },
    wvad() {
      const [kernel, volume] = [keep(new Wvad()), reader(run.volume())];
      return run.series(() => kernel.next(open(), high(), low(), close(), volume()));
    },
    iii() {
      const [kernel, volume] = [keep(new Iii()), reader(run.volume())];
      return run.series(() => kernel.next(high(), low(), close(), volume()));
    },
    vwap(source, anchor) {
      const [read, volume] = [reader(source), reader(run.volume())];
      if (anchor === undefined) {
        const kernel = keep(new VwapDaily());
        return run.series(() => kernel.next(run.tradingDay(), volume(), read()));
      }
      const [kernel, isAnchor] = [keep(new Vwap()), conditionReader(anchor)];
      return run.series(() => kernel.next(volume(), read(), isAnchor()));
    },
    vwapBands(source, anchor, multiplier) {
      const [read, volume] = [reader(source), reader(run.volume())];
      const [kernel, isAnchor] = [keep(new VwapBands()), conditionReader(anchor)];
      return channel(kernel, () => kernel.next(volume(), read(), isAnchor(), multiplier));
    },
  };
}

/** A kernel whose fields hold a channel after each step. */
interface Bands {
  readonly upper: number;
  readonly lower: number;
}

/** A condition as something to read once per bar. */
function conditionReader(condition: Condition): () => boolean {
  return typeof condition === "function" ? condition : () => condition.now;
}

/**
 * How a length is read, and how much history its kernel must keep: none beyond the window when it cannot change.
 * @throws RuntimeFailure for a constant below 1, at once
 */
function lengthOf(caller: string, length: Source): { retention: number; bars: () => number } {
  if (typeof length === "number") windowLength(caller, length);
  return { retention: typeof length === "number" ? 0 : defaultRetention, bars: reader(length) };
}
