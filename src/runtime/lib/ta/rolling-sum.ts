import { type Kernel, windowLength } from "../kernel.ts";

/**
 * The sum of the last `length` values that are not na, compensated so that it matches TradingView bit for bit: the
 * correction of every addition is stored with its entry and leaves the window with it, and the sum is taken anew from
 * the raw values when the correction has grown large enough to change the incoming value.
 */
export class RollingSum implements Kernel {
  readonly length: number;
  readonly #capacity: number;
  readonly #stored: Float64Array;
  readonly #raw: Float64Array;
  #position = 0;
  #count = 0;
  #sum = 0;
  #correction = 0;
  #savedPosition = 0;
  #savedCount = 0;
  #savedSum = 0;
  #savedCorrection = 0;

  constructor(length: number, caller = "math.sum") {
    this.length = windowLength(caller, length);
    // One slot more than the window: a repeated bar must find the value that its first run pushed out.
    this.#capacity = this.length + 1;
    this.#stored = new Float64Array(this.#capacity);
    this.#raw = new Float64Array(this.#capacity);
  }

  /** An na value leaves the sum as it is; na until `length` values have come. */
  next(value: number): number {
    const length = this.length;
    if (value !== value) return this.#count < length ? Number.NaN : this.#sum;
    if (length === 1) {
      this.#count = 1;
      return (this.#sum = value);
    }
    const position = this.#position;
    const correction = this.#correction;
    let entry: number;
    if (correction !== 0 && value !== 0 && this.#mustRebase(value, Math.abs(correction))) {
      this.#raw[position] = value;
      this.#sum = this.#newestFirst(value, position, Math.min(this.#count, length - 1));
      this.#correction = 0;
      entry = value;
    } else {
      const evicted = this.#count >= length ? (this.#stored[this.#before(position, length)] ?? 0) : 0;
      const sum = this.#sum;
      const out = -evicted - correction;
      const partial = sum + out;
      const lost = partial - sum - out;
      entry = value - lost;
      const total = partial + entry;
      this.#correction = total - partial - entry;
      this.#sum = total;
    }
    this.#stored[position] = entry;
    this.#raw[position] = value;
    this.#position = position + 1 === this.#capacity ? 0 : position + 1;
    if (this.#count < length) this.#count++;
    return this.#count < length ? Number.NaN : this.#sum;
  }

  #mustRebase(value: number, correction: number): boolean {
    const raised = value + correction;
    return Number.isFinite(raised) && raised !== 0 && correction - (raised - value) > 0;
  }

  #newestFirst(value: number, position: number, older: number): number {
    let sum = value;
    for (let back = 1; back <= older; back++) sum = (this.#raw[this.#before(position, back)] ?? 0) + sum;
    return sum;
  }

  #before(position: number, back: number): number {
    const index = position - back;
    return index < 0 ? index + this.#capacity : index;
  }

  save(): void {
    this.#savedPosition = this.#position;
    this.#savedCount = this.#count;
    this.#savedSum = this.#sum;
    this.#savedCorrection = this.#correction;
  }

  restore(): void {
    this.#position = this.#savedPosition;
    this.#count = this.#savedCount;
    this.#sum = this.#savedSum;
    this.#correction = this.#savedCorrection;
  }
}
