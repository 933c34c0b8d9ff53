import { call, type Entry, fn, inline } from "./entry.ts";

/** `str`: texts. */
export const str: readonly Entry[] = [
  fn("str.length(string string) same int", call("str.length"), "How many characters the text has."),
  fn(
    "str.contains(string source, string str) same bool",
    call("str.contains"),
    "Whether one text holds another.",
  ),
  fn(
    "str.startswith(string source, string str) same bool",
    call("str.startswith"),
    "Whether it begins with another.",
  ),
  fn(
    "str.endswith(string source, string str) same bool",
    call("str.endswith"),
    "Whether it ends with another.",
  ),
  fn(
    "str.pos(string source, string str) same int",
    call("str.pos"),
    "Where another text begins in it; na if nowhere.",
  ),
  fn("str.lower(string source) same string", call("str.lower"), "In small letters."),
  fn("str.upper(string source) same string", call("str.upper"), "In capitals."),
  fn("str.trim(string source) same string", call("str.trim"), "Without blanks at both ends."),
  fn(
    'str.repeat(string source, int repeat, string separator = "") same string',
    call("str.repeat"),
    "The text so many times.",
  ),
  fn(
    "str.replace(string source, string target, string replacement, int occurrence = 0) same string",
    call("str.replace"),
    "With one occurrence of a text replaced, 0 for the first.",
  ),
  fn(
    "str.replace_all(string source, string target, string replacement) same string",
    call("str.replace_all"),
    "With every occurrence of a text replaced.",
  ),
  fn(
    "str.split(string string, string separator) array<string>",
    call("str.split"),
    "The pieces between separators.",
  ),
  fn(
    "str.substring(string source, int begin_pos) same string",
    call("str.substring"),
    "From a place to the end.",
  ),
  fn(
    "str.substring(string source, int begin_pos, int end_pos) same string",
    call("str.substring"),
    "From a place up to, not including, another.",
  ),
  fn(
    "str.match(string source, string regex) same string",
    call("str.match"),
    "What a regular expression finds first, in Java's notation.",
  ),
  fn(
    "str.tonumber(string string) same float",
    call("str.tonumber"),
    "The number that a text is; na if it is none.",
  ),
  ...["int value", "float value", "T value"].map((parameter) =>
    fn(
      `str.tostring(${parameter}, string format = "#.##########") same string`,
      inline("str.tostring($0, $1, rt)"),
      "A value as text, numbers by a mask or `format.*`.",
    ),
  ),
  fn(
    "str.format(string formatString) same string",
    call("str.format"),
    "A text with its quotes and braces resolved.",
  ),
  fn(
    "str.format(string formatString, T arg0...) same string",
    call("str.format"),
    "A text with values in the places of `{0}`, `{1}`.",
  ),
  fn(
    "str.format_time(int time, string format = \"yyyy-MM-dd'T'HH:mm:ssZ\", string timezone = syminfo.timezone) series string",
    call("str.format_time"),
    "A time as text.",
  ),
];
