import { roundHalfEven } from "../../kernel/float.ts";
import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import { Order } from "./order.ts";
import { largeMoney } from "./sizing.ts";

/** Margin: what an entry must find, and what a position loses when it cannot be carried any more. */

/** The signal of a close for want of margin. */
export const marginCallSignal = "Margin call";

/** Rounding noise that a comparison of money with money forgives, relative to the equity. */
const entryTolerance = 1e-11;
const callTolerance = 1e-14;

/** Whether a position of a signed size can be carried at a price, as the checks of entries see it. */
export function isCarried(desk: Desk, size: number, price: number, equity: number): boolean {
  if (desk.margin(size) === 0) return true;
  const need = marginOf(desk, size, price);
  const { mintick } = desk.grid;
  if (equity >= largeMoney) return Math.floor(equity / mintick + 0.5) >= Math.floor(need / mintick);
  return !isMore(need, equity);
}

/** Whether a need is more than the equity, but for rounding. */
export function isMore(need: number, equity: number): boolean {
  return need - equity > Math.abs(equity) * entryTolerance;
}

/** Money that a position of a signed size binds at a price. */
export function marginOf(desk: Desk, size: number, price: number): number {
  return Math.abs(size) * price * desk.account.pointvalue * desk.margin(size);
}

/** No price of the bar can bring a margin call: what is free is a straight line of the price, so its ends decide. */
export function isMarginSafe(desk: Desk): boolean {
  const { account, high, low } = desk;
  const { size, averagePrice, pointvalue } = account;
  const ratio = desk.margin(size);
  if (size === 0 || ratio === 0) return true;
  const capital = account.initialCapital + account.netProfit;
  const bound = Math.abs(size) * pointvalue * ratio;
  const money = size * pointvalue;
  const freeAtHigh = capital + money * (high - averagePrice) - bound * high;
  const freeAtLow = capital + money * (low - averagePrice) - bound * low;
  // Equity of ten million and more is compared in ticks and tens of ticks.
  const isLarge = Math.max(freeAtHigh + bound * high, freeAtLow + bound * low) >= largeMoney;
  return Math.min(freeAtHigh, freeAtLow) >= (isLarge ? 16 * desk.grid.mintick : 0);
}

/**
 * Lots that must be closed at a price for the rest to be carried; 0: none, `NaN` never.
 * @param lots per contract; 1 counts whole contracts
 */
function missingQuantity(desk: Desk, price: number, lots: number): number {
  const { account, grid } = desk;
  const ratio = desk.margin(account.size);
  if (account.size === 0 || ratio === 0) return 0;
  const equity = account.equityAt(price);
  const margin = marginOf(desk, account.size, price);
  const perLot = ratio * (price * account.pointvalue);
  const isLarge = equity >= largeMoney;
  const ticks = margin / grid.mintick;
  const isHuge = isLarge && ticks >= 1e10;
  const required = isHuge ? 10 * roundHalfEven(ticks / 10) : Math.floor(ticks + 0.5);
  const held = Math.floor(equity / grid.mintick);
  const isShort = isLarge ? held < required : equity - margin < -Math.abs(equity) * callTolerance;
  if (!isShort) return 0;
  const cover = isHuge
    ? Math.trunc((((required - held) * grid.mintick) / perLot) * lots)
    : coverLots((Math.abs(equity - margin) / perLot) * lots);
  const whole = Math.abs(account.size);
  if (cover === 0) return Math.min(1, whole);
  return Math.min((4 * cover) / lots, whole);
}

/** Cut to whole lots, unless only rounding keeps it from one. */
function coverLots(exact: number): number {
  const nearest = roundHalfEven(exact);
  return Math.abs(exact - nearest) <= exact * 2 ** -26 + 1e-9 ? nearest : Math.trunc(exact);
}

/**
 * Closes what the equity no longer carries at a price of the path.
 * @param mayDefer a call of one single contract waits for the close, if that would bring it as well
 * @returns whether it was deferred
 */
export function callMargin(desk: Desk, price: number, mayDefer = false): boolean {
  const quantity = missingQuantity(desk, price, desk.grid.lots);
  if (quantity === 0) return false;
  const isSingle = desk.grid.lots === 1 && quantity === 1;
  if (mayDefer && isSingle && price !== desk.close && missingQuantity(desk, desk.close, 1) > 0) {
    desk.hasDeferredCall = true;
    return true;
  }
  liquidate(desk, quantity, price);
  return false;
}

/** The calls at the close of a bar, after the script: the deferred one, then one in whole contracts. */
export function callMarginAtClose(desk: Desk): void {
  if (desk.hasDeferredCall) {
    desk.hasDeferredCall = false;
    liquidate(desk, 1, desk.close);
  }
  const quantity = missingQuantity(desk, desk.close, 1);
  if (quantity > 0) liquidate(desk, quantity, desk.close);
}

function liquidate(desk: Desk, quantity: number, price: number): void {
  const { size } = desk.account;
  if (size === 0) return;
  const side = size > 0 ? -1 : 1;
  const cut = desk.grid.lotTolerant(Math.min(quantity, Math.abs(size)));
  const order = new Order("close", null, marginCallSignal, side, cut);
  order.comment = marginCallSignal;
  order.bar = desk.barIndex;
  const slipped = price + side * desk.slippage;
  const fill = desk.grid.fillSnap(slipped);
  execute(desk, order, slipped, fill, fill);
}

/**
 * The price at which the equity equals the margin, on the tick away from the position; it may be negative. `NaN` when
 * flat, when the side needs no margin, or for a long that is paid in full.
 */
export function liquidationPrice(desk: Desk): number {
  const { account, grid } = desk;
  const ratio = desk.margin(account.size);
  if (account.size === 0 || ratio === 0) return Number.NaN;
  const quantity = Math.abs(account.size) * account.pointvalue;
  const capital = account.initialCapital + account.netProfit;
  const cost = quantity * account.averagePrice;
  const isLong = account.size > 0;
  const divisor = quantity * (isLong ? 1 - ratio : 1 + ratio);
  if (divisor === 0) return Number.NaN;
  const price = (isLong ? cost - capital : capital + cost) / divisor;
  const ticks = Math.round((price / grid.mintick) * 1e7) / 1e7;
  return grid.fillSnap((isLong ? Math.floor(ticks) : Math.ceil(ticks)) * grid.mintick);
}
