import { Compound, defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";

/**
 * The greatest value of the last `length` bars and how many bars back it lies; of equal ones the oldest, exact
 * comparison, na values left out.
 *
 * Called on every bar it costs the same whatever the length: candidates wait in a queue in which each is at least as
 * great as all that follow it, and the first is the answer. A call that skips bars works as TradingView's does, which
 * keeps the last peak until it is `length` *bars* old and then looks through `length + 1` slots numbered by bar: the
 * slot of a bar that was skipped still holds the value of `length + 1` bars before.
 */
export class Peak implements Kernel {
  /** Bars from the current one back to the peak: 0 or negative; `NaN` without a peak. */
  offset = Number.NaN;
  readonly #caller: string;
  readonly #history: Ring;
  #given = Number.NaN;
  #length = 0;
  #lastBar = Number.NaN;
  #values = new Float64Array(16);
  #bars = new Float64Array(16);
  #mask = 15;
  #head = 0;
  #tail = 0;
  #stale = false;
  #slots: BarSlots | undefined;
  #savedCount = 0;
  #savedBar = Number.NaN;
  #savedSlots: BarSlots | undefined;

  constructor(caller: string, retention: number) {
    this.#caller = caller;
    this.#history = new Ring(retention);
  }

  /** @param bar index of the current bar; the answer is na before bar `length − 1` */
  next(bar: number, value: number, length: number): number {
    if (this.#slots !== undefined || bar - this.#lastBar > 1) return this.#nextAfterGap(bar, value, length);
    if (length !== this.#given || this.#stale) this.#rebuild(length);
    this.#lastBar = bar;
    this.#history.push(value);
    this.#enqueue(value, bar);
    const mask = this.#mask;
    if (this.#head < this.#tail && this.#bars[this.#head & mask]! <= bar - this.#length) this.#head++;
    if (bar < this.#length - 1 || this.#head === this.#tail) return (this.offset = Number.NaN);
    this.offset = this.#bars[this.#head & mask]! - bar;
    return this.#values[this.#head & mask]!;
  }

  #enqueue(value: number, bar: number): void {
    if (value !== value) return;
    const mask = this.#mask;
    while (this.#tail > this.#head && this.#values[(this.#tail - 1) & mask]! < value) this.#tail--;
    const slot = this.#tail++ & mask;
    this.#values[slot] = value;
    this.#bars[slot] = bar;
  }

  /** Fills the queue from history: all of the window but the bar that comes. */
  #rebuild(length: number): void {
    const window = windowLength(this.#caller, length);
    this.#given = length;
    this.#length = window;
    this.#stale = false;
    this.#history.makeRoom(window);
    if (window > this.#mask) {
      let capacity = this.#mask + 1;
      while (capacity <= window) capacity *= 2;
      this.#values = new Float64Array(capacity);
      this.#bars = new Float64Array(capacity);
      this.#mask = capacity - 1;
    }
    this.#head = this.#tail = 0;
    for (let back = Math.min(this.#history.held, window - 1) - 1; back >= 0; back--) {
      this.#enqueue(this.#history.back(back), this.#lastBar - back);
    }
  }

  #nextAfterGap(bar: number, value: number, length: number): number {
    if (length !== this.#given || this.#slots === undefined) {
      const window = windowLength(this.#caller, length);
      this.#slots = new BarSlots(window, this.#lastBar, (back) =>
        this.#slots === undefined ? this.#history.back(back) : this.#slots.at(this.#lastBar - back),
      );
      this.#given = length;
      this.#length = window;
    }
    this.#lastBar = bar;
    const peak = this.#slots.next(bar, value);
    if (bar < this.#length - 1) return (this.offset = Number.NaN);
    this.offset = this.#slots.peakBar - bar;
    return peak;
  }

  save(): void {
    this.#savedCount = this.#history.count;
    this.#savedBar = this.#lastBar;
    this.#savedSlots = this.#slots?.copy();
  }

  restore(): void {
    this.#history.count = this.#savedCount;
    this.#lastBar = this.#savedBar;
    this.#slots = this.#savedSlots?.copy();
    if (this.#slots !== undefined) this.#given = this.#length = this.#slots.length;
    // The first execution has driven candidates out; history still has them.
    this.#stale = true;
  }
}

/** Slots numbered by bar and the peak that was last found in them. */
class BarSlots {
  readonly length: number;
  peak = Number.NaN;
  peakBar = Number.NaN;
  readonly #slots: Float64Array;

  /** @param back the value that many bars before `lastBar` */
  constructor(length: number, lastBar: number, back: (bars: number) => number) {
    this.length = length;
    this.#slots = new Float64Array(length + 1).fill(Number.NaN);
    for (let bars = Math.min(length, lastBar); bars >= 0; bars--) {
      this.#slots[(lastBar - bars) % this.#slots.length] = back(bars);
    }
    this.#search(lastBar);
  }

  at(bar: number): number {
    return bar >= 0 ? this.#slots[bar % this.#slots.length]! : Number.NaN;
  }

  next(bar: number, value: number): number {
    this.#slots[bar % this.#slots.length] = value;
    if (value > this.peak || this.peak !== this.peak) {
      this.peak = value;
      this.peakBar = value === value ? bar : Number.NaN;
    }
    if (!(bar - this.peakBar < this.length)) this.#search(bar);
    return this.peak;
  }

  #search(bar: number): void {
    this.peak = this.peakBar = Number.NaN;
    for (let back = 0; back < this.length && back <= bar; back++) {
      const value = this.at(bar - back);
      if (value >= this.peak || (this.peak !== this.peak && value === value)) {
        this.peak = value;
        this.peakBar = bar - back;
      }
    }
  }

  copy(): BarSlots {
    const twin = new BarSlots(this.length, -1, () => Number.NaN);
    twin.#slots.set(this.#slots);
    twin.peak = this.peak;
    twin.peakBar = this.peakBar;
    return twin;
  }
}

/** The highest value of the last bars. */
export class Highest extends Compound {
  readonly #peak: Peak;

  constructor(retention = defaultRetention, caller = "ta.highest") {
    super();
    this.#peak = this.part(new Peak(caller, retention));
  }

  next(bar: number, value: number, length: number): number {
    return this.#peak.next(bar, value, length);
  }
}

/** The lowest value of the last bars: the highest of the negated ones, which is exact. */
export class Lowest extends Compound {
  readonly #peak: Peak;

  constructor(retention = defaultRetention, caller = "ta.lowest") {
    super();
    this.#peak = this.part(new Peak(caller, retention));
  }

  next(bar: number, value: number, length: number): number {
    return -this.#peak.next(bar, -value, length);
  }
}

/** Where the highest value of the last bars lies: 0 for the current bar, −1 for the one before. */
export class Highestbars extends Compound {
  readonly #peak: Peak;

  constructor(retention = defaultRetention) {
    super();
    this.#peak = this.part(new Peak("ta.highestbars", retention));
  }

  next(bar: number, value: number, length: number): number {
    this.#peak.next(bar, value, length);
    return this.#peak.offset;
  }
}

/** Where the lowest value of the last bars lies. */
export class Lowestbars extends Compound {
  readonly #peak: Peak;

  constructor(retention = defaultRetention) {
    super();
    this.#peak = this.part(new Peak("ta.lowestbars", retention));
  }

  next(bar: number, value: number, length: number): number {
    this.#peak.next(bar, -value, length);
    return this.#peak.offset;
  }
}

/** The highest less the lowest value of the last bars. */
export class Range extends Compound {
  readonly #highest: Highest;
  readonly #lowest: Lowest;

  constructor(retention = defaultRetention) {
    super();
    this.#highest = this.part(new Highest(retention, "ta.range"));
    this.#lowest = this.part(new Lowest(retention, "ta.range"));
  }

  next(bar: number, value: number, length: number): number {
    return this.#highest.next(bar, value, length) - this.#lowest.next(bar, value, length);
  }
}

/** The greatest value since the first bar; na values are passed over. */
export class Max implements Kernel {
  #greatest = Number.NaN;
  #saved = Number.NaN;

  next(value: number): number {
    if (value > this.#greatest || this.#greatest !== this.#greatest) this.#greatest = value;
    return this.#greatest;
  }

  save(): void {
    this.#saved = this.#greatest;
  }

  restore(): void {
    this.#greatest = this.#saved;
  }
}

/** The smallest value since the first bar; na values are passed over. */
export class Min implements Kernel {
  #smallest = Number.NaN;
  #saved = Number.NaN;

  next(value: number): number {
    if (value < this.#smallest || this.#smallest !== this.#smallest) this.#smallest = value;
    return this.#smallest;
  }

  save(): void {
    this.#saved = this.#smallest;
  }

  restore(): void {
    this.#smallest = this.#saved;
  }
}
