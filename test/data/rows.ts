import type { BarColumns, ExtraColumn } from "../../src/kernel/bar.ts";

/** Columns of `[openTimeMs, open, high, low, close, volume]` rows; what a row lacks is missing. */
export function columnsOfRows(
  rows: readonly (readonly number[])[],
  extra: ReadonlyMap<string, ExtraColumn> = new Map(),
): BarColumns {
  const column = (index: number): Float64Array => Float64Array.from(rows, (row) => row[index] ?? Number.NaN);
  return {
    length: rows.length,
    openTimeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    extra,
  };
}
