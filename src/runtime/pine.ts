/**
 * `pynecore/pine`: what compiled Pine Script imports. The executable supplies the code in memory. Functions with state
 * are classes, one object per place of call (`new ta.Sma()`); all others are plain functions (`math.round(x, 2)`).
 */

export { math } from "./pine/math.ts";
export { ta } from "./pine/ta.ts";
