import type { BarColumns, ExtraColumn } from "../../kernel/bar.ts";
import { formatTimeframe, parseTimeframe, type Timeframe } from "../../kernel/timeframe.ts";
import { loadBars, type LoadedBars } from "../load.ts";
import type { ReadRange } from "../ohlcv/reader.ts";
import { aggregateBars } from "./aggregate.ts";

/**
 * Bars of a data file in a longer timeframe than its own. The range bounds the merged bars, which are whole: their
 * parts are read even where they lie outside it.
 *
 * @throws DataError as `loadBars` does
 * @throws UsageError when the file's bars cannot be merged into that timeframe
 */
export function loadAggregated(
  path: string,
  timeframe: Timeframe,
  range: ReadRange = {},
  symbolPath?: string,
): LoadedBars {
  const own = loadBars(path, {}, symbolPath);
  const source = parseTimeframe(own.timeframe);
  const name = formatTimeframe(timeframe);
  if (formatTimeframe(source) === name) return { ...own, columns: within(own.columns, range) };
  const merged = aggregateBars(own.columns, source, timeframe, own.symInfo);
  const columns = within(merged, range);
  return {
    ...own,
    columns,
    finer: partsOf(own.columns, merged, columns),
    symInfo: { ...own.symInfo, period: name },
    timeframe: name,
  };
}

/** The finer bars that the kept ones of the merged bars were made of. */
function partsOf(own: BarColumns, merged: BarColumns, kept: BarColumns): BarColumns {
  const first = kept.openTimeMs[0] ?? Infinity;
  const last = kept.openTimeMs[kept.length - 1] ?? -Infinity;
  const next = merged.openTimeMs.find((open) => open > last) ?? Infinity;
  return within(own, { fromMs: first, toMs: next - 1 });
}

/** The bars that open inside a range, both ends included. */
function within(columns: BarColumns, { fromMs = -Infinity, toMs = Infinity }: ReadRange): BarColumns {
  const { openTimeMs, length } = columns;
  let from = 0;
  while (from < length && (openTimeMs[from] ?? 0) < fromMs) from++;
  let to = length;
  while (to > from && (openTimeMs[to - 1] ?? 0) > toMs) to--;
  const cut = (column: ExtraColumn): ExtraColumn =>
    column instanceof Float64Array ? column.subarray(from, to) : column.slice(from, to);
  return {
    length: to - from,
    openTimeMs: openTimeMs.subarray(from, to),
    open: columns.open.subarray(from, to),
    high: columns.high.subarray(from, to),
    low: columns.low.subarray(from, to),
    close: columns.close.subarray(from, to),
    volume: columns.volume.subarray(from, to),
    extra: new Map([...columns.extra].map(([key, column]) => [key, cut(column)])),
  };
}
