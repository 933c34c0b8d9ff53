import { cosineRest, cosineScale, powerHigh, powerLow, sineHigh, sineLow } from "./libm-tables.ts";
import { reduceAngle } from "./reduction.ts";

/**
 * Sine, cosine and exponential as the x86 LIBM library computes them, which is what a script meets at run time on
 * TradingView's machines. The platform's own functions differ from engine to engine in the last bit; these do not.
 *
 * Source: the algorithm description Intel publishes with the library (range reduction by π/32 in three parts, tables
 * of 64 entries, compensated sums; powers of two in 64ths and a polynomial of the sixth degree). Tables, constants
 * and the order of the large terms follow it exactly. The order in which the smallest terms are added is not part of
 * the description: results are within 0.51 units of the last place and may differ from TradingView's in it where the
 * exact value lies almost in the middle between two doubles, less than once in a hundred calls.
 */

/** π/32 in three parts; products of the first two with a whole number up to 2^20 are exact. */
const step1 = 0.09817477042088285;
const step2 = 3.798187816439979e-12;
const step3 = 1.2639164054974691e-22;
const stepsPerRadian = 10.185916357881302;

/** From here on the three parts no longer suffice. */
const largestDirect = 90_112;
/** An angle below is its own sine. */
const smallestDirect = 2 ** -27;

/** Sine of an angle in radians. */
export function sin(angle: number): number {
  if (!(Math.abs(angle) >= smallestDirect)) return angle;
  return sine(angle, 0);
}

/** Cosine of an angle in radians. */
export function cos(angle: number): number {
  return sine(angle, 16);
}

/** @param quarter steps of π/32 to add: 16 makes a cosine of the sine */
function sine(angle: number, quarter: number): number {
  const size = Math.abs(angle);
  if (size === Infinity || angle !== angle) return Number.NaN;
  if (size >= largestDirect) {
    const { steps, rest, restLow } = reduceAngle(angle);
    return reconstruct(steps + quarter, rest, restLow, rest);
  }
  const steps = Math.trunc(angle * stepsPerRadian + (angle < 0 ? -0.5 : 0.5));
  const first = angle - steps * step1;
  const second = steps * step2;
  const rest = first - second;
  const restLow = first - rest - second - steps * step3;
  return reconstruct(steps + quarter, rest, restLow, first);
}

/**
 * sin(B + r + c) for B a multiple of π/32, as `[S + σr] + (C − σ)·r + pols + corr`: S is sin B in two parts, C is cos B,
 * σ the power of two next to C.
 */
function reconstruct(steps: number, rest: number, restLow: number, first: number): number {
  const place = ((steps % 64) + 64) % 64;
  const half = place & 31;
  const index = half <= 16 ? half : 32 - half;
  const sign = place < 32 ? 1 : -1;
  const cosineSign = half <= 16 ? sign : -sign;
  const sineValue = sign * sineHigh[index]!;
  const sineTail = sign * sineLow[index]!;
  const scale = cosineSign * cosineScale[index]!;
  const cosine = cosineSign * cosineRest[index]!;

  const square = rest * rest;
  const fourth = square * square;
  const sinePolynomial = -1 / 6 + (1 / 120) * square + fourth * (-1 / 5040 + (1 / 362_880) * first * rest);
  const cosinePolynomial = -1 / 2 + (1 / 24) * square + fourth * (-1 / 720 + (1 / 40_320) * first * rest);
  const whole = cosine + scale;
  const polynomials = cosinePolynomial * (sineValue * square) + sinePolynomial * (whole * (square * rest));

  const scaled = scale * rest;
  const high = sineValue + scaled;
  const highLost = sineValue - high + scaled;
  const middle = cosine * rest;
  const sum = high + middle;
  const sumLost = high - sum + middle;
  const correction = restLow * (whole - sineValue * rest) + sineTail;
  return sum + (polynomials + correction + highLost + sumLost);
}

const powersPerLn = 92.332_482_616_893_66;
/** ln 2 / 64 in two parts; products of the first with a whole number up to 2^17 are exact. */
const ln2Over64High = 0.010830424696223417;
const ln2Over64Low = 2.5728046223276688e-14;

/** e to the power of a number. */
export function exp(power: number): number {
  if (power !== power) return power;
  if (power > 709.782712893384) return Infinity;
  if (power < -745.1332191019412) return 0;
  const shifted = power * powersPerLn;
  const steps = roundEven(shifted);
  const rest = power - steps * ln2Over64High - steps * ln2Over64Low;
  const place = ((steps % 64) + 64) % 64;
  const doublings = (steps - place) / 64;
  const square = rest * rest;
  const polynomial =
    square * square * (0.008333368243348653 + 0.001388874731341548 * rest) * rest +
    square * rest * (0.16666666666523347 + 0.04166666666952449 * rest);
  const value = powerHigh[place]!;
  const fraction = powerLow[place]! + rest + (square * 0.4999999999999999 + polynomial);
  return scale(value + value * fraction, doublings);
}

/** To the nearest whole number, halves to the even one; for sizes below 2^51. */
function roundEven(value: number): number {
  const shifter = 6_755_399_441_055_744;
  return value + shifter - shifter;
}

/** Times a power of two. In two steps where the power itself is no normal number. */
function scale(value: number, doublings: number): number {
  if (doublings >= -1021 && doublings <= 1023) return value * 2 ** doublings;
  const half = Math.trunc(doublings / 2);
  return value * 2 ** half * 2 ** (doublings - half);
}
