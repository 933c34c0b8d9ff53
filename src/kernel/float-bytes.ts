import { formatFloat } from "./float.ts";

/**
 * `formatFloat` into bytes. Columns of numbers become files through this, so it takes no way over strings: prices and
 * other short decimals are found by multiplication, the rest by arithmetic in two doubles, whose product is exact.
 * What neither decides for certain (a tie, a power of two, the very large and the very small) asks `formatFloat`.
 */

/** Bytes that one number takes at most. */
export const floatRoom = 32;

const [minus, point, zero] = [0x2d, 0x2e, 0x30];
/** Powers of ten that a double holds exactly. */
const tens = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const billion = 1e9;
const lowSize = 1e8;
/** Closer than this to a boundary nothing is said; sums above are wrong by less than 1e-7. */
const near = 1e-6;

/** The digits of every number below a hundred. */
const tensDigit = Uint8Array.from({ length: 100 }, (_, number) => zero + Math.floor(number / 10));
const onesDigit = Uint8Array.from({ length: 100 }, (_, number) => zero + (number % 10));

/** Halves of a double, to look at its exponent. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Writes a number as `formatFloat` prints it; returns the place behind it. There must be `floatRoom` bytes. */
export function putFloat(bytes: Uint8Array, at: number, value: number): number {
  if (value !== value) {
    bytes[at] = bytes[at + 2] = 0x4e;
    bytes[at + 1] = 0x61;
    return at + 3;
  }
  let size = value;
  if (value < 0) {
    size = -value;
    bytes[at] = minus;
  }
  const start = value < 0 ? at + 1 : at;
  if (!(size >= 1e-4 && size < 1e15)) {
    if (value !== 0 || Object.is(value, -0)) return putText(bytes, at, formatFloat(value));
    bytes[at] = bytes[at + 2] = zero;
    bytes[at + 1] = point;
    return at + 3;
  }
  // At most 15 digits, so that no shorter decimal and no other of this length is the same double.
  if (size < 1e9) {
    const scaled = Math.floor(size * 1e5 + 0.5);
    if (scaled / 1e5 === size) {
      const whole = size | 0;
      return putShort(bytes, start, whole, (scaled - whole * 1e5) | 0);
    }
  }
  const end = putShortest(bytes, start, size);
  return end < 0 ? putText(bytes, at, formatFloat(value)) : end;
}

/**
 * The shortest digits of a number: with 17 of them before the point it is an exact sum of two doubles, and so is the
 * distance to the neighbouring numbers' middle, within which fewer digits may be found.
 * @returns −1 when it cannot be said for certain
 */
function putShortest(bytes: Uint8Array, at: number, size: number): number {
  double[0] = size;
  const bits = halves[high]!;
  // A power of two has a nearer neighbour below.
  if ((bits & 0xfffff) === 0 && halves[1 - high] === 0) return -1;
  const decimals =
    size < 1 ? (size < 1e-2 ? (size < 1e-3 ? 20 : 19) : size < 0.1 ? 18 : 17) : 16 - wholeDigits(size, bits);
  const power = tens[decimals]!;
  const main = size * power;
  const rest = productError(size, power, main);
  let top = (main / lowSize) | 0;
  const low = main - top * lowSize + rest;
  // Half the distance to the next double: the power of two of the last bit but one.
  halves[high] = ((bits >>> 20) - 53) << 20;
  halves[1 - high] = 0;
  const reach = double[0]! * power;
  // Whole numbers of 31 bits are rounded by truncation; of the few that this gets wrong the distance tells.
  let whole = (((low + 50) * 0.01) | 0) * 100;
  let distance = Math.abs(whole - low);
  if (!(distance < reach - near)) {
    if (distance <= reach + near) return -1;
    whole = (((low + 5) * 0.1) | 0) * 10;
    distance = Math.abs(whole - low);
    if (distance < reach - near) {
      if (distance > 5 - near) return -1;
    } else {
      if (distance <= reach + near) return -1;
      whole = (low + 0.5) | 0;
      if (Math.abs(whole - low) > 0.5 - near) return -1;
    }
  }
  if (whole >= lowSize) {
    whole -= lowSize;
    top++;
  }
  return top >= billion ? -1 : putPoint(bytes, at, top, whole, decimals);
}

/** Digits before the point but one, of a number from 1 to 1e15. */
function wholeDigits(size: number, bits: number): number {
  // 1233 / 4096 is the logarithm of two; one too few at most.
  const count = (((bits >>> 20) - 1023) * 1233) >> 12;
  return size >= tens[count + 1]! ? count + 1 : count;
}

/** What rounding took from a product (Dekker). */
function productError(a: number, b: number, product: number): number {
  const splitA = a * 134_217_729;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = b * 134_217_729;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** The point of a number of 17 digits, the first nine and the last eight, before the last `decimals` of them. */
function putPoint(bytes: Uint8Array, at: number, top: number, low: number, decimals: number): number {
  const whole = 17 - decimals;
  let start = at;
  if (whole <= 0) {
    bytes[at] = zero;
    bytes[at + 1] = point;
    for (let gap = whole; gap < 0; gap++) bytes[at + 2 - whole + gap] = zero;
    start = at + 2 - whole;
  }
  // With whole digits all of them are written one place behind their own, and those before the point go back.
  const from = whole > 0 ? start + 1 : start;
  const first = (top * 1e-8) | 0;
  bytes[from] = zero + first;
  putEight(bytes, from + 1, (top - first * lowSize) | 0);
  putEight(bytes, from + 9, low | 0);
  if (whole > 0) {
    for (let digit = 0; digit < whole; digit++) bytes[at + digit] = bytes[from + digit]!;
    bytes[at + whole] = point;
  }
  return withoutZeros(bytes, from + 17);
}

/** Eight digits. Times 0.01, truncated, is the quotient for every number of 31 bits, and quicker. */
function putEight(bytes: Uint8Array, at: number, number: number): void {
  const six = (number * 0.01) | 0;
  const four = (six * 0.01) | 0;
  const two = (four * 0.01) | 0;
  putTwo(bytes, at, two);
  putTwo(bytes, at + 2, four - two * 100);
  putTwo(bytes, at + 4, six - four * 100);
  putTwo(bytes, at + 6, number - six * 100);
}

function putTwo(bytes: Uint8Array, at: number, number: number): void {
  bytes[at] = tensDigit[number]!;
  bytes[at + 1] = onesDigit[number]!;
}

/** A number of 31 bits and five digits behind its point. */
function putShort(bytes: Uint8Array, at: number, whole: number, fraction: number): number {
  let to = at;
  if (whole >= 100) {
    let count = 3;
    while (count < 10 && whole >= tens[count]!) count++;
    let left = whole;
    to = at + count;
    let place = to;
    while (left >= 100) {
      const next = (left * 0.01) | 0;
      place -= 2;
      putTwo(bytes, place, left - next * 100);
      left = next;
    }
    if (left >= 10) putTwo(bytes, at, left);
    else bytes[at] = zero + left;
  } else {
    if (whole >= 10) bytes[to++] = tensDigit[whole]!;
    bytes[to++] = onesDigit[whole]!;
  }
  bytes[to] = point;
  const first = (fraction * 0.001) | 0;
  const rest = fraction - first * 1000;
  const middle = (rest * 0.1) | 0;
  putTwo(bytes, to + 1, first);
  putTwo(bytes, to + 3, middle);
  bytes[to + 5] = zero + rest - middle * 10;
  return withoutZeros(bytes, to + 6);
}

/** The end of a number without the zeros there, except one behind the point. */
function withoutZeros(bytes: Uint8Array, end: number): number {
  let to = end;
  while (bytes[to - 1] === zero && bytes[to - 2] !== point) to--;
  return to;
}

function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}
