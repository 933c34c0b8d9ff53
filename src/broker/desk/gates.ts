import type { Desk } from "../../runtime/strategy/desk.ts";
import { Order } from "../../runtime/strategy/order.ts";

/**
 * What the script's own rules let out of the house. The simulator asks them when an order fills; an order at a venue
 * fills without asking, so that they are asked before it is sent.
 */

/** Takes back what has lost its purpose: exits of entries that are neither open nor pending, closes of nothing. */
export function dropStale(desk: Desk): void {
  const { account, books, ledger } = desk;
  if (account.size === 0)
    for (const leg of [...books.exits]) if (!leg.isUnnamed && !desk.awaitsEntry(leg)) desk.cancel(leg);
  for (const binding of [...ledger.bindings])
    if (desk.grid.isDust(binding.remaining) && !desk.isFilling(binding)) {
      ledger.bindings.splice(ledger.bindings.indexOf(binding), 1);
      for (const leg of [...binding.legs]) desk.cancel(leg);
    }
  for (const order of books.queue)
    if (order.isLive && order.kind === "close" && order.side * account.size >= 0) desk.cancel(order);
  if (books.queue.some((order) => !order.isLive))
    books.queue.splice(0, books.queue.length, ...books.queue.filter(({ isLive }) => isLive));
}

/**
 * Market entries against pyramiding and the risk rules, in the order of their placement, each as if those before it
 * had filled. Those that are out already stay.
 *
 * @param filledOf what has filled of an order that is out; `undefined`: it is not
 */
export function admitMarketOrders(desk: Desk, filledOf: (order: Order) => number | undefined): void {
  const { account, books, grid, ledger } = desk;
  let { size } = account;
  let entries = ledger.bindings.length;
  for (const order of [...books.queue]) {
    if (!order.isLive) continue;
    if (order.kind === "close") {
      size = order.quantity >= Math.abs(size) ? 0 : grid.add(size, order.size);
      if (size === 0) entries = 0;
      continue;
    }
    const filled = filledOf(order);
    if (filled === undefined && !admits(desk, order, size, entries)) {
      if (order.kind === "entry" && size * order.side < 0 && !desk.risk.isCapped) closeInstead(desk, order);
      desk.reject(order);
      continue;
    }
    const turns = order.kind === "entry" && size * order.side < 0;
    const more = order.side * Math.max(0, grid.add(order.quantity, -(filled ?? 0)));
    size = turns ? more : grid.add(size, more);
    if (turns) entries = 1;
    else if (filled === undefined || filled === 0) entries++;
  }
}

/** Whether a market order may go; it is cut to the largest position that is allowed. */
function admits(desk: Desk, order: Order, size: number, entries: number): boolean {
  const { risk } = desk;
  if (risk.isCapped) return false;
  if (order.kind === "normal") return order.quantity > 0;
  if (order.quantity === 0 || !risk.allows(order.side)) return false;
  const along = size * order.side;
  if (along > 0 && entries >= desk.pyramiding) return false;
  order.quantity = room(desk, order.quantity, Math.max(0, along));
  return order.quantity > 0;
}

/** What a rule about the largest position leaves of a quantity. @param held contracts on the same side */
function room(desk: Desk, quantity: number, held: number): number {
  const { maxPosition } = desk.risk;
  if (maxPosition === undefined || quantity + held <= maxPosition) return quantity;
  return desk.grid.lotTolerant(Math.max(0, maxPosition - held));
}

/** An entry that may not open its side, or is too small to, still closes the other one. */
function closeInstead(desk: Desk, entry: Order): void {
  const { size } = desk.account;
  if (size * entry.side >= 0) return;
  const order = new Order("close", null, entry.id, entry.side, Math.abs(size));
  order.isMarket = true;
  order.comment = entry.comment;
  order.alert = entry.alert;
  desk.place(order);
}

/**
 * Contracts of a priced entry that may rest at the venue now, without those that only turn the position around; 0:
 * none while things stand as they do.
 */
export function restingQuantity(desk: Desk, order: Order): number {
  const { account, grid, ledger, risk } = desk;
  const quantity = grid.add(order.quantity, -order.flip);
  if (risk.isCapped || risk.halted !== undefined) return 0;
  if (order.kind === "normal") return order.quantity;
  const along = account.size * order.side;
  if (along > 0 && ledger.bindings.length >= desk.pyramiding) return 0;
  if (!risk.allows(order.side)) return 0;
  return room(desk, quantity, Math.max(0, along));
}
