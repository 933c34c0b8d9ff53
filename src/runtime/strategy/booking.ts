import type { Side } from "../../kernel/price-path.ts";
import type { Desk } from "./desk.ts";
import { bindWaitingLegs } from "./legs.ts";
import { type Binding, Order } from "./order.ts";
import { resolveQuantity } from "./sizing.ts";
import { Trade } from "./trade.ts";

/**
 * From a fill to the books: what an order may do to the position, and what it does. All phases of a bar come here with
 * an order, its price, and the two prices that count as how far the bar had gone while the trade was open.
 */

/** How a fill that is not like the others is booked. */
export interface Booking {
  /** Reported exit price where it is not the price of the booking. */
  readonly reported?: number;
  /** Does not count as a filled order, nor can it use up the day's fills. */
  readonly isForced?: boolean;
}

/** As most fills are booked. */
export const plain: Booking = {};

/**
 * Executes an order at a price.
 * @returns whether anything was booked; a dropped order is out of the books
 */
export function execute(
  desk: Desk,
  order: Order,
  price: number,
  reachedA: number,
  reachedB: number,
  booking: Booking = plain,
): boolean {
  const { account, grid, risk } = desk;
  if (order.kind !== "close" && !admit(desk, order, price)) {
    desk.reject(order);
    return false;
  }
  const { size } = account;
  const wanted = grid.lotTolerant(grid.add(size, order.size));
  const turns = size !== 0 && wanted !== 0 && wanted > 0 !== size > 0;
  if (turns && (isBound(desk, order) || (order.kind !== "normal" && !risk.allows(wanted)))) {
    order.quantity = Math.abs(size);
    return book(desk, order, price, reachedA, reachedB, booking);
  }
  if (turns) return reverse(desk, order, Math.abs(wanted), price, reachedA, reachedB, booking);
  return book(desk, order, price, reachedA, reachedB, booking);
}

/** A close that never turns the position around: it belongs to an entry, or one that does has filled this bar. */
function isBound(desk: Desk, order: Order): boolean {
  return order.kind === "close" && (order.id !== null || order.isExit || desk.closedById);
}

/** Whether an entry or a plain order may fill, cut to what the rules allow. */
function admit(desk: Desk, order: Order, price: number): boolean {
  const { account, ledger, risk } = desk;
  if (!resolveQuantity(desk, order, price)) return false;
  if (risk.isCapped) return false;
  if (order.kind === "normal") return true;
  if (risk.maxPosition !== undefined) {
    // The position after the fill may have this size; a reversal has to close the old one besides.
    const room = risk.maxPosition - account.size * order.side;
    if (order.quantity > room) order.quantity = desk.grid.lotTolerant(Math.max(0, room));
    if (order.quantity === 0) return false;
  }
  if (account.size === 0 && !risk.allows(order.side)) return false;
  return !(account.size * order.side > 0 && ledger.bindings.length >= desk.pyramiding);
}

/** One order, two bookings: it closes the position and opens the opposite one. */
function reverse(
  desk: Desk,
  order: Order,
  opens: number,
  price: number,
  reachedA: number,
  reachedB: number,
  booking: Booking,
): boolean {
  const { account, grid, fees } = desk;
  const fill = grid.fillSnap(price);
  const closes = Math.abs(account.size);
  fees.begin(fill, grid.add(closes, opens), desk.rate);
  closeTrades(desk, order, closes, fill, reachedA, reachedB, booking);
  openTrade(desk, order, opens, fill);
  finish(desk, order, grid.add(closes, opens), fill, booking);
  return true;
}

/** Books an order that only closes or only opens. */
function book(
  desk: Desk,
  order: Order,
  price: number,
  reachedA: number,
  reachedB: number,
  booking: Booking,
): boolean {
  const { account, grid, fees } = desk;
  const fill = grid.fillSnap(price);
  if (account.size !== 0 && account.size > 0 !== order.side > 0) {
    const quantity = Math.min(order.quantity, Math.abs(account.size));
    if (order.kind === "close" && order.id !== null && !order.isExit) desk.closedById = true;
    fees.begin(fill, quantity, desk.rate);
    finish(desk, order, closeTrades(desk, order, quantity, fill, reachedA, reachedB, booking), fill, booking);
    return true;
  }
  if (order.quantity === 0 || (order.kind === "close" && !order.isCommitted)) {
    desk.cancel(order);
    return false;
  }
  fees.begin(fill, order.quantity, desk.rate);
  openTrade(desk, order, order.quantity, fill);
  finish(desk, order, order.quantity, fill, booking);
  return true;
}

/**
 * Closes contracts, oldest trade first; under the rule ANY an exit of one entry takes that entry's trades alone.
 * @returns how many were closed
 */
export function closeTrades(
  desk: Desk,
  order: Order,
  quantity: number,
  price: number,
  reachedA: number,
  reachedB: number,
  booking: Booking,
): number {
  const { account, grid, fees, listener } = desk;
  if (account.size * desk.startSize > 0 && order.kind === "close") desk.closedStart = true;
  const own = desk.rules.closeEntriesRule === "ANY" && order.kind === "close" ? order.id : null;
  let left = quantity;
  for (let index = 0; left > 0 && index < account.openTrades.length;) {
    const trade = account.openTrades[index]!;
    if (own !== null && trade.entryId !== own) {
      index++;
      continue;
    }
    const whole = Math.abs(trade.size);
    const part = Math.min(left, whole);
    const isWhole = part === whole;
    const side = trade.size > 0 ? 1 : -1;
    const closed = isWhole ? trade : trade.split(side * part, grid.add(trade.size, -side * part));
    left = grid.add(left, -part);
    closed.exitId = order.exitId ?? order.id ?? "";
    closed.exitComment = exitComment(order);
    closed.exitBar = desk.barIndex;
    closed.exitTimeMs = desk.timeMs;
    closed.exitPrice = booking.reported ?? price;
    account.close(closed, isWhole ? undefined : trade, price, fees.leg(part), reachedA, reachedB);
    listener?.onTrade("close", closed);
  }
  const closed = grid.add(quantity, -left);
  desk.settleLedger(order, closed);
  return closed;
}

function exitComment(order: Order): string {
  const own = order.filledBy === undefined ? "" : order.comments[order.filledBy];
  return own === "" ? order.comment : own;
}

/** Opens a trade and its binding. */
export function openTrade(desk: Desk, order: Order, quantity: number, price: number): Binding {
  const { ledger, listener } = desk;
  const trade = addTrade(desk, order, quantity, price);
  const binding = ledger.open(trade.entryId, order.side as Side, quantity, price, order.kind === "close");
  if (order.kind !== "close") bindWaitingLegs(desk, binding);
  listener?.onTrade("open", trade);
  return binding;
}

/** Opens a trade of an entry that has its binding. */
export function addTrade(desk: Desk, order: Order, quantity: number, price: number): Trade {
  const { account, fees } = desk;
  const trade = new Trade(
    // An exit that outlived its position opens one under its own name.
    (order.kind === "close" ? order.exitId : order.id) ?? "",
    order.comment,
    desk.barIndex,
    desk.timeMs,
    price,
    order.side * quantity,
    fees.leg(quantity),
  );
  account.open(trade, price);
  return trade;
}

/** Takes a filled order out of the books, or leaves it its reservation; then counts it and tells its group. */
function finish(desk: Desk, order: Order, quantity: number, price: number, booking: Booking): void {
  const { books, listener, risk } = desk;
  if (listener !== undefined) desk.tell("filled", order, quantity, price);
  const { binding } = order;
  order.isCommitted = false;
  if (order.isExit && order.isLive && binding !== undefined && binding.remaining > 0) books.consume(order);
  else books.remove(order);
  desk.fills++;
  if (booking.isForced !== true) risk.dayFills++;
  if (order.ocaName !== "" && order.ocaType !== "none") tellGroup(desk, order, quantity);
  if (booking.isForced === true || !risk.isCapped) return;
  desk.cancelEverything();
  closeForRisk(desk, "Max number of filled orders in one day", capPrice(desk, order, price));
}

/** Closes the position because of a risk rule, without slippage and without counting as an order of the script. */
export function closeForRisk(desk: Desk, reason: string, price: number): void {
  const { size } = desk.account;
  if (size === 0) return;
  const order = new Order("close", null, "Risk management close", size > 0 ? -1 : 1, Math.abs(size));
  order.comment = `Close Position (${reason})`;
  order.bar = desk.barIndex;
  if (desk.orderRiskClose !== undefined) return desk.orderRiskClose(order);
  execute(desk, order, price, desk.high, desk.low, { isForced: true });
}

/**
 * Where the position goes when the day's fills are used up: at the price of the fill. An entry that filled beyond the
 * open on its good side goes at that side's extreme.
 */
function capPrice(desk: Desk, order: Order, price: number): number {
  if (order.kind === "close") return price;
  if (order.side > 0) return price > desk.open ? desk.high : price;
  return price < desk.open ? desk.low : price;
}

/** The filled order's type decides what becomes of the other priced orders of its group, in the books or jumped over. */
function tellGroup(desk: Desk, filled: Order, quantity: number): void {
  const { books, grid } = desk;
  const jumped = books.queue.filter((order) => order.trigger !== "market" && !order.isExit);
  for (const order of [...jumped, ...books.entries.values(), ...books.exits]) {
    if (order === filled || order.ocaName !== filled.ocaName || !order.isLive || order.isConsumed) continue;
    if (filled.ocaType === "reduce") order.quantity = grid.add(order.quantity, -quantity);
    if (filled.ocaType === "cancel" || order.quantity <= 0) desk.cancel(order);
  }
}
