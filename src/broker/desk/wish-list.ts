import type { Desk } from "../../runtime/strategy/desk.ts";
import type { Binding, Order } from "../../runtime/strategy/order.ts";
import { intentKey, type Wanted, type WantedIntent } from "../engine/desired.ts";
import type { KeptExits } from "../engine/kept-exits.ts";
import { keepExits } from "./exit-book.ts";
import { admitMarketOrders, dropStale, restingQuantity } from "./gates.ts";
import { sharesOf } from "./shares.ts";
import { filledByOthers, type OrderTracker } from "./tracker.ts";
import { closeIntent, entryIntent, exitIntent, hasLevels, leavesSome } from "./wanted.ts";

/** Adds to the list what stands under one key. */
type Add = (orders: readonly Order[], intent: WantedIntent, more?: Pick<Wanted, "flip" | "ready">) => void;

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
    const add: Add = (orders, intent, more) => {
      const key = intentKey(intent);
      standing.add(key);
      const { generation } = this.#tracker.take(key, orders);
      wanted.push({ key, generation, intent, ...more });
    };
    const entries = new Set<string>();
    for (const order of [...books.queue])
      if (order.isLive && order.kind !== "close") this.#addEntry(order, order.quantity, entries, add);
    for (const order of books.entries.values())
      this.#addEntry(order, this.#restingQuantity(order), entries, add);
    this.#addCloses(add);
    for (const binding of desk.ledger.bindings) this.#expect(binding);
    this.#addExits(entries, add);
    this.#tracker.keep(standing);
    return wanted;
  }

  /** The exits of the book, those included that are not wanted yet. */
  exits(): KeptExits {
    return keepExits(this.#desk, this.#tracker, this.#filledOf);
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
    const { flip } = order;
    add([order], entryIntent(this.#symbol, order, quantity), flip > 0 ? { flip } : {});
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

  /** The whole of an entry: what its order asks for, or, once it asks for no more, what its exits were placed for. */
  #expect(binding: Binding): void {
    const desk = this.#desk;
    if (desk.isFilling(binding)) binding.whole = desk.wholeOf(binding);
    else if (binding.legs.every(({ bound, isConsumed }) => isConsumed || bound <= binding.quantity))
      binding.whole = binding.quantity;
  }

  #addExits(entries: ReadonlySet<string>, add: Add): void {
    const desk = this.#desk;
    const { books, grid } = desk;
    const byKey = new Map<string, Order[]>();
    for (const leg of books.exits) {
      if (!leg.isLive || leg.isConsumed) continue;
      // Its entry was taken back; it is for whatever comes under its name.
      if (leg.binding === undefined && !desk.awaitsEntry(leg)) continue;
      const key = `${leg.exitId}\0${leg.id}`;
      byKey.set(key, [...(byKey.get(key) ?? []), leg]);
    }
    const ready = this.#ready();
    // What the rules do not let out of the house opens nothing.
    const hasEntry = ({ binding, id }: Order): boolean => binding !== undefined || entries.has(id ?? "");
    for (const all of byKey.values()) {
      const isReady = (leg: Order): boolean => hasLevels(leg) && hasEntry(leg);
      const first = all.find((leg) => leg.binding !== undefined && isReady(leg)) ?? all.find(isReady);
      if (first === undefined) continue;
      // An entry that is to come the other way has its turn when it comes.
      const legs = all.filter((leg) => leg.side === first.side && hasEntry(leg));
      const key = intentKey({ kind: "exit", pineId: first.exitId ?? "", fromEntry: first.id ?? "" });
      const gone = filledByOthers(this.#tracker.get(key), legs, grid, this.#filledOf);
      const sum = (of: (leg: Order) => number): number =>
        legs.reduce((total, leg) => grid.add(total, of(leg)), gone);
      const quantity = sum((leg) => leg.quantity);
      const isPart = leavesSome(desk, first.id ?? "", legs, entries);
      const now = sum((leg) => ready.get(leg) ?? 0);
      add(
        legs,
        exitIntent(desk, this.#symbol, first, quantity, isPart),
        isPart && now !== quantity ? { ready: now } : {},
      );
    }
  }

  /**
   * What each leg can close of what its entry has opened so far, what it has closed already included; legs that wait for
   * their entry can close nothing.
   */
  #ready(): ReadonlyMap<Order, number> {
    const { grid, ledger } = this.#desk;
    const ready = new Map<Order, number>();
    for (const binding of ledger.bindings) {
      if (binding.legs.length === 0) continue;
      const shares = binding.quantity < binding.whole ? sharesOf(binding, grid, this.#filledOf) : undefined;
      for (const leg of binding.legs) {
        if (!leg.isLive || leg.isConsumed) continue;
        const reach = grid.add(binding.remaining, this.#filledOf(leg));
        ready.set(leg, Math.min(shares?.get(leg) ?? leg.quantity, reach));
      }
    }
    return ready;
  }
}
