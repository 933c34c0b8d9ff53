import type { Bar } from "../kernel/bar.ts";
import { partBetween, risesFirst } from "../kernel/price-path.ts";
import type { SimulatedBar } from "./strategy/desk.ts";

/**
 * The parts of a forming bar: what the price did from one update to the next. An update tells the whole bar so far, so
 * an extreme belongs to a part when it is beyond the one before.
 */
export class MovingBar {
  #last: Bar | undefined;

  /** A new bar begins. */
  begin(): void {
    this.#last = undefined;
  }

  /** What happened since the last update. @param index of the bar */
  part(update: Bar, index: number): SimulatedBar {
    const last = this.#last;
    this.#last = update;
    return { index, timeMs: update.openTimeMs, ...partBetween(last, update) };
  }

  /** All of a bar. */
  whole(bar: Bar, index: number): SimulatedBar {
    return { index, timeMs: bar.openTimeMs, ...pricesOf(bar) };
  }

  /** The updates of a bar that came as a whole: its open, the nearer extreme, the other one, its close. */
  assumed(bar: Bar): readonly Bar[] {
    const { open, high, low, close, volume } = bar;
    const [near, far] = risesFirst(open, high, low) ? [high, low] : [low, high];
    const at = (price: number, part: number): Bar => ({
      ...bar,
      high: Math.max(open, price, part > 1 ? near : price),
      low: Math.min(open, price, part > 1 ? near : price),
      close: price,
      volume: (volume * (part + 1)) / 4,
    });
    return [at(open, 0), at(near, 1), at(far, 2), { ...at(close, 3), high, low, volume }];
  }
}

function pricesOf({ open, high, low, close }: Bar): Pick<SimulatedBar, "open" | "high" | "low" | "close"> {
  return { open, high, low, close };
}
