/**
 * Numbers on their way into a page: columns as bytes, shared by the writer and the browser.
 *
 * A column becomes whole numbers on a decimal grid, each stored as the distance from the one before it: a varint of
 * seven bits a byte, low bits first. The varint 0 is "no value", any other is the zigzag of the distance plus one. Bars
 * move little from one to the next, so most values take one or two bytes before compression.
 */

/** How a column is stored. */
export interface ColumnHead {
  /** A stored whole number is the value times ten to this power. */
  readonly decimals: number;
  /** Bytes that the column takes. */
  readonly bytes: number;
}

/** More decimals are not looked for: money and prices have fewer, and what has more is a computed value. */
const mostDecimals = 10;
/** Whole numbers that stay exact when one is subtracted from another. */
const largest = 2 ** 50;
/** Digits of the largest value that a column keeps when its values lie on no decimal grid. */
const keptDigits = 7;

/**
 * The decimals at which every finite value of a column is exact; for values on no such grid, those that keep seven
 * digits of the largest.
 */
export function decimalsOf(values: ArrayLike<number>): number {
  let size = 0;
  for (let index = 0; index < values.length; index++) {
    const value = Math.abs(values[index] ?? 0);
    if (value < Infinity && value > size) size = value;
  }
  if (size === 0) return 0;
  let decimals = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    while (Math.round(value * 10 ** decimals) / 10 ** decimals !== value) {
      decimals++;
      if (decimals > mostDecimals || size * 10 ** decimals > largest) return roughDecimals(size);
    }
  }
  return size > largest ? roughDecimals(size) : decimals;
}

/** For a column whose largest value is `size`. Powers of ten stay far from where doubles end. */
function roughDecimals(size: number): number {
  return Math.min(keptDigits - 1 - Math.floor(Math.log10(size)), 100);
}

/** A column as bytes. Infinities are stored as no value. */
export function encodeColumn(
  values: ArrayLike<number>,
  decimals = decimalsOf(values),
): { head: ColumnHead; bytes: Uint8Array } {
  let bytes = new Uint8Array(values.length * 3 + 16);
  let length = 0;
  let previous = 0;
  for (let index = 0; index < values.length; index++) {
    if (length + 9 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    const value = values[index] ?? Number.NaN;
    let code = 0;
    if (Number.isFinite(value)) {
      const whole = scaled(value, decimals);
      const distance = whole - previous;
      code = (distance < 0 ? -2 * distance - 1 : 2 * distance) + 1;
      previous = whole;
    }
    // Bit operations see 32 bits only.
    while (code >= 128) {
      bytes[length++] = (code % 128) + 128;
      code = Math.floor(code / 128);
    }
    bytes[length++] = code;
  }
  return { head: { decimals, bytes: length }, bytes: bytes.subarray(0, length) };
}

function scaled(value: number, decimals: number): number {
  return Math.round(decimals < 0 ? value / 10 ** -decimals : value * 10 ** decimals);
}

/** What `encodeColumn` stored; missing values are `NaN`. Reads `count` values from the start of `bytes`. */
export function decodeColumn(bytes: Uint8Array, decimals: number, count: number): Float64Array {
  const values = new Float64Array(count);
  // Dividing by a power of ten rounds correctly, multiplying by its inverse does not.
  const [divisor, factor] = decimals < 0 ? [1, 10 ** -decimals] : [10 ** decimals, 1];
  let offset = 0;
  let whole = 0;
  for (let index = 0; index < count; index++) {
    let byte = bytes[offset++] ?? 0;
    let code = byte & 127;
    for (let unit = 128; byte >= 128; unit *= 128) {
      byte = bytes[offset++] ?? 0;
      code += (byte & 127) * unit;
    }
    if (code === 0) {
      values[index] = Number.NaN;
      continue;
    }
    const zigzag = code - 1;
    whole += zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
    values[index] = (whole / divisor) * factor;
  }
  return values;
}
