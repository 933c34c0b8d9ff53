/** `math` functions of single numbers that the platform has not, or not to the last bit. */

/** Largest number of decimals for which the power of ten is exact. */
const largestPrecision = 22;
/** How far below a tie a value still counts as one, in units of the last kept digit. */
const tieTolerance = 1e-10;

/**
 * Rounds half away from zero: to a whole number (na for what is not finite), or to `precision` decimals, where a value
 * within 1e-10 below a tie counts as a tie, its exact binary value being taken, and what is already coarser than the
 * decimals or not finite stays as it is.
 */
export function round(value: number, precision?: number): number {
  if (precision === undefined || precision !== precision) {
    if (!Number.isFinite(value)) return Number.NaN;
    const size = Math.abs(value);
    const floor = Math.floor(size);
    return Math.sign(value) * (size - floor >= 0.5 ? floor + 1 : floor);
  }
  const decimals = Math.trunc(precision);
  if (!Number.isFinite(value) || decimals > largestPrecision) return value;
  const scale = 10 ** Math.abs(decimals);
  const size = Math.abs(value);
  if (decimals < 0) return Math.sign(value) * round(size / scale) * scale;
  const scaled = size * scale;
  if (scaled >= 2 ** 52) return value;
  const floor = Math.floor(scaled);
  const rest = scaled - floor + productError(size, scale, scaled);
  const whole = rest >= 0.5 - tieTolerance ? floor + 1 : rest < -tieTolerance - 0.5 ? floor - 1 : floor;
  return Math.sign(value) * (whole / scale);
}

/** What rounding has taken from a product (T. J. Dekker, 1971). */
function productError(a: number, b: number, rounded: number): number {
  const splitter = 134_217_729;
  const headA = splitter * a - (splitter * a - a);
  const headB = splitter * b - (splitter * b - b);
  const tailA = a - headA;
  const tailB = b - headB;
  return headA * headB - rounded + headA * tailB + tailA * headB + tailA * tailB;
}

/** The prices of a symbol: whole multiples of `mintick`, which is `minmove / pricescale`. */
export interface PriceGrid {
  readonly mintick: number;
  readonly minmove: number;
  readonly pricescale: number;
}

/** The nearest price on the grid, ties up. */
export function roundToMintick(value: number, { mintick, minmove, pricescale }: PriceGrid): number {
  return (Math.trunc(value / mintick + 0.5) * minmove) / pricescale;
}

/** Mean: two numbers are added plainly, three or more with Kahan's compensation; na if one is na. */
export function avg(...numbers: readonly number[]): number {
  const count = numbers.length;
  if (count <= 2) return ((numbers[0] ?? Number.NaN) + (numbers[1] ?? 0)) / count;
  let sum = 0;
  let correction = 0;
  for (const number of numbers) {
    const wanted = number - correction;
    const total = sum + wanted;
    correction = total - sum - wanted;
    sum = total;
  }
  return (sum - correction) / count;
}

/** Radians to degrees. */
export function todegrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

/** Degrees to radians. */
export function toradians(degrees: number): number {
  return (degrees / 180) * Math.PI;
}
