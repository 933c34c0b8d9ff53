import { existsSync, readFileSync, statSync } from "node:fs";

import { ProviderError } from "../../api/plugins/errors.ts";
import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import { writeFileAtomic } from "../../config/atomic-write.ts";
import { DataError, messageOf } from "../../kernel/errors.ts";
import { secrets } from "../../kernel/secrets.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import { detectQuantityStep } from "../import/ticks.ts";
import type { TickGrid } from "../ohlcv/layout.ts";
import { readOhlcv } from "../ohlcv/reader.ts";
import {
  defaultMinContract,
  parseSymbolFile,
  readSymbolFile,
  renderSymbolFile,
  type SymbolFile,
  writeSymbolFile,
} from "../syminfo-toml.ts";
import { readSource, sameInstrument, sourceOf, writeSource } from "./source.ts";

/** The symbol file of a download: checked, or asked for and written before the first bar is. */

/** Where the symbol file of a data file is. */
export function symbolPathOf(path: string): string {
  return `${path.replace(/\.ohlcv$/i, "")}.toml`;
}

/** The symbol file beside a data file; `undefined` when there is none, or one of no bytes. */
export function storedSymbol(path: string): SymbolFile | undefined {
  const symbolPath = symbolPathOf(path);
  return existsSync(symbolPath) && statSync(symbolPath).size > 0 ? readSymbolFile(symbolPath) : undefined;
}

/**
 * Refuses to mix instruments or timeframes in one file.
 * @throws DataError
 */
export function requireSameInstrument(
  path: string,
  file: SymbolFile,
  source: string,
  timeframe: string,
): void {
  const symbolPath = symbolPathOf(path);
  const stored = readSource(file.download, symbolPath)?.provider;
  if (stored !== undefined && !sameInstrument(stored, source)) {
    throw new DataError(`${path} holds the bars of ${stored}, not of ${source}`, {
      hint: "both have the same file name: move one file away, or replace it with --truncate",
    });
  }
  if (canonicalTimeframe(file.symInfo.period) !== timeframe) {
    throw new DataError(`${symbolPath} says the period is ${file.symInfo.period}, not ${timeframe}`, {
      hint: "correct or remove the symbol file",
    });
  }
}

/**
 * The symbol file for a provider's answer; a quantity step of 0 becomes the usual one for its kind of symbol.
 * @throws ProviderError when the answer is no symbol
 */
export function symbolFileFrom(
  answer: unknown,
  provider: ProviderPlugin<object>,
  timeframe: string,
): SymbolFile {
  const name = provider.name || "the provider";
  if (typeof answer !== "object" || answer === null)
    throw new ProviderError(`${name} sent no information about ${provider.symbol}`);
  const info = secrets.cleanValue(answer as SymInfo);
  const guessed = !(info.mincontract > 0);
  const symInfo: SymInfo = {
    ...info,
    period: timeframe,
    timezone: info.timezone || (provider.constructor as typeof ProviderPlugin).timezone,
    mincontract: guessed ? defaultMinContract(info.type, info.basecurrency) : info.mincontract,
  };
  const source = { provider: sourceOf(provider, timeframe), quantityStepGuessed: guessed };
  try {
    // What has to come out of the file later has to go in now.
    const text = renderSymbolFile({ symInfo, download: writeSource("", source) });
    return parseSymbolFile(text, `${name}, ${provider.symbol}`);
  } catch (error) {
    throw new ProviderError(`${name} sent symbol information that cannot be stored: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Adds the source to a symbol file that has none, so that the download can be continued by its path. The rest of the
 * file, a person's comments included, stays as it is.
 */
export function stampSource(path: string, source: string): void {
  const symbolPath = symbolPathOf(path);
  const { download } = readSymbolFile(symbolPath);
  if (readSource(download, symbolPath) !== undefined) return;
  const text = readFileSync(symbolPath, "utf8");
  const before = text.slice(0, text.length - download.length).trimEnd();
  const table = writeSource(download, { provider: source, quantityStepGuessed: false });
  writeFileAtomic(symbolPath, `${before}\n\n${table}\n`, { mode: 0o644 });
}

/** The tick grid that a header can hold; `undefined` when the symbol has none of whole numbers. */
export function gridOf({ minmove, pricescale }: SymInfo): TickGrid | undefined {
  const fits = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 2 ** 32;
  return fits(minmove) && fits(pricescale) ? { minmove, pricescale } : undefined;
}

/** Bars that a guess of the quantity step looks at. */
const observedBars = 5000;

/** Replaces a guessed quantity step by what the volumes show, once there are enough of them. */
export function refineQuantityStep(path: string, file: SymbolFile): SymbolFile {
  const source = readSource(file.download, symbolPathOf(path));
  if (source?.quantityStepGuessed !== true || file.symInfo.volumetype !== "base") return file;
  const { volume } = readOhlcv(path).columns;
  const step = detectQuantityStep(volume.subarray(-observedBars));
  if (step === undefined) return file;
  const refined: SymbolFile = {
    symInfo: { ...file.symInfo, mincontract: step },
    download: writeSource(file.download, { ...source, quantityStepGuessed: false }),
  };
  writeSymbolFile(symbolPathOf(path), refined);
  return refined;
}
