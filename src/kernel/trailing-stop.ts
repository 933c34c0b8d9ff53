import type { Grid } from "./grid.ts";
import type { Side } from "./price-path.ts";

/**
 * The rules of a trailing stop. It is armed when the price touches its activation; from then on its stop follows the
 * best price at the distance of its offset. Its state stays with the order from segment to segment of the path and from
 * bar to bar. Everything is written for a long position; `d` mirrors it for a short one.
 */

/** What the rules need of an order, and change in it. Levels are prices, `NaN` one that is not there. */
export interface TrailingStop {
  /** Of the order that closes the position. */
  readonly side: Side;
  /** Levels of the same order that may be met first. */
  limit: number;
  stop: number;
  /** The activation. */
  trailPrice: number;
  /** Distance in whole ticks. */
  trailOffset: number;
  isArmed: boolean;
  /** Where the stop stands once it is armed. */
  trailStop: number;
  /** Its limit or its stop is reached first: it leaves the rest of the bar's way to them. */
  standsAside: boolean;
}

/**
 * The price from which an order sees the path: the open, or the fill of its entry.
 * @returns where it fills, before slippage; `NaN`: it does not
 */
export function trailFrom(order: TrailingStop, price: number, grid: Grid): number {
  const d = -order.side;
  const offset = d * grid.mintick * order.trailOffset;
  if (order.isArmed) {
    if (d * price <= d * order.trailStop) return price;
    const stop = grid.barSnap(price - offset);
    if (d * stop <= d * order.trailStop) return Number.NaN;
    order.trailStop = stop;
  } else {
    if (!(d * price >= d * order.trailPrice)) return Number.NaN;
    order.isArmed = true;
    order.trailStop = grid.barSnap(price - offset);
  }
  return d * price <= d * order.trailStop ? price : Number.NaN;
}

/**
 * Lets the price run along a segment of the path.
 * @returns where it fills, before slippage; `NaN`: it does not, or `standsAside` was set
 */
export function trailAlong(order: TrailingStop, from: number, to: number, grid: Grid): number {
  const d = -order.side;
  if (d * to > d * from) return trailUp(order, to, d, grid);
  return d * to < d * from ? trailDown(order, from, to, d) : Number.NaN;
}

function trailUp(order: TrailingStop, to: number, d: number, grid: Grid): number {
  const offset = d * grid.mintick * order.trailOffset;
  const activates = !order.isArmed && d * to >= d * order.trailPrice;
  if (d * to >= d * order.limit) {
    const fillsFirst = activates && order.trailOffset <= 0 && d * order.trailPrice <= d * order.limit;
    if (!fillsFirst) {
      order.standsAside = true;
      return Number.NaN;
    }
  }
  if (activates) {
    order.isArmed = true;
    order.trailStop = grid.barSnap(order.trailPrice - offset);
    if (d * order.trailPrice <= d * order.trailStop) return order.trailPrice;
  }
  if (order.isArmed) ratchet(order, to, grid);
  return Number.NaN;
}

function trailDown(order: TrailingStop, from: number, to: number, d: number): number {
  const stopsFirst = d * to <= d * order.stop && (!order.isArmed || d * order.stop >= d * order.trailStop);
  if (d * from >= d * order.limit || stopsFirst) {
    order.standsAside = true;
    return Number.NaN;
  }
  return order.isArmed && d * to <= d * order.trailStop ? order.trailStop : Number.NaN;
}

/**
 * A new or changed order whose activation the price has passed already starts at once; nothing fills before the next
 * price.
 *
 * @param close where the price stands
 * @param extreme best price that counts for it
 */
export function seedTrailing(order: TrailingStop, close: number, extreme: number, grid: Grid): void {
  const d = -order.side;
  if (!order.isArmed && d * close > d * order.trailPrice) {
    order.isArmed = true;
    order.trailStop = grid.barSnap(order.trailPrice - d * grid.mintick * order.trailOffset);
  }
  if (order.isArmed) ratchet(order, extreme, grid);
}

/** Moves an armed stop behind a better price. */
function ratchet(order: TrailingStop, price: number, grid: Grid): void {
  const d = -order.side;
  const stop = grid.barSnap(price - d * grid.mintick * order.trailOffset);
  if (d * stop > d * order.trailStop) order.trailStop = stop;
}
