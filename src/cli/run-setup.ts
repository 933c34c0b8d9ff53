import { existsSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";

import type { ScriptModule } from "../api/script/declaration.ts";
import { findFile } from "../config/lookup.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import { type FileStamp, fileStamp } from "../data/hash-memory.ts";
import { dataExtensions, ensureConverted, type LoadedBars } from "../data/load.ts";
import { isProviderString } from "../data/provider-string.ts";
import { PineMemory } from "../host/pine-memory.ts";
import { loadPine } from "../host/pine-script.ts";
import { loadScript } from "../host/script-loader.ts";
import { DataError, RuntimeFailure, UsageError } from "../kernel/errors.ts";
import type { RunOptions } from "../runtime/run.ts";
import { parseSettings, type UserSettings } from "../runtime/settings-toml.ts";
import type { App } from "./app.ts";
import type { CommandCall } from "./command.ts";
import { type BarSource, chartBars, feedsOf } from "./feeds/bar-source.ts";
import { type NamedData, namedData, namedLive, type NamedStream } from "./feeds/named-data.ts";
import type { RunFeeds } from "./feeds/run-feeds.ts";
import { librariesFor } from "./pine-files.ts";
import type { ProviderData } from "./provider-data.ts";
import type { BarWindow } from "./bar-window.ts";
import { buildId, isOnlyBuild } from "./version.ts";

/** A script, ready for a run. */
export interface ScriptSetup {
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
}

/** A script and its bars, ready for a run. */
export interface RunSetup extends ScriptSetup {
  readonly bars: LoadedBars;
  /** The data file, or the provider string. */
  readonly dataPath: string;
  /** What the data file was while its bars, all of them, were read. */
  readonly stamp?: FileStamp;
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

/** A script and the provider it is to run on. */
export interface LiveSetup extends ScriptSetup {
  readonly data: ProviderData;
  readonly dataPath: string;
  /** What `--security` names. */
  readonly named: readonly (NamedData | NamedStream)[];
  /** The script may ask for other symbols and timeframes. */
  readonly mayAsk: boolean;
}

/**
 * Finds, compiles and reads everything, in the order in which mistakes of typing come out first.
 *
 * @param call the command whose injected options reach a provider
 * @throws RuntimeFailure for a script or data that is not there, PineErrors, ConfigError for the settings file,
 *   DataError for data that cannot be used or has no bars in the window, UsageError and DownloadError for a provider
 */
export async function prepareRun(
  app: App,
  workdir: WorkdirPaths,
  files: { readonly script: string; readonly data: string },
  window: BarWindow,
  call?: CommandCall,
): Promise<RunSetup> {
  const scriptPath = scriptFile(app, workdir, files.script);
  const data = await dataSource(app, workdir, files.data, window, call);
  const dataPath =
    typeof data === "string"
      ? ensureConverted(data, (path) => app.out.note(`converting ${path}`))
      : data.argument;
  const named = namedData(window.security, workdir.data, app.cwd);
  const script = await prepareScript(app, workdir, scriptPath);
  const { fromMs, toMs, timeframe, symbolPath } = window;
  const { data: dataFolder, symbolMapToml } = workdir;
  if (typeof data !== "string") {
    const { providerBars } = await import("./provider-data.ts");
    const bars = await providerBars(app, workdir, data, window, { live: false });
    const source: BarSource = {
      ...{ dataPath: data.path, fromMs: bars.columns.openTimeMs[0], toMs, timeframe: undefined },
      ...{ symbolPath: undefined, named, dataFolder, symbolMapToml },
    };
    return { ...script, bars, dataPath, source, feeds: feedsOf(source, bars, (line) => app.out.warn(line)) };
  }
  const source = { dataPath, fromMs, toMs, timeframe, symbolPath, named, dataFolder, symbolMapToml };
  const before = fileStamp(dataPath);
  const bars = chartBars(source, { fromMs, toMs });
  const isWhole = fromMs === undefined && toMs === undefined && timeframe === undefined;
  const stamp = isWhole && before?.text === fileStamp(dataPath)?.text ? before : undefined;
  if (bars.columns.length === 0) {
    throw new DataError(`${dataPath} has no bars in that window`, {
      hint: "pyne data info shows what it holds",
    });
  }
  return {
    ...{ ...script, bars, dataPath, ...(stamp === undefined ? {} : { stamp }), source },
    feeds: feedsOf(source, bars, (line) => app.out.warn(line)),
  };
}

/**
 * A script and a provider whose bars have not been asked for.
 * @throws UsageError for data that is no provider string; as `prepareRun`
 */
export async function prepareLive(
  app: App,
  workdir: WorkdirPaths,
  files: { readonly script: string; readonly data: string },
  window: BarWindow,
  call: CommandCall,
): Promise<LiveSetup> {
  const scriptPath = scriptFile(app, workdir, files.script);
  const data = isProviderString(files.data)
    ? await dataSource(app, workdir, files.data, window, call)
    : files.data;
  if (typeof data === "string") {
    throw new UsageError(`"${files.data}" is a file, which has no live feed`, {
      hint: "--live takes a provider: provider:SYMBOL@TIMEFRAME; replay:FILE@TIMEFRAME plays a file",
    });
  }
  const { requireLive } = await import("./provider-data.ts");
  requireLive(data);
  const named = namedLive(window.security, workdir.data, app.cwd);
  const script = await prepareScript(app, workdir, scriptPath);
  return { ...script, data, dataPath: data.argument, named, mayAsk: mayAsk(scriptPath) };
}

/** Scripts in TypeScript ask for nothing; one in Pine does by name, itself or in a library. */
function mayAsk(scriptPath: string): boolean {
  return /\.pine$/i.test(scriptPath) && /\b(request|import)\b/.test(readFileSync(scriptPath, "utf8"));
}

async function prepareScript(app: App, workdir: WorkdirPaths, scriptPath: string): Promise<ScriptSetup> {
  const { module: script, file: codePath } = await loadAnyScript(app, workdir, scriptPath);
  const settingsPath = `${scriptPath.slice(0, -extname(scriptPath).length)}.toml`;
  const user = readSettings(settingsPath);
  const name = basename(scriptPath, extname(scriptPath));
  return { script, scriptPath, name, codePath, settingsPath, user };
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

/** The data file an argument means, or the provider. */
async function dataSource(
  app: App,
  workdir: WorkdirPaths,
  argument: string,
  window: BarWindow,
  call: CommandCall | undefined,
): Promise<string | ProviderData> {
  const path = findFile(argument, workdir.data, app.cwd, dataExtensions);
  if (path === undefined && isProviderString(argument)) {
    if (window.symbolPath !== undefined)
      throw new UsageError("--syminfo names the symbol of a file; a provider describes its own");
    const { openProvider } = await import("./provider-data.ts");
    return openProvider(app, workdir, argument, window, call);
  }
  if (path === undefined) {
    throw new RuntimeFailure(`there is no data "${argument}"`, {
      hint: `looked in ${workdir.data} and ${app.cwd}; a provider is named provider:SYMBOL@TIMEFRAME`,
    });
  }
  if (window.barsBack !== undefined) {
    throw new UsageError(`--from: "-${window.barsBack}" counts bars back, which only a provider can do`, {
      hint: "give a date, or a number of days back without the dash",
    });
  }
  return path;
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
