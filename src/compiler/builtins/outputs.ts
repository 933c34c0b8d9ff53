import { type Entry, fn, type FunctionOptions, output } from "./entry.ts";

const globalOnly: FunctionOptions = { globalOnly: true };
const shown =
  "input bool editable = true, input int show_last?, input int display = display.all, input string format?, input int precision?, const bool force_overlay = false";
/** Offsets and transparencies were series in version 5. */
const v5: FunctionOptions = { globalOnly: true, versions: [5] };
const v6: FunctionOptions = { globalOnly: true, versions: [6] };

function both(make: (offset: string, extra: string, options: FunctionOptions) => Entry): Entry[] {
  return [make("series int offset = 0", ", input int transp?", v5), make("simple int offset = 0", "", v6)];
}

/** What a script shows on every bar. */
export const outputs: readonly Entry[] = [
  ...both((offset, extra, options) =>
    fn(
      `plot(series float series, const string title?, series color color?, input int linewidth = 1, input string style = plot.style_line, input bool trackprice = false, input float histbase = 0, ${offset}, input bool join = false, ${shown}, input string linestyle = plot.linestyle_solid${extra}) plot`,
      output("plot", ["series", "color"]),
      "Draws a line; its values are a column of the output.",
      options,
    ),
  ),
  ...["bool", "float"].flatMap((type) =>
    both((offset, extra, options) =>
      fn(
        `plotshape(series ${type} series, const string title?, input string style = shape.xcross, input string location = location.abovebar, series color color?, ${offset}, const string text?, series color textcolor?, input bool editable = true, const string size = size.auto, input int show_last?, input int display = display.all, input string format?, input int precision?, const bool force_overlay = false${extra}) void`,
        output("plotshape", ["series", "color", "textcolor"]),
        "Draws a shape where the value is true or not na.",
        options,
      ),
    ),
  ),
  ...["bool", "float"].flatMap((type) =>
    both((offset, extra, options) =>
      fn(
        `plotchar(series ${type} series, const string title?, input string char = "★", input string location = location.abovebar, series color color?, ${offset}, const string text?, series color textcolor?, input bool editable = true, const string size = size.auto, input int show_last?, input int display = display.all, input string format?, input int precision?, const bool force_overlay = false${extra}) void`,
        output("plotchar", ["series", "color", "textcolor"]),
        "Draws a character where the value is true or not na.",
        options,
      ),
    ),
  ),
  ...both((offset, extra, options) =>
    fn(
      `plotarrow(series float series, const string title?, series color colorup?, series color colordown?, ${offset}, input int minheight = 5, input int maxheight = 100, ${shown}${extra}) void`,
      output("plotarrow", ["series", "colorup", "colordown"]),
      "Draws arrows up for positive, down for negative values.",
      options,
    ),
  ),
  fn(
    "plotcandle(series float open, series float high, series float low, series float close, const string title?, series color color?, series color wickcolor?, input bool editable = true, input int show_last?, series color bordercolor?, input int display = display.all, input string format?, input int precision?, const bool force_overlay = false) void",
    output("plotcandle", ["open", "high", "low", "close", "color", "wickcolor", "bordercolor"]),
    "Draws candles.",
    globalOnly,
  ),
  fn(
    "plotbar(series float open, series float high, series float low, series float close, const string title?, series color color?, input bool editable = true, input int show_last?, input int display = display.all, input string format?, input int precision?, const bool force_overlay = false) void",
    output("plotbar", ["open", "high", "low", "close", "color"]),
    "Draws bars.",
    globalOnly,
  ),
  fn(
    "hline(input float price, const string title?, input color color?, input string linestyle = hline.style_solid, input int linewidth = 1, input bool editable = true, input int display = display.all) hline",
    output("hline", []),
    "Draws a horizontal line.",
    globalOnly,
  ),
  ...both((_offset, extra, options) =>
    fn(
      `fill(hline hline1, hline hline2, series color color?, const string title?, input bool editable = true, input bool fillgaps = false, input int display = display.all${extra}) void`,
      output("fill", ["color"]),
      "Fills the space between two horizontal lines.",
      options,
    ),
  ),
  ...both((_offset, extra, options) =>
    fn(
      `fill(plot plot1, plot plot2, series color color?, const string title?, input bool editable = true, input int show_last?, input bool fillgaps = false, input int display = display.all${extra}) void`,
      output("fill", ["color"]),
      "Fills the space between two plots.",
      options,
    ),
  ),
  fn(
    "fill(plot plot1, plot plot2, series float top_value, series float bottom_value, series color top_color, series color bottom_color, const string title?, input int display = display.all, input bool fillgaps = false, input bool editable = true) void",
    output("gradient", ["top_value", "bottom_value", "top_color", "bottom_color"]),
    "Fills the space between two plots with a gradient.",
    globalOnly,
  ),
  ...both((offset, extra, options) =>
    fn(
      `bgcolor(series color color, ${offset}, input bool editable = true, input int show_last?, const string title?, input int display = display.all, const bool force_overlay = false${extra}) void`,
      output("bgcolor", ["color"]),
      "Colours the background of the bar.",
      options,
    ),
  ),
  ...both((offset, extra, options) =>
    fn(
      `barcolor(series color color, ${offset}, input bool editable = true, input int show_last?, const string title?, input int display = display.all${extra}) void`,
      output("barcolor", ["color"]),
      "Colours the bar.",
      options,
    ),
  ),
];
