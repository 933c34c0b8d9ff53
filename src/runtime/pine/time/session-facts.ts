import type { PineTime } from "./pine-time.ts";

/**
 * `session.*`: where the bar is in the symbol's own hours. There is no market before or after them, so the regular
 * variants say the same and those for the time around it are always false.
 */
export class SessionFacts {
  readonly ispremarket = false;
  readonly ispostmarket = false;
  readonly #time: PineTime;
  readonly #previousOpen: () => number;

  /** @param previousOpen open of the bar before the current one, epoch ms; NaN on the first */
  constructor(time: PineTime, previousOpen: () => number) {
    this.#time = time;
    this.#previousOpen = previousOpen;
  }

  /** The bar overlaps trading hours. */
  get ismarket(): boolean {
    const { open, close, calendar } = this.#time;
    return calendar.overlapsSession(open, close);
  }

  /** First bar of a trading day: of those that are there. */
  get isfirstbar(): boolean {
    const before = this.#previousOpen();
    if (before !== before) return this.#opensDay();
    const { open } = this.#time;
    return this.#time.tradingDate(open) !== this.#time.tradingDate(before);
  }

  /** The bar's close reaches the scheduled end of its trading day. */
  get islastbar(): boolean {
    const { open, close, calendar } = this.#time;
    const day = calendar.scheduledDay(this.#time.tradingDate(open));
    return day !== undefined && close >= day.endMs;
  }

  get isfirstbar_regular(): boolean {
    return this.isfirstbar;
  }

  get islastbar_regular(): boolean {
    return this.islastbar;
  }

  #opensDay(): boolean {
    const { open, close, calendar } = this.#time;
    const day = calendar.scheduledDay(this.#time.tradingDate(open));
    return day !== undefined && open <= day.openMs && close > day.openMs;
  }
}
