import { context, type Entry, fn, request } from "./entry.ts";

const merging = "simple string gaps = barmerge.gaps_off, simple string lookahead = barmerge.lookahead_off";
const ignoring = "simple bool ignore_invalid_symbol = false";

/** `request` and `ticker`: values of other symbols and timeframes. */
export const requests: readonly Entry[] = [
  fn(
    `request.security(series string symbol, series string timeframe, series T expression, ${merging}, ${ignoring}, series string currency?, simple int calc_bars_count?) series T`,
    request("security"),
    "The expression on the bars of another symbol or timeframe.",
  ),
  fn(
    `request.security_lower_tf(series string symbol, series string timeframe, series T expression, ${ignoring}, series string currency?, simple bool ignore_invalid_timeframe = false, simple int calc_bars_count?) series array<T>`,
    request("security_lower_tf"),
    "The expression on every bar of a finer timeframe within this bar.",
  ),
  fn(
    `request.seed(simple string source, simple string symbol, series T expression, ${ignoring}, simple int calc_bars_count?) series T`,
    request("seed"),
    "Values of a user's repository.",
  ),
  fn(
    "request.currency_rate(series string from, series string to, simple bool ignore_invalid_currency = false) series float",
    context("request.currency_rate"),
    "Daily rate between two currencies.",
  ),
  fn(
    `request.dividends(series string ticker, series string field = dividends.gross, ${merging}, ${ignoring}, series string currency?) series float`,
    context("request.dividends"),
    "Dividends.",
  ),
  fn(
    `request.splits(series string ticker, series string field, ${merging}, ${ignoring}) series float`,
    context("request.splits"),
    "Splits.",
  ),
  fn(
    `request.earnings(series string ticker, series string field = earnings.actual, ${merging}, ${ignoring}, series string currency?) series float`,
    context("request.earnings"),
    "Earnings.",
  ),
  fn(
    `request.financial(series string symbol, series string financial_id, series string period, simple string gaps = barmerge.gaps_off, ${ignoring}, series string currency?) series float`,
    context("request.financial"),
    "Figures of a company.",
  ),
  fn(
    `request.economic(series string country_code, series string field, simple string gaps = barmerge.gaps_off, ${ignoring}) series float`,
    context("request.economic"),
    "Figures of a country.",
  ),
  fn(
    `request.quandl(simple string ticker, simple string gaps = barmerge.gaps_off, simple int index = 0, ${ignoring}) series float`,
    context("request.quandl"),
    "Values of a closed service.",
    { versions: [5] },
  ),
  fn(
    "request.footprint(simple int ticks_per_row, simple float va_percent = 70, simple float imbalance_percent = 300) series footprint",
    context("request.footprint"),
    "Volume by price within the bar.",
  ),
  ...["buy_volume", "sell_volume", "delta", "total_volume"].map((name) =>
    fn(`footprint.${name}(footprint id) series float`, context(`footprint.${name}`), "Of the footprint."),
  ),
  ...["vah", "val", "poc"].map((name) =>
    fn(
      `footprint.${name}(footprint id) series volume_row`,
      context(`footprint.${name}`),
      "Of the footprint.",
    ),
  ),
  fn("footprint.rows(footprint id) series array<volume_row>", context("footprint.rows"), "Its rows."),
  fn(
    "footprint.get_row_by_price(footprint id, float price) series volume_row",
    context("footprint.get_row_by_price"),
    "The row of a price.",
  ),
  ...["up_price", "down_price", "buy_volume", "sell_volume", "delta", "total_volume"].map((name) =>
    fn(`volume_row.${name}(volume_row id) series float`, context(`volume_row.${name}`), "Of the row."),
  ),
  ...["has_buy_imbalance", "has_sell_imbalance"].map((name) =>
    fn(`volume_row.${name}(volume_row id) series bool`, context(`volume_row.${name}`), "Of the row."),
  ),
  fn(
    "ticker.new(string prefix, string ticker, string session?, string adjustment?, string backadjustment?, string settlement_as_close?) same string",
    context("ticker.new"),
    "A ticker id with its modifiers.",
  ),
  fn(
    "ticker.modify(string tickerid, string session?, string adjustment?, string backadjustment?, string settlement_as_close?) same string",
    context("ticker.modify"),
    "A ticker id with other modifiers.",
  ),
  fn(
    "ticker.standard(string symbol = syminfo.tickerid) same string",
    context("ticker.standard"),
    "A ticker id without modifiers.",
  ),
  fn(
    "ticker.inherit(string from_tickerid, string symbol) same string",
    context("ticker.inherit"),
    "A symbol with the modifiers of another.",
  ),
  fn(
    "ticker.heikinashi(string symbol) same string",
    context("ticker.heikinashi"),
    "Heikin Ashi bars of a symbol.",
  ),
  fn(
    'ticker.renko(string symbol, string style, float param, bool request_wicks = false, string source = "Close") same string',
    context("ticker.renko"),
    "Renko bars of a symbol.",
  ),
  fn(
    "ticker.pointfigure(string symbol, string source, string style, float param, int reversal) same string",
    context("ticker.pointfigure"),
    "Point and figure bars of a symbol.",
  ),
  fn(
    "ticker.kagi(string symbol, float reversal) same string",
    context("ticker.kagi"),
    "Kagi bars of a symbol.",
  ),
  fn(
    "ticker.linebreak(string symbol, int number_of_lines) same string",
    context("ticker.linebreak"),
    "Line break bars of a symbol.",
  ),
];
