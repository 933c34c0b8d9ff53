import { existsSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, extname } from "node:path";

import type { BarColumns, ExtraColumn } from "../../kernel/bar.ts";
import { DataError, writeFailure } from "../../kernel/errors.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { canonicalTimeframe, parseTimeframe } from "../../kernel/timeframe.ts";
import { sidecarCell, sidecarPath } from "../ohlcv/sidecar.ts";
import { finishSwap } from "../ohlcv/swap.ts";
import { OhlcvWriter } from "../ohlcv/writer.ts";
import { privateName } from "../publish.ts";
import { describeWhole } from "../provenance.ts";
import { publishTogether } from "../publish-together.ts";
import { defaultMinContract, readSymbolFile, type SymbolFile, writeSymbolFile } from "../syminfo-toml.ts";
import { detectFormat, type ImportedBars, type ImportFormat, parseBars } from "./bars.ts";
import { observedHours, usualHours } from "./hours.ts";
import { zoneOfOffsets } from "./offsets.ts";
import { wholeLines } from "../lines.ts";
import { detectPeriod } from "./period.ts";
import { readPlainCsv } from "./plain-csv.ts";
import { guessType, symbolFromName } from "./symbol-name.ts";
import { detectQuantityStep, detectTick } from "./ticks.ts";

/** What the user says about a file; the rest is found out. */
export interface ConvertOptions {
  readonly symbol?: string | undefined;
  readonly provider?: string | undefined;
  /** For times without a zone; default UTC. */
  readonly timezone?: string | undefined;
  /** Default: by the file's extension, else by its content. */
  readonly format?: ImportFormat | undefined;
  /** Take the file's name as the symbol when nothing better is found. */
  readonly stemAsSymbol?: boolean;
  /** Replace a data file that a provider filled. */
  readonly replaceDownloaded?: boolean;
}

/** A file that was converted. */
export interface Converted {
  readonly ohlcvPath: string;
  readonly tomlPath: string;
  readonly bars: number;
  readonly symInfo: SymInfo;
  /** The symbol file was made from guesses rather than found. */
  readonly guessed: boolean;
}

/**
 * Turns a CSV, TXT or JSON file into a data file and a symbol file beside it. A symbol file that exists is the user's
 * and is kept. When anything fails, what was there before is untouched.
 *
 * @throws DataError naming the line or what is missing
 */
export function convertFile(source: string, options: ConvertOptions = {}): Converted {
  const stem = source.slice(0, source.length - extname(source).length);
  const [ohlcvPath, tomlPath] = [`${stem}.ohlcv`, `${stem}.toml`];
  const existing = existsSync(tomlPath) ? readSymbolFile(tomlPath) : undefined;
  if (existing !== undefined) refuseDownloaded(source, ohlcvPath, existing, options);
  const timezone = options.timezone ?? existing?.symInfo.timezone ?? "UTC";
  const imported = about(source, () => readBars(source, options.format, timezone));
  const { columns, offsets } = imported;
  const zone =
    existing?.symInfo.timezone ?? options.timezone ?? (offsets.length > 0 ? zoneOfOffsets(offsets) : "UTC");
  const period = about(source, () => detectPeriod(columns.openTimeMs, zone));
  if (existing !== undefined && canonicalTimeframe(existing.symInfo.period) !== canonicalTimeframe(period)) {
    throw new DataError(
      `${tomlPath} says the period is ${existing.symInfo.period}, the bars of ${source} are ${period}`,
      {
        hint: "correct or remove the symbol file",
      },
    );
  }
  const symbolFile = existing ?? newSymbolFile(source, imported, period, zone, options);
  publishConverted(source, ohlcvPath, tomlPath, columns, symbolFile, existing === undefined);
  return {
    ohlcvPath,
    tomlPath,
    bars: columns.length,
    symInfo: symbolFile.symInfo,
    guessed: existing === undefined,
  };
}

/** @throws DataError naming the line or what is missing */
function readBars(source: string, wanted: ImportFormat | undefined, timezone: string): ImportedBars {
  const named = wanted ?? formatOf(source);
  if (named === "csv") {
    const plain = readPlainCsv(wholeLines(source), statSync(source).size, timezone);
    if (plain !== undefined) return plain;
  }
  const text = readFileSync(source, "utf8");
  return parseBars(text, named ?? detectFormat(text), timezone);
}

/** What is wrong inside a file is said with its name. */
function about<Result>(source: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`${basename(source)}: ${error.message}`, { cause: error, hint: error.hint });
  }
}

/** Bars that a provider gave are not replaced by a text without being asked. */
function refuseDownloaded(
  source: string,
  ohlcvPath: string,
  { download }: SymbolFile,
  { replaceDownloaded = false }: ConvertOptions,
): void {
  if (replaceDownloaded || download === "" || !existsSync(ohlcvPath)) return;
  throw new DataError(`${ohlcvPath} was downloaded; converting ${basename(source)} would replace its bars`, {
    hint: "give the text another name, or convert it with: pyne data convert-from FILE --yes",
  });
}

function formatOf(path: string): ImportFormat | undefined {
  const extension = extname(path).toLowerCase();
  return extension === ".csv"
    ? "csv"
    : extension === ".txt"
      ? "txt"
      : extension === ".json"
        ? "json"
        : undefined;
}

/** Symbol and provider: what the user says, what the file's name says, what a column says. */
function identityOf(
  source: string,
  imported: ImportedBars,
  options: ConvertOptions,
): { symbol: string; provider: string | undefined } {
  const stem = basename(source, extname(source));
  const named = symbolFromName(stem);
  // Databento names its files after data sets, and its symbols in a column.
  const databento = /^ts_(event|recv)$/i.test(imported.timeColumn);
  const [first, second] = databento ? [imported.symbol, named.symbol] : [named.symbol, imported.symbol];
  const symbol =
    options.symbol ?? first ?? second ?? (options.stemAsSymbol === true ? stem.toUpperCase() : undefined);
  if (symbol === undefined) {
    throw new DataError(`the symbol cannot be told from the name ${basename(source)}`, {
      hint: "name it: --symbol EURUSD",
    });
  }
  return { symbol, provider: options.provider ?? (databento ? "databento" : named.provider) };
}

function newSymbolFile(
  source: string,
  imported: ImportedBars,
  period: string,
  timezone: string,
  options: ConvertOptions,
): SymbolFile {
  const { symbol, provider } = identityOf(source, imported, options);
  const { columns } = imported;
  const kind = guessType(symbol);
  const pricescale = Math.round(1 / detectTick(columns));
  const step = detectQuantityStep(columns.volume) ?? defaultMinContract(kind.type, kind.basecurrency);
  const hours = observedHours(columns.openTimeMs, timezone, parseTimeframe(period)) ?? usualHours(kind.type);
  return {
    symInfo: {
      prefix: provider?.toUpperCase() ?? "CUSTOM",
      description: symbol,
      ticker: symbol,
      ...kind,
      period,
      mintick: 1 / pricescale,
      pricescale,
      minmove: 1,
      pointvalue: 1,
      mincontract: step,
      timezone,
      volumetype: "base",
      ...hours,
    },
    download: "",
  };
}

/** All files appear together or not at all; the previous ones come back when anything fails. */
function publishConverted(
  source: string,
  ohlcvPath: string,
  tomlPath: string,
  columns: BarColumns,
  file: SymbolFile,
  writeToml: boolean,
): void {
  const staged = privateName(ohlcvPath).replace(/\.tmp$/, ".ohlcv");
  const stagedToml = staged.replace(/\.ohlcv$/, ".toml");
  const { minmove, pricescale } = file.symInfo;
  const sidecar = sidecarPath(ohlcvPath);
  try {
    {
      using writer = OhlcvWriter.create(staged, {
        timeframe: parseTimeframe(file.symInfo.period),
        grid: { minmove, pricescale },
      });
      writer.appendColumns({ ...columns, extra: numbersWhereTheyAre(columns.extra) });
    }
    const moves: [from: string, to: string][] = [[staged, ohlcvPath]];
    if (existsSync(sidecarPath(staged))) moves.push([sidecarPath(staged), sidecar]);
    if (writeToml) {
      writeSymbolFile(stagedToml, file);
      moves.unshift([stagedToml, tomlPath]);
    }
    const { atime, mtime } = statSync(source);
    for (const [from] of moves) utimesSync(from, atime, mtime);
    // A data file without its sidecar is whole, one beside the sidecar of another is not: it goes first.
    finishSwap(ohlcvPath);
    publishTogether(moves, [sidecar]);
    describeWhole(ohlcvPath, "import");
  } catch (error) {
    for (const path of [staged, sidecarPath(staged), stagedToml]) rmSync(path, { force: true });
    throw writeFailure(ohlcvPath, error);
  }
}

/** Cells as the sidecar takes them: a cell that is a number is written as one. */
function numbersWhereTheyAre(extra: ReadonlyMap<string, ExtraColumn>): Map<string, ExtraColumn> {
  const cellOf = (cell: number | string): string =>
    sidecarCell(cell !== "" && !Number.isNaN(Number(cell)) ? Number(cell) : cell);
  return new Map(
    [...extra].map(([name, cells]) => [
      name,
      cells instanceof Float64Array ? Array.from(cells, cellOf) : cells.map(cellOf),
    ]),
  );
}
