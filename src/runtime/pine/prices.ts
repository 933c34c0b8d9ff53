import type { BarColumns } from "../../kernel/bar.ts";
import { TradingCalendar } from "../../kernel/calendar/calendar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { Room } from "../room.ts";

/** A column that is worked out of others. */
interface Computed {
  readonly column: Float64Array;
  /** Works out the bars from one on, up to another. */
  readonly fill: (column: Float64Array, from: number, to: number) => void;
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
    const { high, low } = this;
    return this.#compute("hl2", (column, from, to) => {
      for (let index = from; index < to; index++) column[index] = (high[index]! + low[index]!) / 2;
    });
  }

  get hlc3(): Float64Array {
    const { high, low, close } = this;
    return this.#compute("hlc3", (column, from, to) => {
      for (let index = from; index < to; index++)
        column[index] = (high[index]! + low[index]! + close[index]!) / 3;
    });
  }

  get ohlc4(): Float64Array {
    const { open, high, low, close } = this;
    return this.#compute("ohlc4", (column, from, to) => {
      for (let index = from; index < to; index++)
        column[index] = (open[index]! + high[index]! + low[index]! + close[index]!) / 4;
    });
  }

  get hlcc4(): Float64Array {
    const { high, low, close } = this;
    return this.#compute("hlcc4", (column, from, to) => {
      for (let index = from; index < to; index++)
        column[index] = (high[index]! + low[index]! + close[index]! + close[index]!) / 4;
    });
  }

  /** The trading day of every bar, as a number that grows by one from day to day. */
  get tradingDay(): Float64Array {
    const { time } = this;
    let calendar: TradingCalendar | undefined;
    return this.#compute("tradingDay", (column, from, to) => {
      calendar ??= new TradingCalendar(this.#symbol);
      for (let index = from; index < to; index++) {
        const openMs = time[index]!;
        column[index] = openMs === openMs ? calendar.tradingDay(openMs).date : Number.NaN;
      }
    });
  }

  #compute(name: string, fill: Computed["fill"]): Float64Array {
    const known = this.#computed.get(name);
    if (known !== undefined) return known.column;
    const column = this.#room.numbers();
    fill(column, 0, this.#columns.length);
    this.#computed.set(name, { column, fill });
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
    for (const { column, fill } of this.#computed.values()) fill(column, index, index + 1);
  }
}
