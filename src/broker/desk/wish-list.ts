import type { ExitIntent } from "../../api/broker/intents.ts";
import type { Desk } from "../../runtime/strategy/desk.ts";
import type { Order } from "../../runtime/strategy/order.ts";
import { intentKey, type Wanted, type WantedIntent } from "../engine/desired.ts";
import { admitMarketOrders, dropStale, restingQuantity } from "./gates.ts";
import type { OrderTracker } from "./tracker.ts";
import { closeIntent, entryIntent, exitIntent, hasLevels } from "./wanted.ts";

/** Adds to the list what stands under one key. */
type Add = (orders: readonly Order[], intent: WantedIntent, flip?: number) => void;

/** What the script wants at the venue: its book of orders, seen through its own rules. */
export class WishList {
  readonly #desk: Desk;
  readonly #symbol: string;
  readonly #tracker: OrderTracker;
  readonly #filledOf: (leg: Order) => number;
  /** Closes that were asked for at once. */
  readonly #immediate = new WeakSet<Order>();

  /**
   * @param symbol as orders name it
   * @param filledOf contracts that the venue has filled of an exit's leg
   */
  constructor(desk: Desk, symbol: string, tracker: OrderTracker, filledOf: (leg: Order) => number) {
    this.#desk = desk;
    this.#symbol = symbol;
    this.#tracker = tracker;
    this.#filledOf = filledOf;
  }

  /** As the book stands; what the rules do not let go leaves it. */
  read(): readonly Wanted[] {
    const desk = this.#desk;
    const { books } = desk;
    for (const order of desk.immediate.splice(0)) {
      this.#immediate.add(order);
      books.place(order);
    }
    dropStale(desk);
    admitMarketOrders(desk, (order) => this.#tracker.get(this.#keyOf(order))?.filled);
    const wanted: Wanted[] = [];
    const standing = new Set<string>();
    const add: Add = (orders, intent, flip = 0) => {
      const key = intentKey(intent);
      standing.add(key);
      const { generation } = this.#tracker.take(key, orders);
      wanted.push({ key, generation, intent, ...(flip > 0 ? { flip } : {}) });
    };
    const entries = new Set<string>();
    for (const order of [...books.queue])
      if (order.isLive && order.kind !== "close") this.#addEntry(order, order.quantity, entries, add);
    for (const order of books.entries.values())
      this.#addEntry(order, this.#restingQuantity(order), entries, add);
    this.#addCloses(add);
    this.#addExits(entries, add);
    this.#tracker.keep(standing);
    return wanted;
  }

  /** Exits whose entry is pending. */
  waiting(): readonly ExitIntent[] {
    const desk = this.#desk;
    return desk.books.waiting
      .filter((leg) => leg.isLive && desk.awaitsEntry(leg))
      .map((leg) => exitIntent(desk, this.#symbol, leg, leg.quantity));
  }

  #keyOf(order: Order): string {
    return intentKey(entryIntent("", order, order.quantity));
  }

  /** An entry that has begun to fill goes on; its own fills are no reason against it. */
  #restingQuantity(order: Order): number {
    const hasBegun = (this.#tracker.get(this.#keyOf(order))?.filled ?? 0) > 0;
    return hasBegun ? this.#desk.grid.add(order.quantity, -order.flip) : restingQuantity(this.#desk, order);
  }

  #addEntry(order: Order, quantity: number, entries: Set<string>, add: Add): void {
    const id = order.id ?? "";
    if (!(quantity > 0) || entries.has(id)) return;
    entries.add(id);
    add([order], entryIntent(this.#symbol, order, quantity), order.flip);
  }

  /** Closes of one key that were placed together are one; while one is out, later ones have nothing to add. */
  #addCloses(add: Add): void {
    const { books, grid } = this.#desk;
    const byId = new Map<string | null, Order[]>();
    for (const order of books.queue)
      if (order.isLive && order.kind === "close") byId.set(order.id, [...(byId.get(order.id) ?? []), order]);
    for (const placed of byId.values()) {
      const isImmediate = placed.some((order) => this.#immediate.has(order));
      const of = (orders: readonly Order[]): WantedIntent => {
        const quantity = orders.reduce((sum, order) => grid.add(sum, order.quantity), 0);
        return closeIntent(this.#symbol, orders[0]!, quantity, isImmediate);
      };
      const out = this.#tracker.get(intentKey(of(placed)))?.orders.filter(({ isLive }) => isLive) ?? [];
      if (out.length > 0) for (const order of placed) if (!out.includes(order)) books.remove(order);
      const orders = out.length > 0 ? out : placed;
      add(orders, of(orders));
    }
  }

  #addExits(entries: ReadonlySet<string>, add: Add): void {
    const desk = this.#desk;
    const byKey = new Map<string, Order[]>();
    for (const leg of desk.books.exits) {
      if (!leg.isLive || leg.isConsumed || !hasLevels(leg)) continue;
      if (leg.binding === undefined && !entries.has(leg.id ?? "")) continue;
      const key = `${leg.exitId}\0${leg.id}`;
      byKey.set(key, [...(byKey.get(key) ?? []), leg]);
    }
    for (const legs of byKey.values()) {
      const quantity = legs.reduce((sum, leg) => desk.grid.add(sum, this.#legQuantity(leg)), 0);
      if (quantity > 0) add(legs, exitIntent(desk, this.#symbol, legs[0]!, quantity));
    }
  }

  /** What a leg can close of what its entry has opened so far, what it has closed already included. */
  #legQuantity(leg: Order): number {
    if (leg.binding === undefined) return leg.quantity;
    const reach = this.#desk.grid.add(leg.binding.remaining, this.#filledOf(leg));
    return Math.min(leg.quantity, reach);
  }
}
