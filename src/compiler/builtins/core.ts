import { barColumn, call, context, type Entry, fn, inline, kernel, variable } from "./entry.ts";

/** What has no namespace: the bar, na, casts, messages. */
export const core: readonly Entry[] = [
  variable("open series float", barColumn("open"), "Opening price of the bar."),
  variable("high series float", barColumn("high"), "Highest price of the bar."),
  variable("low series float", barColumn("low"), "Lowest price of the bar."),
  variable("close series float", barColumn("close"), "Closing price of the bar."),
  variable("volume series float", barColumn("volume"), "Volume of the bar; na where the symbol has none."),
  variable("hl2 series float", barColumn("hl2"), "(high + low) / 2"),
  variable("hlc3 series float", barColumn("hlc3"), "(high + low + close) / 3"),
  variable("ohlc4 series float", barColumn("ohlc4"), "(open + high + low + close) / 4"),
  variable("hlcc4 series float", barColumn("hlcc4"), "(high + low + close + close) / 4"),
  variable("bid series float", inline("NaN"), "Bid; na unless the chart is a tick chart."),
  variable("ask series float", inline("NaN"), "Ask; na unless the chart is a tick chart."),
  variable("time series int", barColumn("time"), "Open of the bar, milliseconds since 1970 UTC."),
  variable("bar_index series int", inline("i"), "Number of the bar; 0 is the first."),
  variable("last_bar_index series int", context("last_bar_index"), "Number of the last bar of the data."),
  variable("last_bar_time series int", context("last_bar_time"), "Open of the last bar of the data."),

  fn("na(int x) same bool", inline("!Number.isFinite($0)"), "Whether there is no value."),
  fn(
    "na(float x) same bool",
    inline("!Number.isFinite($0)"),
    "Whether there is no value; infinities count as such.",
  ),
  fn("na(color x) same bool", inline("!Number.isFinite($0)"), "Whether there is no colour."),
  fn("na(bool x) same bool", inline("($0) === null"), "Whether there is no value.", { versions: [5] }),
  fn("na(T x) same bool", inline("($0) === null"), "Whether the reference points to nothing."),
  fn(
    "nz(int source, int replacement = 0) same int",
    call("nz"),
    "The value, or the replacement where there is none.",
  ),
  fn(
    "nz(float source, float replacement = 0) same float",
    call("nz"),
    "The value, or the replacement where there is none.",
  ),
  fn(
    "nz(color source, color replacement = #00000000) same color",
    call("nz"),
    "The colour, or the replacement where there is none.",
  ),
  fn(
    "nz(bool source, bool replacement = false) same bool",
    inline("($0 ?? $1)"),
    "The value, or the replacement.",
    { versions: [5] },
  ),
  fn(
    'nz(string source, string replacement = "") same string',
    inline("($0 ?? $1)"),
    "The text, or the replacement where there is none.",
  ),
  fn("fixnan(int source) series int", kernel("Fixnan"), "The last value that was not na."),
  fn("fixnan(float source) series float", kernel("Fixnan"), "The last value that was not na."),
  fn("fixnan(bool source) series bool", kernel("FixnanBool"), "The last bool that was not na.", {
    versions: [5],
  }),
  fn("fixnan(color source) series color", kernel("Fixnan"), "The last colour that was not na."),

  fn("int(int x) same int", inline("Math.trunc($0)"), "Without the fraction that a quotient of ints keeps."),
  fn("int(float x) same int", inline("Math.trunc($0)"), "Without its fraction."),
  fn("float(float x) same float", inline("$0"), "As a float."),
  fn("bool(bool x) same bool", inline("$0"), "As a bool."),
  fn("bool(float x) same bool", call("truth"), "False for 0 and na, true for every other number."),
  fn("string(string x) same string", inline("$0"), "As a string."),
  fn("color(color x) same color", inline("$0"), "As a color."),
  ...["line", "label", "box", "table", "linefill", "polyline"].map((name) =>
    fn(`${name}(${name} x) series ${name}`, inline("$0"), `As a ${name}.`),
  ),

  fn(
    "alert(string message, input string freq = alert.freq_once_per_bar) void",
    context("alert", { site: true }),
    "Raises an alert.",
  ),
  fn(
    "alertcondition(series bool condition, const string title?, const string message?) void",
    context("alertcondition"),
    "A condition that an alert can be made of.",
    { globalOnly: true },
  ),
  fn("runtime.error(string message) void", context("runtime.error"), "Stops the script."),
  ...["info", "warning", "error"].flatMap((level) => [
    fn(`log.${level}(string message) void`, context(`log.${level}`), "Writes to the log."),
    fn(
      `log.${level}(string formatString, T arg0...) void`,
      context(`log.${level}`),
      "Writes to the log, formatted as by str.format.",
    ),
  ]),
  fn("max_bars_back(T var, series int num) void", inline("void 0"), "Asks for history; it grows by itself."),
];
