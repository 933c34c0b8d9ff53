import {
  defineConfig,
  field,
  readTime,
  secret,
  symbolTypes,
  v,
  volumeTypes,
  type InferConfig,
} from "pynecore/plugin";

import { isTemplate } from "./template.ts";
import { isSession } from "./sessions.ts";

const template = v.pipe(
  v.string(),
  v.check(isTemplate, "an http or https address with known placeholders"),
  // An address may hold a key.
  secret(),
);
const words = v.record(v.string(), v.string());
const positive = v.pipe(
  v.number(),
  v.check((value) => value > 0, "a number above zero"),
);
const text = v.string();
const zone = v.pipe(
  text,
  v.check((name) => isZone(name), "an IANA name or an offset such as UTC+5:30"),
);

function isZone(name: string): boolean {
  try {
    readTime("2024-01-01 00:00", name);
    return true;
  } catch {
    return false;
  }
}

export const HttpCsvConfig = defineConfig("http-csv: bars as CSV or JSON from a server of your own", {
  url: field(
    template,
    "",
    `Where bars come from. Placeholders: {symbol} {timeframe} {limit} {api_key}, and for the window, whose start is
inclusive and whose end is not: {from} {to} in ms, {from_s} {to_s} in seconds, {from_iso} {to_iso} as
2024-01-31T00:00:00Z, {from_date} {to_date} as 2024-01-31 with the last day included.
https://host/bars?symbol={symbol}&tf={timeframe}&from={from}&to={to}&limit={limit}`,
  ),
  symbols: field(v.array(text), [], "Symbols on offer; one that is not among them is refused"),
  symbols_url: field(
    template,
    "",
    "Where the list of symbols comes from instead: JSON texts, rows with a column symbol, or one a line",
  ),
  symbol_info_url: field(
    template,
    "",
    "Where symbol information comes from: a JSON object with the keys of a symbol file; what it lacks is taken from below",
  ),
  api_key: field(v.pipe(text, secret()), "", "For {api_key} in addresses and headers"),
  headers: field(
    v.pipe(words, secret()),
    {},
    'Sent with every request: { "Authorization" = "Bearer {api_key}" }',
  ),
  timeframes: field(
    words,
    {},
    'TradingView timeframes and the server\'s words for them: { "60" = "1h" }; empty: the same words, and the server decides',
  ),
  page_size: field(
    v.pipe(v.number(), v.integer(), v.minValue(0)),
    1000,
    "Bars in a request; 0: the whole window in one",
  ),
  timeout: field(positive, 30, "Seconds until an answer must have come"),
  max_body_mb: field(positive, 64, "Largest answer that is read, megabytes"),
  format: field(v.picklist(["auto", "csv", "json"]), "auto", "What the answer is: auto, csv, json"),
  delimiter: field(
    v.pipe(text, v.maxLength(1)),
    "",
    'Of CSV; empty: the one of comma, semicolon, tab and "|" that the first line has most of',
  ),
  csv_header: field(v.boolean(), true, "Whether the first line of CSV names the columns"),
  rows_path: field(
    text,
    "",
    'Where the rows are in JSON: "result.candles"; empty: the answer itself, or its data, candles, ohlcv, results',
  ),
  columns: field(
    words,
    {},
    'Names of columns, or their numbers from 0: { "time" = "t", "volume" = "5" }.\nDefaults: time (timestamp, date, datetime, t), open (o), high (h), low (l), close (c), volume (v). "": there is none',
  ),
  time_unit: field(
    v.picklist(["auto", "ms", "s", "us", "ns"]),
    "auto",
    "Of times that are numbers: auto (by their digits), ms, s, us, ns",
  ),
  row_timezone: field(zone, "UTC", "Zone of times that carry none"),
  prefix: field(text, "CUSTOM", "Exchange of the symbols"),
  type: field(v.picklist(symbolTypes), "other", `Type of the symbols: ${symbolTypes.join(", ")}`),
  currency: field(text, "USD", "Currency of prices"),
  basecurrency: field(text, "", "What is bought, where it is a currency or a coin"),
  mintick: field(positive, 0.01, "Smallest price step"),
  pointvalue: field(positive, 1, "Money per 1.0 of price per contract"),
  mincontract: field(v.pipe(v.number(), v.minValue(0)), 0, "Smallest quantity step; 0: estimated"),
  volumetype: field(v.picklist(volumeTypes), "base", `What a volume counts: ${volumeTypes.join(", ")}`),
  timezone: field(zone, "UTC", "Zone of the market: an IANA name or UTC+5:30"),
  sessions: field(
    v.array(v.pipe(text, v.check(isSession, 'sessions like "0930-1600:23456"'))),
    ["0000-0000:1234567"],
    'Trading hours in the market\'s zone, as in Pine: "0930-1600:23456" (1 = Sunday); equal times are 24 hours',
  ),
});
export type HttpCsvConfig = InferConfig<typeof HttpCsvConfig>;
