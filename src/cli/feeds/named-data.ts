import { findFile } from "../../config/lookup.ts";
import { dataExtensions } from "../../data/load.ts";
import { isProviderString, parseProviderString } from "../../data/provider-string.ts";
import { UsageError } from "../../kernel/errors.ts";
import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import type { FeedRequest } from "../../runtime/security/feeds.ts";
import { shellWord } from "./shell-word.ts";

/** The key of `--security KEY=DATA`: which requests it answers. */
export interface NamedKey {
  /** Upper case, timeframes canonical: `SYMBOL:TF`, `SYMBOL` or `TF`. */
  readonly key: string;
  /** The key is a timeframe alone. */
  readonly isTimeframe: boolean;
}

/** A file for some requests. */
export interface NamedData extends NamedKey {
  readonly path: string;
}

/** A provider's stream for some requests of a live run. */
export interface NamedStream extends NamedKey {
  /** `provider:symbol` or `provider:symbol@timeframe`, as it was typed. */
  readonly provider: string;
}

/**
 * Reads the values of `--security`, split at the first `=`.
 * @throws UsageError for a value without a key or data, a key that is given twice, and data that is not there
 */
export function namedData(values: readonly string[], folder: string, cwd: string): NamedData[] {
  return readKeys(values, (key, data) => {
    const path = findFile(data, folder, cwd, dataExtensions);
    if (path !== undefined) return { path };
    throw new UsageError(`--security ${key}: there is no data "${data}"`, {
      hint: isProviderString(data)
        ? `a provider's bars come from a file: pyne data download ${shellWord(data)}; with --live it streams`
        : `looked in ${folder} and ${cwd}`,
    });
  });
}

/** The same for a live run, in which data may also be an instrument of a provider. */
export function namedLive(
  values: readonly string[],
  folder: string,
  cwd: string,
): readonly (NamedData | NamedStream)[] {
  return readKeys(values, (key, data) => {
    const path = findFile(data, folder, cwd, dataExtensions);
    if (path !== undefined) return { path };
    if (isProviderString(data)) {
      parseProviderString(data);
      return { provider: data };
    }
    throw new UsageError(`--security ${key}: there is no data "${data}"`, {
      hint: `looked in ${folder} and ${cwd}; a provider's stream is named provider:SYMBOL`,
    });
  });
}

function readKeys<Found extends object>(
  values: readonly string[],
  find: (key: string, data: string) => Found,
): (NamedKey & Found)[] {
  const known = new Set<string>();
  return values.map((value) => {
    const at = value.indexOf("=");
    const [key, data] = [value.slice(0, Math.max(at, 0)).trim(), value.slice(at + 1).trim()];
    if (at < 0 || key === "" || data === "") {
      throw new UsageError(`--security "${value}" is not KEY=DATA`, {
        hint: "1D=NAME, SYMBOL=NAME or SYMBOL:1D=NAME; NAME is a data file",
      });
    }
    const found = find(key, data);
    const own = canonicalKey(key);
    if (known.has(own)) throw new UsageError(`--security ${key} is given twice`);
    known.add(own);
    return { key: own, isTimeframe: timeframeIn(key) !== undefined, ...found };
  });
}

/**
 * The data for a request: `SYMBOL:TF` before `SYMBOL` before `TF`. A symbol without its exchange is that ticker on any.
 * A timeframe alone is about the chart's symbol, or whatever symbol the data says it is.
 *
 * @param symbolOf the symbol that data says it holds, `PREFIX:TICKER`; `undefined`: it does not say
 */
export function namedFor<Named extends NamedKey>(
  all: readonly Named[],
  { symbol, timeframe, isChart }: FeedRequest,
  chartSymbol: string,
  symbolOf: (named: Named) => string | undefined,
): Named | undefined {
  const full = (isChart ? chartSymbol : symbol).toUpperCase();
  const ticker = full.slice(full.indexOf(":") + 1);
  for (const key of [`${full}:${timeframe}`, `${ticker}:${timeframe}`, full, ticker]) {
    const found = all.find((one) => !one.isTimeframe && one.key === key);
    if (found !== undefined) return found;
  }
  return all.find(
    (one) => one.isTimeframe && one.key === timeframe && (isChart || symbolOf(one)?.toUpperCase() === full),
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
