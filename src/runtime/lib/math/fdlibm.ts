import { reduceAngle } from "./reduction.ts";

/**
 * Elementary functions as fdlibm computes them ("Freely Distributable LIBM", Sun Microsystems 1993: rational and
 * polynomial approximations on small intervals, errors below one unit of the last place). `asin` and `acos` of scripts
 * always follow it; `sin`, `cos` and `exp` of constants do, because TradingView's compiler folds them with it.
 */

const pio2High = 1.5707963267948966;
const pio2Low = 6.123233995736766e-17;
const pio4High = 0.7853981633974483;

/** (asin(x) − x) / x³ of x² = t, for |x| ≤ 0.5. */
function arcsineRatio(t: number): number {
  const p =
    t *
    (1.66666666666666657415e-1 +
      t *
        (-3.25565818622400915405e-1 +
          t *
            (2.01212532134862925881e-1 +
              t *
                (-4.00555345006794114027e-2 +
                  t * (7.91534994289814532176e-4 + t * 3.4793310759602116757e-5)))));
  const q =
    1 +
    t *
      (-2.40339491173441421878 +
        t * (2.02094576023350569471 + t * (-6.8828397160545329303e-1 + t * 7.70381505559019352791e-2)));
  return p / q;
}

/** A number with the lower half of its bits taken away. */
function highWord(value: number): number {
  words[0] = value;
  halves[0] = 0;
  return words[0];
}
const words = new Float64Array(1);
const halves = new Uint32Array(words.buffer);

/** Arc sine in radians; na beyond ±1. */
export function asin(value: number): number {
  const size = Math.abs(value);
  if (!(size <= 1)) return Number.NaN;
  if (size === 1) return value * pio2High + value * pio2Low;
  if (size < 0.5) return size < 2 ** -27 ? value : value + value * arcsineRatio(value * value);
  const t = (1 - size) * 0.5;
  const ratio = arcsineRatio(t);
  const root = Math.sqrt(t);
  let result: number;
  if (size >= highWordOf0975) result = pio2High - (2 * (root + root * ratio) - pio2Low);
  else {
    const high = highWord(root);
    const rest = (t - high * high) / (root + high);
    const p = 2 * root * ratio - (pio2Low - 2 * rest);
    result = pio4High - (p - (pio4High - 2 * high));
  }
  return value > 0 ? result : -result;
}

/** The algorithm switches where the upper half of the bits says 0x3FEF3333. */
const highWordOf0975 = 0.97499990463256836;

/** Arc cosine in radians; na beyond ±1. */
export function acos(value: number): number {
  const size = Math.abs(value);
  if (!(size <= 1)) return Number.NaN;
  if (size === 1) return value > 0 ? 0 : Math.PI + 2 * pio2Low;
  if (size < 0.5) {
    if (size <= 2 ** -57) return pio2High + pio2Low;
    return pio2High - (value - (pio2Low - value * arcsineRatio(value * value)));
  }
  const t = (1 - size) * 0.5;
  const root = Math.sqrt(t);
  const ratio = arcsineRatio(t);
  if (value < 0) return Math.PI - 2 * (root + (ratio * root - pio2Low));
  const high = highWord(root);
  const rest = (t - high * high) / (root + high);
  return 2 * (high + (ratio * root + rest));
}

/** sin(x + y) for |x| ≤ π/4. */
function kernelSine(x: number, y: number): number {
  if (Math.abs(x) < 2 ** -27) return x;
  const z = x * x;
  const v = z * x;
  const r =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return x - (z * (0.5 * y - v * r) - y - v * -1.66666666666666324348e-1);
}

/** cos(x + y) for |x| ≤ π/4. */
function kernelCosine(x: number, y: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -27) return 1;
  const z = x * x;
  const r =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.48015872894767294178e-5 +
              z *
                (-2.75573143513906633035e-7 +
                  z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))));
  if (size < 0.30000019073486328) return 1 - (0.5 * z - (z * r - x * y));
  const quarter = size > 0.78125 ? 0.28125 : highWord(size / 4);
  const half = 0.5 * z - quarter;
  return 1 - quarter - (half - (z * r - x * y));
}

/** An angle as `quadrant · π/2` and the rest in two parts. */
function reduce(angle: number): { quadrant: number; rest: number; low: number } {
  if (Math.abs(angle) >= 2 ** 19 * pio2High) {
    const { steps, rest, restLow } = reduceAngle(angle);
    // From the nearest multiple of π/32 to the nearest of π/2.
    const quadrant = Math.round((steps + (rest < 0 ? -0.25 : 0.25)) / 16);
    const more = steps - 16 * quadrant;
    if (more === 0) return { quadrant, rest, low: restLow };
    const high = more * (Math.PI / 32);
    const sum = high + rest;
    return { quadrant, rest: sum, low: high - sum + rest + restLow + more * (pio2Low / 16) };
  }
  const quadrant = Math.trunc(Math.abs(angle) * 6.36619772367581382433e-1 + 0.5);
  let r = Math.abs(angle) - quadrant * 1.57079632673412561417;
  let w = quadrant * 6.07710050650619224932e-11;
  // Where many bits have cancelled, further parts of π/2 come in.
  const exponent = Math.abs(angle);
  let rest = r - w;
  if (lost(exponent, rest) > 16) {
    let t = r;
    w = quadrant * 6.0771005063039659766e-11;
    r = t - w;
    w = quadrant * 2.02226624879595063154e-21 - (t - r - w);
    rest = r - w;
    if (lost(exponent, rest) > 49) {
      t = r;
      w = quadrant * 2.0222662487111664558e-21;
      r = t - w;
      w = quadrant * 8.47842766036889956997e-32 - (t - r - w);
      rest = r - w;
    }
  }
  const low = r - rest - w;
  return angle < 0 ? { quadrant: -quadrant, rest: -rest, low: -low } : { quadrant, rest, low };
}

/** How many binary exponents lie between two numbers. */
function lost(before: number, after: number): number {
  words[0] = before;
  const first = (halves[1]! >>> 20) & 0x7ff;
  words[0] = after;
  return first - ((halves[1]! >>> 20) & 0x7ff);
}

/** Sine of a constant. */
export function sin(angle: number): number {
  if (!Number.isFinite(angle)) return Number.NaN;
  if (Math.abs(angle) <= pio4High) return kernelSine(angle, 0);
  const { quadrant, rest, low } = reduce(angle);
  switch (quadrant & 3) {
    case 0:
      return kernelSine(rest, low);
    case 1:
      return kernelCosine(rest, low);
    case 2:
      return -kernelSine(rest, low);
    default:
      return -kernelCosine(rest, low);
  }
}

/** Cosine of a constant. */
export function cos(angle: number): number {
  if (!Number.isFinite(angle)) return Number.NaN;
  if (Math.abs(angle) <= pio4High) return kernelCosine(angle, 0);
  const { quadrant, rest, low } = reduce(angle);
  switch (quadrant & 3) {
    case 0:
      return kernelCosine(rest, low);
    case 1:
      return -kernelSine(rest, low);
    case 2:
      return -kernelCosine(rest, low);
    default:
      return kernelSine(rest, low);
  }
}

/** e to the power of a constant. */
export function exp(power: number): number {
  if (power !== power) return power;
  if (power > 7.09782712893383973096e2) return Infinity;
  if (power < -7.4513321910194110842e2) return 0;
  const size = Math.abs(power);
  let high = power;
  let low = 0;
  let doublings = 0;
  if (size > 0.5 * Math.LN2) {
    const sign = power < 0 ? -1 : 1;
    doublings = size < 1.5 * Math.LN2 ? sign : Math.trunc(1.442695040888963387 * power + 0.5 * sign);
    high = power - doublings * 6.9314718036912381649e-1;
    low = doublings * 1.90821492927058770002e-10;
  } else if (size < 2 ** -28) return 1 + power;
  const rest = high - low;
  const t = rest * rest;
  const c =
    rest -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  if (doublings === 0) return 1 - ((rest * c) / (c - 2) - rest);
  const value = 1 - (low - (rest * c) / (2 - c) - high);
  return doublings >= -1021 && doublings < 1024
    ? value * 2 ** doublings
    : value *
        2 ** (doublings > 0 ? 1023 : -1000) *
        2 ** (doublings > 0 ? doublings - 1023 : doublings + 1000);
}
