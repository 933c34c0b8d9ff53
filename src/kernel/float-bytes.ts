import { formatFloat } from "./float.ts";

/**
 * `formatFloat` into bytes. Columns of numbers become files through this, so it takes no way over strings: prices and
 * other short decimals are found by multiplication, the rest by arithmetic in two doubles, whose product is exact.
 * What neither decides for certain (a tie, a power of two, the very large and the very small) asks `formatFloat`.
 * Digits are written four at a time, from a table: twice as quick as one by one (measured).
 */

/** Bytes that one number takes at most, with what is written behind its end for a moment. */
export const floatRoom = 32;

const [minus, point, zero] = [0x2d, 0x2e, 0x30];
/** Powers of ten that a double holds exactly. */
const tens = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** Parts a double into halves of 26 bits, whose products are exact (Veltkamp). */
const splitter = 2 ** 27 + 1;
const tensHigh = tens.map((power) => power * splitter - (power * splitter - power));
const lowSize = 1e8;
/** Closer than this to a boundary nothing is said; sums above are wrong by less than 1e-7. */
const near = 1e-6;

/** The digits of every number below ten thousand, the first in the lowest byte. */
const fourDigits = new Uint32Array(10_000);
for (let number = 0, first = 0x30303030; number < 10_000; first += 1)
  for (let second = 0; second < 0xa00; second += 0x100)
    for (let third = 0; third < 0xa0000; third += 0x10000)
      for (let last = 0; last < 0xa000000; last += 0x1000000)
        fourDigits[number++] = first + second + third + last;

/** What follows is by the exponent of a double, from the one of 1e-4 to the one of 1e15. */
const firstExponent = 1023 - 14;
const powersOfTwo = Float64Array.from({ length: 64 }, (_, index) => 2 ** (index - 14));
/** Half the distance to the next double. */
const halfSteps = powersOfTwo.map((power) => power * 2 ** -53);
/** Digits behind the point when there are 17 in all, of the smallest double. */
const decimalPlaces = powersOfTwo.map((power) => 16 - Math.floor(Math.log10(power)));
/** The power of ten from which on there is one less. */
const nextTens = decimalPlaces.map((places) => Number(`1e${17 - places}`));

/** Halves of a double, to look at its exponent. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Writes a number as `formatFloat` prints it; returns the place behind it. There must be `floatRoom` bytes. */
export function putFloat(view: DataView, at: number, value: number): number {
  if (value !== value) {
    view.setUint32(at, 0x4e614e, true);
    return at + 3;
  }
  let size = value;
  let start = at;
  if (value < 0) {
    size = -value;
    view.setUint8(at, minus);
    start++;
  }
  if (!(size >= 1e-4 && size < 1e15)) {
    if (value !== 0 || Object.is(value, -0)) return putText(view, at, formatFloat(value));
    view.setUint32(at, 0x302e30, true);
    return at + 3;
  }
  // At most 15 digits, so that no shorter decimal and no other of this length is the same double.
  if (size < 1e9) {
    const scaled = Math.floor(size * 1e5 + 0.5);
    if (scaled / 1e5 === size) {
      const whole = size | 0;
      return putShort(view, start, whole, (scaled - whole * 1e5) | 0);
    }
  }
  const end = putShortest(view, start, size);
  return end < 0 ? putText(view, at, formatFloat(value)) : end;
}

/** A whole number and five digits behind its point. */
function putShort(view: DataView, at: number, whole: number, fraction: number): number {
  const to = putWhole(view, at, whole);
  const four = (fraction * 0.1) | 0;
  view.setUint8(to, point);
  view.setUint32(to + 1, fourDigits[four]!, true);
  view.setUint8(to + 5, zero + fraction - four * 10);
  return withoutZeros(view, to + 6);
}

/**
 * The shortest digits of a number: 17 of them are certain to be enough, and those behind the point are an exact sum of
 * two doubles; so is the distance to the middle between neighbouring numbers, within which fewer digits may be found.
 * @returns −1 when it cannot be said for certain
 */
function putShortest(view: DataView, at: number, size: number): number {
  double[0] = size;
  const bits = halves[high]!;
  // A power of two has a nearer neighbour below.
  if ((bits & 0xfffff) === 0 && halves[1 - high] === 0) return -1;
  const exponent = (bits >>> 20) - firstExponent;
  let decimals = decimalPlaces[exponent]! | 0;
  if (size >= nextTens[exponent]!) decimals--;
  const whole = size < 1e9 ? size | 0 : Math.floor(size);
  const fraction = size - whole;
  const power = tens[decimals]!;
  const main = fraction * power;
  let top = (main * 1e-8) | 0;
  const low = main - top * lowSize + productError(fraction, decimals, main);
  const reach = halfSteps[exponent]! * power;
  // Whole numbers of 31 bits are rounded by truncation; of the few that this gets wrong the distance tells.
  let digits = (((low + 50) * 0.01) | 0) * 100;
  let distance = Math.abs(digits - low);
  if (!(distance < reach - near)) {
    if (distance <= reach + near) return -1;
    digits = (((low + 5) * 0.1) | 0) * 10;
    distance = Math.abs(digits - low);
    if (distance < reach - near) {
      if (distance > 5 - near) return -1;
    } else {
      if (distance <= reach + near) return -1;
      digits = (low + 0.5) | 0;
      if (Math.abs(digits - low) > 0.5 - near) return -1;
    }
  }
  // A carry ends here: the next whole number and the next power of ten are other doubles, so out of reach.
  if (digits >= lowSize) {
    digits -= lowSize;
    top++;
  }
  const end = putDecimal(view, at, whole, decimals, top, digits);
  return withoutZeros(view, end);
}

/** What rounding took from the product of a number and a power of ten (Dekker). */
function productError(number: number, exponent: number, product: number): number {
  const split = number * splitter;
  const highA = split - (split - number);
  const lowA = number - highA;
  const highB = tensHigh[exponent]!;
  const lowB = tens[exponent]! - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/**
 * A number of 17 digits, those behind its point in two parts: the last eight are `low`. Each part is written eight
 * digits wide, zeros at its end, and the next one begins where its own digits are over.
 */
function putDecimal(
  view: DataView,
  at: number,
  whole: number,
  decimals: number,
  top: number,
  low: number,
): number {
  if (whole === 0) {
    view.setUint32(at, 0x30302e30, true);
    view.setUint8(at + 4, zero);
    const to = at + 2 + decimals - 17;
    const first = (top * 1e-8) | 0;
    view.setUint8(to, zero + first);
    putEight(view, to + 1, (top - first * lowSize) | 0);
    putEight(view, to + 9, low);
    return to + 17;
  }
  const to = putWhole(view, at, whole);
  view.setUint8(to, point);
  if (decimals < 8) {
    putEight(view, to + 1, (low * tens[8 - decimals]!) | 0);
    return to + 9;
  }
  putEight(view, to + 1, (top * tens[16 - decimals]!) | 0);
  putEight(view, to + 1 + decimals - 8, low);
  return to + 1 + decimals;
}

function putWhole(view: DataView, at: number, whole: number): number {
  if (whole < 10_000) {
    const count = whole < 100 ? (whole < 10 ? 1 : 2) : whole < 1000 ? 3 : 4;
    view.setUint32(at, fourDigits[whole]! >>> (32 - 8 * count), true);
    return at + count;
  }
  const rest = Math.floor(whole * 1e-4);
  const to = putWhole(view, at, rest);
  view.setUint32(to, fourDigits[whole - rest * 10_000]!, true);
  return to + 4;
}

/** Eight digits. Times 1e-4, truncated, is the quotient for every number of 31 bits, and quicker. */
function putEight(view: DataView, at: number, number: number): void {
  const four = (number * 1e-4) | 0;
  view.setUint32(at, fourDigits[four]!, true);
  view.setUint32(at + 4, fourDigits[number - four * 10_000]!, true);
}

/** The end of a number without the zeros there, except one behind the point. */
function withoutZeros(view: DataView, end: number): number {
  let to = end;
  while (view.getUint8(to - 1) === zero && view.getUint8(to - 2) !== point) to--;
  return to;
}

function putText(view: DataView, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index));
  return at + text.length;
}
