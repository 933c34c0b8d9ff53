import type { Bar, BarColumns, Timeframe } from "pynecore/plugin";
import { timeframeSeconds } from "pynecore/plugin";

/** Single bars out of columns. */

/** One bar, its times moved by `shiftMs`. */
export function barAt(columns: BarColumns, index: number, shiftMs = 0, withExtra = true): Bar {
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  const bar = {
    openTimeMs: at(columns.openTimeMs) + shiftMs,
    open: at(columns.open),
    high: at(columns.high),
    low: at(columns.low),
    close: at(columns.close),
    volume: at(columns.volume),
  };
  if (!withExtra || columns.extra.size === 0) return bar;
  const extra = [...columns.extra].map(([name, column]) => [name, column[index] ?? ""] as const);
  return { ...bar, extra: Object.fromEntries(extra) };
}

/** When a bar closes: a period after its open, or at the next bar's open where that comes first. */
export function closeTime(opens: Float64Array, index: number, timeframe: Timeframe): number {
  const open = opens[index] ?? Number.NaN;
  return Math.min(periodEnd(open, timeframe), opens[index + 1] ?? Infinity);
}

function periodEnd(openMs: number, timeframe: Timeframe): number {
  if (timeframe.unit !== "month") return openMs + timeframeSeconds(timeframe) * 1000;
  const end = new Date(openMs);
  end.setUTCMonth(end.getUTCMonth() + timeframe.value);
  return end.getTime();
}

/** Index of the last time at or before `ms`; 0 when all are later. */
export function lastAtOrBefore(times: Float64Array, ms: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
