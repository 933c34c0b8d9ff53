import { call, constant, type Entry, fn } from "./entry.ts";

/** Name, value, and the value of version 5 where it differs. */
const palette: readonly (readonly [name: string, value: number, value5?: number])[] = [
  ["aqua", 0x00bcd4ff],
  ["black", 0x363a45ff],
  ["blue", 0x2962ffff],
  ["fuchsia", 0xe040fbff],
  ["gray", 0x787b86ff],
  ["green", 0x4caf50ff],
  ["lime", 0x00e676ff],
  ["maroon", 0x880e4fff],
  ["navy", 0x311b92ff],
  ["olive", 0x808000ff],
  ["orange", 0xff9800ff],
  ["purple", 0x9c27b0ff],
  ["red", 0xf23645ff, 0xff5252ff],
  ["silver", 0xb2b5beff],
  ["teal", 0x089981ff, 0x00897bff],
  ["white", 0xffffffff],
  ["yellow", 0xfdd835ff, 0xffeb3bff],
];

/** `color`. */
export const color: readonly Entry[] = [
  ...palette.map(([name, value, value5]) => constant(`color.${name}`, "const color", value, "", value5)),
  fn(
    "color.new(color color, float transp) same color",
    call("color.new"),
    "The colour with a transparency of 0 to 100.",
  ),
  fn(
    "color.rgb(float red, float green, float blue, float transp = 0) same color",
    call("color.rgb"),
    "A colour of three parts of 0 to 255.",
  ),
  fn(
    "color.from_gradient(float value, float bottom_value, float top_value, color bottom_color, color top_color) series color",
    call("color.from_gradient"),
    "Between two colours as the value lies between two others.",
  ),
  fn("color.r(color color) same float", call("color.r"), "Its red part, 0 to 255."),
  fn("color.g(color color) same float", call("color.g"), "Its green part, 0 to 255."),
  fn("color.b(color color) same float", call("color.b"), "Its blue part, 0 to 255."),
  fn("color.t(color color) same float", call("color.t"), "Its transparency, 0 to 100."),
];
