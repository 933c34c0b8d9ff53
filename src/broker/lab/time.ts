import type { Clock } from "../../kernel/clock.ts";

/** When the lab's time begins, ms: 2023-11-14T22:13:20Z. */
export const labStartMs = 1_700_000_000_000;

/**
 * Callbacks that one instant, and that a whole story may have: at least fifteen times what the longest of thousands of
 * random ones had.
 */
const most = { atOnce: 1_000, inAll: 50_000 } as const;

/** Something in the lab goes on for ever. */
export class StalledError extends Error {
  override readonly name = "StalledError";
}

interface Entry {
  readonly atMs: number;
  readonly number: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/**
 * Time that stands still until it is told to go on. What is due at the same instant runs in the order in which it was
 * asked for, and everything that one callback sets off is done before the next begins: the same calls give the same
 * run on every machine.
 */
export class VirtualTime {
  #nowMs = labStartMs;
  #number = 0;
  #inAll = 0;
  /** A heap by (time, number). */
  readonly #heap: Entry[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** @returns what takes it back */
  schedule(delayMs: number, run: () => void): () => void {
    const entry = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      number: this.#number++,
      run,
      isCancelled: false,
    };
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** Everything that can happen without time going by. @throws StalledError when it does not end */
  async settle(): Promise<void> {
    await this.advance(0);
  }

  /** Lets time go by. @throws StalledError when an instant does not end, or the story does not */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await drain();
    let atOnce = 0;
    for (let entry = this.#heap[0]; entry !== undefined && entry.atMs <= untilMs; entry = this.#heap[0]) {
      this.#pop();
      if (entry.isCancelled) continue;
      atOnce = entry.atMs > this.#nowMs ? 0 : atOnce + 1;
      if (atOnce > most.atOnce) throw new StalledError(`${most.atOnce} things have happened at one instant`);
      if (++this.#inAll > most.inAll) throw new StalledError(`${most.inAll} things have happened`);
      this.#nowMs = Math.max(this.#nowMs, entry.atMs);
      entry.run();
      await drain();
    }
    this.#nowMs = untilMs;
  }

  /** A clock that goes wrong by so much. Sleeps end at the right distance all the same. */
  clock(skewMs: () => number = () => 0): Clock {
    return {
      nowMs: () => this.#nowMs + skewMs(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          const onAbort = (): void => {
            cancel();
            reject(signal?.reason);
          };
          const cancel = this.schedule(ms, () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          });
          signal?.addEventListener("abort", onAbort, { once: true });
        }),
    };
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesBefore(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!comesBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

const comesBefore = (a: Entry, b: Entry): boolean =>
  a.atMs !== b.atMs ? a.atMs < b.atMs : a.number < b.number;

/** Every promise that can go on has gone on: the turn after this one of the event loop comes behind all of them. */
function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
