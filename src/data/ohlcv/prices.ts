import { roundHalfEven } from "../../kernel/float.ts";
import type { TickGrid } from "./layout.ts";

/**
 * Prices in 32 bits: high, low and close are stored as their distance from the open. With a known tick grid a column
 * that could not give back every price exactly is promoted to full doubles. Pure.
 */

/** Whether a price keeps its tick when stored as a 32-bit distance from `open`. */
export function survivesAsDelta(open: number, target: number, grid: TickGrid): boolean {
  if (target !== target) return true;
  if (open !== open) return false;
  const { minmove, pricescale } = grid;
  const delta = Math.fround(target - open);
  if (!Number.isFinite(delta)) return false;
  if (spacing(delta) >= minmove / pricescale / 2) return false;
  const onGrid = (roundHalfEven((target * pricescale) / minmove) * minmove) / pricescale;
  return !(Math.abs(onGrid - target) > Math.abs(target) * 2 ** -48);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The larger distance from a 32-bit value to its neighbours. */
export function spacing(value: number): number {
  const size = Math.abs(value);
  float[0] = size;
  bits[0] = (bits[0] ?? 0) + 1;
  const above = float[0] ?? Number.POSITIVE_INFINITY;
  if (size === 0) return above;
  float[0] = size;
  bits[0] = (bits[0] ?? 1) - 1;
  return Math.max(above - size, size - (float[0] ?? 0));
}

/** Replaces whole prices by the grid point beside them, where they are one but for rounding. */
export function snapAbsolute(prices: Float64Array, { minmove, pricescale }: TickGrid): void {
  for (let index = 0; index < prices.length; index++) {
    const price = prices[index] ?? Number.NaN;
    const snapped = (roundHalfEven((price * pricescale) / minmove) * minmove) / pricescale;
    if (Math.abs(snapped - price) <= Math.abs(price) * 2 ** -52) prices[index] = snapped;
  }
}

/**
 * Turns 32-bit distances into the prices they stand for, in place.
 * @param opens as stored, before any snapping
 */
export function resolveDeltas(
  deltas: Float64Array,
  opens: Float64Array,
  { minmove, pricescale }: TickGrid,
): void {
  const known = minmove !== 0;
  for (let index = 0; index < deltas.length; index++) {
    const delta = deltas[index] ?? Number.NaN;
    const value = (opens[index] ?? Number.NaN) + delta;
    deltas[index] = value;
    if (!known) continue;
    const snapped = (roundHalfEven((value * pricescale) / minmove) * minmove) / pricescale;
    if (Math.abs(snapped - value) <= Math.abs(delta) * 2 ** -23 + Math.abs(value) * 2 ** -52)
      deltas[index] = snapped;
  }
}

/** Volumes that went through 32 bits get their decimals back: version 1 files only. */
export function repairVolume(volume: number): number {
  if (!Number.isFinite(volume) || volume === 0) return volume;
  const exponent = Math.floor(Math.log2(Math.abs(volume))) + 1;
  const decimals = Math.max(5, Math.floor(-(exponent - 24) * Math.log10(2)));
  return decimals > 20 ? volume : Number(volume.toFixed(Math.min(decimals, 100)));
}
