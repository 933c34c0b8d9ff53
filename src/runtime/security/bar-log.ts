/** Values that are dropped together. */
const mostForgotten = 1024;

/** The values of a context's bars, as long as somebody may ask for them. */
export class BarLog {
  #values: unknown[] = [];
  /** The bar of the first one. */
  #from: number;

  constructor(from: number) {
    this.#from = from;
  }

  /** Values that are kept. */
  get length(): number {
    return this.#values.length;
  }

  put(index: number, value: unknown): void {
    this.#values[index - this.#from] = value;
  }

  /** The values of the bars from one on and before another. Those before are not asked for again. */
  take(from: number, to: number): unknown[] {
    const before = Math.min(from - this.#from, this.#values.length);
    if (before >= mostForgotten && before * 2 >= this.#values.length) {
      this.#values.splice(0, before);
      this.#from += before;
    }
    return this.#values.slice(from - this.#from, to - this.#from);
  }
}
