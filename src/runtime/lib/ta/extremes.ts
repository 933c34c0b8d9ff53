import { type Kernel, windowLength } from "../kernel.ts";

/**
 * The greatest or smallest value of the last `length` bars, na values left out; na until so many bars have passed.
 * The extreme is kept until it leaves the window or is beaten, and only then looked for again.
 */
abstract class Extreme implements Kernel {
  readonly length: number;
  readonly #ring: Float64Array;
  #bar = -1;
  #extreme = Number.NaN;
  #extremeBar = -1;
  #savedBar = -1;
  #savedExtreme = Number.NaN;
  #savedExtremeBar = -1;

  constructor(length: number, caller: string) {
    this.length = windowLength(caller, length);
    this.#ring = new Float64Array(this.length);
  }

  /** Whether `value` takes the place of `kept`. */
  protected abstract beats(value: number, kept: number): boolean;

  next(value: number): number {
    const bar = ++this.#bar;
    this.#ring[bar % this.length] = value;
    const kept = this.#extreme;
    if (value === value && (kept !== kept || this.beats(value, kept) || value === kept)) {
      this.#extreme = value;
      this.#extremeBar = bar;
    } else if (bar - this.#extremeBar >= this.length) {
      this.#rescan(bar);
    }
    return bar < this.length - 1 ? Number.NaN : this.#extreme;
  }

  #rescan(bar: number): void {
    this.#extreme = Number.NaN;
    this.#extremeBar = bar;
    const oldest = Math.max(0, bar - this.length + 1);
    for (let index = bar; index >= oldest; index--) {
      const value = this.#ring[index % this.length] ?? Number.NaN;
      if (value === value && (this.#extreme !== this.#extreme || this.beats(value, this.#extreme))) {
        this.#extreme = value;
        this.#extremeBar = index;
      }
    }
  }

  save(): void {
    this.#savedBar = this.#bar;
    this.#savedExtreme = this.#extreme;
    this.#savedExtremeBar = this.#extremeBar;
  }

  restore(): void {
    this.#bar = this.#savedBar;
    this.#extreme = this.#savedExtreme;
    this.#extremeBar = this.#savedExtremeBar;
  }
}

/** The highest value of the last bars. */
export class Highest extends Extreme {
  constructor(length: number) {
    super(length, "ta.highest");
  }

  protected override beats(value: number, kept: number): boolean {
    return value > kept;
  }
}

/** The lowest value of the last bars. */
export class Lowest extends Extreme {
  constructor(length: number) {
    super(length, "ta.lowest");
  }

  protected override beats(value: number, kept: number): boolean {
    return value < kept;
  }
}
