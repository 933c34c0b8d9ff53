import { existsSync, readFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";

import type { ScriptModule } from "../api/script/declaration.ts";
import { findFile } from "../config/lookup.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import { parseDateOption } from "../data/date-option.ts";
import { dataExtensions, ensureConverted, type LoadedBars } from "../data/load.ts";
import { isProviderString, parseProviderString } from "../data/provider-string.ts";
import { PineMemory } from "../host/pine-memory.ts";
import { loadPine } from "../host/pine-script.ts";
import { loadScript } from "../host/script-loader.ts";
import { DataError, RuntimeFailure, UsageError } from "../kernel/errors.ts";
import { parseTimeframe, type Timeframe } from "../kernel/timeframe.ts";
import type { RunOptions } from "../runtime/run.ts";
import { parseSettings, type UserSettings } from "../runtime/settings-toml.ts";
import type { App } from "./app.ts";
import { type BarSource, chartBars, feedsOf } from "./feeds/bar-source.ts";
import { namedData } from "./feeds/named-data.ts";
import type { RunFeeds } from "./feeds/run-feeds.ts";
import { librariesFor } from "./pine-files.ts";
import { buildId, isOnlyBuild } from "./version.ts";

/** What every command that runs a script over data asks for and sets up in the same way. */

/** Options that say which bars a script sees; they come after the positionals. */
export const windowArgs = {
  timeFrom: {
    type: "string",
    name: "from",
    alias: "f",
    valueHint: "DATE",
    description: "First bar: a date, or days back",
  },
  timeTo: {
    type: "string",
    name: "to",
    alias: "t",
    valueHint: "DATE",
    description: "Last bar: a date, or days back",
  },
  timeframe: {
    type: "string",
    alias: "T",
    valueHint: "TF",
    description: "Timeframe of the chart; bars of finer data are merged",
  },
  syminfo: { type: "string", valueHint: "FILE", description: "Symbol file; default: beside the data" },
  security: {
    type: "string",
    alias: "s",
    multiple: true,
    valueHint: "KEY=DATA",
    description: "Data for request.security: KEY is a symbol, a timeframe or SYMBOL:TF",
  },
} as const;

/** Their values as typed. */
export interface WindowValues {
  readonly timeFrom: string | undefined;
  readonly timeTo: string | undefined;
  readonly timeframe: string | undefined;
  readonly syminfo: string | undefined;
  readonly security: readonly string[];
}

/** Their values as meant. */
export interface BarWindow {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly timeframe: Timeframe | undefined;
  /** The symbol file that was named. */
  readonly symbolPath: string | undefined;
  /** The values of `--security`. */
  readonly security: readonly string[];
}

/** @throws UsageError for a date or timeframe that is none; nothing has been read yet */
export function barWindow(app: App, values: WindowValues): BarWindow {
  const timeframe = values.timeframe === undefined ? undefined : parseTimeframe(values.timeframe);
  return {
    fromMs: windowBound("--from", values.timeFrom),
    toMs: windowBound("--to", values.timeTo),
    timeframe,
    symbolPath: values.syminfo === undefined ? undefined : resolve(app.cwd, values.syminfo),
    security: values.security,
  };
}

function windowBound(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-\d+$/.test(text)) {
    throw new UsageError(`${option}: "${text}" counts bars back, which only a provider can do`, {
      hint: "give a date, or a number of days back without the dash",
    });
  }
  return parseDateOption(option, text, Date.now());
}

/** A script and its bars, ready for a run. */
export interface RunSetup {
  readonly script: ScriptModule;
  readonly scriptPath: string;
  /** The script's name without folder and extension. */
  readonly name: string;
  /** The file that the script's code was read from: the script itself, or what it was compiled to. */
  readonly codePath: string;
  /** The settings file beside the script; it need not exist. */
  readonly settingsPath: string;
  /** What it says. */
  readonly user: UserSettings;
  readonly bars: LoadedBars;
  readonly dataPath: string;
  /** Where all bars lie. */
  readonly source: BarSource;
  /** The bars of other symbols and timeframes. */
  readonly feeds: RunFeeds;
}

/** The part of a run's options that comes from its setup. */
export function setupOptions({ bars, user, feeds }: RunSetup): RunOptions {
  return {
    columns: bars.columns,
    ...(bars.finer === undefined ? {} : { finer: bars.finer }),
    symInfo: bars.symInfo,
    timeframe: bars.timeframe,
    feeds,
    inputs: user.inputs,
    settings: user.settings,
  };
}

/**
 * Finds, compiles and reads everything, in the order in which mistakes of typing come out first.
 *
 * @throws RuntimeFailure for a script or data that is not there, PineErrors, ConfigError for the settings file,
 *   DataError for data that cannot be used or has no bars in the window
 */
export async function prepareRun(
  app: App,
  workdir: WorkdirPaths,
  files: { readonly script: string; readonly data: string },
  { fromMs, toMs, timeframe, symbolPath, security }: BarWindow,
): Promise<RunSetup> {
  const scriptPath = scriptFile(app, workdir, files.script);
  const dataPath = ensureConverted(dataFile(app, workdir, files.data), (path) =>
    app.out.note(`converting ${path}`),
  );
  const named = namedData(security, workdir.data, app.cwd);
  const { module: script, file: codePath } = await loadAnyScript(app, workdir, scriptPath);
  const settingsPath = `${scriptPath.slice(0, -extname(scriptPath).length)}.toml`;
  const user = readSettings(settingsPath);
  const source: BarSource = {
    ...{ dataPath, fromMs, toMs, timeframe, symbolPath, named },
    dataFolder: workdir.data,
    symbolMapToml: workdir.symbolMapToml,
  };
  const bars = chartBars(source, { fromMs, toMs });
  if (bars.columns.length === 0) {
    throw new DataError(`${dataPath} has no bars in that window`, {
      hint: "pyne data info shows what it holds",
    });
  }
  const name = basename(scriptPath, extname(scriptPath));
  const feeds = feedsOf(source, bars, (message) => app.out.warn(message));
  return { script, scriptPath, name, codePath, settingsPath, user, bars, dataPath, source, feeds };
}

function scriptFile(app: App, workdir: WorkdirPaths, argument: string): string {
  const path = findFile(argument, workdir.scripts, app.cwd, [".ts", ".js", ".pine"]);
  if (path === undefined) {
    throw new RuntimeFailure(`there is no script "${argument}"`, {
      hint: `looked in ${workdir.scripts} and ${app.cwd}`,
    });
  }
  return path;
}

function dataFile(app: App, workdir: WorkdirPaths, argument: string): string {
  const path = findFile(argument, workdir.data, app.cwd, dataExtensions);
  if (path !== undefined) return path;
  if (isProviderString(argument)) {
    const { timeframe } = parseProviderString(argument);
    if (timeframe === undefined)
      throw new UsageError(`"${argument}" names no timeframe`, { hint: `${argument}@1D` });
    throw new RuntimeFailure("running straight from a provider is not part of this version", {
      hint: "run over a data file",
    });
  }
  throw new RuntimeFailure(`there is no data "${argument}"`, {
    hint: `looked in ${workdir.data} and ${app.cwd}`,
  });
}

/** @returns the script and the file that its code was read from */
async function loadAnyScript(
  app: App,
  workdir: WorkdirPaths,
  path: string,
): Promise<{ readonly module: ScriptModule; readonly file: string }> {
  if (!path.toLowerCase().endsWith(".pine")) return { module: await loadScript(path), file: path };
  const memory = isOnlyBuild ? new PineMemory(app.home.pine) : undefined;
  return loadPine(path, librariesFor(app, path), join(workdir.cache, "pine"), buildId, memory);
}

function readSettings(path: string): UserSettings {
  return existsSync(path) ? parseSettings(readFileSync(path, "utf8"), path) : { settings: {}, inputs: {} };
}

/** `PYNE_LOOP_LIMIT`: passes that all loops of one bar may take together. */
export function loopLimit(app: App): { readonly loopLimit?: number } {
  const text = app.env["PYNE_LOOP_LIMIT"];
  if (text === undefined || text === "") return {};
  const limit = Number(text.replaceAll("_", ""));
  if (Number.isInteger(limit) && limit > 0) return { loopLimit: limit };
  throw new UsageError(`PYNE_LOOP_LIMIT is a whole number above 0, not "${text}"`);
}
