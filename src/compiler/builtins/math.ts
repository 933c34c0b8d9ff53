import { call, constant, type Entry, fn, inline, kernel } from "./entry.ts";

/** `math`: arithmetic beyond the operators. */
export const math: readonly Entry[] = [
  constant("math.pi", "const float", Math.PI, "Circumference of a circle over its diameter."),
  constant("math.e", "const float", Math.E, "Base of the natural logarithm."),
  constant("math.phi", "const float", 1.618033988749895, "The golden ratio."),
  constant("math.rphi", "const float", 0.618033988749895, "The golden ratio less 1."),

  fn("math.abs(int number) same int", inline("Math.abs($0)"), "Absolute value."),
  fn("math.abs(float number) same float", inline("Math.abs($0)"), "Absolute value."),
  fn("math.sign(int number) same int", inline("Math.sign($0)"), "−1, 0 or 1."),
  fn("math.sign(float number) same float", inline("Math.sign($0)"), "−1, 0 or 1."),
  ...extremes("max", "The greatest argument; na if one is na."),
  ...extremes("min", "The smallest argument; na if one is na."),
  fn("math.avg(float number...) same float", call("math.avg"), "The mean; na if one is na."),
  fn(
    "math.sum(series float source, series int length) series float",
    kernel("Sum"),
    "Sum of the last values.",
  ),

  fn(
    "math.round(float number) same int",
    call("math.round"),
    "The nearest whole number, halves away from 0.",
  ),
  fn(
    "math.round(float number, int precision) same float",
    call("math.round"),
    "Rounded to so many decimals.",
  ),
  fn(
    "math.round_to_mintick(float number) series float",
    inline("math.roundToMintick($0, rt.syminfo)"),
    "The nearest price of the symbol.",
  ),
  fn("math.ceil(float number) same int", inline("Math.ceil($0)"), "The next whole number above."),
  fn("math.floor(float number) same int", inline("Math.floor($0)"), "The next whole number below."),

  fn("math.sqrt(float number) same float", inline("Math.sqrt($0)"), "Square root; na below 0."),
  fn("math.pow(float base, float exponent) same float", call("math.pow"), "Power."),
  fn("math.exp(const float number) const float", call("math.foldedExp"), "e to a power."),
  fn("math.exp(float number) same float", call("math.exp"), "e to a power."),
  fn("math.log(float number) same float", inline("Math.log($0)"), "Natural logarithm."),
  fn("math.log10(float number) same float", inline("Math.log10($0)"), "Logarithm to base 10."),

  // TradingView's compiler computes constants by another library than its runtime computes the rest.
  fn("math.sin(const float angle) const float", call("math.foldedSin"), "Sine of an angle in radians."),
  fn("math.sin(float angle) same float", call("math.sin"), "Sine of an angle in radians."),
  fn("math.cos(const float angle) const float", call("math.foldedCos"), "Cosine of an angle in radians."),
  fn("math.cos(float angle) same float", call("math.cos"), "Cosine of an angle in radians."),
  fn("math.tan(float angle) same float", inline("Math.tan($0)"), "Tangent of an angle in radians."),
  fn("math.asin(float angle) same float", call("math.asin"), "Arc sine in radians."),
  fn("math.acos(float angle) same float", call("math.acos"), "Arc cosine in radians."),
  fn("math.atan(float angle) same float", inline("Math.atan($0)"), "Arc tangent in radians."),
  fn("math.todegrees(float radians) same float", call("math.todegrees"), "Radians as degrees."),
  fn("math.toradians(float degrees) same float", call("math.toradians"), "Degrees as radians."),

  fn(
    "math.random(series float min = 0, series float max = 1, simple int seed?) series float",
    kernel("Random"),
    "A random number; the same seed gives the same sequence.",
  ),
];

/** Two arguments are the usual case, and need no list. */
function extremes(name: "max" | "min", doc: string): Entry[] {
  return ["int", "float"].flatMap((type) => [
    fn(`math.${name}(${type} number0, ${type} number1) same ${type}`, inline(`Math.${name}($0, $1)`), doc),
    fn(`math.${name}(${type} number0...) same ${type}`, call(`math.${name}`), doc),
  ]);
}
