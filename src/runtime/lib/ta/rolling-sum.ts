import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";

/**
 * The sum of the last `length` values that are not na, compensated so that it matches TradingView bit for bit: the
 * correction of every addition is stored with its entry and leaves the window with it, and the sum is taken anew from
 * the raw values when the correction has grown large enough to change the incoming value.
 */
export class RollingSum implements Kernel {
  /** The window of the last call, in whole bars. */
  length = 0;
  readonly #caller: string;
  readonly #raw: Ring;
  /** What each addition really added; leaves the window with its value. */
  #stored: Ring;
  /** Takes the place of `#stored` when a changed length rebuilds it, so that `restore` finds the old one. */
  #spare: Ring;
  #given = Number.NaN;
  #sum = 0;
  #correction = 0;
  #savedStored: Ring;
  #savedCount = 0;
  #savedLength = 0;
  #savedGiven = Number.NaN;
  #savedSum = 0;
  #savedCorrection = 0;

  /** @param caller names the function in error messages */
  constructor(caller = "math.sum", retention = defaultRetention) {
    this.#caller = caller;
    this.#raw = new Ring(retention);
    this.#stored = new Ring(0);
    this.#spare = new Ring(0);
    this.#savedStored = this.#stored;
  }

  /**
   * An na value leaves the sum as it is; na until `length` values have come. A length of 1 is the value itself.
   * @throws RuntimeFailure for a length below 1
   */
  next(value: number, length: number): number {
    if (length !== this.#given && this.#changeLength(length)) return this.#rebuild(value);
    const window = this.length;
    const raw = this.#raw;
    if (window === 1) {
      if (value === value) raw.push(value);
      return value;
    }
    if (value !== value) return raw.held < window ? Number.NaN : this.#sum;
    const correction = this.#correction;
    let entry: number;
    if (correction !== 0 && value !== 0 && mustRebase(value, Math.abs(correction))) {
      raw.push(value);
      this.#sum = this.#newestFirst();
      this.#correction = 0;
      entry = value;
    } else {
      const evicted = raw.held >= window ? this.#stored.back(window - 1) : 0;
      const sum = this.#sum;
      const out = -evicted - correction;
      const partial = sum + out;
      const lost = partial - sum - out;
      entry = value - lost;
      const total = partial + entry;
      this.#correction = total - partial - entry;
      this.#sum = total;
      raw.push(value);
    }
    this.#stored.push(entry);
    return raw.held < window ? Number.NaN : this.#sum;
  }

  /** @returns whether there was another length before */
  #changeLength(length: number): boolean {
    const window = windowLength(this.#caller, length);
    const before = this.length;
    this.#given = length;
    this.length = window;
    if (window === before) return false;
    this.#raw.makeRoom(window);
    this.#stored.makeRoom(window);
    return before !== 0;
  }

  #rebuild(value: number): number {
    if (value === value) this.#raw.push(value);
    if (this.length === 1) return value;
    if (this.#stored === this.#savedStored) this.#stored = this.#spare;
    this.#stored.copyWindow(this.#raw, this.length);
    this.#sum = this.#newestFirst();
    this.#correction = 0;
    return this.#raw.held < this.length ? Number.NaN : this.#sum;
  }

  #newestFirst(): number {
    const raw = this.#raw;
    const entries = Math.min(raw.held, this.length);
    let sum = entries === 0 ? 0 : raw.back(0);
    for (let back = 1; back < entries; back++) sum = raw.back(back) + sum;
    return sum;
  }

  save(): void {
    if (this.#stored !== this.#savedStored) this.#spare = this.#savedStored;
    this.#savedStored = this.#stored;
    this.#savedCount = this.#raw.count;
    this.#savedLength = this.length;
    this.#savedGiven = this.#given;
    this.#savedSum = this.#sum;
    this.#savedCorrection = this.#correction;
  }

  restore(): void {
    if (this.#stored !== this.#savedStored) this.#spare = this.#stored;
    this.#stored = this.#savedStored;
    this.#raw.count = this.#savedCount;
    // With a length of 1 entries are not stored; whatever length follows rebuilds them.
    if (this.#savedLength !== 1) this.#stored.count = this.#savedCount;
    this.length = this.#savedLength;
    this.#given = this.#savedGiven;
    this.#sum = this.#savedSum;
    this.#correction = this.#savedCorrection;
  }
}

/** The sum under its own name. */
export class Sum extends RollingSum {
  constructor(retention = defaultRetention) {
    super("math.sum", retention);
  }
}

/** Whether the correction is so large that adding it would change the value. */
function mustRebase(value: number, correction: number): boolean {
  const raised = value + correction;
  return Number.isFinite(raised) && raised !== 0 && correction - (raised - value) > 0;
}
