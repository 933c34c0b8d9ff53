import { type Entry, fn, input } from "./entry.ts";

const tail =
  "const string tooltip?, const string inline?, const string group?, const bool confirm = false, const int display = display.all, input bool active = true";
const short =
  "const string tooltip?, const string inline?, const string group?, const int display = display.all, input bool active = true";

function numeric(name: "int" | "float"): Entry[] {
  return [
    fn(
      `input.${name}(const ${name} defval, const string title?, const ${name} minval?, const ${name} maxval?, const ${name} step?, ${tail}) input ${name}`,
      input(name),
      `A number that the user may change.`,
    ),
    fn(
      `input.${name}(const ${name} defval, const string title?, const ${name}[] options, ${tail}) input ${name}`,
      input(name),
      `A number that the user may choose.`,
    ),
  ];
}

function textual(name: string, doc: string): Entry {
  return fn(
    `input.${name}(const string defval, const string title?, const string[] options?, ${tail}) input string`,
    input(name),
    doc,
  );
}

/** `input`: values that the user may change without touching the script. */
export const inputs: readonly Entry[] = [
  fn(
    `input(const int defval, const string title?, ${short}) input int`,
    input("int"),
    "A number that the user may change.",
  ),
  fn(
    `input(const float defval, const string title?, ${short}) input float`,
    input("float"),
    "A number that the user may change.",
  ),
  fn(`input(const bool defval, const string title?, ${short}) input bool`, input("bool"), "A switch."),
  fn(`input(const string defval, const string title?, ${short}) input string`, input("string"), "A text."),
  fn(`input(const color defval, const string title?, ${short}) input color`, input("color"), "A colour."),
  fn(
    `input(series float defval, const string title?, ${short}) series float`,
    input("source"),
    "A price series.",
  ),
  ...numeric("int"),
  ...numeric("float"),
  fn(`input.bool(const bool defval, const string title?, ${tail}) input bool`, input("bool"), "A switch."),
  textual("string", "A text, or one of the options."),
  fn(
    `input.enum(const T defval, const string title?, const T[] options?, ${tail}) input T`,
    input("enum"),
    "A field of an enum.",
  ),
  fn(
    `input.color(const color defval, const string title?, ${tail}) input color`,
    input("color"),
    "A colour.",
  ),
  fn(
    "input.source(series float defval, const string title?, const string tooltip?, const string inline?, const string group?, const int display = display.all, input bool active = true, const bool confirm = false) series float",
    input("source"),
    "A price series chosen by name.",
  ),
  textual("timeframe", "A timeframe."),
  textual("resolution", "A timeframe; the old name of input.timeframe."),
  textual("session", "A session such as 0930-1600."),
  fn(
    `input.symbol(const string defval, const string title?, ${tail}) input string`,
    input("symbol"),
    "A symbol.",
  ),
  fn(
    `input.time(const int defval, const string title?, ${tail}) input int`,
    input("time"),
    "A point in time, in milliseconds.",
  ),
  fn(`input.price(const float defval, const string title?, ${tail}) input float`, input("price"), "A price."),
  fn(
    "input.text_area(const string defval, const string title?, const string tooltip?, const string group?, const bool confirm = false, const int display = display.all, input bool active = true) input string",
    input("text_area"),
    "A text of several lines.",
  ),
];
