import type { Bar, BarUpdate } from "../kernel/bar.ts";
import { UpdateQueue } from "./update-queue.ts";

/**
 * Joins what a feed says to the bars that are there already: every closed bar of the venue once and in order, whatever
 * comes late, twice, out of order or not at all. Pure: events in, actions out; whoever drives it asks the venue when it
 * says `fetch` and hands over the answer as `fetched`.
 */

/** Where bars should be. */
export interface Slots {
  /** Whether a bar of trading hours should lie strictly between two. */
  missesBetween(beforeMs: number, afterMs: number): boolean;
  /** Open of the bar that follows; NaN when nobody knows. */
  after(openMs: number): number;
}

/** Where the values of a closed bar come from. */
export type BarSource =
  /** The stream said that it is closed. */
  | "feed"
  /** The venue's history. */
  | "history"
  /** Its last update, for want of a close. */
  | "formed"
  /** Nothing came: the last close, no volume. */
  | "flat";

export type Action =
  /** The forming bar stands like this. */
  | { readonly kind: "tick"; readonly bar: Bar }
  /** A bar is over. */
  | { readonly kind: "close"; readonly bar: Bar; readonly source: BarSource }
  /** Ask the venue for its closed bars after a time; further updates wait for the answer. */
  | {
      readonly kind: "fetch";
      readonly sinceMs: number;
      /** Open of the update that follows the hole; `undefined`: nobody knows whether there is one. */
      readonly untilMs: number | undefined;
    }
  /** An update that says nothing new. */
  | { readonly kind: "drop"; readonly update: BarUpdate };

export class Joiner {
  readonly #slots: Slots;
  readonly #held = new UpdateQueue();
  #lastMs: number;
  #lastClose: number;
  #forming: Bar | undefined;
  #isFetching = false;
  /** The update that the history is asked because of. */
  #triggerMs = -Infinity;
  /** The history was asked for everything before this time. */
  #askedUntilMs = -Infinity;
  /** The forming bar is overdue: it is closed whatever the history says. */
  #isOverdue = false;

  /** @param last the last closed bar there is */
  constructor(slots: Slots, last: Bar) {
    this.#slots = slots;
    this.#lastMs = last.openTimeMs;
    this.#lastClose = last.close;
  }

  /** Open of the last closed bar. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** The bar that is forming, as it stood last. */
  get forming(): Bar | undefined {
    return this.#forming;
  }

  /** An answer is awaited. */
  get isFetching(): boolean {
    return this.#isFetching;
  }

  /** The stream told something. */
  update(update: BarUpdate): Action[] {
    if (this.#isFetching) {
      const dropped = this.#held.push(update);
      return dropped === undefined ? [] : [{ kind: "drop", update: dropped }];
    }
    return this.#take(update);
  }

  /** The connection was lost and is there again: bars may have closed in between. */
  reconnected(): Action[] {
    return this.#isFetching ? [] : this.#fetch();
  }

  /** No close came although it is due. */
  overdue(): Action[] {
    if (this.#isFetching) return [];
    this.#isOverdue = true;
    return this.#fetch();
  }

  /** The venue's closed bars after the time it was asked about, as far as it has any. */
  fetched(bars: readonly Bar[]): Action[] {
    this.#isFetching = false;
    const held = this.#held.drain();
    this.#askedUntilMs = Math.max(this.#askedUntilMs, this.#triggerMs, bars.at(-1)?.openTimeMs ?? -Infinity);
    const actions: Action[] = [];
    const history = new Set(bars.map((bar) => bar.openTimeMs));
    const closes = held.filter((update) => update.isClosed && !history.has(update.openTimeMs));
    const before = this.#lastMs;
    for (const bar of [...bars, ...closes].toSorted((a, b) => a.openTimeMs - b.openTimeMs)) {
      // A hole behind it is asked about in its own turn.
      if ("isClosed" in bar && this.#hasGapBefore(bar.openTimeMs)) break;
      if (bar.openTimeMs > this.#lastMs) this.#close(actions, bar, "isClosed" in bar ? "feed" : "history");
    }
    if (this.#isOverdue && this.#lastMs === before) this.#closeWithout(actions);
    this.#isOverdue = false;
    for (const update of held.toSorted((a, b) => a.openTimeMs - b.openTimeMs)) {
      const isTaken = update.isClosed && update.openTimeMs <= this.#lastMs && !history.has(update.openTimeMs);
      if (!isTaken || update.openTimeMs <= before) actions.push(...this.update(update));
    }
    return actions;
  }

  #take(update: BarUpdate): Action[] {
    const { openTimeMs } = update;
    const forming = this.#forming;
    if (openTimeMs <= this.#lastMs || openTimeMs < (forming?.openTimeMs ?? -Infinity))
      return [{ kind: "drop", update }];
    if (openTimeMs !== forming?.openTimeMs && this.#hasGapBefore(openTimeMs)) {
      this.#held.push(update);
      return this.#fetch(openTimeMs);
    }
    const actions: Action[] = [];
    if (update.isClosed) this.#close(actions, update, "feed");
    else {
      if (forming !== undefined && forming.openTimeMs < openTimeMs) this.#close(actions, forming, "formed");
      this.#forming = update;
      actions.push({ kind: "tick", bar: update });
    }
    return actions;
  }

  /** Whether a bar before this one has not closed and the history has not been asked. */
  #hasGapBefore(openTimeMs: number): boolean {
    if (openTimeMs <= this.#askedUntilMs) return false;
    const forming = this.#forming;
    if (forming !== undefined && forming.openTimeMs < openTimeMs) return true;
    return this.#slots.missesBetween(this.#lastMs, openTimeMs);
  }

  #fetch(triggerMs?: number): Action[] {
    this.#isFetching = true;
    this.#triggerMs = triggerMs ?? -Infinity;
    return [{ kind: "fetch", sinceMs: this.#lastMs, untilMs: triggerMs }];
  }

  #close(actions: Action[], bar: Bar, source: BarSource): void {
    const forming = this.#forming;
    if (forming !== undefined && forming.openTimeMs < bar.openTimeMs)
      actions.push({ kind: "close", bar: forming, source: "formed" });
    if (forming !== undefined && forming.openTimeMs <= bar.openTimeMs) this.#forming = undefined;
    actions.push({ kind: "close", bar, source });
    this.#lastMs = bar.openTimeMs;
    this.#lastClose = bar.close;
  }

  /** Closes the bar that is due with what is known of it. */
  #closeWithout(actions: Action[]): void {
    const forming = this.#forming;
    if (forming !== undefined) {
      this.#close(actions, forming, "formed");
      return;
    }
    const openTimeMs = this.#slots.after(this.#lastMs);
    if (!(openTimeMs > this.#lastMs)) return;
    const price = this.#lastClose;
    this.#close(
      actions,
      { openTimeMs, open: price, high: price, low: price, close: price, volume: 0 },
      "flat",
    );
  }
}
