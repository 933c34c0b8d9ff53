import { Levels } from "./levels.ts";
import type { Order } from "./order.ts";

/**
 * The orders that wait: market orders in a queue, priced entries by id, legs of exits in the order of their placement,
 * and all priced ones by level.
 */
export class Books {
  /** Fill at the next price, in this order; what is no longer live is passed over. */
  readonly queue: Order[] = [];
  readonly entries = new Map<string, Order>();
  readonly exits = new Set<Order>();
  /** Legs of exits whose entry is pending. */
  readonly waiting: Order[] = [];
  /** Legs with a trailing stop. */
  readonly trailing: Order[] = [];
  readonly rising = new Levels();
  readonly falling = new Levels();
  /** Legs made for a pending entry by an exit that named none. */
  unnamed = 0;
  #arrival = 0;

  get isEmpty(): boolean {
    return this.queue.length === 0 && this.entries.size === 0 && this.exits.size === 0;
  }

  /** Puts a new order where it belongs. */
  place(order: Order): void {
    order.isLive = true;
    if (order.isExit) {
      this.exits.add(order);
      (order.binding?.legs ?? this.waiting).push(order);
      if (order.isUnnamed) this.unnamed++;
      if (order.isTrailing) this.trailing.push(order);
      this.index(order);
    } else if (order.isMarket) {
      this.queue.push(order);
    } else {
      this.entries.set(order.id ?? "", order);
      this.index(order);
    }
  }

  /** Takes an order out of every book; the queue, which may be just walked through, drops it later. */
  remove(order: Order): void {
    if (!order.isLive) return;
    order.isLive = false;
    this.unindex(order);
    if (order.isExit) {
      this.exits.delete(order);
      drop(order.binding?.legs ?? this.waiting, order);
      if (order.isUnnamed) this.unnamed--;
      if (order.isTrailing) drop(this.trailing, order);
    } else if (this.entries.get(order.id ?? "") === order) {
      this.entries.delete(order.id ?? "");
    }
  }

  /** A leg that has filled but keeps its reservation: nothing reaches it any more. */
  consume(order: Order): void {
    order.isConsumed = true;
    this.unindex(order);
    if (order.isTrailing) {
      drop(this.trailing, order);
      order.isTrailing = false;
    }
  }

  /** Moves an order in the index to where its levels are now. */
  index(order: Order): void {
    const rising = order.risingLevel;
    const falling = order.fallingLevel;
    // Nothing to move, and nobody at its levels to come behind: an exit that is issued again as it was.
    const isThere = order.risingKey === rising && order.fallingKey === -falling;
    if (isThere && this.rising.keys.length === 1 && this.falling.keys.length === 1) return;
    this.unindex(order);
    order.arrival = ++this.#arrival;
    if (rising === rising) this.rising.add(order, (order.risingKey = rising), order.arrival);
    if (falling === falling) this.falling.add(order, (order.fallingKey = -falling), order.arrival);
  }

  unindex(order: Order): void {
    if (order.risingKey === order.risingKey) this.rising.remove(order, order.risingKey);
    if (order.fallingKey === order.fallingKey) this.falling.remove(order, order.fallingKey);
    order.risingKey = order.fallingKey = Number.NaN;
  }

  /** Switches a leg's trailing stop on or off. */
  setTrailing(order: Order, isTrailing: boolean): void {
    if (order.isTrailing === isTrailing) return;
    order.isTrailing = isTrailing;
    if (!order.isLive) return;
    if (isTrailing) this.trailing.push(order);
    else drop(this.trailing, order);
  }

  /** The unfilled entry or order with this id, if any. */
  pending(id: string): Order | undefined {
    const priced = this.entries.get(id);
    if (priced !== undefined) return priced;
    for (const order of this.queue)
      if (order.isLive && order.kind !== "close" && order.id === id) return order;
    return undefined;
  }
}

function drop(orders: Order[], order: Order): void {
  const index = orders.indexOf(order);
  if (index >= 0) orders.splice(index, 1);
}
