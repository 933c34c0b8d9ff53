import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";
import { tolerance } from "../tolerance.ts";
import { SortedValues } from "./sorted-values.ts";

/** The values of a window in order. A changed length or a bar that is executed again sorts it anew from history. */
abstract class Sorted implements Kernel {
  protected readonly sorted = new SortedValues();
  protected readonly history: Ring;
  /** In whole bars. */
  protected length = 0;
  readonly #caller: string;
  #given = Number.NaN;
  #stale = false;
  #savedCount = 0;

  constructor(caller: string, retention: number) {
    this.#caller = caller;
    this.history = new Ring(retention);
  }

  /** The value joins the window and the one that is too old leaves it. */
  protected slide(value: number, length: number): void {
    this.settle(length);
    this.history.push(value);
    if (value === value) this.sorted.insert(value);
    const gone = this.history.back(this.length);
    if (gone === gone) this.sorted.remove(gone);
  }

  /** Makes the window right for a length before a value comes, or without one coming. */
  protected settle(length: number): void {
    if (length !== this.#given || this.#stale) this.#rebuild(length);
  }

  /** Fills the order with the window as it was after the bar before. */
  #rebuild(length: number): void {
    this.length = windowLength(this.#caller, length);
    this.#given = length;
    this.#stale = false;
    this.history.makeRoom(this.length + 1);
    this.sorted.clear();
    for (let back = Math.min(this.history.held, this.length) - 1; back >= 0; back--) {
      const value = this.history.back(back);
      if (value === value) this.sorted.insert(value);
    }
  }

  save(): void {
    this.#savedCount = this.history.count;
  }

  restore(): void {
    this.history.count = this.#savedCount;
    this.#stale = true;
  }
}

/**
 * Median of the last values that are not na; of an even number the mean of the middle two. An na length gives na.
 */
export class Median extends Sorted {
  constructor(retention = defaultRetention) {
    super("ta.median", retention);
  }

  next(value: number, length: number): number {
    return this.middle(value, length, 0.5);
  }

  /** @param share how much of the upper of two middle values counts */
  protected middle(value: number, length: number, share: number): number {
    const isNa = length !== length;
    const bars = isNa ? Math.max(1, this.length) : length;
    if (value === value) this.slide(value, bars);
    else this.settle(bars);
    return isNa ? Number.NaN : this.#middle(share);
  }

  #middle(share: number): number {
    const { length: bars } = this;
    if (this.history.held < bars) return Number.NaN;
    const { values } = this.sorted;
    const half = bars >> 1;
    if (bars % 2 === 1) return values[half]!;
    return share === 0 ? values[half - 1]! : (values[half - 1]! + values[half]!) / 2;
  }
}

/** The same of whole numbers: of an even number of values the lower of the middle two. */
export class MedianInt extends Median {
  override next(value: number, length: number): number {
    return this.middle(value, length, 0);
  }
}

/**
 * The most frequent value of the last `length` bars, of several the smallest. na bars take a place in the window and
 * never win; on an na bar, and with an na length, the answer is na.
 */
export class Mode extends Sorted {
  constructor(retention = defaultRetention) {
    super("ta.mode", retention);
  }

  next(value: number, length: number): number {
    this.slide(value, length === length ? length : this.length === 0 ? 1 : this.length);
    if (value !== value || length !== length || this.history.held < this.length) return Number.NaN;
    const { values, size } = this.sorted;
    let best = Number.NaN;
    let most = 0;
    for (let first = 0; first < size;) {
      let next = first + 1;
      while (next < size && values[next] === values[first]) next++;
      if (next - first > most) {
        most = next - first;
        best = values[first]!;
      }
      first = next;
    }
    return best;
  }
}

/**
 * Percentage of the previous `length` values that are at most the current one, within 1e-10; na values are left out,
 * and an na bar is na.
 */
export class Percentrank extends Sorted {
  constructor(retention = defaultRetention) {
    super("ta.percentrank", retention);
  }

  next(value: number, length: number): number {
    if (value !== value) return Number.NaN;
    this.slide(value, length);
    const bars = this.length;
    if (this.history.held <= bars) return Number.NaN;
    // The window holds the current value, and not the oldest of those it is compared with.
    const oldest = this.history.back(bars);
    const atMost = this.#countUpTo(value) - 1 + (oldest - value <= tolerance ? 1 : 0);
    return (100 * atMost) / bars;
  }

  #countUpTo(value: number): number {
    const { values, size } = this.sorted;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[middle]! - value <= tolerance) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
