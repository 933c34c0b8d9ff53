import { formatFloat } from "./float.ts";

/**
 * `formatFloat` into bytes. Columns of numbers become files through this, so it takes no way over strings: prices and
 * other short decimals are found by multiplication, the rest by arithmetic in two doubles, whose product is exact.
 * What neither decides for certain (a tie, a power of two, the very large and the very small) asks `formatFloat`.
 * Digits are written four at a time, from a table. What is called for every number is one function on purpose: a file
 * is over before the last compiler, which would make it one, is done (measured: an eighth quicker).
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

/** What follows is by the exponent of a double, from the one of 1e-4 to the one of 1e9. */
const firstExponent = 1023 - 14;
const powersOfTwo = Float64Array.from({ length: 44 }, (_, index) => 2 ** (index - 14));
/** Half the distance to the next double. */
const halfSteps = powersOfTwo.map((power) => power * 2 ** -53);
/** Digits behind the point when there are 17 in all, of the smallest double. */
const decimalPlaces = Uint8Array.from(powersOfTwo, (power) => 16 - Math.floor(Math.log10(power)));
/** The power of ten from which on there is one less. */
const nextTens = Float64Array.from(decimalPlaces, (places) => Number(`1e${17 - places}`));

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
  if (!(size >= 1e-4 && size < 1e9)) return putRare(view, at, value);
  const whole = size | 0;
  // At most 15 digits, so that no shorter decimal and no other of this length is the same double.
  const scaled = Math.floor(size * 1e5 + 0.5);
  if (scaled / 1e5 === size) return putShort(view, start, whole, (scaled - whole * 1e5) | 0);
  const end = putShortest(view, start, size, whole);
  return end < 0 ? putText(view, at, formatFloat(value)) : end;
}

/** The very small and the large, of which whole numbers, such as volumes, are the frequent ones. */
function putRare(view: DataView, at: number, value: number): number {
  if (Object.is(value, 0)) {
    view.setUint32(at, 0x302e30, true);
    return at + 3;
  }
  if (!(value >= 1e9 && value < 1e15 && Math.floor(value) === value))
    return putText(view, at, formatFloat(value));
  const rest = Math.floor(value / lowSize);
  const to = putWhole(view, at, rest);
  putEight(view, to, value - rest * lowSize);
  view.setUint16(to + 8, 0x302e, true);
  return to + 10;
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
function putShortest(view: DataView, at: number, size: number, whole: number): number {
  double[0] = size;
  const bits = halves[high]!;
  // A power of two has a nearer neighbour below.
  if ((bits & 0xfffff) === 0 && halves[1 - high] === 0) return -1;
  const exponent = (bits >>> 20) - firstExponent;
  let decimals = decimalPlaces[exponent]!;
  if (size >= nextTens[exponent]!) decimals--;
  const fraction = size - whole;
  const power = tens[decimals]!;
  const main = fraction * power;
  // What rounding took from that product (Dekker).
  const split = fraction * splitter;
  const fractionHigh = split - (split - fraction);
  const fractionLow = fraction - fractionHigh;
  const powerHigh = tensHigh[decimals]!;
  const powerLow = power - powerHigh;
  const error =
    fractionLow * powerLow -
    (main - fractionHigh * powerHigh - fractionLow * powerHigh - fractionHigh * powerLow);
  let top = (main * 1e-8) | 0;
  const low = main - top * lowSize + error;
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
  // Each part is written eight digits wide, and the next begins where its own digits are over.
  let to = at;
  if (whole > 0) {
    to = putWhole(view, at, whole);
    view.setUint8(to++, point);
    top = (top * tens[16 - decimals]!) | 0;
  } else {
    view.setUint32(at, 0x30302e30, true);
    view.setUint8(at + 4, zero);
    to = at + 2 + decimals - 17;
    const first = (top * 1e-8) | 0;
    view.setUint8(to++, zero + first);
    top -= first * lowSize;
    decimals = 16;
  }
  putEight(view, to, top);
  to += decimals - 8;
  putEight(view, to, digits);
  return withoutZeros(view, to + 8);
}

/** A whole number below a billion. */
function putWhole(view: DataView, at: number, whole: number): number {
  if (whole < 10_000) return putUpToFour(view, at, whole);
  const rest = (whole * 1e-4) | 0;
  let to = at;
  if (rest < 10_000) to = putUpToFour(view, at, rest);
  else {
    const first = (rest * 1e-4) | 0;
    view.setUint8(to, zero + first);
    view.setUint32(to + 1, fourDigits[rest - first * 10_000]!, true);
    to += 5;
  }
  view.setUint32(to, fourDigits[whole - rest * 10_000]!, true);
  return to + 4;
}

function putUpToFour(view: DataView, at: number, number: number): number {
  const count = number < 100 ? (number < 10 ? 1 : 2) : number < 1000 ? 3 : 4;
  view.setUint32(at, fourDigits[number]! >>> (32 - 8 * count), true);
  return at + count;
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
