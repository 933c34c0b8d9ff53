import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, extname } from "node:path";

import type { Bar } from "../../kernel/bar.ts";
import { DataError, writeFailure } from "../../kernel/errors.ts";
import type { SessionHours, SymInfo } from "../../kernel/syminfo.ts";
import { canonicalTimeframe, parseTimeframe } from "../../kernel/timeframe.ts";
import { sidecarPath } from "../ohlcv/sidecar.ts";
import { OhlcvWriter } from "../ohlcv/writer.ts";
import { privateName } from "../publish.ts";
import { defaultMinContract, readSymbolFile, type SymbolFile, writeSymbolFile } from "../syminfo-toml.ts";
import { detectFormat, type ImportFormat, parseBars } from "./bars.ts";
import { detectPeriod } from "./period.ts";
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
 * @throws DataError naming the row or what is missing
 */
export function convertFile(source: string, options: ConvertOptions = {}): Converted {
  const stem = source.slice(0, source.length - extname(source).length);
  const [ohlcvPath, tomlPath] = [`${stem}.ohlcv`, `${stem}.toml`];
  const text = readFileSync(source, "utf8");
  const format = options.format ?? formatOf(source) ?? detectFormat(text);
  const existing = existsSync(tomlPath) ? readSymbolFile(tomlPath) : undefined;
  const timezone = options.timezone ?? existing?.symInfo.timezone ?? "UTC";
  const { bars, offsets, symbol: columnSymbol } = parseBars(text, format, timezone);
  const zone =
    existing?.symInfo.timezone ?? (offsets.length > 0 && timezone === "UTC" ? zoneOf(offsets) : timezone);
  const period = detectPeriod(
    bars.map((bar) => bar.openTimeMs),
    zone,
  );
  if (existing !== undefined && canonicalTimeframe(existing.symInfo.period) !== canonicalTimeframe(period)) {
    throw new DataError(
      `${tomlPath} says the period is ${existing.symInfo.period}, the bars of ${source} are ${period}`,
      {
        hint: "correct or remove the symbol file",
      },
    );
  }
  const symbolFile = existing ?? newSymbolFile(source, bars, period, zone, columnSymbol, options);
  publishPair(source, ohlcvPath, tomlPath, bars, symbolFile, existing === undefined);
  return {
    ohlcvPath,
    tomlPath,
    bars: bars.length,
    symInfo: symbolFile.symInfo,
    guessed: existing === undefined,
  };
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

function newSymbolFile(
  source: string,
  bars: readonly Bar[],
  period: string,
  timezone: string,
  columnSymbol: string | undefined,
  options: ConvertOptions,
): SymbolFile {
  const stem = basename(source, extname(source));
  const guessed = symbolFromName(stem);
  const symbol =
    options.symbol ??
    guessed.symbol ??
    columnSymbol ??
    (options.stemAsSymbol === true ? stem.toUpperCase() : undefined);
  if (symbol === undefined) {
    throw new DataError(`the symbol cannot be told from the name ${basename(source)}`, {
      hint: "name it: --symbol EURUSD",
    });
  }
  const kind = guessType(symbol);
  const tick = detectTick(bars);
  const pricescale = Math.round(1 / tick);
  const step = detectQuantityStep(bars) ?? defaultMinContract(kind.type, kind.basecurrency);
  const provider = options.provider ?? guessed.provider;
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
      ...hoursFor(kind.type),
    },
    download: "",
  };
}

/** Usual hours: coins never close, currencies trade Monday to Friday, everything else 09:30 to 16:00. */
function hoursFor(type: SymInfo["type"]): SessionHours {
  const days = type === "crypto" ? [0, 1, 2, 3, 4, 5, 6] : [0, 1, 2, 3, 4];
  const [start, end] =
    type === "crypto" || type === "forex" ? ["00:00:00", "00:00:00"] : ["09:30:00", "16:00:00"];
  return {
    openingHours: days.map((day) => ({ day, start, end })),
    sessionStarts: days.map((day) => ({ day, time: start })),
    sessionEnds: days.map((day) => ({ day, time: end })),
  };
}

/** The zone that offsets in a file probably belong to. */
function zoneOf(offsets: readonly number[]): string {
  const sorted = offsets.toSorted((a, b) => a - b);
  const single: Readonly<Record<number, string>> = {
    0: "UTC",
    [-300]: "US/Eastern",
    [-240]: "US/Eastern",
    [-360]: "US/Central",
    [-420]: "US/Mountain",
    [-480]: "US/Pacific",
    60: "Europe/Paris",
    120: "Europe/Paris",
  };
  const pairs: Readonly<Record<string, string>> = {
    "0,60": "Europe/London",
    "60,120": "Europe/Paris",
    "-300,-240": "US/Eastern",
    "-360,-300": "US/Central",
    "-420,-360": "US/Mountain",
    "-480,-420": "US/Pacific",
  };
  const first = sorted.length === 2 ? pairs[sorted.join(",")] : undefined;
  if (first !== undefined) return first;
  const offset = sorted[0] ?? 0;
  const hours = `${String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0")}:${String(Math.abs(offset) % 60).padStart(2, "0")}`;
  return single[offset] ?? `UTC${offset < 0 ? "-" : "+"}${hours}`;
}

/** Both files appear together or not at all; the previous pair comes back when anything fails. */
function publishPair(
  source: string,
  ohlcvPath: string,
  tomlPath: string,
  bars: readonly Bar[],
  file: SymbolFile,
  writeToml: boolean,
): void {
  const staged = privateName(ohlcvPath).replace(/\.tmp$/, ".ohlcv");
  const { minmove, pricescale } = file.symInfo;
  const targets: [from: string, to: string][] = [[staged, ohlcvPath]];
  try {
    {
      using writer = OhlcvWriter.create(staged, {
        timeframe: parseTimeframe(file.symInfo.period),
        grid: { minmove, pricescale },
      });
      writer.append(bars);
    }
    const sidecar = sidecarPath(staged);
    if (existsSync(sidecar)) targets.push([sidecar, sidecarPath(ohlcvPath)]);
    if (writeToml) {
      const stagedToml = staged.replace(/\.ohlcv$/, ".toml");
      writeSymbolFile(stagedToml, file);
      targets.push([stagedToml, tomlPath]);
    }
    const { atime, mtime } = statSync(source);
    for (const [from] of targets) utimesSync(from, atime, mtime);
  } catch (error) {
    for (const path of [staged, sidecarPath(staged), staged.replace(/\.ohlcv$/, ".toml")])
      rmSync(path, { force: true });
    throw writeFailure(ohlcvPath, error);
  }
  swap(targets, existsSync(sidecarPath(ohlcvPath)) && targets.length < 2 ? [sidecarPath(ohlcvPath)] : []);
}

/** Moves staged files into place; on failure everything returns to where it was. */
function swap(targets: readonly (readonly [from: string, to: string])[], obsolete: readonly string[]): void {
  const asides: [aside: string, original: string][] = [];
  const placed: string[] = [];
  try {
    for (const path of [...targets.map(([, to]) => to), ...obsolete]) {
      if (!existsSync(path)) continue;
      const aside = privateName(path);
      renameSync(path, aside);
      asides.push([aside, path]);
    }
    for (const [from, to] of targets) {
      renameSync(from, to);
      placed.push(to);
    }
  } catch (error) {
    for (const path of placed) rmSync(path, { force: true });
    for (const [aside, original] of asides) renameSync(aside, original);
    for (const [from] of targets) rmSync(from, { force: true });
    throw error;
  }
  for (const [aside] of asides) rmSync(aside, { force: true });
}
