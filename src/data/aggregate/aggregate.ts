import type { BarColumns, ExtraColumn } from "../../kernel/bar.ts";
import { type CalendarInfo, isIntraday, tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { UsageError } from "../../kernel/errors.ts";
import { formatTimeframe, type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { BarWindows } from "./windows.ts";

/**
 * Bars of a longer timeframe from bars of a shorter one, pure. A window has the first open, the highest high, the
 * lowest low, the last close and the sum of the volumes. Missing prices are passed over unless all are missing; a
 * missing volume makes the sum missing. The last window is there even if more bars could follow.
 *
 * Of further columns a window has the last number that is not missing, or the last text that is not empty.
 */

/** A day has so many seconds. */
const day = 86_400;

/**
 * Refuses timeframes that bars cannot be merged into.
 * @throws UsageError naming both
 */
export function checkAggregation(source: Timeframe, target: Timeframe): void {
  const [from, to] = [timeframeSeconds(source), timeframeSeconds(target)];
  const refuse = (reason: string, hint: string): never => {
    throw new UsageError(
      `bars of ${formatTimeframe(source)} cannot be made into bars of ${formatTimeframe(target)}: ${reason}`,
      { hint },
    );
  };
  if (to <= from) refuse("the timeframe must be longer", "use the data as it is, or data that is finer");
  if (target.unit === "month" && source.unit !== "month") {
    const fits = isIntraday(source) ? day % from === 0 : source.unit === "day" && source.value === 1;
    if (!fits) refuse("a month is made of whole days", "months need bars of 1D, or of a part of a day");
  } else if (to % from !== 0) {
    refuse("it is no multiple", "choose a timeframe that the bars fill exactly");
  }
}

/** Merges bars as they come; any division into pieces gives the same bars. */
export class BarAggregator {
  readonly #windows: BarWindows;
  readonly #extra = new Map<string, Float64Array | string[]>();
  #capacity = 0;
  #count = 0;
  #openTimeMs = new Float64Array(0);
  #open = new Float64Array(0);
  #high = new Float64Array(0);
  #low = new Float64Array(0);
  #close = new Float64Array(0);
  #volume = new Float64Array(0);

  /** @throws UsageError when the timeframes do not fit */
  constructor(info: CalendarInfo, source: Timeframe, target: Timeframe) {
    checkAggregation(source, target);
    this.#windows = new BarWindows(tradingCalendar(info), source, target);
  }

  /** Adds bars that follow the ones before. */
  push(columns: BarColumns): void {
    const { length, openTimeMs } = columns;
    const rows = columns.extra.size === 0 ? undefined : new Uint32Array(length);
    for (let index = 0; index < length;) {
      const windowMs = this.#windows.next(openTimeMs[index] ?? 0);
      const from = index++;
      while (index < length && this.#windows.next(openTimeMs[index] ?? 0) === windowMs) index++;
      const row = this.#rowOf(windowMs);
      this.#merge(row, columns, from, index);
      rows?.fill(row, from, index);
    }
    if (rows !== undefined) for (const [name, column] of columns.extra) this.#mergeExtra(name, column, rows);
  }

  /** The bars so far. */
  columns(): BarColumns {
    const length = this.#count;
    const extra = new Map<string, ExtraColumn>();
    for (const [name, column] of this.#extra) extra.set(name, filled(column, length));
    const high = this.#high.slice(0, length);
    const low = this.#low.slice(0, length);
    // Where a high or low is missing beside a price that is not, the others could exclude that price.
    for (let index = 0; index < length; index++) {
      for (const price of [this.#open[index] ?? Number.NaN, this.#close[index] ?? Number.NaN]) {
        if (price > (high[index] ?? 0)) high[index] = price;
        if (price < (low[index] ?? 0)) low[index] = price;
      }
    }
    return {
      length,
      openTimeMs: this.#openTimeMs.slice(0, length),
      open: this.#open.slice(0, length),
      high,
      low,
      close: this.#close.slice(0, length),
      volume: this.#volume.slice(0, length),
      extra,
    };
  }

  /** The row of a window: the last one, or a new one. */
  #rowOf(windowMs: number): number {
    if (this.#count > 0 && this.#openTimeMs[this.#count - 1] === windowMs) return this.#count - 1;
    if (this.#count === this.#capacity) this.#grow();
    const row = this.#count++;
    this.#openTimeMs[row] = windowMs;
    this.#open[row] = Number.NaN;
    this.#high[row] = Number.NaN;
    this.#low[row] = Number.NaN;
    this.#close[row] = Number.NaN;
    this.#volume[row] = 0;
    return row;
  }

  /** Adds bars `[from, to)` to a row. */
  #merge(row: number, columns: BarColumns, from: number, to: number): void {
    let open = this.#open[row] ?? Number.NaN;
    let high = this.#high[row] ?? Number.NaN;
    let low = this.#low[row] ?? Number.NaN;
    let close = this.#close[row] ?? Number.NaN;
    let volume = this.#volume[row] ?? 0;
    for (let index = from; index < to; index++) {
      if (open !== open) open = columns.open[index] ?? Number.NaN;
      const top = columns.high[index] ?? Number.NaN;
      const bottom = columns.low[index] ?? Number.NaN;
      // `!(a <= b)` also takes the place of a missing b; a missing price never passes its own test.
      if (top === top && !(top <= high)) high = top;
      if (bottom === bottom && !(bottom >= low)) low = bottom;
      const last = columns.close[index] ?? Number.NaN;
      if (last === last) close = last;
      volume += columns.volume[index] ?? Number.NaN;
    }
    this.#open[row] = open;
    this.#high[row] = high;
    this.#low[row] = low;
    this.#close[row] = close;
    this.#volume[row] = volume;
  }

  #mergeExtra(name: string, column: ExtraColumn, rows: Uint32Array): void {
    const numeric = column instanceof Float64Array;
    let merged = this.#extra.get(name);
    if (merged === undefined) {
      merged = numeric ? new Float64Array(0) : [];
      this.#extra.set(name, merged);
    }
    if (merged instanceof Float64Array) {
      if (merged.length < this.#count) {
        const longer = new Float64Array(this.#capacity).fill(Number.NaN);
        longer.set(merged);
        this.#extra.set(name, longer);
        merged = longer;
      }
      for (let index = 0; index < rows.length; index++) {
        const value = Number(column[index]);
        if (value === value) merged[rows[index] ?? 0] = value;
      }
      return;
    }
    for (let index = 0; index < rows.length; index++) {
      const text = String(column[index] ?? "");
      if (text !== "") merged[rows[index] ?? 0] = text;
    }
  }

  #grow(): void {
    this.#capacity = Math.max(1024, this.#capacity * 2);
    const longer = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(this.#capacity);
      grown.set(column);
      return grown;
    };
    this.#openTimeMs = longer(this.#openTimeMs);
    this.#open = longer(this.#open);
    this.#high = longer(this.#high);
    this.#low = longer(this.#low);
    this.#close = longer(this.#close);
    this.#volume = longer(this.#volume);
  }
}

/** A merged column in full length. */
function filled(column: Float64Array | readonly string[], length: number): ExtraColumn {
  if (column instanceof Float64Array) {
    const whole = new Float64Array(length).fill(Number.NaN);
    whole.set(column.subarray(0, length));
    return whole;
  }
  return Array.from({ length }, (_, index) => column[index] ?? "");
}

/**
 * Bars of a longer timeframe.
 * @throws UsageError when the timeframes do not fit
 */
export function aggregateBars(
  columns: BarColumns,
  source: Timeframe,
  target: Timeframe,
  info: CalendarInfo,
): BarColumns {
  const aggregator = new BarAggregator(info, source, target);
  aggregator.push(columns);
  return aggregator.columns();
}
