/**
 * The path that a price is assumed to take inside a bar, and what an order makes of a price on it. Pure: an order is
 * its side and its levels; whoever keeps books of orders asks here whether and where they fill.
 */

/** What filled an order. */
export type Trigger = "market" | "limit" | "stop";

/** Prices of a bar, or of a part of one. */
export interface PriceBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The sides of an order: 1 buys, −1 sells. */
export type Side = 1 | -1;

/** The path runs open, high, low, close when the high is nearer to the open; a tie goes to the low. */
export function risesFirst(open: number, high: number, low: number): boolean {
  return high - open < open - low;
}

/** What a price that was reached by a jump (an open after a close) triggers; a stop is looked at first. */
export function triggerAt(side: Side, limit: number, stop: number, price: number): Trigger | undefined {
  if (side > 0 ? price >= stop : price <= stop) return "stop";
  if (side > 0 ? price <= limit : price >= limit) return "limit";
  return undefined;
}

/** The level at which a rising price triggers an order: the stop of a buy, the limit of a sell; `NaN`: none. */
export function risingLevel(side: Side, limit: number, stop: number): number {
  return side > 0 ? stop : limit;
}

/** The level at which a falling price triggers an order: the limit of a buy, the stop of a sell; `NaN`: none. */
export function fallingLevel(side: Side, limit: number, stop: number): number {
  return side > 0 ? limit : stop;
}

/** A price made worse by slippage; a limit never slips. */
export function slipped(price: number, side: Side, trigger: Trigger, slippage: number): number {
  return trigger === "limit" ? price : price + side * slippage;
}

/** Where a limit order fills at a price that is at least as good as its limit. */
export function atLimitOrBetter(side: Side, limit: number, price: number): number {
  return side > 0 ? Math.min(limit, price) : Math.max(limit, price);
}

/**
 * What the price did from one update of a forming bar to the next. An update tells the whole bar so far, so an extreme
 * belongs to the part when it is beyond the one before.
 *
 * @param last the update before; `undefined`: this is the bar's first one
 */
export function partBetween(last: PriceBar | undefined, update: PriceBar): PriceBar {
  const { close } = update;
  if (last === undefined) return { open: update.open, high: update.high, low: update.low, close };
  const open = last.close;
  return {
    open,
    high: Math.max(open, close, update.high > last.high ? update.high : close),
    low: Math.min(open, close, update.low < last.low ? update.low : close),
    close,
  };
}

/** A bar on its way: the price reached, and the extremes so far. */
export interface PathPoint {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * A bar's way in `count` steps, the first at its open, the last at its close. It goes to the extreme nearer to the
 * open first, as TradingView assumes, then to the other one. Prices between the four are rounded to the tick grid.
 */
export function pathOf(
  bar: PriceBar,
  count: number,
  grid: { readonly minmove: number; readonly pricescale: number },
): PathPoint[] {
  const { open, high, low, close } = bar;
  const corners = risesFirst(open, high, low) ? [open, high, low, close] : [open, low, high, close];
  const snap = (price: number): number => {
    const snapped = (Math.round((price * grid.pricescale) / grid.minmove) * grid.minmove) / grid.pricescale;
    return Math.min(high, Math.max(low, snapped));
  };
  return Array.from({ length: count }, (_, step) => {
    const position = count === 1 ? 0 : (3 * step) / (count - 1);
    const leg = Math.min(2, Math.floor(position));
    const [from = open, to = close] = corners.slice(leg);
    const rest = position - leg;
    const price = rest === 0 ? from : rest === 1 ? to : snap(from + (to - from) * rest);
    const passed = [...corners.slice(0, leg + 1), price];
    return { high: Math.max(...passed), low: Math.min(...passed), close: price };
  });
}
