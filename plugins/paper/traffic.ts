/** Turns of the event loop without anything happening after which nobody is about to do anything. */
const calmTurns = 3;
/** Turns after which waiting costs too much, and a pause between two looks, ms. */
const patientTurns = 2000;
const lookMs = 1;

/**
 * What goes on between the exchange and the engine: calls that have not come back. A replayed market lets time go on
 * when all is calm, so that the orders of a bar are there before the next one, whatever the speed.
 */
export class Traffic {
  #inside = 0;
  #moves = 0;

  /** Does a piece of work as a call that takes its turn: an answer never comes before the caller can wait for it. */
  async call<T>(work: () => T | Promise<T>): Promise<T> {
    this.#inside++;
    this.#moves++;
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#moves++;
    }
  }

  /** Something happened that is no call. */
  note(): void {
    this.#moves++;
  }

  get isIdle(): boolean {
    return this.#inside === 0;
  }

  /**
   * Resolves when nothing is inside, nothing is `pending`, and nothing has happened for a few turns of the event loop.
   * @throws the signal's reason
   */
  async calm(pending: () => boolean, signal: AbortSignal): Promise<void> {
    let quiet = 0;
    for (let turns = 0; quiet < calmTurns; turns++) {
      const before = this.#moves;
      await new Promise<void>((resolve) =>
        turns < patientTurns ? setImmediate(resolve) : setTimeout(resolve, lookMs),
      );
      signal.throwIfAborted();
      quiet = this.#moves === before && this.#inside === 0 && !pending() ? quiet + 1 : 0;
    }
  }
}
