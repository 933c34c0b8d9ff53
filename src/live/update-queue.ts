import type { BarUpdate } from "../kernel/bar.ts";

/** Updates of forming bars that wait at a time; the oldest goes when another comes. */
export const mostTicks = 32;

/** Updates that wait. Closed bars are never dropped; of forming ones only the newest are worth anything. */
export class UpdateQueue {
  #waiting: BarUpdate[] = [];
  #ticks = 0;
  /** Updates that were dropped so far. */
  dropped = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** @returns an update that had to go */
  push(update: BarUpdate): BarUpdate | undefined {
    this.#waiting.push(update);
    if (update.isClosed || ++this.#ticks <= mostTicks) return undefined;
    this.#ticks--;
    this.dropped++;
    const oldest = this.#waiting.findIndex(({ isClosed }) => !isClosed);
    return this.#waiting.splice(oldest, 1)[0];
  }

  shift(): BarUpdate | undefined {
    const update = this.#waiting.shift();
    if (update !== undefined && !update.isClosed) this.#ticks--;
    return update;
  }

  /** All of them; none is left. */
  drain(): BarUpdate[] {
    const all = this.#waiting;
    this.#waiting = [];
    this.#ticks = 0;
    return all;
  }
}
