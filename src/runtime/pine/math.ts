import { acos, asin, cos as foldedCos, exp as foldedExp, sin as foldedSin } from "../lib/math/fdlibm.ts";
import { cos, exp, sin } from "../lib/math/libm.ts";
import { power } from "../lib/math/power.ts";
import { Random } from "../lib/math/random.ts";
import { avg, round, roundToMintick, todegrees, toradians } from "../lib/math/scalar.ts";
import { Sum } from "../lib/ta/rolling-sum.ts";

/** `math.*`: what JavaScript's own `Math` has not, or has not to the last bit. */
export const math = {
  acos,
  asin,
  avg,
  cos,
  exp,
  /** Of constants; see `fdlibm`. */
  foldedCos,
  foldedExp,
  foldedSin,
  max: Math.max,
  min: Math.min,
  pow: power,
  Random,
  round,
  roundToMintick,
  sin,
  Sum,
  todegrees,
  toradians,
};
