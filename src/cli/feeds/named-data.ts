import { findFile } from "../../config/lookup.ts";
import { dataExtensions } from "../../data/load.ts";
import { UsageError } from "../../kernel/errors.ts";
import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import type { FeedRequest } from "../../runtime/security/feeds.ts";

/** `--security KEY=DATA`: which data answers which requests. */
export interface NamedData {
  /** Upper case, timeframes canonical: `SYMBOL:TF`, `SYMBOL` or `TF`. */
  readonly key: string;
  /** The key is a timeframe alone. */
  readonly isTimeframe: boolean;
  /** The file. */
  readonly path: string;
}

/**
 * Reads the values of `--security`, split at the first `=`.
 * @throws UsageError for a value without a key or data, a key that is given twice, and data that is not there
 */
export function namedData(values: readonly string[], folder: string, cwd: string): NamedData[] {
  const known = new Set<string>();
  return values.map((value) => {
    const at = value.indexOf("=");
    const [key, data] = [value.slice(0, Math.max(at, 0)).trim(), value.slice(at + 1).trim()];
    if (at < 0 || key === "" || data === "") {
      throw new UsageError(`--security "${value}" is not KEY=DATA`, {
        hint: "1D=NAME, SYMBOL=NAME or SYMBOL:1D=NAME; NAME is a data file",
      });
    }
    const path = findFile(data, folder, cwd, dataExtensions);
    if (path === undefined) {
      throw new UsageError(`--security ${key}: there is no data "${data}"`, {
        hint: `looked in ${folder} and ${cwd}`,
      });
    }
    const own = canonicalKey(key);
    if (known.has(own)) throw new UsageError(`--security ${key} is given twice`);
    known.add(own);
    return { key: own, isTimeframe: timeframeIn(key) !== undefined, path };
  });
}

/**
 * The data for a request: `SYMBOL:TF` before `SYMBOL` before `TF`. A symbol without its exchange is that ticker on any.
 * A timeframe alone is about the chart's symbol, or whatever symbol the data says it is.
 *
 * @param symbolOf the symbol that a file says it holds, `PREFIX:TICKER`
 */
export function namedFor(
  all: readonly NamedData[],
  { symbol, timeframe, isChart }: FeedRequest,
  chartSymbol: string,
  symbolOf: (path: string) => string,
): NamedData | undefined {
  const full = (isChart ? chartSymbol : symbol).toUpperCase();
  const ticker = full.slice(full.indexOf(":") + 1);
  for (const key of [`${full}:${timeframe}`, `${ticker}:${timeframe}`, full, ticker]) {
    const found = all.find((one) => !one.isTimeframe && one.key === key);
    if (found !== undefined) return found;
  }
  return all.find(
    (one) =>
      one.isTimeframe && one.key === timeframe && (isChart || symbolOf(one.path).toUpperCase() === full),
  );
}

function canonicalKey(key: string): string {
  const whole = timeframeIn(key);
  if (whole !== undefined) return whole;
  const upper = key.toUpperCase();
  const colon = upper.lastIndexOf(":");
  const last = colon < 0 ? undefined : timeframeIn(upper.slice(colon + 1));
  return last === undefined ? upper : `${upper.slice(0, colon)}:${last}`;
}

function timeframeIn(text: string): string | undefined {
  try {
    return canonicalTimeframe(text);
  } catch {
    return undefined;
  }
}
