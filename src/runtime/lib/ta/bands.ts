import { Compound, defaultRetention } from "../kernel.ts";
import { Ema } from "./averages.ts";
import { Stdev, trueRange } from "./volatility.ts";

/** Bollinger bands: a simple average and bands at so many deviations from it. `next` returns the middle. */
export class Bb extends Compound {
  readonly #deviation: Stdev;
  middle = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;

  constructor(retention = defaultRetention, caller = "ta.bb") {
    super();
    this.#deviation = this.part(new Stdev(retention, caller));
  }

  next(value: number, length: number, multiplier: number): number {
    const width = multiplier * this.#deviation.next(value, length);
    // The deviation keeps the very sum that the average is made of.
    this.middle = this.#deviation.mean;
    this.upper = this.middle + width;
    this.lower = this.middle - width;
    return this.middle;
  }
}

/** Width of the Bollinger bands in percent of the middle. */
export class Bbw extends Compound {
  readonly #bands: Bb;

  constructor(retention = defaultRetention) {
    super();
    this.#bands = this.part(new Bb(retention, "ta.bbw"));
  }

  next(value: number, length: number, multiplier: number): number {
    const middle = this.#bands.next(value, length, multiplier);
    return ((this.#bands.upper - this.#bands.lower) / middle) * 100;
  }
}

/**
 * Keltner channels: an exponential average of the source and bands so many exponential averages of the range away;
 * the range is the true one (na on the first bar) or high − low. `next` returns the middle.
 */
export class Kc extends Compound {
  readonly #average: Ema;
  readonly #range: Ema;
  middle = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;

  constructor(retention = defaultRetention, caller = "ta.kc") {
    super();
    this.#average = this.part(new Ema(retention, caller));
    this.#range = this.part(new Ema(retention, caller));
  }

  next(
    high: number,
    low: number,
    previousClose: number,
    value: number,
    length: number,
    multiplier: number,
    useTrueRange = true,
  ): number {
    this.middle = this.#average.next(value, length);
    const range = useTrueRange ? trueRange(high, low, previousClose) : high - low;
    const width = this.#range.next(range, length) * multiplier;
    this.upper = this.middle + width;
    this.lower = this.middle - width;
    return this.middle;
  }
}

/** Width of the Keltner channels as a fraction of the middle. */
export class Kcw extends Compound {
  readonly #channels: Kc;

  constructor(retention = defaultRetention) {
    super();
    this.#channels = this.part(new Kc(retention, "ta.kcw"));
  }

  next(
    high: number,
    low: number,
    previousClose: number,
    value: number,
    length: number,
    multiplier: number,
    useTrueRange = true,
  ): number {
    const middle = this.#channels.next(high, low, previousClose, value, length, multiplier, useTrueRange);
    return (this.#channels.upper - this.#channels.lower) / middle;
  }
}
