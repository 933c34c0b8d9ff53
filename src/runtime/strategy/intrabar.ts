import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import { callMargin, marginOf } from "./margin.ts";
import type { Order } from "./order.ts";
import { fillAtPoint } from "./open-phase.ts";
import { slipped, type Trigger } from "./path.ts";
import { canTrail, trailAlong, trailFrom } from "./trailing.ts";

/**
 * The way of the price through a bar: open, the extreme nearer to it, the other extreme, close. Orders fill in the
 * order in which the price meets their levels.
 */

/** Called at points of the path with the bar's high and low so far, and the price. */
export type Pause = (point: 0 | 1 | 2, risesFirst: boolean, high: number, low: number, price: number) => void;

/** Walks the three legs of the desk's bar. @param pause absent: the script runs after the close alone */
export function walkLegs(desk: Desk, pause: Pause | undefined): void {
  const { open, high, low, close, risesFirst: rises } = desk;
  const [near, far] = rises ? [high, low] : [low, high];
  const { trailing } = desk.books;
  for (const leg of trailing) leg.standsAside = false;
  // A script that runs on the way must not meet a stop that knows the far extreme already.
  walkTrailing(desk, trailing.filter(canTrail), open, pause === undefined ? [near, far] : [near]);
  walkLevels(desk, open, near, pause === undefined ? [near, far] : [near]);
  if (!isFavourable(desk, near) && callMargin(desk, near, true)) {
    walkTrailing(desk, trailing.filter(canTrail), Number.NaN, [], far, close);
    return;
  }
  if (pause !== undefined) {
    pause(1, rises, Math.max(open, near), Math.min(open, near), near);
    fillAtPoint(desk, near, near);
    for (const leg of trailing.filter(canTrail))
      if (canTrail(leg) && !leg.standsAside) trailAlong(desk, leg, near, far);
  }
  if (isFavourable(desk, far)) callMargin(desk, far);
  walkLevels(desk, near, far, [far]);
  if (!isFavourable(desk, far)) callMargin(desk, far);
  if (pause !== undefined) {
    pause(2, rises, high, low, far);
    fillAtPoint(desk, far, far);
  }
  walkTrailing(desk, trailing.filter(canTrail), Number.NaN, [], far, close);
  walkLevels(desk, far, close, []);
}

/** Trailing legs see the first tick, then the given segments; a closing segment has no first tick. */
function walkTrailing(
  desk: Desk,
  legs: readonly Order[],
  start: number,
  points: readonly number[],
  closingFrom = Number.NaN,
  closingTo = Number.NaN,
): void {
  for (const leg of legs) {
    if (!canTrail(leg)) continue;
    if (start === start && trailFrom(desk, leg, start)) continue;
    let from = start;
    for (const to of points) {
      if (!canTrail(leg) || leg.standsAside || trailAlong(desk, leg, from, to)) break;
      from = to;
    }
    if (closingFrom === closingFrom && canTrail(leg)) trailAlong(desk, leg, closingFrom, closingTo);
  }
}

/** An extreme that is good for the position. */
function isFavourable(desk: Desk, extreme: number): boolean {
  const { size } = desk.account;
  if (size === 0) return false;
  return size > 0 ? extreme === desk.high : extreme === desk.low;
}

/**
 * Meets the levels of one leg of the path. An entry that fills gives its exits their levels, which may lie ahead on the
 * same leg, and starts their trailing stops.
 *
 * @param ahead extremes that the path has still to reach
 */
function walkLevels(desk: Desk, from: number, to: number, ahead: readonly number[]): void {
  if (to === from) return;
  const rises = to > from;
  const levels = rises ? desk.books.rising : desk.books.falling;
  const sign = rises ? 1 : -1;
  const last = sign * to;
  if (levels.nearest > last) return;
  let key = sign * from;
  let arrival = -1;
  for (;;) {
    const index = levels.after(key, arrival);
    if (index >= levels.keys.length || levels.keys[index]! > last) return;
    key = levels.keys[index]!;
    arrival = levels.arrivals[index]!;
    const order = levels.orders[index]!;
    if (order.isExit && order.binding === undefined && order.id !== null) continue;
    meet(desk, order, sign * key, rises, to, ahead);
  }
}

function meet(
  desk: Desk,
  order: Order,
  level: number,
  rises: boolean,
  to: number,
  ahead: readonly number[],
): void {
  let trigger: Trigger = rises === order.side > 0 ? "stop" : "limit";
  if (order.isStopLimit) {
    // Reached: from here on a limit order, which the price may satisfy at once.
    order.isStopLimit = false;
    order.stop = Number.NaN;
    desk.books.index(order);
    if (order.side > 0 ? level > order.limit : level < order.limit) return;
    trigger = "limit";
  } else if (trigger === "limit" && !isPassed(desk, level, rises, to)) return;
  if (order.isExit) order.filledBy = trigger === "limit" ? "profit" : "loss";
  const price = slipped(level, order.side, trigger, desk.slippage);
  const fill = desk.grid.fillSnap(price);
  const filled = rises
    ? execute(desk, order, price, fill, desk.low)
    : execute(desk, order, price, desk.high, fill);
  if (filled && order.kind !== "close") startTrailing(desk, order.id ?? "", fill, ahead);
}

/** A limit fills on the way when the price passes it by as many ticks as the declaration assumes. */
function isPassed(desk: Desk, level: number, rises: boolean, to: number): boolean {
  const ticks = desk.rules.backtestFillLimitsAssumption;
  if (ticks === 0) return true;
  const needed = desk.grid.barSnap(level + (rises ? ticks : -ticks) * desk.grid.mintick);
  return rises ? to >= needed : to <= needed;
}

/** Trailing legs of an entry that has just filled see the rest of the path from its fill on. */
function startTrailing(desk: Desk, entryId: string, price: number, ahead: readonly number[]): void {
  const { trailing } = desk.books;
  if (trailing.length === 0) return;
  const binding = desk.ledger.bindings.at(-1);
  for (const leg of trailing.filter(canTrail)) {
    if (leg.binding !== binding || binding?.entryId !== entryId || ahead.length === 0) continue;
    leg.standsAside = false;
    if (trailFrom(desk, leg, price)) continue;
    let from = price;
    for (const to of ahead) {
      if (!canTrail(leg) || leg.standsAside || trailAlong(desk, leg, from, to)) break;
      from = to;
    }
  }
}

/** Takes back priced entries that could not be carried at the close. */
export function dropUnaffordable(desk: Desk): void {
  const { account, books, close } = desk;
  if (books.entries.size === 0) return;
  const equity = account.equityAt(close);
  for (const order of [...books.entries.values()]) {
    if (order.kind !== "entry") continue;
    if (marginOf(desk, account.size + order.size, close) > equity) desk.cancel(order);
  }
}
