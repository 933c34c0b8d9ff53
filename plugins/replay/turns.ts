/** Turns of the event loop after which a stream that nobody reads any more is not waited for. */
const patience = 1000;

/** A stream that is being read. */
export interface Reader {
  /** When its next event happens, market time; `undefined`: never. */
  readonly nextMs: () => number | undefined;
}

/**
 * The order of several streams at full speed, where time passes with what is read: the one whose next event happens
 * first is read first.
 */
export class Turns {
  readonly #readers = new Set<Reader>();

  /** Resolves when no other stream has anything earlier. @throws the signal's reason */
  async wait(reader: Reader, signal: AbortSignal): Promise<void> {
    this.#readers.add(reader);
    for (let turn = 0; ; turn++) {
      const own = reader.nextMs() ?? Infinity;
      const earlier = [...this.#readers].filter((other) => (other.nextMs() ?? Infinity) < own);
      if (earlier.length === 0) return;
      if (turn === patience) for (const other of earlier) this.#readers.delete(other);
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  }
}
