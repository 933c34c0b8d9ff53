/**
 * A number as result files print it: the shortest digits that read back as the same number, always with a point or
 * an exponent; exponent form below 1e-4 and from 1e16, with a sign and two digits (`1e-05`); `NaN`, `inf`, `-inf`.
 */
export function formatFloat(value: number): string {
  if (value !== value) return "NaN";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
    const digits = exponent.slice(1).padStart(2, "0");
    return `${mantissa}e${exponent.startsWith("-") ? "-" : "+"}${digits}`;
  }
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** Above this a double has no halves, so it is whole or no number; below it the addition is exact rounding. */
const wholeFrom = 2 ** 51;
const shift = 1.5 * 2 ** 52;

/** Rounds to the nearest whole number, halves to the even one. */
export function roundHalfEven(value: number): number {
  // The sum has no bits left for a fraction, and the processor rounds it half to even.
  return Math.abs(value) < wholeFrom ? value + shift - shift : wholeOf(value);
}

function wholeOf(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  // Exactly half, or no number at all.
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : value;
}
