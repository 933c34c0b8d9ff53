import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";

/**
 * The greatest or smallest value of the last `length` bars, na values left out; na until so many bars have passed.
 * Candidates wait in a queue in which each beats all that follow it: the first is the answer, and a new value drives
 * out those it is not beaten by, so that a bar costs the same whatever the length.
 */
abstract class Extreme implements Kernel {
  readonly #caller: string;
  readonly #history: Ring;
  #given = Number.NaN;
  #length = 0;
  #values = new Float64Array(16);
  #bars = new Float64Array(16);
  #mask = 15;
  #head = 0;
  #tail = 0;
  #savedCount = 0;
  #stale = false;

  constructor(caller: string, retention: number) {
    this.#caller = caller;
    this.#history = new Ring(retention);
  }

  /** Whether `kept` is still to be preferred to the newer `value`. */
  protected abstract beats(kept: number, value: number): boolean;

  next(value: number, length: number): number {
    if (length !== this.#given || this.#stale) this.#rebuild(length);
    const history = this.#history;
    const bar = history.count;
    history.push(value);
    const window = this.#length;
    this.#enqueue(value, bar);
    if (this.#head < this.#tail && (this.#bars[this.#head & this.#mask] ?? 0) <= bar - window) this.#head++;
    if (bar < window - 1 || this.#head === this.#tail) return Number.NaN;
    return this.#values[this.#head & this.#mask] ?? Number.NaN;
  }

  #enqueue(value: number, bar: number): void {
    if (value !== value) return;
    const mask = this.#mask;
    while (this.#tail > this.#head && !this.beats(this.#values[(this.#tail - 1) & mask] ?? 0, value))
      this.#tail--;
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
    const { count } = this.#history;
    for (let back = Math.min(count, window - 1) - 1; back >= 0; back--) {
      this.#enqueue(this.#history.back(back), count - 1 - back);
    }
  }

  save(): void {
    this.#savedCount = this.#history.count;
  }

  restore(): void {
    this.#history.count = this.#savedCount;
    // The first execution has driven candidates out; history still has them.
    this.#stale = true;
  }
}

/** The highest value of the last bars. */
export class Highest extends Extreme {
  constructor(retention = defaultRetention) {
    super("ta.highest", retention);
  }

  protected override beats(kept: number, value: number): boolean {
    return kept > value;
  }
}

/** The lowest value of the last bars. */
export class Lowest extends Extreme {
  constructor(retention = defaultRetention) {
    super("ta.lowest", retention);
  }

  protected override beats(kept: number, value: number): boolean {
    return kept < value;
  }
}
