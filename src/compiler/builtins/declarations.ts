import { type Entry, fn, inline } from "./entry.ts";

/** Settings that both kinds of script have. */
const shared =
  "const string title, const string shorttitle?, const bool overlay = false, const string format?, const int precision?, const string scale?";
const limits =
  "const int max_lines_count = 50, const int max_labels_count = 50, const int max_boxes_count = 50, const int calc_bars_count = 0";

/** The declaration calls; what they say becomes the settings of the script. */
export const declarations: readonly Entry[] = [
  fn(
    `indicator(${shared}, const int max_bars_back?, const string timeframe = "", const bool timeframe_gaps = true, const bool explicit_plot_zorder = false, ${limits}, const int max_polylines_count = 50, const bool dynamic_requests = true, const bool behind_chart = true) void`,
    inline("void 0"),
    "Declares an indicator.",
  ),
  fn(
    `strategy(${shared}, const int pyramiding = 0, const bool calc_on_order_fills = false, const bool calc_on_every_tick = false, const int max_bars_back?, const int backtest_fill_limits_assumption = 0, const string default_qty_type = strategy.fixed, const float default_qty_value = 1, const float initial_capital = 1000000, const string currency = currency.NONE, const int slippage = 0, const string commission_type = strategy.commission.percent, const float commission_value = 0, const bool process_orders_on_close = false, const string close_entries_rule = "FIFO", const float margin_long = 100, const float margin_short = 100, const bool explicit_plot_zorder = false, ${limits}, const float risk_free_rate = 2, const bool use_bar_magnifier = false, const bool fill_orders_on_standard_ohlc = false, const int max_polylines_count = 50, const bool dynamic_requests = true, const bool behind_chart = true, const bool calc_on_every_history_tick = false) void`,
    inline("void 0"),
    "Declares a strategy.",
  ),
  fn(
    "library(const string title, const bool overlay = false, const bool dynamic_requests = true) void",
    inline("void 0"),
    "Declares a library.",
  ),
];
