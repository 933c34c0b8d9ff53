import { UsageError } from "../kernel/errors.ts";
import type { Stretch } from "./metrics.ts";

/** Splits of the bars for a walk-forward test. Pure. */

/** Inputs are chosen by the first part and judged by the second, which follows it at once. */
export interface Split {
  readonly inSample: Stretch;
  readonly outOfSample: Stretch;
}

/** How the bars are split. */
export interface SplitRequest {
  readonly windows: number;
  /** In-sample parts all begin at the first bar; else they roll, all of one length. */
  readonly isAnchored: boolean;
  /** Length of the (first) in-sample part, in lengths of an out-of-sample part. */
  readonly ratio: number;
}

/** Bars that an out-of-sample part has at least. */
const fewestBars = 10;

/**
 * The splits, oldest first; out-of-sample parts are equally long, follow one another, and end with the last bar.
 * @throws UsageError when there are too few bars
 */
export function splitsOf(bars: number, { windows, isAnchored, ratio }: SplitRequest): Split[] {
  const length = bars / (windows + ratio);
  if (length < fewestBars) {
    throw new UsageError(
      `--walk-forward ${windows}: ${bars.toLocaleString("en")} bars make out-of-sample parts of ${Math.floor(length)}; at least ${fewestBars} are wanted`,
      { hint: "take fewer windows or more data" },
    );
  }
  const boundary = (window: number): number => Math.round((window + ratio) * length);
  return Array.from({ length: windows }, (_, window) => ({
    inSample: { from: isAnchored ? 0 : Math.round(window * length), to: boundary(window) },
    outOfSample: { from: boundary(window), to: boundary(window + 1) },
  }));
}

/** What one part of a split came to. */
export interface PartFigures {
  /** Percent of the equity at its start. */
  readonly profitPercent: number;
  readonly closedTrades: number;
  /** Of the objective. */
  readonly value: number;
}

/** Numbers that a split adds to the row of a set: the in-sample part's, then the out-of-sample part's. */
export const numbersPerSplit = 6;

/** The parts of a split in a row of numbers. */
export function partsIn(
  row: Float64Array,
  offset: number,
  split: number,
): { readonly inSample: PartFigures; readonly outOfSample: PartFigures } {
  const at = (index: number): number => row[offset + split * numbersPerSplit + index] ?? Number.NaN;
  return {
    inSample: { profitPercent: at(0), closedTrades: at(1), value: at(2) },
    outOfSample: { profitPercent: at(3), closedTrades: at(4), value: at(5) },
  };
}

/**
 * How much of the in-sample profit was left out of sample, both a year; `undefined` where nothing was earned
 * in-sample.
 */
export function efficiencyOf(
  inSample: { readonly profitPercent: number; readonly years: number },
  outOfSample: { readonly profitPercent: number; readonly years: number },
): number | undefined {
  const earned = inSample.profitPercent / inSample.years;
  const kept = outOfSample.profitPercent / outOfSample.years;
  return earned > 0 && Number.isFinite(kept) ? kept / earned : undefined;
}
