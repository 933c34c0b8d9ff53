import { roundHalfEven } from "../../kernel/float.ts";
import type { TickGrid } from "./layout.ts";

/**
 * Prices in 32 bits: high, low and close are stored as their distance from the open. With a known tick grid a column
 * that could not give back every price exactly is promoted to full doubles. Pure.
 */

/** Whether every price of a column keeps its tick when stored as a 32-bit distance from its open. */
export function surviveAsDeltas(opens: Float64Array, targets: Float64Array, grid: TickGrid): boolean {
  const { minmove, pricescale } = grid;
  const limit = deltaLimit(grid);
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index] ?? Number.NaN;
    if (target !== target) continue;
    const delta = Math.fround(target - (opens[index] ?? Number.NaN));
    // A missing open makes a missing distance, which is not below anything.
    if (!(Math.abs(delta) < limit)) return false;
    const onGrid = (roundHalfEven((target * pricescale) / minmove) * minmove) / pricescale;
    if (Math.abs(onGrid - target) > Math.abs(target) * 2 ** -48) return false;
  }
  return true;
}

/**
 * The smallest distance that is too coarse for a grid: neighbouring 32-bit values are half a tick apart, or more. They
 * move apart at powers of two.
 */
export function deltaLimit({ minmove, pricescale }: TickGrid): number {
  const half = minmove / pricescale / 2;
  let limit = 2 ** -149;
  // Between a power of two and the next, neighbours are as far apart as just above it.
  while (limit <= 2 ** 127 && Math.max(2 ** -149, limit * 2 ** -23) < half) limit *= 2;
  return limit;
}

/** Volumes that went through 32 bits get their decimals back: version 1 files only. */
export function repairVolume(volume: number): number {
  if (!Number.isFinite(volume) || volume === 0) return volume;
  const exponent = Math.floor(Math.log2(Math.abs(volume))) + 1;
  const decimals = Math.max(5, Math.floor(-(exponent - 24) * Math.log10(2)));
  return decimals > 20 ? volume : Number(volume.toFixed(Math.min(decimals, 100)));
}
