/**
 * The newest values of a series in one stretch of memory, oldest first, for functions that walk over a whole window on
 * every bar: a loop over `values` from `end − length` to `end` needs no wrapping. What has grown too old is dropped in
 * one move when the memory is full, so a push costs the same on average whatever the length.
 */
export class Window {
  /** The memory; valid from `end − length` to `end`. Read it anew after every push. */
  values: Float64Array;
  /** Where the newest value ends in `values`, which is how many there are: at least the room made, once so many came. */
  end = 0;
  /** How many values were ever pushed. */
  count = 0;
  #keep: number;

  /** @param retention how many values it holds at least, however short the windows */
  constructor(retention: number) {
    this.#keep = retention + margin;
    this.values = new Float64Array(Math.min(2 * this.#keep, firstCapacity));
  }

  push(value: number): void {
    if (this.end === this.values.length) this.#makeSpace();
    this.values[this.end++] = value;
    this.count++;
  }

  /** The value pushed `back` pushes before the newest; `NaN` where nothing was or it was dropped. */
  back(back: number): number {
    const index = this.end - 1 - back;
    return index >= 0 ? (this.values[index] ?? Number.NaN) : Number.NaN;
  }

  /** Makes sure that a window of `length` values is kept from now on. */
  makeRoom(length: number): void {
    this.#keep = Math.max(this.#keep, length + margin);
  }

  /** Takes the pushes since an earlier count back. */
  rewind(count: number): void {
    this.end -= this.count - count;
    this.count = count;
  }

  #makeSpace(): void {
    const held = Math.min(this.end, this.#keep);
    const from = this.end - held;
    if (2 * held <= this.values.length) this.values.copyWithin(0, from, this.end);
    else {
      const larger = new Float64Array(2 * this.values.length);
      larger.set(this.values.subarray(from, this.end));
      this.values = larger;
    }
    this.end = held;
  }
}

/** Values kept beyond the window: a bar that is executed again must find what its first execution pushed out. */
const margin = 16;

/** Memory grows from here, so that a long retention costs nothing before there is something to retain. */
const firstCapacity = 256;
