import { RuntimeFailure } from "../../../kernel/errors.ts";
import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";
import { tolerance } from "../tolerance.ts";

/**
 * The last `length` values in order, as TradingView keeps them: a new value goes before those within 1e-10 of it, and
 * of those within 1e-10 of a value that leaves the last one goes. na values take a place in the window and none in
 * the order. A window that a longer length, a late start or skipped bars leave short is filled up with the source of
 * earlier bars, as many bars back as there are values in the window, and what was filled in stays. An na length gives na and freezes everything.
 */
class OrderedWindow implements Kernel {
  /** The values that are not na in order; valid up to `size`. */
  ordered = new Float64Array(16);
  size = 0;
  readonly #caller: string;
  readonly #history: Ring;
  /** The window itself: what leaves next comes first. */
  #entries = new Float64Array(32);
  #first = 0;
  #last = 0;
  readonly #saved = { ordered: new Float64Array(0), entries: new Float64Array(0), count: 0 };

  constructor(caller: string, retention: number) {
    this.#caller = caller;
    this.#history = new Ring(retention);
  }

  /**
   * @param column the source on all bars, when it is known; otherwise the bars of earlier calls stand for it
   * @param bar the current place in it
   * @returns the length in whole bars, 0 while the window is not full or the length is na
   */
  next(value: number, length: number, column?: Float64Array, bar = 0): number {
    this.#history.push(value);
    if (length !== length) return 0;
    const window = windowLength(this.#caller, length);
    this.#history.makeRoom(window);
    while (this.#last - this.#first >= window) this.#dropOldest();
    if (this.#last === this.#entries.length) this.#makeSpace();
    this.#entries[this.#last++] = value;
    this.#insert(value);
    if (this.#last - this.#first < window) this.#fillUp(window, column, bar);
    return this.#last - this.#first < window ? 0 : window;
  }

  #dropOldest(): void {
    const value = this.#entries[this.#first++]!;
    if (value !== value) return;
    // The last place whose value is not above by more than the tolerance.
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ordered[middle]! - value > tolerance) high = middle;
      else low = middle + 1;
    }
    if (low === 0) return;
    this.ordered.copyWithin(low - 1, low, this.size--);
  }

  #insert(value: number): void {
    if (value !== value) return;
    if (this.size === this.ordered.length) this.ordered = grown(this.ordered);
    // The first place whose value is not below by more than the tolerance.
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value - this.ordered[middle]! > tolerance) low = middle + 1;
      else high = middle;
    }
    this.ordered.copyWithin(low + 1, low, this.size++);
    this.ordered[low] = value;
  }

  /** Older values come in at the front of the window. */
  #fillUp(window: number, column: Float64Array | undefined, bar: number): void {
    const held = this.#last - this.#first;
    const wanted = Math.min(window, column === undefined ? this.#history.held : bar + 1);
    if (wanted <= held) return;
    const entries = new Float64Array(2 * Math.max(window, 16));
    for (let back = wanted - 1; back >= held; back--) {
      const value = column === undefined ? this.#history.back(back) : column[bar - back]!;
      entries[wanted - 1 - back] = value;
      this.#insert(value);
    }
    entries.set(this.#entries.subarray(this.#first, this.#last), wanted - held);
    this.#entries = entries;
    this.#first = 0;
    this.#last = wanted;
  }

  #makeSpace(): void {
    const held = this.#entries.subarray(this.#first, this.#last);
    if (this.#first < held.length) this.#entries = new Float64Array(2 * this.#entries.length);
    this.#entries.set(held);
    this.#last -= this.#first;
    this.#first = 0;
  }

  save(): void {
    this.#saved.ordered = this.ordered.slice(0, this.size);
    this.#saved.entries = this.#entries.slice(this.#first, this.#last);
    this.#saved.count = this.#history.count;
  }

  restore(): void {
    this.ordered.set(this.#saved.ordered);
    this.size = this.#saved.ordered.length;
    this.#entries.set(this.#saved.entries);
    this.#first = 0;
    this.#last = this.#saved.entries.length;
    this.#history.count = this.#saved.count;
  }
}

function grown(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** @throws RuntimeFailure outside of 0 to 100 */
function checkPercentage(caller: string, percentage: number): void {
  if (percentage < 0 || percentage > 100) {
    throw new RuntimeFailure(`${caller}: the percentage is from 0 to 100, not ${percentage}`);
  }
}

/**
 * Percentile by nearest rank: the value at rank `⌈n · p / 100⌉`, at least 1, of the last `length` values; na counts
 * in n and comes last. An na percentage acts as 0.
 */
export class PercentileNearestRank implements Kernel {
  readonly #window: OrderedWindow;

  constructor(retention = defaultRetention) {
    this.#window = new OrderedWindow("ta.percentile_nearest_rank", retention);
  }

  /** @param column the source on all bars, if known, and `bar` the place in it */
  next(value: number, length: number, percentage: number, column?: Float64Array, bar?: number): number {
    checkPercentage("ta.percentile_nearest_rank", percentage);
    const bars = this.#window.next(value, length, column, bar);
    if (bars === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(((percentage !== percentage ? 0 : percentage) * bars) / 100));
    return rank <= this.#window.size ? this.#window.ordered[rank - 1]! : Number.NaN;
  }

  save(): void {
    this.#window.save();
  }

  restore(): void {
    this.#window.restore();
  }
}

/** How near to a whole place a place counts as one. */
const snap = 1e-9;

/**
 * Percentile by linear interpolation: place `n · p / 100 + 0.5` among the last `length` values in order, held to the
 * ends; na counts in n and comes last. An na percentage gives na.
 */
export class PercentileLinearInterpolation implements Kernel {
  readonly #window: OrderedWindow;

  constructor(retention = defaultRetention) {
    this.#window = new OrderedWindow("ta.percentile_linear_interpolation", retention);
  }

  /** @param column the source on all bars, if known, and `bar` the place in it */
  next(value: number, length: number, percentage: number, column?: Float64Array, bar?: number): number {
    checkPercentage("ta.percentile_linear_interpolation", percentage);
    const bars = this.#window.next(value, length, column, bar);
    if (bars === 0 || percentage !== percentage) return Number.NaN;
    return interpolate(this.#window.ordered, this.#window.size, bars, percentage);
  }

  save(): void {
    this.#window.save();
  }

  restore(): void {
    this.#window.restore();
  }
}

/** @param total how many places there are, those of na values after `size` included */
function interpolate(ordered: Float64Array, size: number, total: number, percentage: number): number {
  let place = (total * percentage) / 100 + 0.5;
  const nearest = Math.round(place);
  if (Math.abs(place - nearest) < snap) place = nearest;
  if (place <= 1) return size >= 1 ? ordered[0]! : Number.NaN;
  if (place >= total) return size === total ? ordered[total - 1]! : Number.NaN;
  const below = Math.floor(place);
  const fraction = place - below;
  if (fraction === 0) return below <= size ? ordered[below - 1]! : Number.NaN;
  return below < size ? ordered[below - 1]! * (1 - fraction) + ordered[below]! * fraction : Number.NaN;
}
