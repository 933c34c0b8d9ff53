import { addTrade, closeTrades, openTrade, plain } from "../../runtime/strategy/booking.ts";
import type { Desk } from "../../runtime/strategy/desk.ts";
import { resolveLevels } from "../../runtime/strategy/legs.ts";
import { type Binding, Order } from "../../runtime/strategy/order.ts";
import type { Trade } from "../../runtime/strategy/trade.ts";
import { keySeparator } from "../engine/desired.ts";
import type { Fill } from "../engine/fill.ts";

/** What an order of the script has opened: its fills are one entry, whatever closes of it meanwhile. */
interface Opened {
  /** Its newest: one that was closed does not grow any more. */
  trade: Trade;
  readonly binding: Binding;
}

/**
 * Books what a venue has filled: first what it closes, oldest trade first, then what it opens.
 *
 * Where positions stand side by side an entry opens all that it fills, and turns the script around as it does in a
 * backtest: what it is against is closed at its price, of whatever size. The venue's own close of that comes a little
 * later, and finds nothing here.
 */
export class FillBook {
  readonly #desk: Desk;
  readonly #isSideBySide: boolean;
  /** By the number of the order; by client order id where none is known. */
  readonly #opened = new Map<number | string, Opened>();

  constructor(desk: Desk, isSideBySide: boolean) {
    this.#desk = desk;
    this.#isSideBySide = isSideBySide;
  }

  /** What an order has opened, also when all of it is closed. */
  openedBy(generation: number): Binding | undefined {
    return this.#opened.get(generation)?.binding;
  }

  /**
   * Closes what is opposite; only the fill of an entry may go on to open.
   * @param order whose fill it is
   * @param quantity of the fill, or the part of it that is booked here
   * @param generation number of the order, where it is known
   * @returns contracts that were opened
   */
  book(
    order: Order,
    fill: Fill,
    quantity: number,
    fee: number,
    mayOpen: boolean,
    generation?: number,
  ): number {
    const desk = this.#desk;
    const { account, fees, grid } = desk;
    const against = account.size * order.side < 0 ? Math.abs(account.size) : 0;
    const isBeside = mayOpen && this.#isSideBySide;
    const closes = isBeside ? against : Math.min(quantity, against);
    // What an order is charged for is what it opens, where it closes nothing itself.
    if (isBeside) fees.beginPaid(0, 1);
    else fees.beginPaid(fee, quantity);
    if (closes > 0) closeTrades(desk, order, closes, fill.price, fill.price, fill.price, plain);
    if (isBeside) fees.beginPaid(fee, quantity);
    const left = isBeside ? quantity : grid.add(quantity, -closes);
    if (!mayOpen || !(left > 0)) return 0;
    this.#open(order, fill, left, generation);
    return left;
  }

  #open(order: Order, fill: Fill, quantity: number, generation: number | undefined): void {
    const desk = this.#desk;
    const { account, fees, grid, ledger, listener } = desk;
    const name = generation ?? fill.clientOrderId;
    const before = this.#opened.get(name);
    if (before === undefined || before.binding.side !== order.side) {
      const binding = openTrade(desk, order, quantity, fill.price);
      binding.generation = generation;
      // What nobody has ordered goes by no name.
      if (name !== "") this.#opened.set(name, { trade: account.openTrades.at(-1)!, binding });
      return;
    }
    const { trade, binding } = before;
    const signed = order.side * quantity;
    if (account.openTrades.includes(trade)) account.enlarge(trade, signed, fill.price, fees.leg(quantity));
    else {
      before.trade = addTrade(desk, order, quantity, fill.price);
      listener?.onTrade("open", before.trade);
    }
    if (!ledger.bindings.includes(binding)) ledger.bindings.push(binding);
    const quantityNow = grid.add(binding.quantity, quantity);
    binding.entryPrice =
      Math.abs(before.trade.size) === quantityNow
        ? before.trade.entryPrice
        : (binding.entryPrice * binding.quantity + fill.price * quantity) / quantityNow;
    binding.quantity = quantityNow;
    binding.remaining = grid.add(binding.remaining, quantity);
    this.#fitLegs(binding);
  }

  /** Exits of the entry have its new price, and those that take the rest of it also what it was not expected to fill. */
  #fitLegs(binding: Binding): void {
    const desk = this.#desk;
    const more = Math.max(0, desk.grid.add(binding.quantity, -binding.whole));
    binding.whole = desk.grid.add(binding.whole, more);
    for (const leg of binding.legs) {
      if (!leg.isLive || leg.isConsumed) continue;
      if (more > 0) {
        if (leg.isRest) leg.quantity = leg.reserved = desk.grid.add(leg.quantity, more);
        leg.bound = desk.grid.add(leg.bound, more);
      }
      resolveLevels(desk, leg);
      desk.books.index(leg);
    }
  }
}

/** An order that stands for a fill whose own order the book does not have any more. */
export function orderOf(fill: Fill): Order {
  const { fromEntry, legType, pineId, qty } = fill;
  const side = fill.side === "buy" ? 1 : -1;
  const name = legType === "close" ? closeName(fill) : pineId;
  const order =
    legType === "entry"
      ? new Order("normal", pineId, null, side, qty)
      : new Order("close", fromEntry, name, side, qty);
  order.comment = fill.comment ?? "";
  return order;
}

/** What the script's own closes are called; a close that the engine made goes by what made it. */
function closeName({ pineId, intentKey }: Fill): string {
  if (pineId === "") return "Close position order";
  const isScripts = intentKey.startsWith(`c${keySeparator}${keySeparator}`);
  return isScripts ? `Close entry(s) order ${pineId}` : pineId;
}
