import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { absolute, type Column, roles, type TickGrid, types } from "./layout.ts";
import { surviveAsDeltas } from "./prices.ts";

/** Columns to records, pure. */

/** Bars without their further columns, as they are stored. */
export type StoredColumns = Omit<BarColumns, "extra">;

/**
 * Why no file may hold these prices: an infinity, a high below the open or the close, a low above one of them.
 * `undefined` when nothing is wrong with them; a missing price contradicts nothing.
 */
export function priceFault(
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): string | undefined {
  // Five finite or missing numbers have no infinity among them; the usual case costs one addition each.
  const sum = Math.abs(open) + Math.abs(high) + Math.abs(low) + Math.abs(close) + Math.abs(volume);
  if (!Number.isFinite(sum)) {
    const named = Object.entries({ open, high, low, close, volume });
    const infinite = named.find(([, value]) => Math.abs(value) === Infinity);
    if (infinite !== undefined) return `its ${infinite[0]} is infinite`;
  }
  // A comparison with a missing price is false, so missing prices pass.
  if (high < open || high < close) return `its high ${high} is below its open ${open} or close ${close}`;
  if (low > open || low > close) return `its low ${low} is above its open ${open} or close ${close}`;
  return undefined;
}

/**
 * Refuses bars that no file may hold.
 * @param lastMs open time of the bar before them; −Infinity for none
 * @throws DataError naming the rule and the bar
 */
export function checkColumns(columns: StoredColumns, lastMs: number): void {
  const { length, openTimeMs, open, high, low, close, volume } = columns;
  let before = lastMs;
  for (let index = 0; index < length; index++) {
    const timeMs = openTimeMs[index] ?? Number.NaN;
    const reason =
      timeFault(timeMs, before) ??
      priceFault(
        open[index] ?? Number.NaN,
        high[index] ?? Number.NaN,
        low[index] ?? Number.NaN,
        close[index] ?? Number.NaN,
        volume[index] ?? Number.NaN,
      );
    if (reason !== undefined)
      throw new DataError(`the bar at ${timeText(timeMs)} cannot be stored: ${reason}`);
    before = timeMs;
  }
}

function timeFault(timeMs: number, before: number): string | undefined {
  if (timeMs > before && Number.isSafeInteger(timeMs)) return undefined;
  if (!Number.isSafeInteger(timeMs)) return `its time ${timeMs} is no whole number of milliseconds`;
  return timeMs === before
    ? "there is a bar of that time already"
    : `the bar before it is later: ${timeText(before)}`;
}

function timeText(timeMs: number): string {
  return Number.isFinite(timeMs) && Math.abs(timeMs) < 8.64e15
    ? new Date(timeMs).toISOString()
    : String(timeMs);
}

/** The price columns of these bars that a 32-bit distance could not give back, and those promoted before. */
export function columnsToPromote(
  columns: StoredColumns,
  grid: TickGrid,
  promoted: ReadonlySet<number>,
): Set<number> {
  const result = new Set(promoted);
  if (grid.minmove === 0) return result;
  const prices = [
    [roles.high, columns.high],
    [roles.low, columns.low],
    [roles.close, columns.close],
  ] as const;
  for (const [role, column] of prices)
    if (!result.has(role) && !surviveAsDeltas(columns.open, column, grid)) result.add(role);
  return result;
}

/** Records encoded at once: their columns stay in the cache, and so little is in memory twice. */
const recordsPerPiece = 16_384;

/**
 * The records of bars, piece by piece. A piece is only valid until the next one.
 * @throws DataError when a distance cannot be stored in 32 bits
 */
export function* recordPieces(
  columns: StoredColumns,
  layout: readonly Column[],
  recordSize: number,
): Generator<Uint8Array> {
  const bytes = new Uint8Array(Math.min(recordsPerPiece, columns.length) * recordSize);
  const view = new DataView(bytes.buffer);
  for (let from = 0; from < columns.length; from += recordsPerPiece) {
    const to = Math.min(columns.length, from + recordsPerPiece);
    for (const column of layout) writeColumn(view, columns, column, recordSize, from, to);
    yield bytes.subarray(0, (to - from) * recordSize);
  }
}

function writeColumn(
  view: DataView,
  columns: StoredColumns,
  column: Column,
  recordSize: number,
  from: number,
  to: number,
): void {
  const values = valuesOf(columns, column.role).subarray(from, to);
  if (column.role === roles.time) writeTimes(view, values, column.offset, recordSize);
  else if (column.type === types.f64) writeDoubles(view, values, column.offset, recordSize);
  else writeDistances(view, values, columns, column, recordSize, from);
}

function valuesOf(columns: StoredColumns, role: number): Float64Array {
  switch (role) {
    case roles.time:
      return columns.openTimeMs;
    case roles.open:
      return columns.open;
    case roles.high:
      return columns.high;
    case roles.low:
      return columns.low;
    case roles.close:
      return columns.close;
    default:
      return columns.volume;
  }
}

/** A 64-bit whole number in two halves: three times as fast as through a BigInt. */
function writeTimes(view: DataView, times: Float64Array, offset: number, size: number): void {
  for (let index = 0, at = offset; index < times.length; index++, at += size) {
    const timeMs = times[index] ?? 0;
    const high = Math.floor(timeMs / 4_294_967_296);
    view.setUint32(at, timeMs - high * 4_294_967_296, true);
    view.setInt32(at + 4, high, true);
  }
}

/** One bit pattern for "missing", so that equal bars are equal bytes. */
function writeDoubles(view: DataView, values: Float64Array, offset: number, size: number): void {
  for (let index = 0, at = offset; index < values.length; index++, at += size) {
    const value = values[index] ?? Number.NaN;
    if (value === value) view.setFloat64(at, value, true);
    else {
      view.setUint32(at, 0, true);
      view.setUint32(at + 4, 0x7ff80000, true);
    }
  }
}

function writeDistances(
  view: DataView,
  values: Float64Array,
  columns: StoredColumns,
  column: Column,
  size: number,
  from: number,
): void {
  const isDistance = column.base !== absolute;
  for (let index = 0, at = column.offset; index < values.length; index++, at += size) {
    const value = values[index] ?? Number.NaN;
    if (value !== value) {
      view.setUint32(at, 0x7fc00000, true);
      continue;
    }
    const open = isDistance ? (columns.open[from + index] ?? Number.NaN) : 0;
    const distance = value - open;
    // What does not fit 32 bits is infinite there; a missing open makes it no number.
    if (!(Math.abs(Math.fround(distance)) < Infinity))
      throw tooFar(column.name, value, open, columns, from + index);
    view.setFloat32(at, distance, true);
  }
}

function tooFar(name: string, value: number, open: number, columns: StoredColumns, index: number): DataError {
  const time = timeText(columns.openTimeMs[index] ?? Number.NaN);
  return open !== open
    ? new DataError(`the bar at ${time} has a ${name} but no open`)
    : new DataError(`the ${name} ${value} at ${time} is too far from the open ${open}`);
}
