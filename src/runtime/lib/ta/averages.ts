import { type Kernel, windowLength } from "../kernel.ts";
import { RollingSum } from "./rolling-sum.ts";

/** Simple moving average: the compensated sum of the last values that are not na, divided by the length. */
export class Sma implements Kernel {
  readonly #sum: RollingSum;

  constructor(length: number) {
    this.#sum = new RollingSum(length, "ta.sma");
  }

  next(value: number): number {
    return this.#sum.next(value) / this.#sum.length;
  }

  save(): void {
    this.#sum.save();
  }

  restore(): void {
    this.#sum.restore();
  }
}

/** What `ema` and `rma` share: the plain mean of the first values as a seed, then one step per value that is not na. */
abstract class SeededAverage implements Kernel {
  readonly length: number;
  readonly #seed: Sma;
  #previous = Number.NaN;
  #savedPrevious = Number.NaN;

  constructor(length: number, caller: string) {
    this.length = windowLength(caller, length);
    this.#seed = new Sma(length);
  }

  /** An na value gives na and moves nothing. */
  next(value: number): number {
    if (value !== value) return Number.NaN;
    const previous = this.#previous;
    return (this.#previous = previous === previous ? this.step(previous, value) : this.#seed.next(value));
  }

  protected abstract step(previous: number, value: number): number;

  save(): void {
    this.#savedPrevious = this.#previous;
    this.#seed.save();
  }

  restore(): void {
    this.#previous = this.#savedPrevious;
    this.#seed.restore();
  }
}

/** Exponential moving average: `previous + α·(value − previous)` with `α = 2 / (length + 1)`. */
export class Ema extends SeededAverage {
  readonly #alpha: number;

  constructor(length: number) {
    super(length, "ta.ema");
    this.#alpha = 2 / (this.length + 1);
  }

  protected override step(previous: number, value: number): number {
    return previous + this.#alpha * (value - previous);
  }
}

/** Wilder's moving average: `(previous·(length − 1) + value) / length`. */
export class Rma extends SeededAverage {
  constructor(length: number) {
    super(length, "ta.rma");
  }

  protected override step(previous: number, value: number): number {
    return (previous * (this.length - 1) + value) / this.length;
  }
}

/**
 * Weighted moving average, weights 1 to `length` from the oldest to the newest. An na bar is na itself and carries
 * the previous value forward in the window.
 */
export class Wma implements Kernel {
  readonly length: number;
  readonly #ring: Float64Array;
  readonly #weights: number;
  #position = 0;
  #count = 0;
  #last = Number.NaN;
  #savedPosition = 0;
  #savedCount = 0;
  #savedLast = Number.NaN;

  constructor(length: number) {
    this.length = windowLength("ta.wma", length);
    this.#ring = new Float64Array(this.length);
    let weights = 0;
    for (let weight = 1; weight <= this.length; weight++) weights += weight;
    this.#weights = weights;
  }

  next(value: number): number {
    const isNa = value !== value;
    if (isNa && this.#count === 0) return Number.NaN;
    const entry = isNa ? this.#last : value;
    this.#last = entry;
    const { length } = this;
    this.#ring[this.#position] = entry;
    this.#position = this.#position + 1 === length ? 0 : this.#position + 1;
    if (this.#count < length) this.#count++;
    if (isNa || this.#count < length) return Number.NaN;
    let sum = 0;
    let slot = this.#position;
    for (let weight = 1; weight <= length; weight++) {
      sum += (this.#ring[slot] ?? 0) * weight;
      slot = slot + 1 === length ? 0 : slot + 1;
    }
    return sum / this.#weights;
  }

  save(): void {
    this.#savedPosition = this.#position;
    this.#savedCount = this.#count;
    this.#savedLast = this.#last;
  }

  restore(): void {
    this.#position = this.#savedPosition;
    this.#count = this.#savedCount;
    this.#last = this.#savedLast;
  }
}
