import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { RollingSum } from "./rolling-sum.ts";

/** Simple moving average: the compensated sum of the last values that are not na, divided by the length. */
export class Sma implements Kernel {
  readonly #sum: RollingSum;

  constructor(retention = defaultRetention, caller = "ta.sma") {
    this.#sum = new RollingSum(caller, retention);
  }

  next(value: number, length: number): number {
    return this.#sum.next(value, length) / this.#sum.length;
  }

  save(): void {
    this.#sum.save();
  }

  restore(): void {
    this.#sum.restore();
  }
}

/**
 * Exponential moving average: the plain mean of the first values, then `previous + α·(value − previous)` with
 * `α = 2 / (length + 1)`, which stays as the first call has it. An na value gives na and moves nothing.
 */
export class Ema implements Kernel {
  readonly #caller: string;
  readonly #seed: Sma;
  #alpha = Number.NaN;
  #previous = Number.NaN;
  #savedAlpha = Number.NaN;
  #savedPrevious = Number.NaN;

  constructor(retention = defaultRetention, caller = "ta.ema") {
    this.#caller = caller;
    this.#seed = new Sma(retention, caller);
  }

  next(value: number, length: number): number {
    const alpha = this.#alpha;
    if (alpha !== alpha) this.#alpha = 2 / (windowLength(this.#caller, length) + 1);
    if (value !== value) return Number.NaN;
    const previous = this.#previous;
    return (this.#previous =
      previous === previous ? previous + alpha * (value - previous) : this.#seed.next(value, length));
  }

  save(): void {
    this.#savedAlpha = this.#alpha;
    this.#savedPrevious = this.#previous;
    this.#seed.save();
  }

  restore(): void {
    this.#alpha = this.#savedAlpha;
    this.#previous = this.#savedPrevious;
    this.#seed.restore();
  }
}

/**
 * Wilder's moving average: the plain mean of the first values, then `(previous·(length − 1) + value) / length`. An na
 * value gives na and moves nothing.
 */
export class Rma implements Kernel {
  readonly #caller: string;
  readonly #seed: Sma;
  #previous = Number.NaN;
  #savedPrevious = Number.NaN;

  constructor(retention = defaultRetention, caller = "ta.rma") {
    this.#caller = caller;
    this.#seed = new Sma(retention, caller);
  }

  next(value: number, length: number): number {
    if (value !== value) return Number.NaN;
    const previous = this.#previous;
    if (previous !== previous) return (this.#previous = this.#seed.next(value, length));
    const window = Math.trunc(length);
    if (!(window >= 1)) windowLength(this.#caller, length);
    return (this.#previous = (previous * (window - 1) + value) / window);
  }

  save(): void {
    this.#savedPrevious = this.#previous;
    this.#seed.save();
  }

  restore(): void {
    this.#previous = this.#savedPrevious;
    this.#seed.restore();
  }
}
