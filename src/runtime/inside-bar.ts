import type { BarColumns } from "../kernel/bar.ts";
import type { MidBar } from "./strategy/strategy-desk.ts";

/**
 * What a script may know inside a bar. Its columns hold whole bars; while it runs in the middle of one, the bar's row
 * holds the prices up to there. TradingView shows the finished bar, which no live run could know.
 */

/** Columns of which a row can be changed without touching the caller's. */
export function changeableColumns(columns: BarColumns): BarColumns {
  return {
    ...columns,
    high: columns.high.slice(),
    low: columns.low.slice(),
    close: columns.close.slice(),
    volume: columns.volume.slice(),
  };
}

/** Finer bars by the chart bar they belong to. */
export class FinerBars {
  readonly columns: BarColumns;
  readonly #starts: Int32Array;

  /** @param columns sorted; a finer bar belongs to the last chart bar that opens at or before it */
  constructor(columns: BarColumns, chart: BarColumns) {
    this.columns = columns;
    this.#starts = new Int32Array(chart.length + 1);
    let next = 0;
    for (let bar = 0; bar < chart.length; bar++) {
      while (next < columns.length && columns.openTimeMs[next]! < chart.openTimeMs[bar]!) next++;
      this.#starts[bar] = next;
    }
    this.#starts[chart.length] = columns.length;
  }

  /** Index of a bar's first finer bar, and how many it has. */
  of(bar: number): { readonly start: number; readonly count: number } {
    const start = this.#starts[bar]!;
    return { start, count: this.#starts[bar + 1]! - start };
  }
}

/** Puts what is known at a point inside a bar into its row. */
export function showPart(
  shown: BarColumns,
  whole: BarColumns,
  bar: number,
  at: MidBar,
  finer: FinerBars | undefined,
): void {
  if ("finerBars" in at) {
    if (finer !== undefined) showFiner(shown, bar, at.finerBars, finer);
    return;
  }
  const [open, high, low] = [whole.open[bar]!, whole.high[bar]!, whole.low[bar]!];
  const near = at.risesFirst ? high : low;
  const seen = at.point === 0 ? [open] : at.point === 1 ? [open, near] : [open, high, low];
  shown.high[bar] = Math.max(...seen);
  shown.low[bar] = Math.min(...seen);
  shown.close[bar] = at.point === 0 ? open : at.point === 1 ? near : at.risesFirst ? low : high;
  shown.volume[bar] = (whole.volume[bar]! * (at.point + 1)) / 4;
}

function showFiner(shown: BarColumns, bar: number, count: number, finer: FinerBars): void {
  const { high, low, close, volume } = finer.columns;
  const { start } = finer.of(bar);
  let [highest, lowest, sum] = [-Infinity, Infinity, 0];
  for (let index = start; index < start + count; index++) {
    highest = Math.max(highest, high[index]!);
    lowest = Math.min(lowest, low[index]!);
    sum += volume[index]!;
  }
  shown.high[bar] = highest;
  shown.low[bar] = lowest;
  shown.close[bar] = close[start + count - 1]!;
  shown.volume[bar] = sum;
}

/** Puts the whole bar into its row. */
export function showWhole(shown: BarColumns, whole: BarColumns, bar: number): void {
  shown.high[bar] = whole.high[bar]!;
  shown.low[bar] = whole.low[bar]!;
  shown.close[bar] = whole.close[bar]!;
  shown.volume[bar] = whole.volume[bar]!;
}
