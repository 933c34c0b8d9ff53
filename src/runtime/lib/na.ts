/** The number, or the replacement for what is not available; infinities count as such. */
export function nz(value: number, replacement = 0): number {
  return Number.isFinite(value) ? value : replacement;
}

/** Whether a number counts as true: not na, and further than 1e-10 from 0. */
export function truth(value: number): boolean {
  return Math.abs(value) > 1e-10;
}
