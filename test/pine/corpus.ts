/** The corpus: scripts in the manner of those that people publish, and what each of them gives over real bars. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { isScriptModule, type ScriptModule } from "../../src/api/script/declaration.ts";
import type { FindLibrary } from "../../src/compiler/checker/check.ts";
import { compilePine } from "../../src/compiler/compile.ts";
import { Source } from "../../src/compiler/source.ts";
import { writeFileAtomic } from "../../src/config/atomic-write.ts";
import { demoBars, demoSymbol } from "../../src/cli/demo.ts";
import { aggregateBars } from "../../src/data/aggregate/aggregate.ts";
import { parseBars } from "../../src/data/import/bars.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { registerVirtualModules } from "../../src/host/virtual-modules.ts";
import { PyneError } from "../../src/kernel/errors.ts";
import type { BarColumns } from "../../src/kernel/bar.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { type RunResult, runScript } from "../../src/runtime/run.ts";
import type { Feed, Feeds } from "../../src/runtime/security/feeds.ts";

const here = import.meta.dir;
const folder = join(here, "scripts");
export const expectedFile = join(here, "expected.json");

/** Names of the scripts, without the ending. */
export const names: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".pine"))
  .map((name) => name.slice(0, -".pine".length))
  .toSorted();

/** Libraries lie below `lib`, as in a scripts folder. */
export const findLibrary: FindLibrary = (user, library, version) => {
  const path = join(folder, "lib", user, library, `${version}.pine`);
  return existsSync(path)
    ? new Source(`${user}/${library}/${version}.pine`, readFileSync(path, "utf8"))
    : undefined;
};

export function textOf(name: string): string {
  return readFileSync(join(folder, `${name}.pine`), "utf8");
}

/** Bars to run a script over. */
export interface Chart {
  readonly name: string;
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  /** What requests are answered from; default: the chart alone. */
  readonly feeds?: Feeds;
}

/** Stretches of bars: hourly EURUSD as exported from a TradingView chart, its days, and the daily demo. */
export function charts(): readonly Chart[] {
  const truth = join(here, "../golden/truth/strat-macd");
  const { symInfo } = readSymbolFile(join(truth, "syminfo.toml"));
  const [header, ...rows] = readFileSync(join(truth, "data.csv"), "utf8").split("\n");
  const hours = (from: number, to: number): BarColumns =>
    parseBars([header, ...rows.slice(from, to)].join("\n"), "csv", symInfo.timezone).columns;
  const longer = hours(1500, 4500);
  const days = aggregateBars(longer, parseTimeframe("60"), parseTimeframe("1D"), symInfo);
  return [
    { name: "EURUSD", columns: hours(3000, 4500), symInfo },
    {
      name: "EURUSD days",
      columns: days,
      symInfo: { ...symInfo, period: "1D" },
      feeds: feedsOf(longer, symInfo),
    },
    { name: "demo", columns: columnsOf(demoBars().slice(0, 700)), symInfo: demoSymbol },
  ];
}

/** Requests of the symbol are answered from its bars, those of others from nothing. */
function feedsOf(columns: BarColumns, symInfo: SymInfo): Feeds {
  const feed: Feed = { columns, symInfo, timeframe: symInfo.period };
  return {
    named: ({ isChart }) => (isChart ? feed : undefined),
    find: ({ symbol }) => ({ missing: `there are no bars of ${symbol}`, hint: undefined }),
    rate: () => undefined,
  };
}

function columnsOf(bars: ReturnType<typeof demoBars>): BarColumns {
  const column = (field: "openTimeMs" | "open" | "high" | "low" | "close" | "volume"): Float64Array =>
    Float64Array.from(bars, (bar) => bar[field]);
  return {
    length: bars.length,
    openTimeMs: column("openTimeMs"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
    extra: new Map(),
  };
}

/** Compiles a text. @returns the lines of its errors when there are some */
export async function compileText(
  name: string,
  text: string,
  cache: string,
): Promise<{
  readonly module: ScriptModule | undefined;
  readonly errors: string[];
  readonly warnings: string[];
}> {
  registerVirtualModules();
  const { code, diagnostics } = compilePine(new Source(`${name}.pine`, text), findLibrary);
  const said = (severity: string): string[] =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity)
      .map(({ source, span, message, code: rule }) => {
        const { line, column } = source.position(span.start);
        return `${source.name}:${line}:${column} ${message} [${rule}]`;
      });
  const errors = said("error");
  const warnings = said("warning");
  if (code === undefined) return { module: undefined, errors, warnings };
  const file = join(cache, `${name}-${Bun.hash(code).toString(36)}.mjs`);
  writeFileAtomic(file, code);
  const imported = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (!isScriptModule(imported.default)) throw new Error(`${name} did not become a script`);
  return { module: imported.default, errors, warnings };
}

/** What a run gave, small enough to be kept: a hash per plot, and how many of everything else. */
export interface Digest {
  /** By title: number of values, the last one, a hash of all. */
  readonly plots: Readonly<Record<string, string>>;
  readonly trades?: string;
  readonly drawings?: Readonly<Record<string, number>>;
  readonly logs?: number;
  readonly alerts?: number;
}

/** What is kept of a script: its digest by chart, and its warnings by code. A run that fails says why. */
export interface Kept {
  readonly warnings?: Readonly<Record<string, number>>;
  readonly runs: Readonly<Record<string, Digest | { readonly failed: string }>>;
}

/**
 * Compiles a script and runs it over every chart.
 *
 * @throws when it does not compile, and for an error that is not one of ours
 */
export async function keep(name: string, over: readonly Chart[], cache: string): Promise<Kept> {
  const { module, errors, warnings } = await compileText(name, textOf(name), cache);
  if (module === undefined) throw new Error(`refused:\n${errors.join("\n")}`);
  const counts: Record<string, number> = {};
  for (const warning of warnings) {
    const code = /\[([\w-]+)\]$/.exec(warning)![1]!;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  const runs: Record<string, Digest | { readonly failed: string }> = {};
  for (const chart of over) {
    try {
      runs[chart.name] = await runOver(module, chart);
    } catch (error) {
      if (!(error instanceof PyneError)) throw error;
      runs[chart.name] = { failed: error.message };
    }
  }
  return { ...(warnings.length === 0 ? {} : { warnings: counts }), runs };
}

export async function runOver(module: ScriptModule, chart: Chart): Promise<Digest> {
  let logs = 0;
  let alerts = 0;
  const messages = { log: (): void => void logs++, alert: (): void => void alerts++ };
  const { columns, symInfo, feeds } = chart;
  const timeframe = symInfo.period;
  const options = { columns, symInfo, timeframe, messages, ...(feeds === undefined ? {} : { feeds }) };
  const result = await runScript(module, options);
  return {
    plots: Object.fromEntries(result.plots.map(({ title, values }) => [title, digestOf(values)])),
    ...tradesOf(result),
    ...drawingsOf(result),
    ...(logs === 0 ? {} : { logs }),
    ...(alerts === 0 ? {} : { alerts }),
  };
}

/** Number of values, their last one, and a hash of all of them to ten digits. */
function digestOf(values: Float64Array): string {
  const shown = Array.from(values, (value) =>
    Number.isNaN(value) ? "" : Number(value.toPrecision(10)).toString(),
  );
  const last = shown.findLast((value) => value !== "") ?? "na";
  const count = shown.reduce((sum, value) => (value === "" ? sum : sum + 1), 0);
  return `${count} ${last} ${Bun.hash(shown.join(",")).toString(36)}`;
}

/** How many of each kind are alive at the end. */
function drawingsOf({ drawings }: RunResult): Pick<Digest, "drawings"> {
  const counts: Record<string, number> = {};
  for (const { kind } of drawings.live()) counts[kind] = (counts[kind] ?? 0) + 1;
  return Object.keys(counts).length === 0 ? {} : { drawings: counts };
}

function tradesOf({ strategy }: RunResult): Pick<Digest, "trades"> {
  if (strategy === undefined) return {};
  const { closedTrades, openTrades } = strategy;
  const profit = closedTrades.reduce((sum, trade) => sum + (trade.profit ?? 0), 0);
  return {
    trades: `${closedTrades.length} closed, ${openTrades.length} open, profit ${Number(profit.toPrecision(8))}`,
  };
}
