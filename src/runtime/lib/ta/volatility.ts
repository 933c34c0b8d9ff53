import { defaultRetention, type Kernel } from "../kernel.ts";
import { Rma, Sma } from "./averages.ts";
import { RollingSum } from "./rolling-sum.ts";

/**
 * Variance of the last values: `q/n − m·m` with the rolling sum of squares `q` and the mean `m`, never below 0;
 * unbiased `q/(n−1) − p·m/(n−1)` with the rolling sum `p`, na for a length of 1.
 */
export class Variance implements Kernel {
  readonly #sum: RollingSum;
  readonly #squares: RollingSum;

  constructor(retention = defaultRetention, caller = "ta.variance") {
    this.#sum = new RollingSum(caller, retention);
    this.#squares = new RollingSum(caller, retention);
  }

  next(value: number, window: number, biased = true): number {
    const sum = this.#sum.next(value, window);
    const squares = this.#squares.next(value * value, window);
    const { length } = this.#sum;
    const mean = sum / length;
    if (!biased && length === 1) return Number.NaN;
    const variance = biased
      ? squares / length - mean * mean
      : squares / (length - 1) - (sum * mean) / (length - 1);
    // Not Math.max: na must stay na, and the tiny negative dust of a flat window is zero.
    return variance < 0 ? 0 : variance;
  }

  save(): void {
    this.#sum.save();
    this.#squares.save();
  }

  restore(): void {
    this.#sum.restore();
    this.#squares.restore();
  }
}

/** Standard deviation: the square root of the variance. */
export class Stdev implements Kernel {
  readonly #variance: Variance;

  constructor(retention = defaultRetention, caller = "ta.stdev") {
    this.#variance = new Variance(retention, caller);
  }

  next(value: number, length: number, biased = true): number {
    return Math.sqrt(this.#variance.next(value, length, biased));
  }

  save(): void {
    this.#variance.save();
  }

  restore(): void {
    this.#variance.restore();
  }
}

/**
 * True range: the greatest of high − low, |high − previous close| and |low − previous close|. Without a previous
 * close it is high − low when `handleNa`, else na.
 */
export class TrueRange implements Kernel {
  #previousClose = Number.NaN;
  #saved = Number.NaN;

  next(high: number, low: number, close: number, handleNa = false): number {
    const previous = this.#previousClose;
    this.#previousClose = close;
    if (previous !== previous) return handleNa ? high - low : Number.NaN;
    return Math.max(high - low, Math.abs(high - previous), Math.abs(low - previous));
  }

  save(): void {
    this.#saved = this.#previousClose;
  }

  restore(): void {
    this.#previousClose = this.#saved;
  }
}

/** Average true range: Wilder's average of the true range. */
export class Atr implements Kernel {
  readonly #range = new TrueRange();
  readonly #average: Rma;

  constructor(retention = defaultRetention) {
    this.#average = new Rma(retention, "ta.atr");
  }

  next(high: number, low: number, close: number, length: number): number {
    return this.#average.next(this.#range.next(high, low, close, true), length);
  }

  save(): void {
    this.#range.save();
    this.#average.save();
  }

  restore(): void {
    this.#range.restore();
    this.#average.restore();
  }
}

/** Bollinger bands: a simple average and bands at so many deviations from it. `next` returns the middle. */
export class Bb implements Kernel {
  readonly #average: Sma;
  readonly #deviation: Stdev;
  middle = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;

  constructor(retention = defaultRetention) {
    this.#average = new Sma(retention, "ta.bb");
    this.#deviation = new Stdev(retention, "ta.bb");
  }

  next(value: number, length: number, multiplier: number): number {
    this.middle = this.#average.next(value, length);
    const width = multiplier * this.#deviation.next(value, length);
    this.upper = this.middle + width;
    this.lower = this.middle - width;
    return this.middle;
  }

  save(): void {
    this.#average.save();
    this.#deviation.save();
  }

  restore(): void {
    this.#average.restore();
    this.#deviation.restore();
  }
}
