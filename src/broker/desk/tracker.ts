import type { Grid } from "../../kernel/grid.ts";
import type { Order } from "../../runtime/strategy/order.ts";

/** What stands under one key of the book: one order, or the legs of an exit, one for each fill of its entry. */
export interface Tracked {
  readonly key: string;
  readonly generation: number;
  orders: readonly Order[];
  /** Contracts that the venue has filled of it. */
  filled: number;
  /** Contracts of the other side that it has turned around so far: as many will be filled besides its own. */
  turned?: number;
}

/**
 * An exit is one order at the venue: what legs of it have filled that have had their turn is part of its quantity.
 *
 * @param legs those that it has still
 * @param filledOf contracts that the venue has filled of a leg
 */
export function filledByOthers(
  tracked: Tracked | undefined,
  legs: readonly Order[],
  grid: Grid,
  filledOf: (leg: Order) => number,
): number {
  if (tracked === undefined || tracked.orders[0]?.side !== legs[0]?.side) return 0;
  return legs.reduce((left, leg) => Math.max(0, grid.add(left, -filledOf(leg))), tracked.filled);
}

/**
 * Gives the orders of the book their numbers. An order that the script places again while it works is the same order
 * with other values, and keeps its number; one that is placed after the last is over, or the other way, is a new one.
 */
export class OrderTracker {
  readonly #byKey = new Map<string, Tracked>();
  #last: number;

  /** @param last the highest number that was ever given */
  constructor(last: number) {
    this.#last = last;
  }

  get(key: string): Tracked | undefined {
    return this.#byKey.get(key);
  }

  /** The orders that stand under a key now. */
  take(key: string, orders: readonly Order[]): Tracked {
    const known = this.#byKey.get(key);
    if (known !== undefined && known.orders[0]?.side === orders[0]?.side) {
      known.orders = orders;
      return known;
    }
    const tracked: Tracked = { key, generation: ++this.#last, orders, filled: 0 };
    this.#byKey.set(key, tracked);
    return tracked;
  }

  /** Goes on with what an earlier process had. */
  restore(tracked: Tracked): void {
    this.#byKey.set(tracked.key, tracked);
    this.#last = Math.max(this.#last, tracked.generation);
  }

  /** It is over: the next order under the key is a new one. */
  drop(key: string): void {
    this.#byKey.delete(key);
  }

  /** Forgets every key that is not among those that stand. */
  keep(standing: ReadonlySet<string>): void {
    for (const key of this.#byKey.keys()) if (!standing.has(key)) this.#byKey.delete(key);
  }
}
