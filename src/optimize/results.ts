/** Results of a search: a row of numbers for each set that was tried. Pure. */
export class Results {
  /** Sets that there are. */
  readonly count: number;
  /** Numbers in a row. */
  readonly width: number;
  /** Sets that are done, failed ones included. */
  done = 0;
  /** Sets with which the script failed. */
  failed = 0;
  readonly #rows: Float64Array;
  /** 0: not yet; 1: done; 2: failed. */
  readonly #state: Uint8Array;
  readonly #messages = new Map<number, string>();

  constructor(count: number, width: number) {
    this.count = count;
    this.width = width;
    this.#rows = new Float64Array(count * width).fill(Number.NaN);
    this.#state = new Uint8Array(count);
  }

  /** @param ordinal the place of the set in the search; a set that is done stays as it is */
  add(ordinal: number, outcome: Outcome): void {
    if (this.#state[ordinal] !== 0) return;
    this.done++;
    if (typeof outcome === "string") {
      this.#state[ordinal] = 2;
      this.failed++;
      // A script that fails with every set has little to say after the first thousand.
      if (this.#messages.size < keptMessages) this.#messages.set(ordinal, outcome);
    } else {
      this.#state[ordinal] = 1;
      this.#rows.set(outcome, ordinal * this.width);
    }
  }

  isDone(ordinal: number): boolean {
    return this.#state[ordinal] !== 0;
  }

  /** The row of a set; NaN throughout when it is not done or failed. */
  row(ordinal: number): Float64Array {
    return this.#rows.subarray(ordinal * this.width, (ordinal + 1) * this.width);
  }

  /** Why the script failed with a set; empty when it did not. */
  failure(ordinal: number): string {
    return this.#state[ordinal] === 2 ? (this.#messages.get(ordinal) ?? "failed") : "";
  }
}

const keptMessages = 1000;

/** The row of a set, or why there is none. */
export type Outcome = Float64Array | string;
