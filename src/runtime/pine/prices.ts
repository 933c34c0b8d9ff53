import type { BarColumns } from "../../kernel/bar.ts";
import { TradingCalendar } from "../../kernel/calendar/calendar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";

/** The price columns of a run, those that are computed made when first read. Bars before `first` are na. */
export class Prices {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly time: Float64Array;
  readonly #computed = new Map<string, Float64Array>();
  readonly #formulas = new Map<string, Formula>();
  readonly #columns: BarColumns;
  readonly #symbol: SymInfo;
  #calendar: TradingCalendar | undefined;

  constructor(columns: BarColumns, first: number, symbol: SymInfo) {
    this.#columns = columns;
    this.#symbol = symbol;
    const hide = (column: Float64Array): Float64Array =>
      first === 0
        ? column
        : Float64Array.from(column, (value, index) => (index < first ? Number.NaN : value));
    this.open = hide(columns.open);
    this.high = hide(columns.high);
    this.low = hide(columns.low);
    this.close = hide(columns.close);
    this.volume = hide(columns.volume);
    this.time = hide(columns.openTimeMs);
  }

  get hl2(): Float64Array {
    return this.#compute("hl2", (_open, high, low) => (high + low) / 2);
  }

  get hlc3(): Float64Array {
    return this.#compute("hlc3", (_open, high, low, close) => (high + low + close) / 3);
  }

  get ohlc4(): Float64Array {
    return this.#compute("ohlc4", (open, high, low, close) => (open + high + low + close) / 4);
  }

  get hlcc4(): Float64Array {
    return this.#compute("hlcc4", (_open, high, low, close) => (high + low + close + close) / 4);
  }

  /** The trading day of every bar, as a number that grows by one from day to day. */
  get tradingDay(): Float64Array {
    let column = this.#computed.get("tradingDay");
    if (column === undefined) {
      column = this.time.map((time) => this.#tradingDayOf(time));
      this.#computed.set("tradingDay", column);
    }
    return column;
  }

  #tradingDayOf(time: number): number {
    this.#calendar ??= new TradingCalendar(this.#symbol);
    return time === time ? this.#calendar.tradingDay(time).date : Number.NaN;
  }

  #compute(name: string, formula: Formula): Float64Array {
    let column = this.#computed.get(name);
    if (column === undefined) {
      const { open, high, low, close } = this;
      column = new Float64Array(close.length);
      for (let index = 0; index < close.length; index++)
        column[index] = formula(open[index]!, high[index]!, low[index]!, close[index]!);
      this.#computed.set(name, column);
      this.#formulas.set(name, formula);
    }
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
    const tradingDay = this.#computed.get("tradingDay");
    if (tradingDay !== undefined) tradingDay[index] = this.#tradingDayOf(openTimeMs[index]!);
    for (const [name, formula] of this.#formulas)
      this.#computed.get(name)![index] = formula(open[index]!, high[index]!, low[index]!, close[index]!);
  }
}

type Formula = (open: number, high: number, low: number, close: number) => number;
