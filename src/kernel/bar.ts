/**
 * A bar of market data: one row when it travels, columns when a script runs over it.
 *
 * Times are epoch milliseconds of the bar's open, UTC. A missing price or volume is `NaN`. Prices are absolute,
 * in the quote currency.
 */

/** One bar. `extra` holds further columns of the source (open interest, a signal, ...), by name. */
export interface Bar {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly extra?: Readonly<Record<string, number | string>>;
}

/** A bar as a live feed delivers it: still forming, or final. */
export interface BarUpdate extends Bar {
  /** `true` when the bar will not change any more. */
  readonly isClosed: boolean;
}

/** A column of extra values: numbers (missing is `NaN`) or texts (missing is `""`), one per bar. */
export type ExtraColumn = Float64Array | readonly string[];

/** Bars as columns of equal `length`, ascending by `openTimeMs`. */
export interface BarColumns {
  readonly length: number;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly extra: ReadonlyMap<string, ExtraColumn>;
}

/** Bars as columns; further columns hold numbers where every bar has one or none, else texts. */
export function columnsOf(bars: readonly Bar[]): BarColumns {
  const column = (pick: (bar: Bar) => number): Float64Array => Float64Array.from(bars, pick);
  const names = new Set(bars.flatMap((bar) => Object.keys(bar.extra ?? {})));
  return {
    length: bars.length,
    openTimeMs: column((bar) => bar.openTimeMs),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
    extra: new Map([...names].map((name) => [name, extraColumnOf(bars.map((bar) => bar.extra?.[name]))])),
  };
}

function extraColumnOf(values: readonly (number | string | undefined)[]): ExtraColumn {
  return values.some((value) => typeof value === "string")
    ? values.map((value) => String(value ?? ""))
    : Float64Array.from(values, (value) => Number(value ?? Number.NaN));
}

/** One bar of columns, without further ones. */
export function barAt(columns: Omit<BarColumns, "extra">, index: number): Bar {
  const value = (column: Float64Array): number => column[index] ?? Number.NaN;
  return {
    openTimeMs: value(columns.openTimeMs),
    open: value(columns.open),
    high: value(columns.high),
    low: value(columns.low),
    close: value(columns.close),
    volume: value(columns.volume),
  };
}
