import type { Bar, BarColumns, ExtraColumn } from "../kernel/bar.ts";
import { Room } from "./room.ts";

/** Bars that get more while a run goes on. Every array stays the same: whoever holds one sees the new bars in it. */
export class LiveColumns implements BarColumns {
  readonly room: Room;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** A feed has none. */
  readonly extra: ReadonlyMap<string, ExtraColumn> = new Map();
  #length: number;

  /** @param history what there is at the start; it is copied */
  constructor(history: BarColumns) {
    const room = Room.growing(history.length + 1);
    const column = (values: Float64Array): Float64Array => {
      const copy = room.numbers();
      copy.set(values.subarray(0, history.length));
      return copy;
    };
    this.room = room;
    this.#length = history.length;
    this.openTimeMs = column(history.openTimeMs);
    this.open = column(history.open);
    this.high = column(history.high);
    this.low = column(history.low);
    this.close = column(history.close);
    this.volume = column(history.volume);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a bar. @throws RuntimeFailure when there are more than a run can hold */
  append(bar: Bar): void {
    this.room.grow(this.#length + 1);
    this.#length++;
    this.put(bar);
  }

  /** Gives the last bar other values. */
  put(bar: Bar): void {
    const index = this.#length - 1;
    this.openTimeMs[index] = bar.openTimeMs;
    this.open[index] = bar.open;
    this.high[index] = bar.high;
    this.low[index] = bar.low;
    this.close[index] = bar.close;
    this.volume[index] = bar.volume;
  }
}
