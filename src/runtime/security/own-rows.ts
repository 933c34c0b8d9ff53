import type { BarColumns } from "../../kernel/bar.ts";
import type { Feed } from "./feeds.ts";
import { asLongAs } from "./file-feed.ts";
import type { FormingBar } from "./forming-bar.ts";

/**
 * Columns of a context's own, where bars form: a row says less than the feed's, or stands for a bar that the feed does
 * not have yet.
 */
export class OwnRows {
  readonly columns: BarColumns;
  readonly #feed: Feed;

  constructor(feed: Feed) {
    const { columns, live } = feed;
    const copy = (column: Float64Array): Float64Array => {
      // There is room for a bar after the last one.
      const longer = live?.room.numbers(Number.NaN) ?? new Float64Array(columns.length + 1).fill(Number.NaN);
      longer.set(column.subarray(0, columns.length));
      return longer;
    };
    const own = {
      length: columns.length,
      openTimeMs: copy(columns.openTimeMs),
      open: copy(columns.open),
      high: copy(columns.high),
      low: copy(columns.low),
      close: copy(columns.close),
      volume: copy(columns.volume),
      extra: columns.extra,
    };
    this.#feed = feed;
    this.columns = live === undefined ? own : asLongAs(own, () => columns.length);
  }

  /** Puts a forming bar into its row; `undefined`: what the feed says. */
  write(index: number, bar: FormingBar | undefined): void {
    this.#feed.live?.room.grow(index + 1);
    const { openTimeMs, open, high, low, close, volume } = this.columns;
    const whole = this.#feed.columns;
    openTimeMs[index] = bar === undefined ? whole.openTimeMs[index]! : bar.openTimeMs;
    open[index] = bar === undefined ? whole.open[index]! : bar.open;
    high[index] = bar === undefined ? whole.high[index]! : bar.high;
    low[index] = bar === undefined ? whole.low[index]! : bar.low;
    close[index] = bar === undefined ? whole.close[index]! : bar.close;
    volume[index] = bar === undefined ? whole.volume[index]! : bar.volume;
  }
}
