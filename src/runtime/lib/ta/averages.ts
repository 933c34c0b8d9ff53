import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";
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
  readonly #seed: Sma;
  #alpha = Number.NaN;
  #previous = Number.NaN;
  #savedAlpha = Number.NaN;
  #savedPrevious = Number.NaN;

  constructor(retention = defaultRetention) {
    this.#seed = new Sma(retention, "ta.ema");
  }

  next(value: number, length: number): number {
    const alpha = this.#alpha;
    if (alpha !== alpha) this.#alpha = 2 / (windowLength("ta.ema", length) + 1);
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
  readonly #seed: Sma;
  #previous = Number.NaN;
  #savedPrevious = Number.NaN;

  constructor(retention = defaultRetention, caller = "ta.rma") {
    this.#seed = new Sma(retention, caller);
  }

  next(value: number, length: number): number {
    if (value !== value) return Number.NaN;
    const previous = this.#previous;
    if (previous !== previous) return (this.#previous = this.#seed.next(value, length));
    const window = Math.trunc(length);
    if (!(window >= 1)) windowLength("ta.rma", length);
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

/**
 * Weighted moving average, weights 1 to `length` from the oldest to the newest, added anew on every bar. An na bar is
 * na itself and carries the previous value forward in the window.
 */
export class Wma implements Kernel {
  readonly #ring: Ring;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#ring = new Ring(retention);
  }

  next(value: number, length: number): number {
    const ring = this.#ring;
    if (length !== this.#given) {
      this.#length = windowLength("ta.wma", length);
      this.#given = length;
      ring.makeRoom(this.#length);
    }
    const isNa = value !== value;
    if (isNa && ring.count === 0) return Number.NaN;
    ring.push(isNa ? ring.back(0) : value);
    const window = this.#length;
    if (isNa || ring.count < window) return Number.NaN;
    let sum = 0;
    for (let weight = 1; weight <= window; weight++) sum += ring.back(window - weight) * weight;
    return sum / ((window * (window + 1)) / 2);
  }

  save(): void {
    this.#savedCount = this.#ring.count;
  }

  restore(): void {
    this.#ring.count = this.#savedCount;
  }
}
