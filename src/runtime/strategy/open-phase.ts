import { atLimitOrBetter, slipped, type Trigger, triggerAt } from "../../kernel/price-path.ts";
import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import { callMargin, isCarried, isMore, marginOf } from "./margin.ts";
import { Order } from "./order.ts";
import { resolveQuantity } from "./sizing.ts";

/**
 * What fills at a price that the market jumped to: the open of a bar, or a point of its path where the script has just
 * run. First the market orders in the order of their placement, then everything that the jump went over.
 *
 * @param reached the other price that counts for excursions of what closes here
 */
export function fillAtPoint(desk: Desk, price: number, reached: number): void {
  const { account, books } = desk;
  desk.enteredAtOpen = false;
  desk.queueSide = 0;
  if (account.size === 0 && books.exits.size > 0) dropOrphans(desk);
  const ownOrders = books.queue.length;
  gatherJumped(desk, price);
  if (books.queue.length > 0) walkQueue(desk, ownOrders, price, reached);
  if (account.size !== 0 && books.unnamed > 0) replaceUnnamed(desk, price, reached);
  if (desk.enteredAtOpen && books.exits.size > 0) fillPassedExits(desk, price, reached);
  callMargin(desk, price);
}

/** Exits of entries that are neither open nor pending any more. */
function dropOrphans(desk: Desk): void {
  for (const leg of [...desk.books.exits]) if (!leg.isUnnamed && !desk.awaitsEntry(leg)) desk.cancel(leg);
}

/** Moves the orders whose level lies behind the price into the queue: entries first, each group by its levels. */
function gatherJumped(desk: Desk, price: number): void {
  const { books } = desk;
  const { rising, falling } = books;
  if (rising.nearest > price && falling.nearest > -price) return;
  const jumped: Order[] = [];
  for (let index = 0; index < rising.keys.length && rising.keys[index]! <= price; index++)
    jumped.push(rising.orders[index]!);
  for (let index = 0; index < falling.keys.length && falling.keys[index]! <= -price; index++)
    if (!jumped.includes(falling.orders[index]!)) jumped.push(falling.orders[index]!);
  jumped.sort((a, b) => lowestLevel(a) - lowestLevel(b) || a.arrival - b.arrival);
  const triggered = jumped.filter((order) => isTriggered(desk, order, price));
  for (const order of triggered) if (!order.isExit) enqueue(desk, order);
  for (const order of triggered) if (order.isExit) enqueue(desk, order);
}

function enqueue({ books }: Desk, order: Order): void {
  books.unindex(order);
  if (!order.isExit) books.entries.delete(order.id ?? "");
  order.isMarket = true;
  books.queue.push(order);
}

/** The level under which an order is found when levels are read upward. */
function lowestLevel({ limit, stop, trailPrice }: Order): number {
  let lowest = Infinity;
  for (const level of [limit, stop, trailPrice]) if (level < lowest) lowest = level;
  return lowest;
}

function isTriggered(desk: Desk, order: Order, price: number): boolean {
  const { books } = desk;
  if (order.isExit && order.binding === undefined && order.id !== null) {
    if (!order.isUnnamed && !desk.awaitsEntry(order)) desk.cancel(order);
    return false;
  }
  let trigger: Trigger | undefined = triggerAt(order.side, order.limit, order.stop, price);
  if (order.isStopLimit) {
    // The jump has reached the stop; from here on it is a limit order, which may be good at once.
    order.isStopLimit = false;
    order.stop = Number.NaN;
    trigger = triggerAt(order.side, order.limit, Number.NaN, price);
    if (trigger === undefined) books.index(order);
  }
  if (trigger === undefined) return false;
  order.trigger = trigger;
  return true;
}

/** @param ownOrders how many of the queue were market orders from the start */
function walkQueue(desk: Desk, ownOrders: number, price: number, reached: number): void {
  const { queue } = desk.books;
  for (let index = 0; index < queue.length; index++) {
    // From here on a leg fills even when the position it was for is gone.
    if (index === ownOrders)
      for (let rest = index; rest < queue.length; rest++) if (queue[rest]!.isLive) commit(queue[rest]!);
    const order = queue[index]!;
    if (order.isLive) fillQueued(desk, order, price, reached);
  }
  queue.length = 0;
}

function commit(order: Order): void {
  order.isCommitted = order.isExit;
}

function fillQueued(desk: Desk, order: Order, price: number, reached: number): void {
  const { account, ledger, grid } = desk;
  const isMarketEntry = order.kind === "entry" && order.trigger === "market";
  if (isMarketEntry) {
    const along = account.size * order.side;
    if (along > 0 && ledger.bindings.length >= desk.pyramiding) return desk.reject(order);
    if (along < 0 && !order.skipsFlip) order.quantity = grid.add(order.quantity, Math.abs(account.size));
    if (order.quantity === 0) return desk.cancel(order);
  }
  const fill =
    order.trigger === "limit"
      ? atLimitOrBetter(order.side, order.limit, price)
      : slipped(price, order.side, order.trigger, desk.slippage);
  if (order.kind !== "close" && !resolveQuantity(desk, order, fill)) return desk.reject(order);
  if (order.kind === "entry" && !isAffordable(desk, order, fill)) return rejectEntry(desk, order);
  if (order.isExit) order.filledBy = order.trigger === "limit" ? "profit" : "loss";
  if (!execute(desk, order, fill, price, reached) || order.kind === "close") return;
  desk.enteredAtOpen = true;
  if (isMarketEntry) desk.queueSide = order.side;
}

/**
 * Whether an entry can be carried at its fill. Two kinds are let through and trimmed by a margin call: the opening side
 * of a reversal whose close has filled, and one that would have fitted the position with which the bar began.
 */
function isAffordable(desk: Desk, order: Order, price: number): boolean {
  const { account, startSize, startEquity } = desk;
  const { size, equity } = account;
  const after = size + order.size;
  if (desk.queueSide !== 0 && size * desk.queueSide > 0 && order.side !== desk.queueSide) {
    const both = marginOf(desk, size, price) + marginOf(desk, after, price);
    if (both > 0 && isMore(both, equity)) return false;
  }
  if (isCarried(desk, after, price, equity)) return true;
  if (desk.closedStart && startSize * order.side < 0) return true;
  return size !== startSize && isCarried(desk, startSize + order.size, price, startEquity);
}

/** A reversal that is refused takes back the closes that were placed with it. */
function rejectEntry(desk: Desk, entry: Order): void {
  desk.reject(entry);
  for (const order of desk.books.queue) {
    if (!order.isLive || order.kind !== "close" || order.isExit) continue;
    if (order.bar === entry.bar && order.side === entry.side && desk.account.size * order.side < 0)
      desk.cancel(order);
  }
}

/**
 * Exits that named no entry and were made for one that never came now cover the position that did: with their prices,
 * without what they counted in ticks.
 */
function replaceUnnamed(desk: Desk, price: number, reached: number): void {
  const { account, books } = desk;
  for (const leg of [...books.exits]) {
    if (!leg.isLive || !leg.isUnnamed || desk.awaitsEntry(leg)) continue;
    desk.cancel(leg);
    if (account.size === 0 || (leg.givenLimit !== leg.givenLimit && leg.givenStop !== leg.givenStop))
      continue;
    const side = account.size > 0 ? -1 : 1;
    const exit = new Order("close", null, leg.exitId, side, Math.abs(account.size));
    exit.isExit = true;
    exit.limit = exit.givenLimit = leg.givenLimit;
    exit.stop = exit.givenStop = leg.givenStop;
    exit.comment = leg.comment;
    exit.comments = leg.comments;
    exit.alert = leg.alert;
    exit.alerts = leg.alerts;
    exit.isSilent = leg.isSilent;
    desk.place(exit);
    fillPassed(desk, exit, triggerAt(side, exit.limit, exit.stop, price), price, reached);
  }
}

/** Exits of an entry that has just filled, whose level the price has passed already; a limit is looked at first. */
function fillPassedExits(desk: Desk, price: number, reached: number): void {
  for (const leg of [...desk.books.exits]) {
    if (!leg.isLive || leg.isConsumed || leg.binding === undefined) continue;
    const limited = triggerAt(leg.side, leg.limit, Number.NaN, price);
    fillPassed(desk, leg, limited ?? triggerAt(leg.side, Number.NaN, leg.stop, price), price, reached);
  }
}

function fillPassed(
  desk: Desk,
  leg: Order,
  trigger: Trigger | undefined,
  price: number,
  reached: number,
): void {
  if (trigger === undefined) return;
  leg.filledBy = trigger === "limit" ? "profit" : "loss";
  execute(desk, leg, slipped(price, leg.side, trigger, desk.slippage), price, reached);
}
