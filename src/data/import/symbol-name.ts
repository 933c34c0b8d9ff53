import type { SymbolType } from "../../kernel/syminfo.ts";

/** Guesses about a symbol from the name of its file, pure. */

/** What a file name says. */
export interface NamedSymbol {
  readonly symbol: string | undefined;
  readonly provider: string | undefined;
}

const exchanges = ["BINANCE", "BYBIT", "COINBASE", "KRAKEN", "BITFINEX", "HUOBI", "OKEX", "FTX"];
const providers: Readonly<Record<string, string>> = {
  CAPITALCOM: "capitalcom",
  "CAPITAL.COM": "capitalcom",
  CCXT: "ccxt",
  TRADINGVIEW: "tradingview",
  TV: "tradingview",
  MT4: "mt4",
  MT5: "mt5",
  OANDA: "oanda",
  IB: "ib",
  ...Object.fromEntries(exchanges.slice(0, 4).map((name) => [name, name.toLowerCase()])),
};
const fiat = ["EUR", "USD", "GBP", "JPY", "AUD", "NZD", "CAD", "CHF"];
const stable = ["USDT", "USDC", "BUSD"];
const coins = [
  "BTC",
  "ETH",
  "XRP",
  "SOL",
  "ADA",
  "DOGE",
  "DOT",
  "LTC",
  "BNB",
  "LINK",
  "AVAX",
  "TRX",
  "MATIC",
];
const quotes = [...stable, "USD", "EUR", "BTC", "ETH"];
const timeframeToken = /^(\d+[SMHDW]?|[SMHDW]\d+|\d*(MIN|HOUR|DAY)S?|DAILY|WEEKLY|MONTHLY|HOURLY)$/;

/** Symbol and provider from a file's stem: `ccxt_BYBIT_BTC_USDT_USDT_1` is BTC/USDT of bybit. */
export function symbolFromName(stem: string): NamedSymbol {
  const upper = stem.toUpperCase();
  const tokens = upper.split(/[_\s,]+/).filter((token) => token !== "");
  let provider: string | undefined;
  let rest = tokens;
  if (rest[0] === "CCXT") {
    provider = "ccxt";
    rest = rest.slice(1);
  }
  const exchange = rest.find((token) => exchanges.includes(token));
  if (exchange !== undefined) {
    const after = rest.slice(rest.indexOf(exchange) + 1).filter((token) => !timeframeToken.test(token));
    return { symbol: pair(after, true), provider: exchange.toLowerCase() };
  }
  const named = rest.find((token) => providers[token] !== undefined);
  if (named !== undefined && provider === undefined) {
    const tail = upper.split(",", 1)[0] ?? upper;
    const after = tail
      .split(/[_\s]+/)
      .find((token) => token !== "" && token !== named && isSymbolToken(token));
    return { symbol: after, provider: providers[named] };
  }
  const exported = provider === undefined ? chartExport(stem) : undefined;
  if (exported !== undefined) return exported;
  const useful = rest.filter(isSymbolToken);
  const found = pair(useful, true);
  if (found === undefined) return { symbol: undefined, provider };
  if (provider !== undefined) return { symbol: found, provider };
  const plain = found.replace("/", "");
  if (isForexPair(plain)) return { symbol: plain, provider: "forex" };
  return found.includes("/") ? { symbol: found, provider: "ccxt" } : { symbol: found, provider: undefined };
}

/** `NASDAQ_AAPL, 1D_1a2b3`: what TradingView calls the data of a chart. */
function chartExport(stem: string): NamedSymbol | undefined {
  const match = /^(\w+)_([^_,\s]{1,20}), (\d+[SDWM]?)(_[0-9a-f]{5})?( \(\d+\))?$/i.exec(stem);
  const [, prefix = "", ticker = ""] = match ?? [];
  return match === null ? undefined : { symbol: ticker.toUpperCase(), provider: prefix.toLowerCase() };
}

function isSymbolToken(token: string): boolean {
  return !timeframeToken.test(token) && !/^\d+$/.test(token) && !/^(?=.*\d)[0-9A-F]{5,8}$/.test(token);
}

/** `BTC USDT` or `BTCUSDT` as BTC/USDT; a plain name as it is; nothing below three characters. */
function pair(tokens: readonly string[], split: boolean): string | undefined {
  const [first, second] = tokens;
  if (first === undefined) return undefined;
  if (
    second !== undefined &&
    (quotes.includes(second) || fiat.includes(second)) &&
    /^[A-Z0-9]{2,10}$/.test(first)
  ) {
    return `${first}/${second}`;
  }
  const joined = first.replace(/[-/]/g, "");
  const quote = quotes.find(
    (candidate) => joined.endsWith(candidate) && joined.length > candidate.length + 1,
  );
  if (split && quote !== undefined && !isForexPair(joined))
    return `${joined.slice(0, -quote.length)}/${quote}`;
  if (isForexPair(joined)) return joined;
  return joined.length >= 3 && /[A-Z]/.test(joined) ? joined : undefined;
}

function isForexPair(text: string): boolean {
  return text.length === 6 && fiat.includes(text.slice(0, 3)) && fiat.includes(text.slice(3));
}

/** What kind of thing a symbol is, and its currencies: forex pairs, coins, or `other` in US dollars. */
export function guessType(symbol: string): { type: SymbolType; currency: string; basecurrency?: string } {
  const bare = symbol
    .toUpperCase()
    .replace(/^[^:]*:/, "")
    .replace(/\..*$/, "");
  const compact = bare.replace(/[-/]/g, "");
  if (isForexPair(compact))
    return { type: "forex", basecurrency: compact.slice(0, 3), currency: compact.slice(3) };
  if (bare.includes("/")) {
    const [base = "", quote = ""] = bare.split("/");
    const type =
      !stable.includes(quote) && !coins.includes(base) && base.length === 3 && quote.length === 3
        ? "forex"
        : "crypto";
    return { type, basecurrency: base, currency: quote };
  }
  const quote = [...stable, "USD"].find((candidate) => compact.endsWith(candidate));
  if (quote !== undefined && coins.some((coin) => compact.startsWith(coin))) {
    return { type: "crypto", basecurrency: compact.slice(0, -quote.length), currency: quote };
  }
  return { type: "other", currency: "USD" };
}
