import { Compound, defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { tolerance } from "../tolerance.ts";
import { Window } from "../window.ts";
import { Sma } from "./averages.ts";
import { Highest, Lowest } from "./extremes.ts";
import { Change } from "./momentum.ts";
import { RollingSum } from "./rolling-sum.ts";
import { Dev } from "./volatility.ts";

/** Commodity channel index: the distance from the simple average in units of 0.015 mean deviations. */
export class Cci extends Compound {
  readonly #average: Sma;
  readonly #deviation: Dev;

  constructor(retention = defaultRetention) {
    super();
    this.#average = this.part(new Sma(retention, "ta.cci"));
    this.#deviation = this.part(new Dev(retention, "ta.cci"));
  }

  next(value: number, length: number): number {
    const mean = this.#average.next(value, length);
    return (value - mean) / (0.015 * this.#deviation.around(mean, value, length));
  }
}

/**
 * Chande's momentum: `100 · (up − down) / (up + down)` over the sums of rises and falls. A change of at least −1e-10
 * is a rise; na when nothing moved.
 */
export class Cmo extends Compound {
  readonly #change: Change;
  readonly #up: RollingSum;
  readonly #down: RollingSum;

  constructor(retention = defaultRetention) {
    super();
    this.#change = this.part(new Change(0));
    this.#up = this.part(new RollingSum("ta.cmo", retention));
    this.#down = this.part(new RollingSum("ta.cmo", retention));
  }

  next(value: number, length: number): number {
    const change = this.#change.next(value);
    const rises = change >= -tolerance;
    const isNa = change !== change;
    const up = this.#up.next(isNa ? Number.NaN : rises ? change : 0, length);
    const down = this.#down.next(isNa ? Number.NaN : rises ? 0 : -change, length);
    const total = up + down;
    return Math.abs(total) <= tolerance ? Number.NaN : (100 * (up - down)) / total;
  }
}

/** Center of gravity: `−Σ value · (bars ago + 1) / Σ value` over the last values that are not na. */
export class Cog implements Kernel {
  readonly #sum: RollingSum;
  readonly #window: Window;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#sum = new RollingSum("ta.cog", retention);
    this.#window = new Window(retention);
  }

  next(value: number, length: number): number {
    const window = this.#window;
    if (length !== this.#given) {
      this.#length = windowLength("ta.cog", length);
      this.#given = length;
      window.makeRoom(this.#length);
    }
    const sum = this.#sum.next(value, length);
    if (value === value) window.push(value);
    const bars = this.#length;
    if (window.end < bars) return Number.NaN;
    const { values, end } = window;
    let weighted = 0;
    for (let back = 0; back < bars; back++) weighted += values[end - 1 - back]! * (back + 1);
    return -weighted / sum;
  }

  save(): void {
    this.#sum.save();
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#sum.restore();
    this.#window.rewind(this.#savedCount);
  }
}

/**
 * Money flow index: `100 − 100 / (1 + in / out)` over the sums of value times volume on rising and falling bars, dust
 * up to 1e-10 being none; 100 when nothing flowed out. A bar without a change to compare counts on both sides.
 */
export class Mfi extends Compound {
  readonly #change: Change;
  readonly #in: RollingSum;
  readonly #out: RollingSum;

  constructor(retention = defaultRetention) {
    super();
    this.#change = this.part(new Change(0));
    this.#in = this.part(new RollingSum("ta.mfi", retention));
    this.#out = this.part(new RollingSum("ta.mfi", retention));
  }

  next(volume: number, value: number, length: number): number {
    const change = this.#change.next(value);
    const inflow = this.#in.next(volume * (change <= tolerance ? 0 : value), length);
    const outflow = this.#out.next(volume * (change >= -tolerance ? 0 : value), length);
    if (inflow !== inflow || outflow !== outflow) return Number.NaN;
    if (Math.abs(outflow) <= tolerance) return 100;
    return 100 - 100 / (1 + (Math.abs(inflow) <= tolerance ? 0 : inflow) / outflow);
  }
}

/** Stochastic: `100 · (value − lowest) / (highest − lowest)`, the product first and not clamped. */
export class Stoch extends Compound {
  readonly #highest: Highest;
  readonly #lowest: Lowest;

  constructor(retention = defaultRetention) {
    super();
    this.#highest = this.part(new Highest(retention, "ta.stoch"));
    this.#lowest = this.part(new Lowest(retention, "ta.stoch"));
  }

  next(bar: number, value: number, high: number, low: number, length: number): number {
    const lowest = this.#lowest.next(bar, low, length);
    return (100 * (value - lowest)) / (this.#highest.next(bar, high, length) - lowest);
  }
}

/** Williams %R: `100 · (close − highest) / (highest − lowest)`, −100 to 0. */
export class Wpr extends Compound {
  readonly #highest: Highest;
  readonly #lowest: Lowest;

  constructor(retention = defaultRetention) {
    super();
    this.#highest = this.part(new Highest(retention, "ta.wpr"));
    this.#lowest = this.part(new Lowest(retention, "ta.wpr"));
  }

  next(bar: number, high: number, low: number, close: number, length: number): number {
    const highest = this.#highest.next(bar, high, length);
    return (100 * (close - highest)) / (highest - this.#lowest.next(bar, low, length));
  }
}

/**
 * Rank correlation index, −100 to 100: Spearman's `1 − 6 Σd² / (n (n² − 1))` between value and time over the last
 * values that are not na. Values within 1e-10 of the first of their group share its mean rank.
 */
export class Rci implements Kernel {
  readonly #window: Window;
  #given = Number.NaN;
  #length = 0;
  #sorted = new Float64Array(0);
  #ranks = new Float64Array(0);
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#window = new Window(retention);
  }

  next(value: number, length: number): number {
    const window = this.#window;
    if (length !== this.#given) {
      this.#length = windowLength("ta.rci", length);
      this.#given = length;
      window.makeRoom(this.#length);
      this.#sorted = new Float64Array(this.#length);
      this.#ranks = new Float64Array(this.#length);
    }
    if (value === value) window.push(value);
    const bars = this.#length;
    if (window.end < bars) return Number.NaN;
    const { values } = window;
    const start = window.end - bars;
    const sorted = this.#sorted;
    sorted.set(values.subarray(start, window.end));
    sorted.sort();
    this.#rank();
    let distance = 0;
    for (let index = 0; index < bars; index++) {
      const difference = this.#ranks[lowerBound(sorted, values[start + index]!)]! - (index + 1);
      distance += difference * difference;
    }
    return (1 - (6 * distance) / (bars * (bars * bars - 1))) * 100;
  }

  /** The rank of every place of the sorted window, 1 for the smallest. */
  #rank(): void {
    const sorted = this.#sorted;
    for (let first = 0; first < sorted.length;) {
      let last = first;
      while (last + 1 < sorted.length && sorted[last + 1]! - sorted[first]! <= tolerance) last++;
      this.#ranks.fill((first + last) / 2 + 1, first, last + 1);
      first = last + 1;
    }
  }

  save(): void {
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#window.rewind(this.#savedCount);
  }
}

/** The first place of a sorted array whose value is not below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
