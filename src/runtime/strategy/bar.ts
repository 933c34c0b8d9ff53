import type { Desk, SimulatedBar } from "./desk.ts";
import { dropUnaffordable, type Pause, walkLegs } from "./intrabar.ts";
import { isMarginSafe } from "./margin.ts";
import { fillAtPoint } from "./open-phase.ts";
import { beginDay, checkRisk } from "./risk.ts";

/** Called between two finer bars with how many are done, the bar's high and low so far, and the price. */
export type FinerPause = (done: number, high: number, low: number, price: number) => void;

/**
 * A bar before the script sees its close: what waited is filled along the path of its prices, the position is marked,
 * the risk rules are looked at.
 *
 * @param finer finer bars of this bar, along which orders fill
 * @param tradingDay asked when a rule counts in days
 * @param pause runs the script at points of the path
 * @param finerPause runs it between finer bars
 */
export function stepBar(
  desk: Desk,
  bar: SimulatedBar,
  finer: readonly SimulatedBar[] | undefined,
  tradingDay: (timeMs: number) => number,
  pause?: Pause,
  finerPause?: FinerPause,
): void {
  const { account, books, risk } = desk;
  desk.begin(bar);
  if (risk.needsDays) {
    desk.snap();
    beginDay(desk, tradingDay(bar.timeMs));
  }
  const isWatched = pause !== undefined || finerPause !== undefined;
  desk.isSettled = true;
  if (account.size === 0 && books.isEmpty && !isWatched) {
    if (risk.needsDays) checkRisk(desk, false);
    return;
  }
  desk.snap();
  account.beginBar();
  desk.startEquity = account.equity;
  const closedBefore = account.closedTrades.length;
  if (isWatched || !isQuiet(desk)) {
    desk.isSettled = false;
    if (finer === undefined || finer.length === 0) walkPath(desk, pause);
    else walkFiner(desk, bar, finer, finerPause);
  }
  dropUnaffordable(desk);
  account.finishBar(desk.high, desk.low, desk.close);
  checkRisk(desk, account.closedTrades.length > closedBefore);
  if (!desk.isSettled) account.settle();
}

/** Nothing can fill on this bar: no order waits for its open, no level and no margin call lies inside its range. */
function isQuiet(desk: Desk): boolean {
  const { account, books } = desk;
  if (books.queue.length > 0 || books.trailing.length > 0 || books.unnamed > 0) return false;
  if (books.rising.nearest <= desk.high || books.falling.nearest <= -desk.low) return false;
  if (account.size === 0) return books.exits.size === 0;
  return isMarginSafe(desk);
}

function walkPath(desk: Desk, pause: Pause | undefined): void {
  fillAtPoint(desk, desk.open, desk.low);
  if (pause !== undefined) {
    pause(0, desk.risesFirst, desk.open, desk.open, desk.open);
    fillAtPoint(desk, desk.open, desk.low);
  }
  walkLegs(desk, pause);
}

/** The path of finer bars: the chart bar's open, then each of them by its own extremes. */
function walkFiner(
  desk: Desk,
  bar: SimulatedBar,
  finer: readonly SimulatedBar[],
  pause: FinerPause | undefined,
): void {
  let [high, low] = [-Infinity, Infinity];
  for (const [index, part] of finer.entries()) {
    desk.setPrices(part.open, part.high, part.low, part.close);
    // Only a script that has run since the open can have orders for a later one.
    if (index === 0 || pause !== undefined) fillAtPoint(desk, desk.open, desk.low);
    walkLegs(desk, undefined);
    high = Math.max(high, desk.high);
    low = Math.min(low, desk.low);
    if (index < finer.length - 1) pause?.(index + 1, high, low, desk.close);
  }
  desk.setPrices(bar.open, bar.high, bar.low, bar.close);
}
