import { slipped, type Trigger } from "../../kernel/price-path.ts";
import { execute } from "./booking.ts";
import type { Desk } from "./desk.ts";
import { callMargin, marginOf } from "./margin.ts";
import type { Order } from "./order.ts";
import { fillAtPoint } from "./open-phase.ts";
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
  const near = rises ? high : low;
  const far = rises ? low : high;
  for (const leg of desk.books.trailing) leg.standsAside = false;
  // A script that runs on the way must not meet a stop that knows the far extreme already.
  trailTwoLegs(desk, open, near, pause === undefined ? far : Number.NaN);
  walkLevels(desk, open, near, near, pause === undefined ? far : Number.NaN);
  if (!isFavourable(desk, near) && callMargin(desk, near, true)) {
    trailOneLeg(desk, far, close);
    return;
  }
  if (pause !== undefined) {
    pause(1, rises, Math.max(open, near), Math.min(open, near), near);
    fillAtPoint(desk, near, near);
    trailOneLeg(desk, near, far);
  }
  if (isFavourable(desk, far)) callMargin(desk, far);
  walkLevels(desk, near, far, far, Number.NaN);
  if (!isFavourable(desk, far)) callMargin(desk, far);
  if (pause !== undefined) {
    pause(2, rises, high, low, far);
    fillAtPoint(desk, far, far);
  }
  for (const leg of desk.books.trailing) leg.standsAside = false;
  trailOneLeg(desk, far, close);
  walkLevels(desk, far, close, Number.NaN, Number.NaN);
}

/** Trailing legs whose entry is open see the bar from its open on. @param far `NaN`: only the first leg */
function trailTwoLegs(desk: Desk, open: number, near: number, far: number): void {
  const { trailing } = desk.books;
  if (trailing.length === 0) return;
  for (const leg of trailing.filter(canTrail)) if (canTrail(leg)) trailPath(desk, leg, open, near, far);
}

/** A leg sees a price, then up to two segments of the path from there; `NaN` ends it. */
function trailPath(desk: Desk, leg: Order, start: number, first: number, second: number): void {
  if (trailFrom(desk, leg, start) || first !== first) return;
  if (trailAlong(desk, leg, start, first) || leg.standsAside || second !== second) return;
  trailAlong(desk, leg, first, second);
}

function trailOneLeg(desk: Desk, from: number, to: number): void {
  const { trailing } = desk.books;
  if (trailing.length === 0) return;
  for (const leg of trailing.filter(canTrail))
    if (canTrail(leg) && !leg.standsAside) trailAlong(desk, leg, from, to);
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
 * @param next extreme that the path comes to on this leg, `NaN` on the last
 * @param then the one after it; `NaN`: none
 */
function walkLevels(desk: Desk, from: number, to: number, next: number, then: number): void {
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
    meet(desk, order, sign * key, rises, to, next, then);
  }
}

function meet(
  desk: Desk,
  order: Order,
  level: number,
  rises: boolean,
  to: number,
  next: number,
  then: number,
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
  if (filled && order.kind !== "close") startTrailing(desk, fill, next, then);
}

/** A limit fills on the way when the price passes it by as many ticks as the declaration assumes. */
function isPassed(desk: Desk, level: number, rises: boolean, to: number): boolean {
  const ticks = desk.rules.backtestFillLimitsAssumption;
  if (ticks === 0) return true;
  const needed = desk.grid.barSnap(level + (rises ? ticks : -ticks) * desk.grid.mintick);
  return rises ? to >= needed : to <= needed;
}

/** Trailing legs of the entry that has just filled see the rest of the path from its fill on. */
function startTrailing(desk: Desk, price: number, next: number, then: number): void {
  const { trailing } = desk.books;
  if (trailing.length === 0 || next !== next) return;
  const binding = desk.ledger.bindings.at(-1);
  for (const leg of trailing.filter(canTrail)) {
    if (leg.binding !== binding || !canTrail(leg)) continue;
    leg.standsAside = false;
    trailPath(desk, leg, price, next, then);
  }
}

/** Takes back priced entries that could not be carried at the close. */
export function dropUnaffordable(desk: Desk): void {
  const { account, books, close } = desk;
  if (books.entries.size === 0) return;
  const equity = account.equityAt(close);
  for (const order of [...books.entries.values()]) {
    const after = account.size + order.size;
    if (order.kind === "entry" && desk.margin(after) > 0 && marginOf(desk, after, close) > equity)
      desk.cancel(order);
  }
}
