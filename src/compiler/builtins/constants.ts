import { constant, type Entry } from "./entry.ts";

/** Constants that name themselves: `shape.circle` is the string "circle". */
function named(namespace: string, words: string, prefix = ""): Entry[] {
  return words.split(" ").map((word) => constant(`${namespace}.${prefix}${word}`, "const string", word));
}

const currencies =
  "AED ARS AUD BDT BHD BRL BTC CAD CHF CLP CNY COP CZK DKK EGP ETH EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD LKR " +
  "MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD USD USDT VES VND ZAR";

/** Everything that is only a name for a value. */
export const constants: readonly Entry[] = [
  constant("alert.freq_all", "const string", "all"),
  constant("alert.freq_once_per_bar", "const string", "once_per_bar"),
  constant("alert.freq_once_per_bar_close", "const string", "once_per_bar_close"),
  ...named(
    "plot",
    "line linebr stepline stepline_diamond steplinebr histogram cross circles columns area areabr",
    "style_",
  ),
  ...named("plot", "solid dashed dotted", "linestyle_"),
  ...named("hline", "solid dotted dashed", "style_"),
  ...named("line", "solid dotted dashed arrow_left arrow_right arrow_both", "style_"),
  ...named(
    "label",
    "none xcross cross triangleup triangledown flag circle arrowup arrowdown label_up label_down label_left label_right label_lower_left label_lower_right label_upper_left label_upper_right label_center square diamond text_outline",
    "style_",
  ),
  // Sets of places: they add up.
  constant("display.none", "const int", 0),
  constant("display.pane", "const int", 1),
  constant("display.data_window", "const int", 2),
  constant("display.price_scale", "const int", 4),
  constant("display.status_line", "const int", 8),
  constant("display.all", "const int", 15),
  ...named("format", "inherit price volume percent mintick"),
  ...named("location", "abovebar belowbar top bottom absolute"),
  ...named(
    "shape",
    "xcross cross circle triangleup triangledown flag arrowup arrowdown square diamond labelup labeldown",
  ),
  ...named("size", "auto tiny small normal large huge"),
  ...named("scale", "left right none"),
  ...named(
    "position",
    "top_left top_center top_right middle_left middle_center middle_right bottom_left bottom_center bottom_right",
  ),
  ...named("extend", "none left right both"),
  ...named("xloc", "bar_index bar_time"),
  ...named("yloc", "price abovebar belowbar"),
  ...named("text", "left center right top bottom", "align_"),
  ...named("text", "none auto", "wrap_"),
  ...named("text", "none bold italic", "format_"),
  ...named("font", "default monospace", "family_"),
  ...named("order", "ascending descending"),
  ...named("barmerge", "gaps_off gaps_on lookahead_off lookahead_on"),
  ...named("dividends", "gross net"),
  ...named("earnings", "actual estimate standardized"),
  ...named("splits", "numerator denominator"),
  ...named("adjustment", "none dividends splits"),
  ...named("backadjustment", "on off inherit"),
  ...named("settlement_as_close", "on off inherit"),
  ...named("session", "regular extended"),
  constant("currency.NONE", "const string", ""),
  ...named("currency", currencies),
  ..."sunday monday tuesday wednesday thursday friday saturday"
    .split(" ")
    .map((day, index) => constant(`dayofweek.${day}`, "const int", index + 1)),
  ...named("strategy", "long short fixed cash percent_of_equity"),
  ...named("strategy.commission", "percent cash_per_contract cash_per_order"),
  ...named("strategy.direction", "all long short"),
  ...named("strategy.oca", "none cancel reduce"),
];
