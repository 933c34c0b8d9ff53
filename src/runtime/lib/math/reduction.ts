/**
 * Angles too large for the usual reduction, exactly: the angle is a whole number of 2^-1074, π is known to as many
 * bits as that takes, and what remains of the division is rounded once.
 */

/** Bits after the point. A double reaches 2^1024, and 128 more keep the rest precise however small it is. */
const fraction = 1280n;

let piOver32: bigint | undefined;

/** An angle as `steps · π/32` and the rest of at most half a step in two parts. */
export interface ReducedAngle {
  /** Whole number, modulo 64. */
  readonly steps: number;
  readonly rest: number;
  readonly restLow: number;
}

/** @param angle finite */
export function reduceAngle(angle: number): ReducedAngle {
  const step = (piOver32 ??= computePi() >> 5n);
  const fixed = toFixed(angle);
  let steps = (2n * fixed + step) / (2n * step);
  let rest = fixed - steps * step;
  // BigInt division truncates toward zero; the nearest step is wanted.
  if (2n * rest > step) {
    steps++;
    rest -= step;
  } else if (2n * rest < -step) {
    steps--;
    rest += step;
  }
  const high = toNumber(rest);
  return {
    steps: Number(((steps % 64n) + 64n) % 64n),
    rest: high,
    restLow: toNumber(rest - toFixed(high)),
  };
}

/** A double with `fraction` bits after the point; what is smaller is cut off. */
function toFixed(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent === 0n ? 0n : 1n << 52n);
  const shift = (exponent === 0n ? 1n : exponent) - 1075n + fraction;
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return value < 0 ? -size : size;
}

/** The nearest double, nearly: cut after 64 bits and then rounded. */
function toNumber(fixed: bigint): number {
  const size = fixed < 0n ? -fixed : fixed;
  const extra = BigInt(Math.max(0, size.toString(2).length - 64));
  const scaled =
    Number(size >> extra) * 2 ** (Number(extra - fraction) / 2) * 2 ** (Number(extra - fraction) / 2);
  return fixed < 0n ? -scaled : scaled;
}

/** Machin's formula: π = 16 atan(1/5) − 4 atan(1/239). */
function computePi(): bigint {
  const guard = 64n;
  const one = 1n << (fraction + guard);
  const arctangent = (inverse: bigint): bigint => {
    let term = one / inverse;
    let sum = term;
    for (let odd = 3n; term !== 0n; odd += 2n) {
      term = -term / (inverse * inverse);
      sum += term / odd;
    }
    return sum;
  };
  return (16n * arctangent(5n) - 4n * arctangent(239n)) >> guard;
}
