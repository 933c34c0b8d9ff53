import { ProviderError } from "pynecore/plugin";

/** Timeframes, pure: ccxt writes `1m`, `4h`, `1d`, `1w`, `1M`, `1y`; TradingView `1`, `240`, `1D`, `1W`, `1M`, `12M`. */

const pattern = /^(\d+)([smhdwMyY])$/;
const dayMs = 86_400_000;
const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
  y: 365 * dayMs,
  Y: 365 * dayMs,
};

/** TradingView's notation; `undefined` for a word that is no timeframe. */
export function tradingViewOf(word: string): string | undefined {
  const [, digits = "", unit = ""] = pattern.exec(word) ?? [];
  const value = Number(digits);
  if (unit === "" || value < 1) return undefined;
  if (unit === "m") return String(value);
  if (unit === "h") return String(value * 60);
  if (unit === "y" || unit === "Y") return `${value * 12}M`;
  return `${value}${unit === "M" ? "M" : unit.toUpperCase()}`;
}

/** TradingView's notation to ccxt's word, shortest first, for the words an exchange knows. */
export function timeframeTable(words: readonly string[]): Record<string, string> {
  const known = words.filter((word) => tradingViewOf(word) !== undefined);
  const ascending = known.toSorted((a, b) => lengthMs(a) - lengthMs(b));
  return Object.fromEntries(ascending.map((word) => [tradingViewOf(word) ?? word, word]));
}

/**
 * The word for a timeframe on one exchange.
 * @throws ProviderError naming what the exchange has
 */
export function wordFor(timeframe: string, words: readonly string[], exchangeId: string): string {
  const table = timeframeTable(words);
  const word = Object.hasOwn(table, timeframe) ? table[timeframe] : undefined;
  if (word !== undefined) return word;
  throw new ProviderError(
    `${exchangeId} has no bars of ${timeframe}; it has ${Object.keys(table).join(", ") || "none at all"}`,
    { hint: "download one that divides it and merge the bars: pyne data aggregate" },
  );
}

/** Nominal length, ms; a month counts 30 days, a year 365. */
export function lengthMs(word: string): number {
  const [, digits = "", unit = ""] = pattern.exec(word) ?? [];
  return Number(digits) * (unitMs[unit] ?? Number.NaN);
}

/**
 * A distance from one bar's open that never passes the next one's, ms: months have 28 days, and a day may lose an
 * hour where an exchange follows a zone with daylight saving.
 */
export function shortestStepMs(word: string): number {
  const length = lengthMs(word);
  if (/[M]$/.test(word)) return (length / 30) * 28;
  return length < dayMs ? length : length - 2 * 3_600_000;
}

/** When the bar that opened at `openTimeMs` ends, ms; months and years are those of the calendar, UTC. */
export function endOfBarMs(openTimeMs: number, word: string): number {
  const [, digits = "", unit = ""] = pattern.exec(word) ?? [];
  if (unit !== "M" && unit !== "y" && unit !== "Y") return openTimeMs + lengthMs(word);
  const end = new Date(openTimeMs);
  end.setUTCMonth(end.getUTCMonth() + Number(digits) * (unit === "M" ? 1 : 12));
  return end.getTime();
}
