import { trailAlong as priceAlong, trailFrom as priceFrom } from "../../kernel/trailing-stop.ts";
import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import type { Order } from "./order.ts";

/** Trailing stops of exits: their rules, and the booking of what they fill. */

/** Whether a leg's trailing stop can act: its entry is open, and it has an activation. */
export function canTrail(leg: Order): boolean {
  return leg.isLive && leg.isTrailing && leg.binding !== undefined && leg.trailPrice === leg.trailPrice;
}

/**
 * The price from which a leg sees the path: the open, or the fill of its entry.
 * @returns whether it filled
 */
export function trailFrom(desk: Desk, leg: Order, price: number): boolean {
  return fill(desk, leg, priceFrom(leg, price, desk.grid));
}

/**
 * Lets the price run along a segment of the path.
 * @returns whether the leg filled; `standsAside` is set when its limit or its stop comes first
 */
export function trailAlong(desk: Desk, leg: Order, from: number, to: number): boolean {
  return fill(desk, leg, priceAlong(leg, from, to, desk.grid));
}

/** @param price `NaN`: it does not fill */
function fill(desk: Desk, leg: Order, price: number): boolean {
  if (price !== price) return false;
  leg.filledBy = "trailing";
  const slipped = price + leg.side * desk.slippage;
  const reached = leg.side < 0 ? desk.high : desk.low;
  execute(desk, leg, slipped, reached, desk.grid.fillSnap(slipped));
  return true;
}
