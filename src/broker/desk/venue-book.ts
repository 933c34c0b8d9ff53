import { closeForRisk } from "../../runtime/strategy/booking.ts";
import type { Desk, Filling } from "../../runtime/strategy/desk.ts";
import type { Binding, Order } from "../../runtime/strategy/order.ts";
import { intentKey, keySeparator } from "../engine/desired.ts";
import { sizeMeant } from "../engine/book/position.ts";
import type { Fill } from "../engine/fill.ts";
import type { Lot, PositionBook } from "../engine/state.ts";
import { missingParts, surplusParts } from "./agreement.ts";
import type { FeeRate } from "./fee-rate.ts";
import { FillBook, orderOf } from "./fill-book.ts";
import { restoreExits } from "./exit-book.ts";
import type { History, LeftBehind } from "./history.ts";
import { shrinkExits } from "./resize.ts";
import type { OrderTracker, Tracked } from "./tracker.ts";

/** The signal of a position that somebody closed by other hands. */
export const closedOutside = "Closed outside";

/** How the account books what an order fills. */
export interface AccountRules {
  /** What of a fill reaches the position, where a fee is taken in what was traded; absent: all of it. */
  readonly netQty?: (fill: Fill) => number;
  /** An entry opens all that it fills: beside what is open on the other side, which is closed by orders of its own. */
  readonly isSideBySide?: boolean;
}

/** What the venue and the engine say of the script's orders, written into its book. */
export class VenueBook {
  readonly #desk: Desk;
  readonly #tracker: OrderTracker;
  readonly #history: History;
  readonly #fees: FeeRate;
  readonly #book: FillBook;
  readonly #account: AccountRules;
  /** What the venue has filled of an exit's leg, or of a close. */
  readonly #filled = new WeakMap<Order, number>();

  constructor(
    desk: Desk,
    tracker: OrderTracker,
    history: History,
    fees: FeeRate,
    accountRules: AccountRules,
  ) {
    this.#account = accountRules;
    this.#desk = desk;
    this.#tracker = tracker;
    this.#history = history;
    this.#fees = fees;
    this.#book = new FillBook(desk, accountRules.isSideBySide === true);
    desk.fillingOf = (entry) => this.#fillingOf(entry);
    desk.ledger.keeps = (binding) => desk.isFilling(binding);
  }

  filledOf(leg: Order): number {
    return this.#filled.get(leg) ?? 0;
  }

  /** Books a fill under its own time. @param barIndex of the bar that it belongs to */
  fill(fill: Fill, barIndex: number): void {
    const desk = this.#desk;
    const before = { timeMs: desk.timeMs, barIndex: desk.barIndex };
    desk.timeMs = fill.timeMs;
    desk.barIndex = barIndex;
    const tracked = this.#trackedOf(fill);
    if (fill.legType === "entry") this.#bookEntry(fill, tracked);
    else this.#bookClose(fill, tracked);
    desk.timeMs = before.timeMs;
    desk.barIndex = before.barIndex;
    this.#mark();
  }

  /** An order is over: it leaves the book. A number that is not its own speaks of an earlier one. */
  orderOver(key: string, generation: number, end: string): void {
    const tracked = this.#tracker.get(key);
    if (tracked === undefined || tracked.generation !== generation) return;
    this.#tracker.drop(key);
    for (const order of tracked.orders) {
      if (!order.isLive) continue;
      if (end === "filled") this.#leave(order);
      else if (end === "rejected" || end === "skipped") this.#desk.reject(order);
      else this.#desk.cancel(order);
    }
  }

  /**
   * The engine has given an order another quantity, what has filled of it included.
   * @returns whether it is another
   */
  orderResized(key: string, generation: number, qty: number): boolean {
    const tracked = this.#tracker.get(key);
    if (tracked === undefined || tracked.generation !== generation) return false;
    const { grid } = this.#desk;
    const [entry] = tracked.orders;
    if (entry !== undefined && entry.kind !== "close") {
      const before = grid.add(entry.quantity, -entry.flip);
      if (before === qty) return false;
      shrinkExits(this.#desk, entry, { before, now: qty }, (leg) => this.filledOf(leg));
    }
    let left = qty;
    for (const order of tracked.orders) {
      const isLast = order === tracked.orders.at(-1);
      const part = isLast ? left : Math.min(left, order.binding?.quantity ?? left);
      order.quantity = order.isExit ? part : grid.add(part, order.flip);
      left = grid.add(left, -part);
    }
    return true;
  }

  /**
   * Takes over the orders of an earlier process, and the position as the engine has it.
   * @returns whether the script wants anything of it
   */
  takeOver(left: LeftBehind, book: PositionBook): boolean {
    this.agreeWith(book);
    const { ledger } = this.#desk;
    for (const tracked of this.#history.restore(left.orders)) {
      this.#tracker.restore(tracked);
      const [order] = tracked.orders;
      if (order?.kind === "close") this.#filled.set(order, tracked.filled);
      // All that it had opened is closed, and it goes on filling.
      const opened = tracked.filled > 0 ? this.#book.openedBy(tracked.generation) : undefined;
      if (opened !== undefined && !ledger.bindings.includes(opened)) ledger.bindings.push(opened);
    }
    const legs = restoreExits(this.#desk, left, {
      tracker: this.#tracker,
      openedBy: (generation) => this.#book.openedBy(generation),
      setFilled: (leg, qty) => void this.#filled.set(leg, qty),
    });
    return left.orders.length > 0 || legs > 0;
  }

  /** What of a pending entry the venue has filled. */
  #fillingOf(entry: Order): Filling | undefined {
    const tracked = this.#tracker.get(
      intentKey({ kind: "entry", pineId: entry.id ?? "", stopFiredMarket: false }),
    );
    if (tracked === undefined || !(tracked.filled > 0)) return undefined;
    const binding = this.#book.openedBy(tracked.generation);
    const { grid, ledger } = this.#desk;
    if (binding === undefined || binding.side !== entry.side || !ledger.bindings.includes(binding))
      return undefined;
    const own = grid.add(entry.quantity, -entry.flip);
    return { binding, left: Math.max(0, grid.add(own, -tracked.filled)) };
  }

  /** The order of the script; a market order of the engine's own fills the one it was made for. */
  #trackedOf({ intentKey: key, generation, legType, pineId, fromEntry }: Fill): Tracked | undefined {
    const own = this.#tracker.get(key);
    // One that is told late is of the order before.
    if (own !== undefined) return generation === undefined || own.generation === generation ? own : undefined;
    if (legType === "close") return undefined;
    const made = legType === "entry" ? ["e", pineId] : ["x", pineId, fromEntry];
    return this.#tracker.get(made.join(keySeparator));
  }

  #bookEntry(fill: Fill, tracked: Tracked | undefined): void {
    const desk = this.#desk;
    const order = tracked?.orders[0] ?? orderOf(fill);
    const { qty, fee } = this.#net(fill);
    const generation = numberOf(fill) ?? tracked?.generation;
    const opened = this.#book.book(order, fill, qty, fee, true, generation) + desk.grid.add(fill.qty, -qty);
    // What only closed the side that it was to turn around is made up for by an order of the engine's own.
    const turned = tracked?.turned ?? 0;
    const isTurning = order.kind === "entry" && !order.skipsFlip && this.#account.isSideBySide !== true;
    const toTurn = !isTurning ? 0 : order.isMarket ? Infinity : order.flip;
    const turns = Math.max(0, Math.min(desk.grid.add(fill.qty, -opened), toTurn - turned));
    if (tracked !== undefined) tracked.turned = desk.grid.add(turned, turns);
    const [filled, own] = [desk.grid.add(fill.qty, -turns), desk.grid.add(order.quantity, -order.flip)];
    this.#count(tracked, filled, desk.grid.add(tracked?.filled ?? 0, filled) >= own, [order], fill);
    const binding = generation === undefined ? undefined : this.#book.openedBy(generation);
    if (binding !== undefined) this.#expect(binding, tracked);
  }

  /** What an order that has just filled will have opened in the end, as far as the book knows. */
  #expect(binding: Binding, tracked: Tracked | undefined): void {
    const desk = this.#desk;
    // Of an order that was given up its exits know what it was to open.
    if (tracked === undefined)
      binding.whole = binding.legs.reduce((most, { bound }) => Math.max(most, bound), binding.whole);
    else if (this.#tracker.get(tracked.key) !== tracked) binding.whole = binding.quantity;
    else if (desk.isFilling(binding)) binding.whole = desk.wholeOf(binding);
  }

  #bookClose(fill: Fill, tracked: Tracked | undefined): void {
    const { grid } = this.#desk;
    const { qty, fee } = this.#net(fill);
    const orders = tracked?.orders.filter(({ isLive }) => isLive) ?? [];
    let left = qty;
    const bookPart = (order: Order, quantity: number): void => {
      this.#book.book(order, fill, quantity, (fee * quantity) / qty, false);
      left = grid.add(left, -quantity);
    };
    const take = (order: Order, most: number): void => {
      const filled = this.#filled.get(order) ?? 0;
      const part = Math.min(left, most, Math.max(0, grid.add(order.quantity, -filled)));
      if (!(part > 0)) return;
      order.filledBy = fill.legType === "tp" ? "profit" : fill.legType === "trail" ? "trailing" : "loss";
      // A leg that its own fill leaves without an entry is not taken back, it has filled.
      order.isCommitted = order.isExit;
      bookPart(order, part);
      order.isCommitted = false;
      this.#filled.set(order, grid.add(filled, part));
    };
    // Each leg of what its entry has; beyond that whoever has not had all it asked for.
    for (const order of orders) take(order, order.binding?.remaining ?? Infinity);
    for (const order of orders) take(order, Infinity);
    if (left > 0) bookPart(orderOf(fill), left);
    const isWhole = orders.every((order) => this.filledOf(order) >= order.quantity);
    this.#count(tracked, fill.qty, isWhole, orders, fill);
  }

  /** A fee that is taken in what was traded is a smaller position, not money besides. */
  #net(fill: Fill): { readonly qty: number; readonly fee: number } {
    const qty = this.#account.netQty?.(fill) ?? fill.qty;
    return qty === fill.qty ? { qty, fee: this.#fees.of(fill, this.#desk.rate) } : { qty, fee: 0 };
  }

  /** Counts a fill; an order that has all of it leaves the book. */
  #count(
    tracked: Tracked | undefined,
    quantity: number,
    isWhole: boolean,
    orders: readonly Order[],
    fill: Fill,
  ): void {
    const desk = this.#desk;
    if (tracked !== undefined) tracked.filled = desk.grid.add(tracked.filled, quantity);
    const kind = tracked === undefined || isWhole ? "filled" : "partial";
    desk.tell(kind, orders[0] ?? orderOf(fill), fill.qty, fill.price);
    if (tracked === undefined) return;
    if (!isWhole) return this.#awaitMore(orders);
    for (const order of orders) if (order.isLive) this.#leave(order);
    this.#tracker.drop(tracked.key);
    const { risk } = desk;
    risk.dayFills++;
    if (!risk.isCapped) return;
    desk.cancelEverything();
    closeForRisk(desk, "Max number of filled orders in one day", fill.price);
  }

  /** An exit that has closed all there was of an entry waits for the rest of it, if there is more to come. */
  #awaitMore(orders: readonly Order[]): void {
    for (const leg of orders)
      if (leg.isLive && leg.binding !== undefined && !this.#hasMore(leg.binding)) this.#desk.cancel(leg);
  }

  #hasMore(binding: Binding): boolean {
    return !this.#desk.grid.isDust(binding.remaining) || this.#desk.isFilling(binding);
  }

  /** A filled order leaves the book; an exit keeps what it had reserved of an entry that is still open. */
  #leave(order: Order): void {
    const { books } = this.#desk;
    if (order.isExit && order.binding !== undefined && this.#hasMore(order.binding)) books.consume(order);
    else books.remove(order);
  }

  /** Closes without a fill: at the last price, for no fee. @param entryId whose; absent: the oldest */
  closeOutside(quantity: number, entryId: string | null = null): void {
    const { account, close } = this.#desk;
    const price = close === close ? close : (account.openTrades[0]?.entryPrice ?? Number.NaN);
    const side = account.size > 0 ? "sell" : "buy";
    this.#bookWithoutFill(
      { pineId: closedOutside, fromEntry: entryId, legType: "close", side },
      quantity,
      price,
    );
  }

  /**
   * The engine's books have the last word on the position, also where no fill tells how it came about, or where fills
   * were told in another order than they happened.
   * @returns whether there was a difference
   */
  agreeWith(book: PositionBook): boolean {
    const { account, grid } = this.#desk;
    const size = this.#account.isSideBySide === true ? sizeMeant(book) : book.size;
    const isAgainst = account.size * size < 0;
    const more = isAgainst ? Math.abs(account.size) : grid.add(Math.abs(account.size), -Math.abs(size));
    // Less than a step is nothing to have less of; more than there is the script never has.
    const surplus = grid.held(more);
    if (!(surplus > 0) && grid.isDust(grid.add(size, -account.size))) return false;
    const has = account.size > 0 ? "buy" : "sell";
    for (const { of, qty } of surplusParts(this.#desk, sideOf(book.lots, has), Math.max(0, surplus)))
      this.closeOutside(qty, of);
    const left = Math.abs(grid.add(size, -account.size));
    // What is too little to be a position is one with what comes next.
    let missing = 0;
    for (const { of, qty } of missingParts(this.#desk, sideOf(book.lots, size > 0 ? "buy" : "sell"), left)) {
      missing = grid.add(missing, qty);
      if (grid.isDust(grid.add(Math.abs(account.size), missing))) continue;
      const { entryId: pineId, side, price } = of;
      this.#bookWithoutFill({ pineId, fromEntry: null, legType: "entry", side }, missing, price);
      missing = 0;
    }
    return true;
  }

  #bookWithoutFill(
    what: Pick<Fill, "pineId" | "fromEntry" | "legType" | "side">,
    qty: number,
    price: number,
  ): void {
    const desk = this.#desk;
    const nothing = { fillId: "", clientOrderId: "", exchangeOrderId: "", intentKey: "", feeCurrency: "" };
    const fill: Fill = { ...nothing, ...what, qty, price, fee: 0, timeMs: desk.timeMs };
    const mayOpen = what.legType === "entry";
    // More of an entry that is open is no other entry: an exit of a part would have its part of both.
    const open = desk.ledger.bindings.find(
      ({ entryId, side }) => entryId === what.pineId && side === (what.side === "buy" ? 1 : -1),
    );
    this.#book.book(orderOf(fill), fill, qty, 0, mayOpen, mayOpen ? open?.generation : undefined);
    this.#mark();
  }

  #mark(): void {
    const { account, close } = this.#desk;
    account.mark(close);
    account.settle();
  }
}

const sideOf = (lots: readonly Lot[], side: Lot["side"]): Lot[] => lots.filter((lot) => lot.side === side);

/** Number of a fill's order; an order that nobody here knows has none. */
function numberOf({ generation }: Fill): number | undefined {
  return generation !== undefined && generation >= 0 ? generation : undefined;
}
