import { closeTrades, openTrade, plain } from "../../runtime/strategy/booking.ts";
import type { Desk } from "../../runtime/strategy/desk.ts";
import { resolveLevels } from "../../runtime/strategy/legs.ts";
import { type Binding, Order } from "../../runtime/strategy/order.ts";
import type { Trade } from "../../runtime/strategy/trade.ts";
import { keySeparator } from "../engine/desired.ts";
import type { Fill } from "../engine/fill.ts";

/** What an order has opened: its fills are one trade, as long as nothing has closed a part of it. */
interface Opened {
  readonly trade: Trade;
  readonly binding: Binding;
}

/** Books what a venue has filled: first what it closes, oldest trade first, then what it opens. */
export class FillBook {
  readonly #desk: Desk;
  /** By client order id. */
  readonly #opened = new Map<string, Opened>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /**
   * Closes what is opposite; only the fill of an entry may go on to open.
   * @param order whose fill it is
   * @param quantity of the fill, or the part of it that is booked here
   * @returns contracts that were opened
   */
  book(order: Order, fill: Fill, quantity: number, fee: number, mayOpen: boolean): number {
    const desk = this.#desk;
    const { account, grid } = desk;
    desk.fees.beginPaid(fee, quantity);
    let left = quantity;
    if (account.size * order.side < 0) {
      const closes = Math.min(quantity, Math.abs(account.size));
      closeTrades(desk, order, closes, fill.price, fill.price, fill.price, plain);
      left = grid.add(quantity, -closes);
    }
    if (!mayOpen || !(left > 0)) return 0;
    this.#open(order, fill, left);
    return left;
  }

  #open(order: Order, fill: Fill, quantity: number): void {
    const desk = this.#desk;
    const { account, fees, grid, ledger } = desk;
    const before = this.#opened.get(fill.clientOrderId);
    if (before === undefined || !this.#isOpen(before)) {
      openTrade(desk, order, quantity, fill.price);
      const [trade, binding] = [account.openTrades.at(-1)!, ledger.bindings.at(-1)!];
      this.#opened.set(fill.clientOrderId, { trade, binding });
      return;
    }
    const { trade, binding } = before;
    account.enlarge(trade, order.side * quantity, fill.price, fees.leg(quantity));
    binding.quantity = grid.add(binding.quantity, quantity);
    binding.remaining = grid.add(binding.remaining, quantity);
    binding.entryPrice = trade.entryPrice;
    this.#growLegs(binding, quantity);
  }

  #isOpen({ trade, binding }: Opened): boolean {
    const { account, ledger } = this.#desk;
    return account.openTrades.includes(trade) && ledger.bindings.includes(binding);
  }

  /** Exits of the entry have its new price, and those that take the rest of it its new quantity. */
  #growLegs(binding: Binding, quantity: number): void {
    const desk = this.#desk;
    for (const leg of binding.legs) {
      if (!leg.isLive || leg.isConsumed) continue;
      if (leg.isRest && leg.bound < binding.quantity) {
        leg.quantity = desk.grid.add(leg.quantity, quantity);
        leg.reserved = leg.quantity;
      }
      leg.bound = binding.quantity;
      resolveLevels(desk, leg);
      desk.books.index(leg);
    }
  }
}

/** An order that stands for a fill whose own order the book does not have any more. */
export function orderOf(fill: Fill): Order {
  const side = fill.side === "buy" ? 1 : -1;
  if (fill.legType === "entry") return new Order("normal", fill.pineId, null, side, fill.qty);
  const isExit = fill.legType !== "close";
  const order = isExit
    ? new Order("close", fill.fromEntry, fill.pineId, side, fill.qty)
    : new Order("close", fill.fromEntry, closeName(fill), side, fill.qty);
  return order;
}

/** What the script's own closes are called; a close that the engine made goes by what made it. */
function closeName({ pineId, intentKey }: Fill): string {
  if (pineId === "") return "Close position order";
  const isScripts = intentKey.startsWith(`c${keySeparator}${keySeparator}`);
  return isScripts ? `Close entry(s) order ${pineId}` : pineId;
}
