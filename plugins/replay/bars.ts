import type { Bar, BarColumns, SymInfo, Timeframe } from "pynecore/plugin";
import { timeframeSeconds } from "pynecore/plugin";

/** Single bars out of columns, and how one of them may have come about. */

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

/** A bar on its way: the price reached, and the extremes so far. */
export interface PathPoint {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * A bar's way in `count` steps, the first at its open, the last at its close. It goes to the extreme nearer to the
 * open first, as TradingView assumes, then to the other one. Prices between the four are rounded to the tick grid.
 */
export function pathOf(bar: Bar, count: number, grid: Pick<SymInfo, "minmove" | "pricescale">): PathPoint[] {
  const { open, high, low, close } = bar;
  const corners =
    Math.abs(high - open) < Math.abs(open - low) ? [open, high, low, close] : [open, low, high, close];
  const snap = (price: number): number => {
    const snapped = (Math.round((price * grid.pricescale) / grid.minmove) * grid.minmove) / grid.pricescale;
    return Math.min(high, Math.max(low, snapped));
  };
  return Array.from({ length: count }, (_, step) => {
    const position = count === 1 ? 0 : (3 * step) / (count - 1);
    const leg = Math.min(2, Math.floor(position));
    const [from = open, to = close] = corners.slice(leg);
    const rest = position - leg;
    const price = rest === 0 ? from : rest === 1 ? to : snap(from + (to - from) * rest);
    const passed = [...corners.slice(0, leg + 1), price];
    return { high: Math.max(...passed), low: Math.min(...passed), close: price };
  });
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
