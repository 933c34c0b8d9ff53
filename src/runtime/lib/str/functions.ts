import { RuntimeFailure } from "../../../kernel/errors.ts";
import { javaRegex } from "./regex.ts";

/** Functions of `str` over texts that are given; na is dealt with before. */

/** A text is memory: what is longer is a mistake, not a wish. */
const longestText = 1_000_000;

/** The text so many times, with a separator in between. @throws RuntimeFailure for less than 0 or too much text */
export function repeat(source: string, times: number, separator: string): string {
  const count = Math.trunc(times);
  if (!(count >= 0))
    throw new RuntimeFailure(`str.repeat: the number of repeats is at least 0, not ${times}`);
  if (count * (source.length + separator.length) > longestText) {
    throw new RuntimeFailure(`str.repeat: the result is longer than ${longestText} characters`);
  }
  return count === 0 ? "" : source + (separator + source).repeat(count - 1);
}

/**
 * Replaces one occurrence, counted from 0; occurrences may overlap. An empty target occurs before every character and
 * at the end, where every later one is as well.
 */
export function replace(source: string, target: string, replacement: string, occurrence: number): string {
  const wanted = Number.isNaN(occurrence) ? 0 : Math.trunc(occurrence);
  if (wanted < 0) return source;
  if (target === "") {
    const at = Math.min(wanted, source.length);
    return source.slice(0, at) + replacement + source.slice(at);
  }
  let at = source.indexOf(target);
  for (let seen = 0; seen < wanted && at >= 0; seen++) at = source.indexOf(target, at + 1);
  return at < 0 ? source : source.slice(0, at) + replacement + source.slice(at + target.length);
}

/** From one place up to, not including, another. @throws RuntimeFailure for places outside of the text or reversed */
export function substring(source: string, from: number, to: number): string {
  const begin = Number.isNaN(from) ? 0 : Math.trunc(from);
  const end = Number.isNaN(to) ? source.length : Math.trunc(to);
  if (begin < 0 || end > source.length || begin > end) {
    throw new RuntimeFailure(
      `str.substring: from ${begin} to ${end} does not lie within a text of ${source.length} characters`,
    );
  }
  return source.slice(begin, end);
}

/** Where a text begins in another, counted from 0; na where it does not occur. */
export function pos(source: string, target: string): number {
  const at = source.indexOf(target);
  return at < 0 ? Number.NaN : at;
}

/** Blanks and control characters at both ends go. */
export function trim(source: string): string {
  let [from, to] = [0, source.length];
  while (from < to && source.charCodeAt(from) <= 32) from++;
  while (to > from && source.charCodeAt(to - 1) <= 32) to--;
  return source.slice(from, to);
}

/** The first match of a regular expression in Java's notation, or nothing. */
export function match(source: string, pattern: string): string {
  return javaRegex(pattern).exec(source)?.[0] ?? "";
}

/** A decimal number with or without sign, point and exponent; na for any other text. */
export function toNumber(text: string): number {
  const trimmed = trim(text);
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}
