import { RuntimeFailure } from "../../../kernel/errors.ts";
import {
  mostDecimals,
  roundExact,
  roundShortest,
  significantExact,
  significantShortest,
  smallFrom,
} from "./digits.ts";
import { remember } from "./remember.ts";

/** A number mask, taken apart. */
export interface DecimalMask {
  readonly prefix: string;
  readonly suffix: string;
  /** Of negative numbers; absent: a minus in front of the others. */
  readonly negative: { readonly prefix: string; readonly suffix: string } | undefined;
  readonly minIntegerDigits: number;
  readonly minDecimals: number;
  readonly maxDecimals: number;
  /** Digits between two commas; 0: no commas. */
  readonly grouping: number;
  /** 100 for a mask with a percent sign. */
  readonly multiplier: number;
  /** Of a mask such as `0.###E0`. */
  readonly exponent: { readonly minDigits: number; readonly maxIntegerDigits: number } | undefined;
}

/**
 * Takes a mask of Java's `DecimalFormat` apart: `0` a digit that is always there, `#` one that need not be, `.` the
 * point, `,` grouping, `%` times 100, `'` around text, `;` before the form of negative numbers. A mask without any `0`
 * has one in front of the point, `#.##` but not `.##`; one with a `0` behind the point alone needs none there. `E0` at
 * its end asks for an exponent of at least so many digits: `0.##E0` has one digit before the point, `00.#E0` two, and
 * with `##0.##E0`, where there may be more than there must be, the exponent is a multiple of three.
 * @throws RuntimeFailure for a mask that is none
 */
export const parseMask: (mask: string) => DecimalMask = remember(parse);

function parse(mask: string): DecimalMask {
  const [positive = "", negative] = splitForms(mask);
  const { prefix, number, suffix, percent } = splitAffixes(positive, mask);
  const other = negative === undefined ? undefined : splitAffixes(negative, mask);
  const [mantissa = "", exponent] = number.split("E");
  const [whole = "", fraction, extra] = mantissa.split(".");
  if (extra !== undefined || /0.*#/.test(whole.replaceAll(",", "")) || /#.*0|,/.test(fraction ?? "")) {
    throw new RuntimeFailure(`"${mask}" is no number mask`);
  }
  if (exponent !== undefined && whole + (fraction ?? "") === "")
    throw new RuntimeFailure(`"${mask}" is no number mask`);
  const comma = whole.lastIndexOf(",");
  const digits = whole.replaceAll(",", "");
  const required = (text: string): number => text.replaceAll("#", "").length;
  let minIntegerDigits = required(digits);
  let minDecimals = required(fraction ?? "");
  const maxDecimals = (fraction ?? "").length;
  if (fraction !== undefined && minIntegerDigits + minDecimals === 0) {
    if (digits.length > 0) minIntegerDigits = 1;
    else minDecimals = Math.min(1, maxDecimals);
  }
  return {
    prefix,
    suffix,
    negative: other === undefined ? undefined : { prefix: other.prefix, suffix: other.suffix },
    minIntegerDigits,
    minDecimals,
    maxDecimals,
    grouping: comma < 0 ? 0 : whole.length - comma - 1,
    multiplier: percent ? 100 : 1,
    exponent:
      exponent === undefined ? undefined : { minDigits: exponent.length, maxIntegerDigits: digits.length },
  };
}

/** At the first semicolon outside of quotes. */
function splitForms(mask: string): string[] {
  let quoted = false;
  for (let index = 0; index < mask.length; index++) {
    if (mask[index] === "'") quoted = !quoted;
    else if (mask[index] === ";" && !quoted) return [mask.slice(0, index), mask.slice(index + 1)];
  }
  return [mask];
}

function splitAffixes(
  form: string,
  mask: string,
): { prefix: string; number: string; suffix: string; percent: boolean } {
  const parts = { prefix: "", number: "", suffix: "", percent: false };
  let quoted = false;
  let part: "prefix" | "number" | "suffix" = "prefix";
  for (let index = 0; index < form.length; index++) {
    const character = form[index]!;
    if (character === "'") {
      if (form[index + 1] === "'") parts[part === "number" ? (part = "suffix") : part] += form[++index]!;
      else quoted = !quoted;
      continue;
    }
    if (!quoted && part === "number" && character === "E") {
      const exponent = /^E0+/.exec(form.slice(index))?.[0];
      if (exponent === undefined) throw new RuntimeFailure(`"${mask}" is no number mask`);
      parts.number += exponent;
      index += exponent.length - 1;
      part = "suffix";
      continue;
    }
    const isDigit = !quoted && /[0#.,]/.test(character);
    if (isDigit && part === "suffix") throw new RuntimeFailure(`"${mask}" is no number mask`);
    if (isDigit) part = "number";
    else if (part === "number") part = "suffix";
    if (!quoted && character === "%") parts.percent = true;
    parts[part] += character;
  }
  if (quoted) throw new RuntimeFailure(`"${mask}" is no number mask: a quote is not closed`);
  return parts;
}

/** How the last digit that is printed comes about. */
export type Rounding = "half-up-shortest" | "half-even-exact";

/** A number by a mask. na is `NaN`, infinities `∞`. At most 16 decimals, except for sizes below 0.001. */
export function formatDecimal(value: number, mask: DecimalMask, rounding: Rounding): string {
  if (value !== value) return "NaN";
  const isNegative = value < 0 || Object.is(value, -0);
  const affixes = isNegative && mask.negative !== undefined ? mask.negative : mask;
  const sign = isNegative && mask.negative === undefined ? "-" : "";
  const digits = formatSize(Math.abs(value) * mask.multiplier, mask, rounding);
  return `${sign}${affixes.prefix}${digits}${affixes.suffix}`;
}

function formatSize(size: number, mask: DecimalMask, rounding: Rounding): string {
  if (size === Infinity) return "∞";
  if (mask.exponent !== undefined) return scientific(size, mask, mask.exponent, rounding);
  const decimals = size >= smallFrom ? Math.min(mask.maxDecimals, mostDecimals) : mask.maxDecimals;
  const rounded = rounding === "half-even-exact" ? roundExact(size, decimals) : roundShortest(size, decimals);
  const [whole = "", fraction = ""] = rounded.split(".");
  let kept = fraction.padEnd(mask.minDecimals, "0");
  while (kept.length > mask.minDecimals && kept.endsWith("0")) kept = kept.slice(0, -1);
  let integer = whole === "0" ? "" : whole;
  integer = integer.padStart(mask.minIntegerDigits, "0");
  if (integer === "" && kept === "") integer = "0";
  if (mask.grouping > 0) integer = group(integer, mask.grouping);
  return kept === "" ? integer : `${integer}.${kept}`;
}

/**
 * With an exponent. As Java prints it: as many significant digits as the mask has places, and where the integer part
 * may be longer than it must be, an exponent that is a multiple of its longest form.
 */
function scientific(
  size: number,
  { minIntegerDigits, minDecimals, maxDecimals }: DecimalMask,
  { minDigits, maxIntegerDigits }: NonNullable<DecimalMask["exponent"]>,
  rounding: Rounding,
): string {
  const repeats = maxIntegerDigits > 1 && maxIntegerDigits > minIntegerDigits;
  const places = Math.max(maxIntegerDigits, minIntegerDigits) + maxDecimals;
  const round = rounding === "half-even-exact" ? significantExact : significantShortest;
  const { digits, point } = round(size, places);
  const isZero = digits === "";
  const exponent = isZero
    ? 0
    : repeats
      ? Math.floor((point - 1) / maxIntegerDigits) * maxIntegerDigits
      : point - minIntegerDigits;
  const whole = isZero ? (repeats ? 1 : minIntegerDigits) : point - exponent;
  const all = digits.padEnd(Math.max(minIntegerDigits + minDecimals, whole), "0");
  const fraction = all.slice(whole);
  const mantissa = fraction === "" ? all : `${all.slice(0, whole)}.${fraction}`;
  return `${mantissa}E${exponent < 0 ? "-" : ""}${String(Math.abs(exponent)).padStart(minDigits, "0")}`;
}

function group(digits: string, every: number): string {
  let grouped = digits.slice(-every);
  for (let end = digits.length - every; end > 0; end -= every) {
    grouped = `${digits.slice(Math.max(0, end - every), end)},${grouped}`;
  }
  return grouped;
}
