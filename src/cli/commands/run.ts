import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join, resolve } from "node:path";

import type { ScriptModule } from "../../api/script/declaration.ts";
import { BrokersConfig } from "../../config/brokers.ts";
import { ensureConfig } from "../../config/ensure-config.ts";
import { ExtensionsConfig } from "../../config/extensions.ts";
import { writeFileAtomic } from "../../config/atomic-write.ts";
import { findFile } from "../../config/lookup.ts";
import type { WorkdirPaths } from "../../config/workdir.ts";
import { loadAggregated } from "../../data/aggregate/load.ts";
import { contentHash } from "../../data/content-hash.ts";
import { parseDateOption } from "../../data/date-option.ts";
import { dataExtensions, ensureConverted, loadBars } from "../../data/load.ts";
import { isProviderString, parseProviderString } from "../../data/provider-string.ts";
import { enableExtensions } from "../../host/extensions.ts";
import { placedFailure } from "../../host/pine-place.ts";
import { loadPine } from "../../host/pine-script.ts";
import { loadScript } from "../../host/script-loader.ts";
import { DataError, messageOf, RuntimeFailure, UsageError } from "../../kernel/errors.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import { plotCsvLines } from "../../report/plot-csv.ts";
import { summaryLines } from "../../report/summary.ts";
import { writeLines } from "../../report/text-file.ts";
import { tradeCsvLines } from "../../report/trade-csv.ts";
import { type RunResult, runScript } from "../../runtime/run.ts";
import { parseSettings, renderSettings, type UserSettings } from "../../runtime/settings-toml.ts";
import { statisticsOf } from "../../runtime/strategy/statistics.ts";
import type { App } from "../app.ts";
import { type CommandCall, defineBuiltin } from "../command.ts";
import { librariesFor } from "../pine-files.ts";
import { scriptMessages } from "../script-messages.ts";
import { buildId } from "../version.ts";

export default defineBuiltin({
  summary: "Run a script over data",
  description:
    "SCRIPT is a name in the workdir's scripts folder or a path; DATA a name in its data folder or a path. CSV, TXT and JSON files are converted on the way. Results go to the output folder.",
  examples: [
    "pyne run demo demo",
    "pyne run ma-cross EURUSD_60 --from 2024-01-01 --to 2024-06-30",
    "pyne run ./my.ts ./bars.csv --plot ./plots.csv --json",
    "pyne run ma-cross EURUSD_60 --timeframe 1D",
    "pyne run ma-cross EURUSD_60 --ext zscore",
  ],
  args: {
    script: { type: "positional", required: true, valueHint: "SCRIPT", description: "What to run" },
    data: { type: "positional", required: true, valueHint: "DATA", description: "What to run it over" },
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
    plot: {
      type: "string",
      alias: "p",
      valueHint: "FILE",
      description: "Where plots go; default output/SCRIPT.csv",
    },
    noPlot: { type: "boolean", description: "Write no plot file" },
    trade: {
      type: "string",
      valueHint: "FILE",
      description: "Where trades go; default output/SCRIPT_trade.csv",
    },
    syminfo: { type: "string", valueHint: "FILE", description: "Symbol file; default: beside the data" },
    ext: { type: "string", multiple: true, valueHint: "NAME", description: "Switch an extension on" },
    noExt: { type: "boolean", description: "Switch all extensions off" },
    broker: {
      type: "boolean",
      description: "Trade through a broker plugin; this version checks the broker policies and then stops",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run(call, values) {
    const { app } = call;
    if (values.noPlot === true && values.plot !== undefined) {
      throw new UsageError("--plot and --no-plot contradict each other");
    }
    const timeframe = values.timeframe === undefined ? undefined : parseTimeframe(values.timeframe);
    const [fromMs, toMs] = [windowBound("--from", values.timeFrom), windowBound("--to", values.timeTo)];
    if (values.json !== true) app.logo();
    const workdir = await app.requireWorkdir();
    await app.preparePlugins();
    if (values.broker === true) refuseBroker(app, workdir);
    const scriptPath = scriptFile(app, workdir, values.script);
    const dataPath = ensureConverted(dataFile(app, workdir, values.data), (path) =>
      app.out.note(`converting ${path}`),
    );
    const { module: script, file: scriptCode } = await loadAnyScript(app, workdir, scriptPath);
    const settingsPath = `${scriptPath.slice(0, -extname(scriptPath).length)}.toml`;
    const user = readSettings(settingsPath);
    const symbolPath = values.syminfo === undefined ? undefined : resolve(app.cwd, values.syminfo);
    const range = { fromMs, toMs };
    const bars =
      timeframe === undefined
        ? loadBars(dataPath, range, symbolPath)
        : loadAggregated(dataPath, timeframe, range, symbolPath);
    if (bars.columns.length === 0) {
      throw new DataError(`${dataPath} has no bars in that window`, {
        hint: "pyne data info shows what it holds",
      });
    }
    const extensions = await enableExtensions(app.host(), {
      names: values.noExt === true ? [] : [...values.ext, ...configuredExtensions(app, workdir)],
      pluginParams: paramsByPlugin(call),
      mode: "backtest",
      signal: app.signal,
    });

    const started = performance.now();
    const result = await runScript(script, {
      columns: bars.columns,
      messages: scriptMessages(app.out, bars.columns.openTimeMs, bars.symInfo.timezone),
      ...loopLimit(app),
      symInfo: bars.symInfo,
      timeframe: bars.timeframe,
      inputs: user.inputs,
      settings: user.settings,
      observer: extensions.observer,
      libraries: extensions.libraries,
      signal: app.signal,
      onProgress: (done, total) => app.out.progress(progressLine(done, total, started)),
    }).catch((error: unknown) => {
      throw placedFailure(error, scriptCode);
    });
    app.out.endProgress();
    const seconds = (performance.now() - started) / 1000;

    if (app.env["PYNE_SAVE_SCRIPT_TOML"] !== "0") saveSettings(app, settingsPath, result, user);
    const name = basename(scriptPath, extname(scriptPath));
    const files: Record<string, string> = {};
    if (values.noPlot !== true) {
      files["plot"] = csvPath(app, workdir, values.plot, `${name}.csv`);
      writeLines(files["plot"], plotCsvLines(result));
    }
    if (result.strategy !== undefined) {
      files["trade"] = csvPath(app, workdir, values.trade, `${name}_trade.csv`);
      writeLines(files["trade"], tradeCsvLines(result, bars.symInfo));
    }
    report(call, values.json === true, result, files, seconds, dataPath);
  },
});

function windowBound(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-\d+$/.test(text)) {
    throw new UsageError(`${option}: "${text}" counts bars back, which only a provider can do`, {
      hint: "give a date, or a number of days back without the dash",
    });
  }
  return parseDateOption(option, text, Date.now());
}

/** The broker policies are checked before anything else starts. */
function refuseBroker(app: App, workdir: WorkdirPaths): never {
  ensureConfig(BrokersConfig, workdir.brokersToml, app.configOptions);
  throw new RuntimeFailure("live trading is not part of this version", {
    hint: "leave --broker out to backtest",
  });
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

/** @returns the script and the file that its code was read from */
async function loadAnyScript(
  app: App,
  workdir: WorkdirPaths,
  path: string,
): Promise<{ readonly module: ScriptModule; readonly file: string }> {
  if (!path.toLowerCase().endsWith(".pine")) return { module: await loadScript(path), file: path };
  return loadPine(path, librariesFor(app, path), join(workdir.cache, "pine"), buildId);
}

/** `PYNE_LOOP_LIMIT`: passes that all loops of one bar may take together. */
function loopLimit(app: App): { readonly loopLimit?: number } {
  const text = app.env["PYNE_LOOP_LIMIT"];
  if (text === undefined || text === "") return {};
  const limit = Number(text.replaceAll("_", ""));
  if (Number.isInteger(limit) && limit > 0) return { loopLimit: limit };
  throw new UsageError(`PYNE_LOOP_LIMIT is a whole number above 0, not "${text}"`);
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

function readSettings(path: string): UserSettings {
  return existsSync(path) ? parseSettings(readFileSync(path, "utf8"), path) : { settings: {}, inputs: {} };
}

/** Brings the settings file up to date; a folder that takes no writes stops nothing. */
function saveSettings(app: App, path: string, result: RunResult, user: UserSettings): void {
  const text = renderSettings(result.declaration, result.inputs, user);
  try {
    if (!existsSync(path) || readFileSync(path, "utf8") !== text)
      writeFileAtomic(path, text, { mode: 0o644 });
  } catch (error) {
    app.out.warn(`${path} could not be written: ${messageOf(error)}`);
  }
}

function configuredExtensions(app: App, workdir: WorkdirPaths): readonly string[] {
  if (!existsSync(workdir.extensionsToml)) return [];
  return ensureConfig(ExtensionsConfig, workdir.extensionsToml, app.configOptions).enabled;
}

/** Values of injected options by the plugin that added them. */
function paramsByPlugin(call: CommandCall): Map<string, Record<string, unknown>> {
  const params = new Map<string, Record<string, unknown>>();
  for (const option of call.injected) {
    if (option.plugin === undefined) continue;
    const own = params.get(option.plugin) ?? {};
    own[option.key] = call.values[option.key];
    params.set(option.plugin, own);
  }
  return params;
}

/** A path given on the command line, `.csv` enforced; a bare name goes to the output folder. */
function csvPath(app: App, workdir: WorkdirPaths, given: string | undefined, fallback: string): string {
  const name = given ?? fallback;
  const file = name.toLowerCase().endsWith(".csv") ? name : `${name}.csv`;
  if (isAbsolute(file)) return file;
  return dirname(file) === "." && !/^\.[/\\]/.test(name)
    ? join(workdir.output, file)
    : resolve(app.cwd, file);
}

function progressLine(done: number, total: number, started: number): string {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const rate = done / Math.max((performance.now() - started) / 1000, 0.001);
  return `${String(percent).padStart(3)} %  ${done.toLocaleString("en")} of ${total.toLocaleString("en")} bars  ${Math.round(rate).toLocaleString("en")} bars/s`;
}

function report(
  { app }: CommandCall,
  json: boolean,
  result: RunResult,
  files: Readonly<Record<string, string>>,
  seconds: number,
  dataPath: string,
): void {
  const statistics =
    result.strategy === undefined
      ? undefined
      : statisticsOf(result.strategy.simulator, result.strategy.equity);
  const dataHash = contentHash(result.columns);
  if (json) {
    app.out.json({
      script: result.declaration.title,
      kind: result.declaration.kind,
      data: dataPath,
      data_hash: dataHash,
      reason: result.reason,
      bars: result.bars,
      from: isoTime(result.columns.openTimeMs[0]),
      to: isoTime(result.columns.openTimeMs[result.bars - 1]),
      seconds,
      files,
      ...(statistics === undefined ? {} : { statistics }),
    });
    return;
  }
  for (const line of summaryLines(result, statistics, dataHash)) app.out.print(line);
  for (const [kind, path] of Object.entries(files)) app.out.print(`${`${kind}s`.padEnd(18)}${path}`);
  if (result.reason === "interrupted") app.out.note("interrupted: the files hold everything up to there");
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
