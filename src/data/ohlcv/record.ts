import type { Bar } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { absolute, type Column, roles, type TickGrid, types } from "./layout.ts";
import { survivesAsDelta } from "./prices.ts";

/** Bars to records, pure. */

/**
 * Refuses a bar that no file may hold.
 * @param lastMs open time of the bar before it; −Infinity for the first
 * @throws DataError naming the rule and the bar
 */
export function checkBar(bar: Bar, lastMs: number): void {
  const refuse = (reason: string): never => {
    throw new DataError(`the bar at ${timeText(bar.openTimeMs)} cannot be stored: ${reason}`);
  };
  const { openTimeMs, open, high, low, close, volume } = bar;
  if (!Number.isSafeInteger(openTimeMs)) refuse(`its time ${openTimeMs} is no whole number of milliseconds`);
  for (const [name, value] of Object.entries({ open, high, low, close, volume })) {
    if (value === Infinity || value === -Infinity) refuse(`its ${name} is infinite`);
  }
  // A comparison with a missing price is false, so missing prices pass.
  if (high < open || high < close) refuse(`its high ${high} is below its open ${open} or close ${close}`);
  if (low > open || low > close) refuse(`its low ${low} is above its open ${open} or close ${close}`);
  if (openTimeMs === lastMs) refuse("there is a bar of that time already");
  if (openTimeMs < lastMs) refuse(`the bar before it is later: ${timeText(lastMs)}`);
}

function timeText(timeMs: number): string {
  return Number.isFinite(timeMs) && Math.abs(timeMs) < 8.64e15
    ? new Date(timeMs).toISOString()
    : String(timeMs);
}

/** The price columns of these bars that a 32-bit distance could not give back. */
export function columnsToPromote(
  bars: readonly Bar[],
  grid: TickGrid,
  promoted: ReadonlySet<number>,
): Set<number> {
  const result = new Set(promoted);
  if (grid.minmove === 0) return result;
  for (const bar of bars) {
    if (!result.has(roles.high) && !survivesAsDelta(bar.open, bar.high, grid)) result.add(roles.high);
    if (!result.has(roles.low) && !survivesAsDelta(bar.open, bar.low, grid)) result.add(roles.low);
    if (!result.has(roles.close) && !survivesAsDelta(bar.open, bar.close, grid)) result.add(roles.close);
  }
  return result;
}

/**
 * The records of bars.
 * @throws DataError when a distance cannot be stored in 32 bits
 */
export function encodeRecords(
  bars: readonly Bar[],
  columns: readonly Column[],
  recordSize: number,
): Uint8Array {
  const bytes = new Uint8Array(recordSize * bars.length);
  const view = new DataView(bytes.buffer);
  for (const [index, bar] of bars.entries()) {
    for (const column of columns) {
      const at = index * recordSize + column.offset;
      if (column.role === roles.time) view.setBigInt64(at, BigInt(bar.openTimeMs), true);
      else writeNumber(view, at, column, bar);
    }
  }
  return bytes;
}

function valueOf(bar: Bar, role: number): number {
  switch (role) {
    case roles.open:
      return bar.open;
    case roles.high:
      return bar.high;
    case roles.low:
      return bar.low;
    case roles.close:
      return bar.close;
    default:
      return bar.volume;
  }
}

function writeNumber(view: DataView, at: number, column: Column, bar: Bar): void {
  const value = valueOf(bar, column.role);
  if (column.type === types.f64) {
    // One bit pattern for "missing", so that equal bars are equal bytes.
    if (value === value) view.setFloat64(at, value, true);
    else view.setBigUint64(at, 0x7ff8000000000000n, true);
    return;
  }
  if (value !== value) {
    view.setUint32(at, 0x7fc00000, true);
    return;
  }
  const delta = column.base === absolute ? value : value - bar.open;
  if (delta !== delta)
    throw new DataError(`the bar at ${timeText(bar.openTimeMs)} has a ${column.name} but no open`);
  if (!Number.isFinite(Math.fround(delta))) {
    throw new DataError(
      `the ${column.name} ${value} at ${timeText(bar.openTimeMs)} is too far from the open ${bar.open}`,
    );
  }
  view.setFloat32(at, delta, true);
}
