/**
 * x to the power of y, the same on every machine and as near to the exact value as a double can be: JavaScript engines
 * differ here, and multiply whole powers out with growing errors. The work is done in pairs of doubles (T. J. Dekker,
 * "A floating-point technique for extending the available precision", 1971), some 100 bits, and rounded once.
 *
 * The exponents 0, 1, 2 and 0.5 are exactly 1, x, x·x and the square root.
 */
export function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (exponent === 1) return base;
  if (exponent === 2) return base * base;
  if (exponent === 0.5) return Math.sqrt(base);
  // na, infinities and zeros have no rounding to disagree about.
  if (!Number.isFinite(base) || !Number.isFinite(exponent) || base === 0) return base ** exponent;
  const whole = Number.isInteger(exponent);
  if (base < 0 && !whole) return Number.NaN;
  const sign = base < 0 && exponent % 2 !== 0 ? -1 : 1;
  const size = Math.abs(base);
  if (size === 1) return sign;
  return sign * (whole && Math.abs(exponent) <= 64 ? wholePower(size, exponent) : realPower(size, exponent));
}

/** A number as the sum of two doubles, the second far below the first. */
interface Pair {
  readonly high: number;
  readonly low: number;
}

const splitter = 134_217_729;

/** The exact product of two doubles. */
function product(a: number, b: number): Pair {
  const high = a * b;
  const shiftedA = splitter * a;
  const headA = shiftedA - (shiftedA - a);
  const shiftedB = splitter * b;
  const headB = shiftedB - (shiftedB - b);
  const tailA = a - headA;
  const tailB = b - headB;
  return { high, low: headA * headB - high + headA * tailB + tailA * headB + tailA * tailB };
}

function multiply(a: Pair, b: Pair): Pair {
  const { high, low } = product(a.high, b.high);
  return renormalize(high, low + (a.high * b.low + a.low * b.high));
}

function add(a: Pair, b: Pair): Pair {
  const high = a.high + b.high;
  const part = high - a.high;
  return renormalize(high, a.high - (high - part) + (b.high - part) + (a.low + b.low));
}

/** For a second part that is small beside the first. */
function renormalize(high: number, low: number): Pair {
  const sum = high + low;
  return { high: sum, low: high - sum + low };
}

function reciprocal(a: Pair): Pair {
  const first = 1 / a.high;
  const rest = add({ high: 1, low: 0 }, multiply({ high: -first, low: 0 }, a));
  return renormalize(first, first * rest.high);
}

/** A positive number as a mantissa from 1 to 2 and a power of two. */
function split(value: number): { mantissa: number; exponent: number } {
  const normal = value < 2 ** -1022 ? value * 2 ** 64 : value;
  floats[0] = normal;
  const exponent = (words[1]! >>> 20) - 1023;
  words[1] = (words[1]! & 0xfffff) | 0x3ff00000;
  return { mantissa: floats[0], exponent: normal === value ? exponent : exponent - 64 };
}
const floats = new Float64Array(1);
const words = new Uint32Array(floats.buffer);

/** By repeated squaring. */
function wholePower(base: number, exponent: number): number {
  const { mantissa, exponent: twos } = split(base);
  let square: Pair = { high: mantissa, low: 0 };
  let result: Pair = { high: 1, low: 0 };
  for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, square);
    if (left > 1) square = multiply(square, square);
  }
  return scale(exponent < 0 ? reciprocal(result) : result, twos * exponent);
}

const ln2: Pair = { high: 0.6931471805599453, low: 2.3190468138462996e-17 };

/** As e to the power of `exponent · ln base`. */
function realPower(base: number, exponent: number): number {
  const { mantissa, exponent: twos } = split(base);
  const logarithm = add(logarithmOf(mantissa), multiply({ high: twos, low: 0 }, ln2));
  const wanted = multiply({ high: exponent, low: 0 }, logarithm);
  if (wanted.high > 710) return Infinity;
  if (wanted.high < -746) return 0;
  const doublings = Math.round(wanted.high / ln2.high);
  return scale(exponential(add(wanted, multiply({ high: -doublings, low: 0 }, ln2))), doublings);
}

/** ln m for 1 ≤ m < 2: the platform's logarithm, then one step of Newton's method makes it exact. */
function logarithmOf(mantissa: number): Pair {
  if (mantissa === 1) return { high: 0, low: 0 };
  const first = Math.log(mantissa);
  const ratio = multiply({ high: mantissa, low: 0 }, exponential({ high: -first, low: 0 }));
  const error = add(ratio, { high: -1, low: 0 });
  return add({ high: first, low: 0 }, renormalize(error.high, error.low - (error.high * error.high) / 2));
}

/** e^x for |x| < 1: a Taylor series of x/256, squared eight times. The 1 is left out until the end. */
function exponential(x: Pair): Pair {
  const small: Pair = { high: x.high / 256, low: x.low / 256 };
  let term = small;
  let sum = small;
  for (let n = 2; n <= 12; n++) {
    term = multiply(multiply(term, small), reciprocal({ high: n, low: 0 }));
    sum = add(sum, term);
  }
  // (1 + s)² − 1 = 2s + s²
  for (let n = 0; n < 8; n++) sum = add({ high: 2 * sum.high, low: 2 * sum.low }, multiply(sum, sum));
  return add({ high: 1, low: 0 }, sum);
}

function scale(value: Pair, doublings: number): number {
  const sum = value.high + value.low;
  if (doublings >= -1000 && doublings <= 1000) return sum * 2 ** doublings;
  if (Math.abs(doublings) > 2200) return doublings > 0 ? Infinity : 0;
  const half = Math.trunc(doublings / 2);
  return sum * 2 ** half * 2 ** (doublings - half);
}
