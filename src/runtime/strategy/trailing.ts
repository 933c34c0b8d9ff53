import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import type { Order } from "./order.ts";

/**
 * Trailing stops. A leg is armed when the price touches its activation; from then on its stop follows the best price
 * at the distance of its offset. Its state stays with the order from segment to segment of the path and from bar to
 * bar. Everything is written for a long position; `d` mirrors it for a short one.
 */

/** Whether a leg's trailing stop can act: its entry is open, and it has an activation. */
export function canTrail(leg: Order): boolean {
  return leg.isLive && leg.isTrailing && leg.binding !== undefined && leg.trailPrice === leg.trailPrice;
}

/**
 * The price from which a leg sees the path: the open, or the fill of its entry.
 * @returns whether it filled
 */
export function trailFrom(desk: Desk, leg: Order, price: number): boolean {
  const d = -leg.side;
  const offset = d * desk.grid.mintick * leg.trailOffset;
  if (leg.isArmed) {
    if (d * price <= d * leg.trailStop) return fill(desk, leg, price);
    const stop = desk.grid.barSnap(price - offset);
    if (d * stop <= d * leg.trailStop) return false;
    leg.trailStop = stop;
  } else {
    if (!(d * price >= d * leg.trailPrice)) return false;
    leg.isArmed = true;
    leg.trailStop = desk.grid.barSnap(price - offset);
  }
  return d * price <= d * leg.trailStop && fill(desk, leg, price);
}

/**
 * Lets the price run along a segment of the path.
 * @returns whether the leg filled; `standsAside` is set when its limit or its stop comes first
 */
export function trailAlong(desk: Desk, leg: Order, from: number, to: number): boolean {
  const d = -leg.side;
  if (d * to > d * from) return trailUp(desk, leg, to, d);
  return d * to < d * from && trailDown(desk, leg, from, to, d);
}

function trailUp(desk: Desk, leg: Order, to: number, d: number): boolean {
  const offset = d * desk.grid.mintick * leg.trailOffset;
  const activates = !leg.isArmed && d * to >= d * leg.trailPrice;
  if (d * to >= d * leg.limit) {
    const fillsFirst = activates && leg.trailOffset <= 0 && d * leg.trailPrice <= d * leg.limit;
    if (!fillsFirst) {
      leg.standsAside = true;
      return false;
    }
  }
  if (activates) {
    leg.isArmed = true;
    leg.trailStop = desk.grid.barSnap(leg.trailPrice - offset);
    if (d * leg.trailPrice <= d * leg.trailStop) return fill(desk, leg, leg.trailPrice);
  }
  if (leg.isArmed) ratchet(desk, leg, to);
  return false;
}

function trailDown(desk: Desk, leg: Order, from: number, to: number, d: number): boolean {
  const stopsFirst = d * to <= d * leg.stop && (!leg.isArmed || d * leg.stop >= d * leg.trailStop);
  if (d * from >= d * leg.limit || stopsFirst) {
    leg.standsAside = true;
    return false;
  }
  return leg.isArmed && d * to <= d * leg.trailStop && fill(desk, leg, leg.trailStop);
}

/** Moves an armed stop behind a better price. */
export function ratchet(desk: Desk, leg: Order, price: number): void {
  const d = -leg.side;
  const stop = desk.grid.barSnap(price - d * desk.grid.mintick * leg.trailOffset);
  if (d * stop > d * leg.trailStop) leg.trailStop = stop;
}

function fill(desk: Desk, leg: Order, price: number): boolean {
  leg.filledBy = "trailing";
  const slipped = price + leg.side * desk.slippage;
  const reached = leg.side < 0 ? desk.high : desk.low;
  execute(desk, leg, slipped, reached, desk.grid.fillSnap(slipped));
  return true;
}
