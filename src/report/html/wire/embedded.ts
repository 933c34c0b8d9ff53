import type { ColumnHead } from "./columns.ts";
import type { EmbeddedDrawing, EmbeddedVisual } from "./visuals.ts";

/**
 * What a report hands to its own script: one JSON object, and the columns it describes as deflated bytes in base64.
 * Bars are numbered from 0, the first executed one; every index counts those.
 */

/** The stretches of constant distance from UTC: each from a bar on, ms. */
export type OffsetChange = readonly [bar: number, offsetMs: number];

/** Names of the columns that every report has, in order; those of visuals follow, then those of trades. */
export const barColumns = ["openTimeMs", "open", "high", "low", "close", "volume"] as const;
/** Columns of trades: indices are bars; an open trade has no exit. Money in account currency. */
export const tradeColumns = [
  "entryBar",
  "exitBar",
  "size",
  "entryPrice",
  "exitPrice",
  "profit",
  "profitPercent",
  "cumulativeProfit",
  "runup",
  "drawdown",
  "entrySignal",
  "exitSignal",
] as const;

/** The equity curve thinned for drawing: bar, equity and drawdown in percent of the peak so far. */
export interface EmbeddedCurve {
  readonly bars: readonly number[];
  readonly equity: readonly number[];
  readonly drawdown: readonly number[];
}

/** The JSON object. */
export interface Embedded {
  readonly title: string;
  readonly symbol: string;
  /** Decimals of a price. */
  readonly precision: number;
  readonly mintick: number;
  /** Bars are shorter than a day: labels need the time. */
  readonly intraday: boolean;
  /** At least one bar has a volume. */
  readonly hasVolume: boolean;
  readonly currency: string;
  readonly bars: number;
  readonly offsets: readonly OffsetChange[];
  /** What the script shows, in its order. */
  readonly visuals: readonly EmbeddedVisual[];
  /** What it drew, those below first. */
  readonly drawings: readonly EmbeddedDrawing[];
  readonly trades: number;
  /** What `entrySignal` and `exitSignal` index. */
  readonly signals: readonly string[];
  readonly curve?: EmbeddedCurve;
  /** In the order bars, visuals, trades. */
  readonly columns: readonly ColumnHead[];
}

/** Ids of the elements that the page and its script agree on. */
export const elementIds = { data: "report-data", columns: "report-columns" } as const;
