import type { Order } from "./order.ts";

/**
 * Orders by the level at which a price that moves one way meets them: nearest first, orders of one level in the order
 * in which they came. Three parallel arrays, because most strategies have a handful of orders and move them often.
 */
export class Levels {
  readonly orders: Order[] = [];
  /** Ascending: levels for a rising price, negated levels for a falling one. */
  readonly keys: number[] = [];
  /** Numbers of arrival; ascending among equal keys. */
  readonly arrivals: number[] = [];
  /** Key of the nearest level; Infinity without any. */
  get nearest(): number {
    return this.keys.length === 0 ? Infinity : this.keys[0]!;
  }

  /** @param arrival larger than every earlier one */
  add(order: Order, key: number, arrival: number): void {
    const { orders, keys, arrivals } = this;
    let index = orders.length;
    orders.push(order);
    keys.push(key);
    arrivals.push(arrival);
    for (; index > 0 && keys[index - 1]! > key; index--) {
      orders[index] = orders[index - 1]!;
      keys[index] = keys[index - 1]!;
      arrivals[index] = arrivals[index - 1]!;
    }
    orders[index] = order;
    keys[index] = key;
    arrivals[index] = arrival;
  }

  remove(order: Order, key: number): void {
    const { orders, keys, arrivals } = this;
    let index = this.#firstFrom(key);
    while (orders[index] !== order) index++;
    const last = orders.length - 1;
    for (; index < last; index++) {
      orders[index] = orders[index + 1]!;
      keys[index] = keys[index + 1]!;
      arrivals[index] = arrivals[index + 1]!;
    }
    orders.pop();
    keys.pop();
    arrivals.pop();
  }

  /** Index of the first order behind (key, arrival); the length when there is none. */
  after(key: number, arrival: number): number {
    let index = this.#firstFrom(key);
    while (this.keys[index] === key && this.arrivals[index]! <= arrival) index++;
    return index;
  }

  #firstFrom(key: number): number {
    const { keys } = this;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
