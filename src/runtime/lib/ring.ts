/**
 * The newest values of a series, oldest overwritten first. Its capacity is a power of two and always more than the
 * window it was made room for: a bar that is executed again must find the value that its first execution pushed out
 * of the window.
 */
export class Ring {
  /** How many values were ever pushed; setting it back to an earlier count takes the pushes since then back. */
  count = 0;
  #values: Float64Array;
  #mask: number;
  /** Pushes before this one are forgotten: there was no room for them when a longer window was asked for. */
  #forgotten = 0;

  /** @param retention how many values it holds at least, however short the windows */
  constructor(retention: number) {
    const capacity = powerOfTwoAbove(retention);
    this.#values = new Float64Array(capacity);
    this.#mask = capacity - 1;
  }

  push(value: number): void {
    this.#values[this.count++ & this.#mask] = value;
  }

  /** How many values are remembered, as far as a window reaches. */
  get held(): number {
    return this.count - this.#forgotten;
  }

  /** The value pushed `back` pushes before the newest, within the room made; `NaN` where nothing is remembered. */
  back(back: number): number {
    return back < this.count - this.#forgotten
      ? (this.#values[(this.count - 1 - back) & this.#mask] ?? Number.NaN)
      : Number.NaN;
  }

  /** Makes sure that a window of `length` values fits; what is held stays. */
  makeRoom(length: number): void {
    if (length <= this.#mask) return;
    const larger = new Float64Array(powerOfTwoAbove(length));
    const mask = larger.length - 1;
    // One value beyond the count as well: a restored bar may have set the count back.
    for (let index = this.count - this.#mask; index <= this.count; index++) {
      if (index >= 0) larger[index & mask] = this.#values[index & this.#mask] ?? Number.NaN;
    }
    this.#forgotten = Math.max(this.#forgotten, this.count - this.#mask);
    this.#values = larger;
    this.#mask = mask;
  }

  /** Becomes a copy of the newest `length` values of another ring, with the same count. */
  copyWindow(from: Ring, length: number): void {
    this.makeRoom(length);
    this.count = from.count;
    this.#forgotten = from.#forgotten;
    for (let back = Math.min(length, from.held) - 1; back >= 0; back--) {
      this.#values[(this.count - 1 - back) & this.#mask] = from.back(back);
    }
  }
}

function powerOfTwoAbove(size: number): number {
  let capacity = 16;
  while (capacity <= size) capacity *= 2;
  return capacity;
}
