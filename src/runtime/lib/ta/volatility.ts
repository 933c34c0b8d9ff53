import { Compound, defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Window } from "../window.ts";
import { Rma, Sma } from "./averages.ts";
import { RollingSum } from "./rolling-sum.ts";

/**
 * Variance of the last values: `q/n − m·m` with the rolling sum of squares `q` and the mean `m`, never below 0;
 * unbiased `q/(n−1) − p·m/(n−1)` with the rolling sum `p`, na for a length of 1.
 */
export class Variance implements Kernel {
  readonly #sum: RollingSum;
  readonly #squares: RollingSum;
  /** The plain mean of the same values. */
  mean = Number.NaN;

  constructor(retention = defaultRetention, caller = "ta.variance") {
    this.#sum = new RollingSum(caller, retention);
    this.#squares = new RollingSum(caller, retention);
  }

  next(value: number, window: number, biased = true): number {
    const sum = this.#sum.next(value, window);
    const squares = this.#squares.next(value * value, window);
    const { length } = this.#sum;
    const mean = (this.mean = sum / length);
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

  /** The plain mean of the same values. */
  get mean(): number {
    return this.#variance.mean;
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
 * True range: the greatest of high − low, |high − previous close| and |low − previous close|. The previous close is
 * that of the bar before, whether or not the function was called there; without one the range is high − low when
 * `handleNa`, else na.
 */
export function trueRange(high: number, low: number, previousClose: number, handleNa = false): number {
  if (previousClose !== previousClose) return handleNa ? high - low : Number.NaN;
  return Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose));
}

/** The same as a kernel; it has no state. */
export class TrueRange extends Compound {
  next(high: number, low: number, previousClose: number, handleNa = false): number {
    return trueRange(high, low, previousClose, handleNa);
  }
}

/** Average true range: Wilder's average of the true range. */
export class Atr extends Compound {
  readonly #average: Rma;

  constructor(retention = defaultRetention, caller = "ta.atr") {
    super();
    this.#average = this.part(new Rma(retention, caller));
  }

  next(high: number, low: number, previousClose: number, length: number): number {
    return this.#average.next(trueRange(high, low, previousClose, true), length);
  }
}

/**
 * Mean absolute deviation: Σ|x − mean| / length over the last values that are not na, the newest first; 0 for a
 * length of 1. An na value leaves the window as it is.
 */
export class Dev implements Kernel {
  readonly #average: Sma;
  readonly #window: Window;
  readonly #caller: string;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(retention = defaultRetention, caller = "ta.dev") {
    this.#caller = caller;
    this.#average = new Sma(retention, caller);
    this.#window = new Window(retention);
  }

  next(value: number, length: number): number {
    return this.around(this.#average.next(value, length), value, length);
  }

  /** The same around a mean of these values that the caller has at hand. */
  around(mean: number, value: number, length: number): number {
    const window = this.#window;
    if (length !== this.#given) {
      this.#length = windowLength(this.#caller, length);
      this.#given = length;
      window.makeRoom(this.#length);
    }
    if (value === value) window.push(value);
    const bars = this.#length;
    if (window.end < bars) return Number.NaN;
    if (bars === 1) return 0;
    const { values, end } = window;
    let sum = 0;
    for (let index = end - 1, start = end - bars; index >= start; index--)
      sum += Math.abs(values[index]! - mean);
    return sum / bars;
  }

  save(): void {
    this.#average.save();
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#average.restore();
    this.#window.rewind(this.#savedCount);
  }
}
