import { blue, fromGradient, green, red, rgb, transparency, withTransparency } from "../lib/color.ts";

/** `color.*` on numbers `0xRRGGBBAA`. */
export const color = {
  new: withTransparency,
  rgb,
  from_gradient: fromGradient,
  r: red,
  g: green,
  b: blue,
  t: transparency,
};
