import { RuntimeFailure } from "../../../kernel/errors.ts";
import { Compound, defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { exp } from "../math/libm.ts";
import { Window } from "../window.ts";
import { Sma } from "./averages.ts";

/**
 * Weighted moving average, weights 1 to `length` from the oldest to the newest, added anew on every bar. An na bar is
 * na itself and carries the previous value forward in the window.
 */
export class Wma implements Kernel {
  readonly #window: Window;
  readonly #caller: string;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(retention = defaultRetention, caller = "ta.wma") {
    this.#window = new Window(retention);
    this.#caller = caller;
  }

  next(value: number, length: number): number {
    const window = this.#window;
    if (length !== this.#given) {
      this.#length = windowLength(this.#caller, length);
      this.#given = length;
      window.makeRoom(this.#length);
    }
    const isNa = value !== value;
    if (isNa && window.count === 0) return Number.NaN;
    window.push(isNa ? window.back(0) : value);
    const bars = this.#length;
    if (isNa || window.end < bars) return Number.NaN;
    const { values } = window;
    const before = window.end - bars - 1;
    let sum = 0;
    for (let weight = 1; weight <= bars; weight++) sum += values[before + weight]! * weight;
    return sum / ((bars * (bars + 1)) / 2);
  }

  save(): void {
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#window.rewind(this.#savedCount);
  }
}

/**
 * Hull moving average: `wma(2·wma(x, length / 2) − wma(x, length), √length)`, both derived lengths rounded down. The
 * outer average starts when both inner ones have a value.
 */
export class Hma extends Compound {
  readonly #half: Wma;
  readonly #full: Wma;
  readonly #outer: Wma;

  constructor(retention = defaultRetention) {
    super();
    this.#half = this.part(new Wma(retention, "ta.hma"));
    this.#full = this.part(new Wma(retention, "ta.hma"));
    this.#outer = this.part(new Wma(retention, "ta.hma"));
  }

  /** @throws RuntimeFailure for a length below 2, whose half is no length */
  next(value: number, length: number): number {
    const bars = windowLength("ta.hma", length);
    if (bars === 1)
      throw new RuntimeFailure("ta.hma: the length is at least 2, since half of it is used, not 1");
    const half = this.#half.next(value, Math.floor(bars / 2));
    const full = this.#full.next(value, bars);
    if (half !== half || full !== full) return Number.NaN;
    return this.#outer.next(2 * half - full, Math.floor(Math.sqrt(bars)));
  }
}

/** Symmetrically weighted average of the last four values, weights 1, 2, 2, 1 over 6. */
export class Swma implements Kernel {
  #one = Number.NaN;
  #two = Number.NaN;
  #three = Number.NaN;
  #savedOne = Number.NaN;
  #savedTwo = Number.NaN;
  #savedThree = Number.NaN;

  next(value: number): number {
    const average = (this.#three * 1) / 6 + (this.#two * 2) / 6 + (this.#one * 2) / 6 + (value * 1) / 6;
    this.#three = this.#two;
    this.#two = this.#one;
    this.#one = value;
    return average;
  }

  save(): void {
    this.#savedOne = this.#one;
    this.#savedTwo = this.#two;
    this.#savedThree = this.#three;
  }

  restore(): void {
    this.#one = this.#savedOne;
    this.#two = this.#savedTwo;
    this.#three = this.#savedThree;
  }
}

/** Volume-weighted moving average: the simple average of value times volume over that of the volume. */
export class Vwma extends Compound {
  readonly #weighted: Sma;
  readonly #volume: Sma;

  constructor(retention = defaultRetention) {
    super();
    this.#weighted = this.part(new Sma(retention, "ta.vwma"));
    this.#volume = this.part(new Sma(retention, "ta.vwma"));
  }

  next(volume: number, value: number, length: number): number {
    return this.#weighted.next(value * volume, length) / this.#volume.next(volume, length);
  }
}

/**
 * Arnaud Legoux moving average: weights `exp(−(i − m)² / (2 s²))` with `m = offset · (length − 1)`, rounded down when
 * `floor`, and `s = length / sigma`. Any na in the window gives na.
 */
export class Alma implements Kernel {
  readonly #window: Window;
  #weights = new Float64Array(0);
  #norm = 0;
  #bars = 0;
  #length = Number.NaN;
  #offset = Number.NaN;
  #sigma = Number.NaN;
  #floor = false;
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#window = new Window(retention);
  }

  next(value: number, length: number, offset = 0.85, sigma = 6, floor = false): number {
    if (
      length !== this.#length ||
      offset !== this.#offset ||
      sigma !== this.#sigma ||
      floor !== this.#floor
    ) {
      this.#weigh(length, offset, sigma, floor);
    }
    const window = this.#window;
    window.push(value);
    const bars = this.#bars;
    if (window.end < bars) return Number.NaN;
    const { values } = window;
    const weights = this.#weights;
    const start = window.end - bars;
    let sum = 0;
    for (let index = 0; index < bars; index++) sum += values[start + index]! * weights[index]!;
    return sum / this.#norm;
  }

  #weigh(length: number, offset: number, sigma: number, floor: boolean): void {
    const bars = windowLength("ta.alma", length);
    this.#length = length;
    this.#offset = offset;
    this.#sigma = sigma;
    this.#floor = floor;
    this.#bars = bars;
    this.#window.makeRoom(bars);
    const middle = floor ? Math.floor(offset * (bars - 1)) : offset * (bars - 1);
    const spread = bars / sigma;
    this.#weights = new Float64Array(bars);
    this.#norm = 0;
    for (let index = 0; index < bars; index++) {
      const distance = index - middle;
      const weight = exp((-1 * (distance * distance)) / (2 * (spread * spread)));
      this.#weights[index] = weight;
      this.#norm += weight;
    }
  }

  save(): void {
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#window.rewind(this.#savedCount);
  }
}
