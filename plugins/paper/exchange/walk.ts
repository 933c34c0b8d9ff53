import { atLimitOrBetter, risesFirst, trailAlong, trailFrom, triggerAt } from "pynecore/plugin";

import type { Exchange } from "./exchange.ts";
import type { PaperOrder } from "./order.ts";
import { lastStep, type MarketPart, type Walk } from "./state.ts";

/**
 * The way of the price through a part of the market, and what it fills, in the order of the backtest: at the open market
 * orders and then what the jump went over; then along open, nearer extreme, other extreme, close. It stops after every
 * execution, so that whoever hears of it can order more at that very price, and goes on from there.
 */

/** Lets a part begin, its prices on the tick grid. The one before must have ended. */
export function beginPart({ state, rules, grid }: Exchange, given: MarketPart): void {
  if (state.walk !== null) throw new Error("the price is still on its way");
  const part = {
    ...given,
    open: grid.barSnap(given.open),
    high: grid.barSnap(given.high),
    low: grid.barSnap(given.low),
    close: grid.barSnap(given.close),
  };
  state.parts++;
  // A feed of the past may begin again: its time is what it says.
  state.nowMs = part.fromMs;
  state.volumeLeft = rules.volumeShare === 0 || part.volume === null ? null : part.volume * rules.volumeShare;
  state.high = part.startsBar ? part.high : Math.max(state.high, part.high);
  state.low = part.startsBar ? part.low : Math.min(state.low, part.low);
  state.walk = {
    part,
    step: 0,
    price: part.open,
    key: null,
    arrival: -1,
    isPaused: false,
    seen: state.arrivals,
  };
}

/** Lets the price go on. @returns `true` after an execution, `false` when the part has ended */
export function walkOn(exchange: Exchange): boolean {
  const { state } = exchange;
  const { walk } = state;
  if (walk === null) return false;
  // Most parts reach no order: the price is at their end at once.
  if (walk.step > 0 || walk.isPaused || !isQuiet(exchange, walk.part)) {
    for (; walk.step <= lastStep; enter(exchange, walk, walk.step + 1)) {
      if (!visit(exchange, walk)) continue;
      walk.isPaused = true;
      walk.seen = state.arrivals;
      return true;
    }
  }
  state.walk = null;
  state.price = walk.part.close;
  state.nowMs = Math.max(state.nowMs, walk.part.toMs);
  return false;
}

/** No order waits for a price as such, and none of the part's is a level. */
function isQuiet({ live }: Exchange, { high, low }: MarketPart): boolean {
  for (const order of live.values()) {
    if (order.isMarket || order.isTrailing) return false;
    if (order.risingLevel <= high || order.fallingLevel >= low) return false;
  }
  return true;
}

/** The four prices of a part in the order in which they come. */
function nodesOf({ open, high, low, close }: MarketPart): readonly [number, number, number, number] {
  return risesFirst(open, high, low) ? [open, high, low, close] : [open, low, high, close];
}

/** The node at which a step begins, 0 to 3. */
const nodeOf = [0, 0, 0, 1, 1, 2, 2, 2, 3] as const;

function enter(exchange: Exchange, walk: Walk, step: number): void {
  walk.step = step;
  if (step > lastStep) return;
  const node = nodeOf[step]!;
  const { part } = walk;
  walk.price = nodesOf(part)[node]!;
  walk.key = null;
  walk.arrival = -1;
  const time = part.fromMs + ((part.toMs - part.fromMs) * node) / 3;
  exchange.state.nowMs = Math.max(exchange.state.nowMs, time);
}

/** Looks at a step, or at what is left of it. @returns whether something has filled */
function visit(exchange: Exchange, walk: Walk): boolean {
  const { step, part } = walk;
  const [open, near, far, close] = nodesOf(part);
  if (walk.isPaused) {
    if (isPoint(step) ? fillAtPoint(exchange, walk, -1) : fillNewcomers(exchange, walk)) return true;
    walk.isPaused = false;
  } else if (isPoint(step) && (step === 0 || !exchange.isPlain) && fillAtPoint(exchange, walk, -1))
    return true;
  switch (step) {
    case 1:
      return trail(exchange, walk, [open, near, far]);
    case 2:
      return walkLeg(exchange, walk, open, near);
    case 4:
      return walkLeg(exchange, walk, near, far);
    case 6:
      return trail(exchange, walk, [far, close]);
    case 7:
      return walkLeg(exchange, walk, far, close);
    default:
      return false;
  }
}

function isPoint(step: number): boolean {
  return step === 0 || step === 3 || step === 5 || step === 8;
}

/** A number of its own for every step of every part. */
function stampOf({ state }: Exchange, { step }: Walk): number {
  return state.parts * (lastStep + 1) + step;
}

/** What a price that is simply there fills: market orders first, then everything it satisfies. @param since arrival */
function fillAtPoint(exchange: Exchange, walk: Walk, since: number): boolean {
  const stamp = stampOf(exchange, walk);
  const { price } = walk;
  const waiting = [...exchange.live.values()].filter(
    (order) => order.arrival > since && order.stamp !== stamp && exchange.isActive(order),
  );
  if (waiting.length === 0) return false;
  for (const order of waiting.filter((one) => one.isMarket).toSorted(byArrival)) {
    if (order.reduceOnly && !exchange.canReduce(order)) exchange.end(order, "expired");
    else if (exchange.execute(order, price, "market", stamp)) return true;
  }
  const rest = waiting.filter((one) => !one.isMarket && one.isLive);
  for (const order of rest.toSorted(byJump)) {
    if (order.reduceOnly && !exchange.canReduce(order)) continue;
    let trigger = triggerAt(order.side, order.ownLimit, order.stop, price);
    if (trigger === "stop" && order.isStopLimit) {
      exchange.reachStop(order);
      trigger = triggerAt(order.side, order.ownLimit, Number.NaN, price);
    }
    if (trigger === undefined) continue;
    if (exchange.execute(order, trigger === "limit" ? limitFill(order, price) : price, trigger, stamp))
      return true;
  }
  return false;
}

/** A limit that the price has touched before is filled there; one that it jumps over gets the better price. */
function limitFill({ side, limit, isTouched }: PaperOrder, price: number): number {
  return isTouched ? limit : atLimitOrBetter(side, limit, price);
}

/** Orders that came while the price stood still between two nodes. */
function fillNewcomers(exchange: Exchange, walk: Walk): boolean {
  if (exchange.state.arrivals === walk.seen) return false;
  if (fillAtPoint(exchange, walk, walk.seen)) return true;
  const [, near, far] = nodesOf(walk.part);
  if (walk.step === 2) return trail(exchange, walk, [walk.price, near, far], walk.seen);
  return walk.step === 4 && trail(exchange, walk, [walk.price, far], walk.seen);
}

/** Trailing stops see the price at the first node, then along the others. @param since arrival */
function trail(exchange: Exchange, walk: Walk, nodes: readonly number[], since = -1): boolean {
  const stamp = stampOf(exchange, walk);
  const { grid } = exchange;
  for (const order of exchange.live.values()) {
    if (!order.isTrailing || order.isTriggered || order.stamp === stamp || order.arrival <= since) continue;
    if (!exchange.isActive(order) || (order.reduceOnly && !exchange.canReduce(order))) continue;
    order.stamp = stamp;
    exchange.touch(order);
    order.standsAside = false;
    const isLast = walk.step === 6;
    let at = isLast ? Number.NaN : trailFrom(order, nodes[0]!, grid);
    for (let index = 1; index < nodes.length && at !== at && !order.standsAside; index++)
      at = trailAlong(order, nodes[index - 1]!, nodes[index]!, grid);
    if (at !== at) continue;
    order.filledByTrail = true;
    walk.price = at;
    if (exchange.execute(order, at, "stop", stamp)) return true;
  }
  return false;
}

/** Meets the levels of one leg of the path, nearest first. */
function walkLeg(exchange: Exchange, walk: Walk, from: number, to: number): boolean {
  if (to === from) return false;
  const rises = to > from;
  const sign = rises ? 1 : -1;
  for (;;) {
    const order = nextOnLeg(exchange, walk, rises, sign * from, sign * to);
    if (order === undefined) return false;
    const level = rises ? order.risingLevel : order.fallingLevel;
    walk.key = sign * level;
    walk.arrival = order.arrival;
    walk.price = level;
    if (meet(exchange, walk, order, level, rises, to)) return true;
  }
}

/** The order whose level the price meets next; orders of one level come as they arrived. */
function nextOnLeg(
  exchange: Exchange,
  { key, arrival }: Walk,
  rises: boolean,
  first: number,
  last: number,
): PaperOrder | undefined {
  const least = key ?? first;
  let next: PaperOrder | undefined;
  let nextKey = Infinity;
  for (const order of exchange.live.values()) {
    const at = rises ? order.risingLevel : -order.fallingLevel;
    if (!(at >= least && at <= last) || order.isTriggered) continue;
    if (at === least && key !== null && order.arrival <= arrival) continue;
    if (at > nextKey || (at === nextKey && order.arrival > next!.arrival)) continue;
    if (!exchange.isActive(order) || (order.reduceOnly && !exchange.canReduce(order))) continue;
    next = order;
    nextKey = at;
  }
  return next;
}

function meet(
  exchange: Exchange,
  walk: Walk,
  order: PaperOrder,
  level: number,
  rises: boolean,
  to: number,
): boolean {
  const stamp = stampOf(exchange, walk);
  if (order.stamp === stamp && !order.isTrailing) return false;
  const trigger = rises === order.side > 0 ? "stop" : "limit";
  if (order.isStopLimit) {
    exchange.reachStop(order);
    const isGood = order.side > 0 ? level <= order.limit : level >= order.limit;
    return isGood && exchange.execute(order, level, "limit", stamp);
  }
  if (trigger === "limit" && !isPassed(exchange, level, rises, to)) return false;
  return exchange.execute(order, level, trigger, stamp);
}

/** A limit fills on the way when the price passes it by as many ticks as the rules ask for. */
function isPassed({ rules, grid }: Exchange, level: number, rises: boolean, to: number): boolean {
  if (rules.limitTicks === 0) return true;
  const needed = grid.barSnap(level + (rises ? 1 : -1) * rules.limitTicks * grid.mintick);
  return rises ? to >= needed : to <= needed;
}

function byArrival(a: PaperOrder, b: PaperOrder): number {
  return a.arrival - b.arrival;
}

/** What opens before what closes, each by its lowest level. */
function byJump(a: PaperOrder, b: PaperOrder): number {
  return Number(a.reduceOnly) - Number(b.reduceOnly) || lowestLevel(a) - lowestLevel(b) || byArrival(a, b);
}

function lowestLevel({ ownLimit, stop, trailPrice }: PaperOrder): number {
  let lowest = Infinity;
  for (const level of [ownLimit, stop, trailPrice]) if (level < lowest) lowest = level;
  return lowest;
}
