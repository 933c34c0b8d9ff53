/**
 * `pynecore/pine`: what compiled Pine Script imports. The executable supplies the code in memory. Functions with state
 * are classes, one object per place of call (`new ta.Sma()`); all others are plain functions (`math.round(x, 2)`).
 */

export { nz, truth } from "./lib/na.ts";
export { PineObject } from "./lib/snapshot.ts";
export { Fixnan, FixnanBool } from "./lib/ta/signals.ts";
export { array } from "./pine/array.ts";
export { color } from "./pine/color.ts";
export { map } from "./pine/map.ts";
export { math } from "./pine/math.ts";
export { matrix } from "./pine/matrix.ts";
export { str } from "./pine/str.ts";
export { ta } from "./pine/ta.ts";
export { script, type PineDeclaration, type PineFactory } from "./pine/script.ts";
export {
  both,
  column,
  concat,
  either,
  enumeration,
  eq,
  flags,
  ge,
  le,
  longer,
  ne,
  notSame,
  numbers,
  passCount,
  past,
  pastFlag,
  pastValue,
  same,
  symbolPrefix,
  symbolTicker,
  Trail,
  values,
} from "./pine/values.ts";
