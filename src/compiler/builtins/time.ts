import { context, type Entry, fn, variable } from "./entry.ts";

const parts = "year month weekofyear dayofmonth dayofweek hour minute second".split(" ");

/** Times, dates and sessions. */
export const time: readonly Entry[] = [
  variable(
    "time_close series int",
    context("times.close"),
    "Close of the bar, cut at the end of the session.",
  ),
  variable(
    "time_tradingday series int",
    context("times.tradingday"),
    "00:00 UTC of the trading day of the bar.",
  ),
  variable("timenow series int", context("times.now"), "The clock."),
  ...parts.map((part) =>
    variable(`${part} series int`, context(`times.${part}`), "Of the bar's open, in the exchange's zone."),
  ),
  ...parts.map((part) =>
    fn(
      `${part}(series int time, series string timezone = syminfo.timezone) series int`,
      context(`times.${part}_of`),
      "Of a time in a zone.",
    ),
  ),
  ...(
    [
      ["time", "time"],
      ["time_close", "close"],
    ] as const
  ).flatMap(([name, member]) => [
    fn(
      `${name}(series string timeframe, series int bars_back = 0, series int timeframe_bars_back = 0) series int`,
      context(`times.${member}_of_timeframe`),
      "Of the bar of that timeframe which holds the current bar.",
    ),
    fn(
      `${name}(series string timeframe, series string session, series int bars_back = 0, series int timeframe_bars_back = 0) series int`,
      context(`times.${member}_of_session`),
      "The same, na outside of the session.",
    ),
    fn(
      `${name}(series string timeframe, series string session, series string timezone, series int bars_back = 0, series int timeframe_bars_back = 0) series int`,
      context(`times.${member}_in_zone`),
      "The same, na outside of the session in that zone.",
    ),
  ]),
  fn(
    "timestamp(const string dateString) const int",
    context("times.timestamp_of_text"),
    "The time that a text says.",
  ),
  fn(
    "timestamp(series int year, series int month, series int day, series int hour = 0, series int minute = 0, series int second = 0) same int",
    context("times.timestamp"),
    "The time of a date in the exchange's zone.",
  ),
  fn(
    "timestamp(series string timezone, series int year, series int month, series int day, series int hour = 0, series int minute = 0, series int second = 0) same int",
    context("times.timestamp_in_zone"),
    "The time of a date in a zone.",
  ),
];
