/** "Not available": `NaN`. */
export const na = Number.NaN;

/** Whether a number is not available; infinities count as such. */
export function isNa(value: number): boolean {
  return !Number.isFinite(value);
}

/** `value`, or `replacement` where it is not available. */
export function nz(value: number, replacement = 0): number {
  return Number.isFinite(value) ? value : replacement;
}
