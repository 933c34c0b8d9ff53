/**
 * Arithmetic over the decimal digits that a number is written with, as TradingView's money is computed: 0.3 ÷ 0.1 is
 * exactly 3, and 1.005 rounds up. Few digits take a quick way through whole numbers; its results are the same to the
 * last bit, because whole numbers below 2^53 and powers of ten up to 1e22 are exact.
 */

const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const exactBelow = 2 ** 53;

/** Ten to a power from 0 to 22, exact. */
export function tenTo(exponent: number): number {
  return powers[exponent] ?? Number.NaN;
}

/** Digits behind the point of a number with at most 15 digits, 9 of them behind it; −1 when it has more. */
export function decimalPlaces(value: number): number {
  for (let places = 0; places <= 9; places++) {
    const whole = Math.round(value * tenTo(places));
    if (!(Math.abs(whole) < 1e15)) return -1;
    if (whole / tenTo(places) === value) return places;
  }
  return -1;
}

/** The double nearest to the exact product of two numbers' digits and `10^-shift`. */
export function decimalProduct(a: number, b: number, shift = 0): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a * b;
  const [placesOfA, placesOfB] = [decimalPlaces(a), decimalPlaces(b)];
  if (placesOfA >= 0 && placesOfB >= 0) {
    const product = Math.round(a * tenTo(placesOfA)) * Math.round(b * tenTo(placesOfB));
    if (Math.abs(product) < exactBelow) return product / tenTo(placesOfA + placesOfB + shift);
  }
  const [left, right] = [decimal(a), decimal(b)];
  return Number(`${left.digits * right.digits}e${-(left.scale + right.scale + shift)}`);
}

/** The double nearest to the exact sum of two numbers' digits. */
export function decimalSum(a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a + b;
  const places = Math.max(decimalPlaces(a), decimalPlaces(b));
  if (decimalPlaces(a) >= 0 && decimalPlaces(b) >= 0) {
    const sum = Math.round(a * tenTo(places)) + Math.round(b * tenTo(places));
    if (Math.abs(sum) < exactBelow) return sum / tenTo(places);
  }
  const [left, right] = [decimal(a), decimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const digits =
    left.digits * 10n ** BigInt(scale - left.scale) + right.digits * 10n ** BigInt(scale - right.scale);
  return Number(`${digits}e${-scale}`);
}

/** Floor of a ÷ b for positive numbers, taken over their digits. */
export function decimalQuotient(a: number, b: number): number {
  const [placesOfA, placesOfB] = [decimalPlaces(a), decimalPlaces(b)];
  if (placesOfA >= 0 && placesOfB >= 0) {
    const numerator = Math.round(a * tenTo(placesOfA)) * tenTo(placesOfB);
    const denominator = Math.round(b * tenTo(placesOfB)) * tenTo(placesOfA);
    if (numerator < exactBelow && denominator < exactBelow)
      return (numerator - (numerator % denominator)) / denominator;
  }
  if (!Number.isFinite(a)) return Number.NaN;
  const [left, right] = [decimal(a), decimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const numerator = left.digits * 10n ** BigInt(scale - left.scale);
  const denominator = right.digits * 10n ** BigInt(scale - right.scale);
  return denominator === 0n ? Number.NaN : Number(numerator / denominator);
}

/** The digits rounded half up to ten significant ones: how money is rounded. */
export function cash10(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value)) return value;
  const places = 9 - Math.floor(Math.log10(size));
  if (places >= 0 && places <= 22) {
    const scaled = size * tenTo(places);
    const floor = Math.floor(scaled);
    // The product is off by at most 1e-6; only a value that close to a half needs its digits looked at.
    const rest = scaled - floor;
    if (floor >= 1e9 && floor < 1e10 && Math.abs(rest - 0.5) > 1e-5)
      return (Math.sign(value) * (rest < 0.5 ? floor : floor + 1)) / tenTo(places);
  }
  const { digits, scale } = decimal(size);
  const excess = digits.toString().length - 10;
  if (excess <= 0) return value;
  const unit = 10n ** BigInt(excess);
  return Math.sign(value) * Number(`${(digits + unit / 2n) / unit}e${excess - scale}`);
}

/** A number's shortest digits and the count of those behind the point. */
function decimal(value: number): { digits: bigint; scale: number } {
  const [mantissa = "0", exponent = "0"] = value.toString().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}
