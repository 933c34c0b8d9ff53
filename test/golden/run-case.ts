/** Runs the script of a case as `pyne run` would, and judges what came out. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { parseBars } from "../../src/data/import/bars.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { parseDelimited } from "../../src/kernel/delimited.ts";
import type { BarColumns } from "../../src/kernel/bar.ts";
import { readTime } from "../../src/kernel/timestamps.ts";
import type { RunResult } from "../../src/runtime/run.ts";
import { runScript } from "../../src/runtime/run.ts";
import { feedsOf, type OfferedFeed } from "./feeds.ts";

/** What `case.json` says. */
export interface CaseDefinition {
  readonly name: string;
  readonly family: string;
  readonly kind: "indicator" | "strategy" | "log";
  readonly rtol?: number;
  readonly atol?: number;
  readonly tolerances?: Readonly<Record<string, { readonly rtol?: number; readonly atol?: number }>>;
  readonly bars?: number | string;
  /** Finer bars along which orders are filled. */
  readonly magnifier?: { readonly data: string };
  /** Bars of other symbols and timeframes. */
  readonly security?: readonly OfferedFeed[];
  /** Daily rates from the symbol's currency to the account's. */
  readonly currency_rates?: readonly { readonly data: string }[];
}

/** How a case went: how many values were compared, and those that differ. */
export interface Verdict {
  readonly definition: CaseDefinition;
  readonly compared: number;
  readonly wrong: readonly string[];
}

export function readDefinition(folder: string): CaseDefinition {
  return JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as CaseDefinition;
}

/**
 * @param folder of the case
 * @param cache folder for the compiled script
 * @param change what is done to the script before it runs
 * @throws whatever the script throws
 */
export async function runCase(
  folder: string,
  cache: string,
  change: (module: ScriptModule) => ScriptModule = (module) => module,
): Promise<Verdict> {
  const definition = readDefinition(folder);
  const { symInfo } = readSymbolFile(join(folder, "syminfo.toml"));
  const barsOf = (file: string): BarColumns =>
    parseBars(readFileSync(join(folder, file), "utf8"), "csv", symInfo.timezone).columns;
  const columns = barsOf("data.csv");
  const { module } = await loadPine(join(folder, "script.pine"), () => undefined, cache, definition.name);
  const log: string[] = [];
  const messages = { log: (_level: string, message: string): void => void log.push(message), alert() {} };
  const { magnifier, currency_rates: rates } = definition;
  const result = await runScript(change(module), {
    columns,
    symInfo,
    timeframe: symInfo.period,
    messages,
    feeds: feedsOf(folder, definition.security ?? []),
    ...(magnifier === undefined ? {} : { finer: barsOf(magnifier.data) }),
    ...(rates?.[0] === undefined ? {} : { rate: lastClose(barsOf(rates[0].data)) }),
  });
  const judge = new Judge(definition);
  if (definition.kind === "log") judgeLog(judge, readFileSync(join(folder, "expected.log"), "utf8"), log);
  else {
    const path = join(folder, "expected.csv");
    const [header = [], ...rows] = existsSync(path) ? parseDelimited(readFileSync(path, "utf8"), ",") : [];
    if (definition.kind === "indicator") judgePlots(judge, header, rows, result);
    else judgeTrades(judge, header, rows, result);
  }
  return judge.verdict();
}

/** The close of the last daily bar that is over at a time. */
function lastClose({ openTimeMs, close }: BarColumns): (timeMs: number) => number {
  return (timeMs) => close[openTimeMs.findLastIndex((open) => open + 86_400_000 <= timeMs)] ?? Number.NaN;
}

class Judge {
  readonly definition: CaseDefinition;
  readonly #wrong: string[] = [];
  #compared = 0;

  constructor(definition: CaseDefinition) {
    this.definition = definition;
  }

  add(agrees: boolean, what: () => string): void {
    this.#compared++;
    if (!agrees) this.#wrong.push(what());
  }

  verdict(): Verdict {
    return { definition: this.definition, compared: this.#compared, wrong: this.#wrong };
  }

  /** Two cells agree: both na, equal texts, or numbers within the tolerance of the column. */
  same(expected: Cell, actual: Cell, column?: string): boolean {
    if (expected === undefined || actual === undefined) return expected === actual;
    if (typeof expected === "string" || typeof actual === "string")
      return String(expected) === String(actual);
    if (!Number.isFinite(expected) || !Number.isFinite(actual)) return expected === actual;
    const own = column === undefined ? undefined : this.definition.tolerances?.[column];
    const rtol = own?.rtol ?? this.definition.rtol ?? 0;
    const atol = own?.atol ?? this.definition.atol ?? 0;
    return (
      Math.abs(expected - actual) <= Math.max(atol, rtol * Math.max(Math.abs(expected), Math.abs(actual)))
    );
  }
}

/** na is `undefined`, true and false are 1 and 0. */
type Cell = number | string | undefined;

function cellOf(text: string | undefined): Cell {
  const cell = (text ?? "").trim();
  if (/^(|na|nan|null|none|n\/a)$/i.test(cell)) return undefined;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === "true" ? 1 : 0;
  const infinite = cell.replace("\u221E", "Infinity").replace("\u2212", "-");
  const value = Number(infinite);
  return Number.isNaN(value) ? cell : value;
}

const numberCell = (value: number): Cell => (Number.isNaN(value) ? undefined : value);
const timeOf = (cell: string): number => readTime(cell, "UTC").timeMs;

/** Rows and columns of the expectation alone are looked at. */
function judgePlots(
  judge: Judge,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  result: RunResult,
): void {
  const byTime = new Map(Array.from(result.columns.openTimeMs, (time, index) => [time, index]));
  const plots = header.slice(1).map((title) => result.plots.find((plot) => plot.title === title.trim()));
  const { bars } = judge.definition;
  for (const row of typeof bars === "number" ? rows.slice(0, bars) : rows) {
    const bar = byTime.get(timeOf(row[0]!));
    for (const [index, plot] of plots.entries()) {
      const title = header[index + 1]!;
      const text = row[index + 1];
      const actual = bar === undefined || plot === undefined ? undefined : numberCell(plot.values[bar]!);
      const missing = plot === undefined ? " (no such plot)" : bar === undefined ? " (no such bar)" : "";
      const agrees = missing === "" && judge.same(cellOf(text), actual, title);
      judge.add(agrees, () => `${row[0]} ${title}: ${actual}, not ${text === "" ? "na" : text}${missing}`);
    }
  }
}

/** The closed trades, in order and no others. */
function judgeTrades(
  judge: Judge,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  result: RunResult,
): void {
  const trades = result.strategy?.closedTrades ?? [];
  for (const [index, row] of rows.entries()) {
    const trade = trades[index];
    const actual: Readonly<Record<string, Cell>> =
      trade === undefined
        ? {}
        : {
            direction: trade.size > 0 ? "long" : "short",
            entry_time: trade.entryTimeMs,
            entry_signal: trade.entryComment || trade.entryId,
            entry_price: trade.entryPrice,
            exit_time: trade.exitTimeMs,
            exit_signal: trade.exitComment || trade.exitId,
            exit_price: trade.exitPrice,
            qty: Math.abs(trade.size),
            profit: trade.profit,
            profit_percent: trade.profitPercent,
            cum_profit: trade.cumulativeProfit,
            cum_profit_percent: trade.cumulativeProfitPercent,
            commission: trade.commission,
          };
    for (const [column, name] of header.entries()) {
      if (name === "trade") continue;
      const text = row[column]!;
      const expected = name.endsWith("_time")
        ? timeOf(text)
        : /signal|direction/.test(name)
          ? text.trim()
          : cellOf(text);
      const agrees = trade !== undefined && judge.same(expected, actual[name], name);
      judge.add(agrees, () => `trade ${index + 1} ${name}: ${actual[name]}, not ${text}`);
    }
  }
  if (trades.length > rows.length)
    judge.add(false, () => `${trades.length} closed trades, not ${rows.length}`);
}

/** Lines are equal, except that numbers within square brackets are compared as numbers. */
function judgeLog(judge: Judge, text: string, log: readonly string[]): void {
  const lines = (all: readonly string[]): string[] =>
    all.map((line) => line.trimEnd()).filter((line) => line !== "");
  const expected = lines(text.split("\n"));
  const actual = lines(log.flatMap((message) => message.split("\n")));
  for (const [index, line] of expected.entries()) {
    const got = actual[index];
    const agrees = got !== undefined && sameLine(judge, line, got);
    judge.add(agrees, () => `line ${index + 1}: ${JSON.stringify(got)}, not ${JSON.stringify(line)}`);
  }
  if (actual.length > expected.length)
    judge.add(false, () => `${actual.length} lines, not ${expected.length}`);
}

function sameLine(judge: Judge, expected: string, actual: string): boolean {
  if (expected === actual) return true;
  const [a, b] = [expected, actual].map((line) => line.split(/(\[[^[\]]*\])/));
  if (a!.length !== b!.length) return false;
  return a!.every((part, index) => {
    const other = b![index]!;
    if (part === other) return true;
    if (!part.startsWith("[") || !other.startsWith("[")) return false;
    const [x, y] = [part, other].map((list) => list.slice(1, -1).split(",").map(cellOf));
    return x!.length === y!.length && x!.every((cell, at) => judge.same(cell, y![at]));
  });
}
