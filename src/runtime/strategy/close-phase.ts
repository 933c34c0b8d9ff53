import { slipped, type Trigger, triggerAt } from "../../kernel/price-path.ts";
import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import { callMarginAtClose, isCarried } from "./margin.ts";
import type { Order } from "./order.ts";
import { resolveQuantity } from "./sizing.ts";

/** What still fills at the close of a bar, after the script has run. */
export function closeBar(desk: Desk): void {
  const before = desk.fills;
  fillImmediately(desk);
  if (desk.rules.processOrdersOnClose) fillAtClose(desk);
  if (!desk.isSettled || desk.fills !== before) callMarginAtClose(desk);
  if (desk.fills !== before || !desk.isSettled) desk.account.settle();
}

/** Closes that were asked for at once: the money slips, the price that is reported does not. */
function fillImmediately(desk: Desk): void {
  if (desk.immediate.length === 0) return;
  desk.snap();
  for (const order of desk.immediate) {
    const price = desk.close + order.side * desk.slippage;
    execute(desk, order, price, desk.high, desk.low, { reported: desk.grid.fillSnap(desk.close) });
  }
  desk.immediate.length = 0;
}

/** Orders of this bar get one chance at its close: market orders, and those that the close satisfies already. */
function fillAtClose(desk: Desk): void {
  const { books } = desk;
  if (books.isEmpty) return;
  desk.snap();
  desk.startSize = desk.account.size;
  const queue = books.queue.splice(0);
  for (const order of queue) if (order.isLive) fillMarket(desk, order);
  for (const order of [...books.entries.values()]) if (order.isLive) fillSatisfied(desk, order);
  // The second time for exits counted in ticks from an entry that has just filled.
  for (let pass = 0; pass < 2; pass++)
    for (const leg of [...books.exits]) if (leg.isLive && !leg.isConsumed) fillSatisfied(desk, leg);
}

function fillMarket(desk: Desk, order: Order): void {
  const { account, grid, ledger } = desk;
  if (order.kind === "entry") {
    const along = account.size * order.side;
    if (along > 0 && ledger.bindings.length >= desk.pyramiding) return desk.reject(order);
    if (along < 0 && !order.skipsFlip) order.quantity = grid.add(order.quantity, Math.abs(account.size));
    if (order.quantity === 0) return desk.cancel(order);
  }
  fill(desk, order, "market");
}

function fillSatisfied(desk: Desk, order: Order): void {
  if (order.bar !== desk.barIndex) return;
  if (order.isExit && order.binding === undefined && order.id !== null) return;
  const trigger = order.isStopLimit ? undefined : triggerAt(order.side, order.limit, order.stop, desk.close);
  if (trigger !== undefined) fill(desk, order, trigger);
}

function fill(desk: Desk, order: Order, trigger: Trigger): void {
  const { account } = desk;
  const price = slipped(desk.close, order.side, trigger, desk.slippage);
  if (order.kind !== "close" && !resolveQuantity(desk, order, price)) return desk.reject(order);
  const after = account.size + order.size;
  if (order.kind === "entry" && !isCarried(desk, after, price, account.equity)) return desk.reject(order);
  if (order.isExit) order.filledBy = trigger === "limit" ? "profit" : "loss";
  // The bar's excursions are counted already.
  execute(desk, order, price, Number.NaN, Number.NaN);
}
