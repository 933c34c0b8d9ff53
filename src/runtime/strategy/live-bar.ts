import type { Desk, SimulatedBar } from "./desk.ts";
import { dropUnaffordable, walkLegs } from "./intrabar.ts";
import { fillAtPoint } from "./open-phase.ts";
import { beginDay, checkRisk } from "./risk.ts";

/**
 * A bar whose prices come one after another: orders fill along each part when it arrives, and an order fills at no
 * price that was there before it. Together the parts do what finer bars do to a bar of history.
 */
export class LiveBar {
  readonly #desk: Desk;
  readonly #tradingDay: (timeMs: number) => number;
  #high = -Infinity;
  #low = Infinity;
  #parts = 0;
  #closedBefore = 0;

  /** @param tradingDay asked when a rule counts in days */
  constructor(desk: Desk, tradingDay: (timeMs: number) => number) {
    this.#desk = desk;
    this.#tradingDay = tradingDay;
  }

  /** @param bar its prices so far */
  begin(bar: SimulatedBar): void {
    const desk = this.#desk;
    desk.begin(bar);
    desk.snap();
    desk.isSettled = false;
    if (desk.risk.needsDays) beginDay(desk, this.#tradingDay(bar.timeMs));
    desk.account.beginBar();
    desk.startEquity = desk.account.equity;
    this.#closedBefore = desk.account.closedTrades.length;
    this.#high = -Infinity;
    this.#low = Infinity;
    this.#parts = 0;
  }

  /**
   * Walks a part.
   * @param hasNewOrders the script may have placed orders since the last part
   * @returns whether something filled
   */
  take(part: SimulatedBar, hasNewOrders: boolean): boolean {
    const desk = this.#desk;
    desk.fills = 0;
    desk.setPrices(part.open, part.high, part.low, part.close);
    if (this.#parts++ === 0 || hasNewOrders) fillAtPoint(desk, desk.open, desk.low);
    walkLegs(desk, undefined);
    this.#high = Math.max(this.#high, desk.high);
    this.#low = Math.min(this.#low, desk.low);
    if (desk.account.size !== 0) desk.account.mark(desk.close);
    return desk.fills > 0;
  }

  /** Lets the script run inside the bar. */
  run(body: () => void): void {
    this.#desk.standAt(this.#high, this.#low, this.#desk.close, body);
  }

  /** Ends the walk, before the script sees the close. @param bar its final prices */
  end(bar: SimulatedBar): void {
    const desk = this.#desk;
    desk.setPrices(bar.open, bar.high, bar.low, bar.close);
    dropUnaffordable(desk);
    desk.account.finishBar(desk.high, desk.low, desk.close);
    checkRisk(desk, desk.account.closedTrades.length > this.#closedBefore);
    desk.account.settle();
  }
}
