import { call, context, type Entry, fn, inline, variable } from "./entry.ts";

function facts(namespace: string, type: string, names: string, doc: string): Entry[] {
  return names
    .split(" ")
    .map((name) => variable(`${namespace}.${name} ${type}`, context(`${namespace}.${name}`), doc));
}

/** Reports that are still to come: no source of data says anything about them. */
function future(type: string, names: string): Entry[] {
  return names
    .split(" ")
    .map((name) => variable(`${name} series ${type}`, inline("NaN"), "Of the next report; na without data."));
}

/** What is known about the bar, the symbol, the timeframe and the chart. */
export const environment: readonly Entry[] = [
  ...facts(
    "barstate",
    "series bool",
    "isfirst islast ishistory isrealtime isnew isconfirmed islastconfirmedhistory",
    "State of the bar.",
  ),
  ...facts(
    "syminfo",
    "simple string",
    "prefix ticker tickerid main_tickerid root description type currency basecurrency timezone session volumetype country sector industry isin current_contract",
    "About the symbol.",
  ),
  ...facts("syminfo", "simple float", "mintick pointvalue mincontract", "About the symbol."),
  ...facts("syminfo", "simple int", "pricescale minmove expiration_date", "About the symbol."),
  ...facts(
    "syminfo",
    "simple int",
    "employees shareholders recommendations_buy recommendations_buy_strong recommendations_hold recommendations_sell recommendations_sell_strong recommendations_total recommendations_date target_price_date target_price_estimates",
    "About a stock; na without data.",
  ),
  ...facts(
    "syminfo",
    "simple float",
    "shares_outstanding_float shares_outstanding_total target_price_average target_price_high target_price_low target_price_median",
    "About a stock; na without data.",
  ),
  fn("syminfo.prefix(string symbol) same string", call("symbolPrefix"), "The exchange of a ticker id."),
  fn("syminfo.ticker(string symbol) same string", call("symbolTicker"), "The ticker of a ticker id."),
  ...facts("timeframe", "simple string", "period main_period", "Timeframe in TradingView's notation."),
  ...facts("timeframe", "simple int", "multiplier", "Number of units of the timeframe."),
  ...facts(
    "timeframe",
    "simple bool",
    "isintraday isminutes isseconds isticks isdaily isweekly ismonthly isdwm",
    "Kind of the timeframe.",
  ),
  fn(
    "timeframe.change(series string timeframe) series bool",
    context("timeframe.change"),
    "Whether a new period begins.",
  ),
  fn(
    "timeframe.in_seconds(string timeframe = timeframe.period) same int",
    context("timeframe.in_seconds"),
    "Length in seconds.",
  ),
  fn(
    "timeframe.from_seconds(int seconds) same string",
    context("timeframe.from_seconds"),
    "The timeframe of a length in seconds.",
  ),
  ...facts("chart", "input color", "bg_color fg_color", "Colours of the chart."),
  ...facts(
    "chart",
    "simple bool",
    "is_standard is_heikinashi is_renko is_kagi is_linebreak is_pnf is_range",
    "Kind of the chart.",
  ),
  ...facts(
    "chart",
    "input int",
    "left_visible_bar_time right_visible_bar_time",
    "What is visible of the chart.",
  ),
  ...facts(
    "session",
    "series bool",
    "isfirstbar isfirstbar_regular islastbar islastbar_regular ismarket ispremarket ispostmarket",
    "Where the bar is in its session.",
  ),
  ...future("float", "dividends.future_amount earnings.future_eps earnings.future_revenue"),
  ...future(
    "int",
    "dividends.future_ex_date dividends.future_pay_date earnings.future_time earnings.future_period_end_time",
  ),
];
