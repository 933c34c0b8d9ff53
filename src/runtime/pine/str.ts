import { formatTime } from "../lib/str/date-format.ts";
import { match, pos, repeat, replace, substring, toNumber, trim } from "../lib/str/functions.ts";
import { format } from "../lib/str/message-format.ts";
import { toText } from "../lib/str/to-string.ts";
import type { PriceGrid } from "../lib/math/scalar.ts";
import { ObjectArray } from "../lib/collections/object-array.ts";

/** A string of a script; `null` is na. */
type Text = string | null;

/** What printing needs to know of the run. */
interface Run {
  readonly syminfo: PriceGrid;
}

/** `str.*`. An na text gives na, or false where the answer is yes or no. */
export const str = {
  contains: (source: Text, wanted: Text): boolean =>
    source !== null && wanted !== null && source.includes(wanted),
  startswith: (source: Text, wanted: Text): boolean =>
    source !== null && wanted !== null && source.startsWith(wanted),
  endswith: (source: Text, wanted: Text): boolean =>
    source !== null && wanted !== null && source.endsWith(wanted),
  pos: (source: Text, wanted: Text): number =>
    source === null || wanted === null ? Number.NaN : pos(source, wanted),
  length: (source: Text): number => (source === null ? Number.NaN : source.length),
  lower: (source: Text): Text => source && source.toLowerCase(),
  upper: (source: Text): Text => source && source.toUpperCase(),
  trim: (source: Text): Text => source && trim(source),
  repeat: (source: Text, times: number, separator: Text): Text =>
    source === null || times !== times ? null : repeat(source, times, separator ?? ""),
  replace: (source: Text, target: Text, replacement: Text, occurrence: number): Text =>
    source === null || target === null || replacement === null
      ? null
      : replace(source, target, replacement, occurrence),
  replace_all: (source: Text, target: Text, replacement: Text): Text =>
    source === null || target === null || replacement === null
      ? null
      : source.replaceAll(target, () => replacement),
  /** An empty separator gives the characters; an empty text gives one empty piece. */
  split: (source: Text, separator: Text): ObjectArray<Text> | null =>
    source === null || separator === null
      ? null
      : ObjectArray.of<Text>("string", source === "" ? [""] : source.split(separator)),
  substring: (source: Text, from: number, to = Number.NaN): Text =>
    source === null ? null : substring(source, from, to),
  match: (source: Text, pattern: Text): Text =>
    source === null || pattern === null ? null : match(source, pattern),
  format: (pattern: Text, ...args: readonly unknown[]): Text =>
    pattern === null ? null : format(pattern, ...args),
  format_time: (time: number, pattern: Text, timezone: Text): Text =>
    pattern === null ? null : formatTime(time, pattern, timezone ?? "UTC"),
  tonumber: (text: Text): number => (text === null ? Number.NaN : toNumber(text)),
  tostring: (value: unknown, mask: Text, run: Run): string => toText(value, mask, run.syminfo),
};
