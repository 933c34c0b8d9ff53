import type { barColumns, Embedded, tradeColumns } from "../wire/embedded.ts";

/** The embedded data, read back. */

export type Bars = Readonly<Record<(typeof barColumns)[number], Float64Array>>;
export type TradeColumns = Readonly<Record<(typeof tradeColumns)[number], Float64Array>>;

export interface Report {
  readonly head: Embedded;
  readonly bars: Bars;
  /** Every column by its index; those of bars and visuals have a value for each bar. */
  readonly columns: readonly Float64Array[];
  readonly trades: TradeColumns;
  /** The wall clock of the exchange at the open of a bar, as if it were UTC, ms. */
  readonly localMs: Float64Array;
}
