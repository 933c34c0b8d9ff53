import { call, constant, type Entry, fn, inline, kernel } from "./entry.ts";

/** `math`: arithmetic beyond the operators. */
export const math: readonly Entry[] = [
  constant("math.pi", "const float", Math.PI, "3.14159..."),
  fn("math.abs(int number) same int", inline("Math.abs($0)"), "Absolute value."),
  fn("math.abs(float number) same float", inline("Math.abs($0)"), "Absolute value."),
  fn("math.max(int number...) same int", call("math.max"), "The greatest argument; na if one is na."),
  fn("math.max(float number...) same float", call("math.max"), "The greatest argument; na if one is na."),
  fn("math.round(float number) same int", call("math.round"), "The nearest whole number."),
  fn(
    "math.round(float number, int precision) same float",
    call("math.round"),
    "Rounded to so many decimals.",
  ),
  fn(
    "math.sum(series float source, series int length) series float",
    kernel("Sum"),
    "Sum of the last values.",
  ),
];
