import { cash10 } from "../../kernel/decimal.ts";
import type { Side } from "../../kernel/price-path.ts";
import type { Desk } from "./desk.ts";
import { marketGate, pricedGate } from "./money-gate.ts";
import type { Order } from "./order.ts";

/** Quantities made from money: what the declaration's sizing buys at a price. */

/** Below this money is rounded to ten digits first; from here on it is counted in ticks. */
export const largeMoney = 1e7;

/** Whether quantities are made from money at all. */
export function sizesByMoney(desk: Desk): boolean {
  return desk.rules.defaultQtyType !== "fixed";
}

/** Money that a new entry may use, in the account's currency. */
export function entryMoney(desk: Desk): number {
  const { defaultQtyType, defaultQtyValue, commissionType, commissionValue } = desk.rules;
  if (defaultQtyType === "cash") return defaultQtyValue;
  const money = desk.account.equity * defaultQtyValue * 0.01;
  return commissionType === "cash_per_order" ? Math.max(0, money - commissionValue) : money;
}

/** Money that one contract takes at a price. */
export function unitMoney(desk: Desk, price: number): number {
  const { defaultQtyType, commissionType, commissionValue } = desk.rules;
  const unit = price * desk.account.pointvalue;
  if (defaultQtyType !== "percent_of_equity") return unit;
  if (commissionType === "percent") return price * desk.account.pointvalue * (1 + commissionValue * 0.01);
  return commissionType === "cash_per_contract" ? unit + commissionValue : unit;
}

/** Contracts for money, before they are cut to lots. */
export function contractsFor(money: number, unit: number): number {
  return (money < largeMoney ? cash10(money) : money) / unit;
}

/** Contracts that the sizing settings buy at a price, before they are cut to lots. */
export function defaultQuantity(desk: Desk, price: number): number {
  if (!sizesByMoney(desk)) return desk.rules.defaultQtyValue;
  return contractsFor(entryMoney(desk), unitMoney(desk, price));
}

/**
 * What becomes of a market order that was sized by money.
 * @param isEntry an entry below ten million gives up a lot where the price's rounding would make it too dear
 * @returns its quantity; 0: rejected
 */
export function gatedMarketQuantity(desk: Desk, quantity: number, price: number, isEntry: boolean): number {
  return marketGate(desk.grid, quantity, entryMoney(desk), unitMoney(desk, price), price, isEntry);
}

/**
 * Makes the quantity of an order that was placed with money at the price of its fill; legs of exits that take the rest
 * of it grow along.
 * @returns false when nothing can be bought
 */
export function resolveQuantity(desk: Desk, order: Order, price: number): boolean {
  const { money, flip } = order;
  if (money !== money) return true;
  const { grid } = desk;
  const unit = unitMoney(desk, price);
  order.money = Number.NaN;
  const whole = grid.lotPlain(contractsFor(money, unit) + flip);
  if (!Number.isFinite(whole) || whole <= 0) return false;
  const own = pricedGate(grid, grid.add(whole, -flip), money, unit, price);
  const quantity = grid.add(own, flip);
  if (quantity <= 0) return false;
  const growth = grid.add(quantity, -order.quantity);
  order.quantity = quantity;
  if (growth > 0) growRestLegs(desk, order.id ?? "", growth);
  return true;
}

function growRestLegs(desk: Desk, entryId: string, growth: number): void {
  const { books, grid } = desk;
  for (const leg of books.exits) {
    if (leg.id !== entryId || !leg.isRest) continue;
    leg.quantity = grid.add(leg.quantity, growth);
    leg.reserved = grid.add(leg.reserved, growth);
    leg.bound = grid.add(leg.bound, growth);
  }
}

/**
 * The price at which an order is sized: a market order at the close made worse by slippage, a priced one at its level
 * unless the market is better.
 */
export function sizingPrice(desk: Desk, side: Side, limit: number, stop: number): number {
  const { close } = desk;
  if (limit === limit) return side > 0 ? Math.min(limit, close) : Math.max(limit, close);
  if (stop === stop) return side > 0 ? Math.max(stop, close) : Math.min(stop, close);
  return close + side * desk.slippage;
}
