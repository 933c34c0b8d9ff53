/** Calls that wait for a slow extension; the oldest goes when another comes. */
export const mostCalls = 1000;

/**
 * Calls of one extension's hooks, one after the other: a hook that returns a promise holds up those that follow, never
 * the run.
 */
export class HookQueue {
  readonly #onFailure: (error: unknown) => void;
  readonly #onOverflow: () => void;
  #waiting: (() => unknown)[] = [];
  #running: Promise<void> | undefined;
  #overflowed = false;

  /**
   * @param onFailure told what a call threw or rejected with
   * @param onOverflow told once, when the first call is dropped
   */
  constructor(onFailure: (error: unknown) => void, onOverflow: () => void) {
    this.#onFailure = onFailure;
    this.#onOverflow = onOverflow;
  }

  /** Makes a call at once, or when those before it are done. What it throws at once goes to the caller. */
  push(call: () => unknown): void {
    if (this.#running === undefined) {
      const result = call();
      if (result instanceof Promise) this.#running = this.#workThrough(result);
      return;
    }
    this.#waiting.push(call);
    if (this.#waiting.length <= mostCalls) return;
    this.#waiting.shift();
    if (!this.#overflowed) this.#onOverflow();
    this.#overflowed = true;
  }

  /** Resolves when every call is done, or after so long; what waits then is dropped. @returns whether all are done */
  async drain(timeoutMs: number): Promise<boolean> {
    if (this.#running === undefined) return true;
    const timer = Promise.withResolvers<false>();
    const handle = setTimeout(() => timer.resolve(false), Math.min(timeoutMs, 2 ** 31 - 1));
    const isDone = await Promise.race([this.#running.then(() => true), timer.promise]);
    clearTimeout(handle);
    if (!isDone) this.#waiting = [];
    return isDone;
  }

  async #workThrough(first: Promise<unknown>): Promise<void> {
    await first.catch(this.#onFailure);
    for (let call = this.#waiting.shift(); call !== undefined; call = this.#waiting.shift()) {
      try {
        await call();
      } catch (error) {
        this.#onFailure(error);
      }
    }
    this.#running = undefined;
  }
}
