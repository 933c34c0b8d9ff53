import type { BarColumns } from "../../kernel/bar.ts";
import { TradingCalendar } from "../../kernel/calendar/calendar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { Room } from "../room.ts";

/** A column that is worked out of others. */
interface Computed {
  readonly column: Float64Array;
  readonly at: (index: number) => number;
}

/** The price columns of a run, those that are computed made when first read. Bars before `first` are na. */
export class Prices {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly time: Float64Array;
  readonly #computed = new Map<string, Computed>();
  readonly #columns: BarColumns;
  readonly #symbol: SymInfo;
  readonly #room: Room;

  /** @param room where columns come from when bars are added later */
  constructor(columns: BarColumns, first: number, symbol: SymInfo, room = Room.of(columns.length)) {
    this.#columns = columns;
    this.#symbol = symbol;
    this.#room = room;
    const hide = (column: Float64Array): Float64Array => {
      if (first === 0) return column;
      const hidden = room.numbers();
      hidden.set(column.subarray(0, columns.length));
      return hidden.fill(Number.NaN, 0, first);
    };
    this.open = hide(columns.open);
    this.high = hide(columns.high);
    this.low = hide(columns.low);
    this.close = hide(columns.close);
    this.volume = hide(columns.volume);
    this.time = hide(columns.openTimeMs);
  }

  get hl2(): Float64Array {
    return this.#compute("hl2", (index) => (this.high[index]! + this.low[index]!) / 2);
  }

  get hlc3(): Float64Array {
    return this.#compute("hlc3", (index) => (this.high[index]! + this.low[index]! + this.close[index]!) / 3);
  }

  get ohlc4(): Float64Array {
    return this.#compute(
      "ohlc4",
      (index) => (this.open[index]! + this.high[index]! + this.low[index]! + this.close[index]!) / 4,
    );
  }

  get hlcc4(): Float64Array {
    return this.#compute(
      "hlcc4",
      (index) => (this.high[index]! + this.low[index]! + this.close[index]! + this.close[index]!) / 4,
    );
  }

  /** The trading day of every bar, as a number that grows by one from day to day. */
  get tradingDay(): Float64Array {
    let calendar: TradingCalendar | undefined;
    return this.#compute("tradingDay", (index) => {
      const time = this.time[index]!;
      calendar ??= new TradingCalendar(this.#symbol);
      return time === time ? calendar.tradingDay(time).date : Number.NaN;
    });
  }

  #compute(name: string, at: (index: number) => number): Float64Array {
    const known = this.#computed.get(name);
    if (known !== undefined) return known.column;
    const column = this.#room.numbers();
    for (let index = 0; index < this.#columns.length; index++) column[index] = at(index);
    this.#computed.set(name, { column, at });
    return column;
  }

  /** Takes the prices of a bar over after they have changed. */
  refresh(index: number): void {
    const { open, high, low, close, volume, openTimeMs } = this.#columns;
    this.open[index] = open[index]!;
    this.high[index] = high[index]!;
    this.low[index] = low[index]!;
    this.close[index] = close[index]!;
    this.volume[index] = volume[index]!;
    this.time[index] = openTimeMs[index]!;
    for (const { column, at } of this.#computed.values()) column[index] = at(index);
  }
}
