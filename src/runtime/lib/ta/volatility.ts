import type { Kernel } from "../kernel.ts";
import { Rma } from "./averages.ts";
import { RollingSum } from "./rolling-sum.ts";

/**
 * Variance of the last values: `q/n − m·m` with the rolling sum of squares `q` and the mean `m`, never below 0;
 * unbiased `q/(n−1) − p·m/(n−1)` with the rolling sum `p`, na for a length of 1.
 */
export class Variance implements Kernel {
  readonly #sum: RollingSum;
  readonly #squares: RollingSum;

  constructor(
    length: number,
    readonly biased = true,
    caller = "ta.variance",
  ) {
    this.#sum = new RollingSum(length, caller);
    this.#squares = new RollingSum(length, caller);
  }

  next(value: number): number {
    const { length } = this.#sum;
    const sum = this.#sum.next(value);
    const squares = this.#squares.next(value * value);
    const mean = sum / length;
    if (!this.biased && length === 1) return Number.NaN;
    const variance = this.biased
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

  constructor(length: number, biased = true) {
    this.#variance = new Variance(length, biased, "ta.stdev");
  }

  next(value: number): number {
    return Math.sqrt(this.#variance.next(value));
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

  constructor(readonly handleNa: boolean) {}

  next(high: number, low: number, close: number): number {
    const previous = this.#previousClose;
    this.#previousClose = close;
    if (previous !== previous) return this.handleNa ? high - low : Number.NaN;
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
  readonly #range = new TrueRange(true);
  readonly #average: Rma;

  constructor(length: number) {
    this.#average = new Rma(length);
  }

  next(high: number, low: number, close: number): number {
    return this.#average.next(this.#range.next(high, low, close));
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
