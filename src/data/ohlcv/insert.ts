import { type Bar, type BarColumns, columnsOf } from "../../kernel/bar.ts";
import { readOhlcv } from "./reader.ts";
import type { StoredColumns } from "./record.ts";
import { readSidecarRows, sidecarCell, type SidecarRows, writeSidecarRows } from "./sidecar.ts";
import { publishStaged, stagedPath } from "./swap.ts";
import { OhlcvWriter } from "./writer.ts";

/** Bars to put into a data file: columns, and the rows of further columns where there are any. */
export interface InsertedBars {
  readonly columns: StoredColumns;
  readonly extra: SidecarRows | undefined;
}

/**
 * Puts bars into a data file at their places; one of a time that is there already takes that place. The file is built
 * anew under a private name and moved into place: until then, and for readers that have it open, the old one stays.
 * Rows of the sidecar move with their bars. The caller holds the file's lock.
 *
 * @param inserted ascending by time
 */
export function insertBars(path: string, inserted: InsertedBars): void {
  if (inserted.columns.length === 0) return;
  const old = readOhlcv(path);
  if (old.timeframe === null) throw new Error(`${path} is of version 1`);
  const stored: InsertedBars = { columns: old.columns, extra: readSidecarRows(path) };
  const order = mergeOrder(stored.columns.openTimeMs, inserted.columns.openTimeMs);
  {
    using writer = OhlcvWriter.create(stagedPath(path), { timeframe: old.timeframe, grid: old.grid });
    writer.appendColumns(mergedColumns(stored.columns, inserted.columns, order));
  }
  const names = [...new Set([...(stored.extra?.names ?? []), ...(inserted.extra?.names ?? [])])];
  if (names.length > 0) {
    const rows = Array.from(order, (place) =>
      place < 0 ? rowOf(inserted.extra, -1 - place, names) : rowOf(stored.extra, place, names),
    );
    writeSidecarRows(stagedPath(path), { names, rows });
  }
  publishStaged(path);
}

/** Bars as columns with the rows of their extras. */
export function insertedBars(bars: readonly Bar[]): InsertedBars {
  const { extra, ...columns } = columnsOf(bars);
  const names = [...extra.keys()];
  const rows = bars.map((_bar, index) => names.map((name) => sidecarCell(extra.get(name)?.[index])));
  return { columns, extra: names.length === 0 ? undefined : { names, rows } };
}

/**
 * Where the bars of a merge come from, ascending by time: the index of a stored one, or −1 minus the index of an
 * inserted one, which wins where both have one time.
 */
function mergeOrder(stored: Float64Array, inserted: Float64Array): Int32Array {
  const order = new Int32Array(stored.length + inserted.length);
  let [left, right, count] = [0, 0, 0];
  while (left < stored.length || right < inserted.length) {
    const old = stored[left] ?? Infinity;
    const fresh = inserted[right] ?? Infinity;
    if (old < fresh) order[count++] = left++;
    else {
      order[count++] = -1 - right++;
      if (fresh === old) left++;
    }
  }
  return order.subarray(0, count);
}

function mergedColumns(stored: StoredColumns, inserted: StoredColumns, order: Int32Array): BarColumns {
  const merged = (field: "openTimeMs" | "open" | "high" | "low" | "close" | "volume"): Float64Array => {
    const [from, other] = [stored[field], inserted[field]];
    const column = new Float64Array(order.length);
    for (let index = 0; index < column.length; index++) {
      const place = order[index] ?? 0;
      column[index] = (place < 0 ? other[-1 - place] : from[place]) ?? Number.NaN;
    }
    return column;
  };
  return {
    length: order.length,
    openTimeMs: merged("openTimeMs"),
    open: merged("open"),
    high: merged("high"),
    low: merged("low"),
    close: merged("close"),
    volume: merged("volume"),
    extra: new Map(),
  };
}

function rowOf(extra: SidecarRows | undefined, index: number, names: readonly string[]): string[] {
  const row = extra?.rows[index];
  return names.map((name) => row?.[extra?.names.indexOf(name) ?? -1] ?? "");
}
