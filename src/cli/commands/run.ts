import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";

import { BrokersConfig } from "../../config/brokers.ts";
import { ensureConfig } from "../../config/ensure-config.ts";
import { ExtensionsConfig } from "../../config/extensions.ts";
import { writeFileAtomic } from "../../config/atomic-write.ts";
import type { WorkdirPaths } from "../../config/workdir.ts";
import { contentHash } from "../../data/content-hash.ts";
import { enableExtensions } from "../../host/extensions.ts";
import { placedFailure } from "../../host/pine-place.ts";
import { messageOf, RuntimeFailure, UsageError } from "../../kernel/errors.ts";
import { writeEquityCsv } from "../../report/equity-csv.ts";
import { writePlotCsv } from "../../report/plot-csv.ts";
import { summaryLines, summaryRow } from "../../report/summary.ts";
import { strategyCsvLines } from "../../report/strategy-csv.ts";
import { writeLines, writeRows } from "../../report/text-file.ts";
import { tradeCsvLines } from "../../report/trade-csv.ts";
import { type RunResult, runScript } from "../../runtime/run.ts";
import { renderSettings, type UserSettings } from "../../runtime/settings-toml.ts";
import { type StrategyStatistics, statisticsOf } from "../../runtime/strategy/statistics.ts";
import type { App } from "../app.ts";
import { type CommandCall, defineBuiltin } from "../command.ts";
import { ContextLog } from "../feeds/context-log.ts";
import { dataNeeds, needsLines } from "../feeds/list-data.ts";
import { writeReport } from "../html-report.ts";
import { outputPath } from "../output-path.ts";
import { barWindow, loopLimit, prepareRun, type RunSetup, setupOptions, windowArgs } from "../run-setup.ts";
import { scriptMessages } from "../script-messages.ts";
import { summaryLook } from "../summary-look.ts";
import { vizFile } from "../viz-file.ts";

export default defineBuiltin({
  summary: "Run a script over data",
  description:
    "SCRIPT is a name in the workdir's scripts folder or a path; DATA a name in its data folder or a path. CSV, TXT and JSON files are converted on the way. Results go to the output folder.",
  examples: [
    "pyne run demo demo",
    "pyne run ma-cross EURUSD_60 --from 2024-01-01 --to 2024-06-30",
    "pyne run ./my.ts ./bars.csv --plot ./plots.csv --json",
    "pyne run ma-cross EURUSD_60 --timeframe 1D --report",
    "pyne run ma-cross EURUSD_60 --viz-journal",
    "pyne run ma-cross EURUSD_60 --ext zscore",
    "pyne run spread BTCUSDT_60 --security BINANCE:ETHUSDT=ETHUSDT_60",
    "pyne run spread BTCUSDT_60 --list-data",
  ],
  args: {
    script: { type: "positional", required: true, valueHint: "SCRIPT", description: "What to run" },
    data: { type: "positional", required: true, valueHint: "DATA", description: "What to run it over" },
    ...windowArgs,
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
    strat: {
      type: "string",
      valueHint: "FILE",
      description: "Where the statistics of a strategy go; default output/SCRIPT_strat.csv",
    },
    equity: {
      type: "string",
      valueHint: "FILE.csv",
      bare: /\.csv$/i,
      description: "Write a strategy's equity at every bar; default output/SCRIPT_equity.csv",
    },
    report: {
      type: "string",
      valueHint: "FILE.html",
      bare: /\.html?$/i,
      description: "Write an HTML report; default output/SCRIPT.html",
    },
    viz: {
      type: "boolean",
      description: "Write what the script shows as NDJSON; default output/SCRIPT_viz.ndjson",
    },
    vizPath: { type: "string", valueHint: "FILE", description: "Where that goes; implies --viz" },
    vizJournal: {
      type: "boolean",
      description: "Record what every bar does to the drawings; implies --viz",
    },
    ext: { type: "string", multiple: true, valueHint: "NAME", description: "Switch an extension on" },
    noExt: { type: "boolean", description: "Switch all extensions off" },
    broker: {
      type: "boolean",
      description: "Trade through a broker plugin; this version checks the broker policies and then stops",
    },
    listData: {
      type: "boolean",
      description: "Say what data the script asks for, and what is missing; write nothing",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run(call, values) {
    const { app } = call;
    if (values.noPlot === true && values.plot !== undefined) {
      throw new UsageError("--plot and --no-plot contradict each other");
    }
    const window = barWindow(app, values);
    if (values.json !== true) app.logo();
    const workdir = await app.requireWorkdir();
    await app.preparePlugins();
    if (values.broker === true) refuseBroker(app, workdir);
    const setup = await prepareRun(app, workdir, values, window);
    const { bars, name, settingsPath, user } = setup;
    if (values.listData === true) return listData(call, setup, values.json === true);
    const extensions = await enableExtensions(app.host(), {
      names: values.noExt === true ? [] : [...values.ext, ...configuredExtensions(app, workdir)],
      pluginParams: paramsByPlugin(call),
      mode: "backtest",
      signal: app.signal,
    });

    using contextLog = ContextLog.of(app);
    const viz = vizFile(values, (path) => outputPath(app, workdir, path ?? `${name}_viz.ndjson`));
    const started = performance.now();
    const result = await runScript(setup.script, {
      ...(viz === undefined ? {} : { follower: viz.follower }),
      // The report shows the colours of every bar.
      keepsColors: values.report !== undefined,
      ...setupOptions(setup),
      onWarning: (message) => app.out.warn(message),
      messages: scriptMessages(app.out, bars.columns.openTimeMs, bars.symInfo.timezone),
      ...(contextLog === undefined ? {} : { contextMessages: (feed) => contextLog.messages(feed) }),
      ...loopLimit(app),
      observer: extensions.observer,
      libraries: extensions.libraries,
      signal: app.signal,
      onProgress: (done, total) => app.out.progress(progressLine(done, total, started)),
    }).catch((error: unknown) => {
      viz?.discard();
      throw placedFailure(error, setup.codePath);
    });
    app.out.endProgress();
    viz?.publish(result.bars);
    const seconds = (performance.now() - started) / 1000;

    if (app.env["PYNE_SAVE_SCRIPT_TOML"] !== "0") saveSettings(app, settingsPath, result, user);
    const files: Record<string, string> = {};
    if (values.noPlot !== true) {
      files["plot"] = resultPath(app, workdir, values.plot, name, ".csv");
      writeRows(files["plot"], (rows) => writePlotCsv(result, rows));
    }
    if (result.strategy !== undefined) {
      files["trade"] = resultPath(app, workdir, values.trade, `${name}_trade`, ".csv");
      writeLines(files["trade"], tradeCsvLines(result, bars.symInfo));
    }
    const statistics =
      result.strategy === undefined
        ? undefined
        : statisticsOf(result.strategy.simulator, result.strategy.equity);
    if (statistics !== undefined) {
      files["statistics"] = resultPath(app, workdir, values.strat, `${name}_strat`, ".csv");
      writeLines(files["statistics"], strategyCsvLines(result, statistics));
    }
    if (values.equity !== undefined && result.strategy !== undefined) {
      files["equity"] = resultPath(app, workdir, values.equity, `${name}_equity`, ".csv");
      writeRows(files["equity"], (rows) => writeEquityCsv(result, rows));
    }
    if (viz !== undefined) files["viz"] = viz.path;
    const dataHash = contentHash(bars.columns);
    if (values.report !== undefined) {
      files["report"] = resultPath(app, workdir, values.report, name, ".html");
      await writeReport(files["report"], result, bars, dataHash);
    }
    report(call, values.json === true, result, statistics, files, seconds, setup.dataPath, dataHash);
  },
});

/** `--list-data`. */
async function listData({ app }: CommandCall, setup: RunSetup, asJson: boolean): Promise<void> {
  const { bars, user, feeds } = setup;
  const symbol = `${bars.symInfo.prefix}:${bars.symInfo.ticker}`;
  const options = {
    columns: bars.columns,
    symInfo: bars.symInfo,
    timeframe: bars.timeframe,
    inputs: user.inputs,
    settings: user.settings,
    signal: app.signal,
    ...loopLimit(app),
  };
  const needs = await dataNeeds(setup.script, options, feeds, symbol);
  const chart = { symbol, timeframe: bars.timeframe, file: setup.dataPath };
  if (asJson) {
    const { sameSymbol, crossSymbol, dynamic, failure } = needs;
    return app.out.json({ chart, same_symbol: sameSymbol, cross_symbol: crossSymbol, dynamic, failure });
  }
  for (const line of needsLines(chart, needs)) app.out.print(line);
  if (needs.failure !== null) app.out.note(`the script ended early, and may need more: ${needs.failure}`);
}

/** The broker policies are checked before anything else starts. */
function refuseBroker(app: App, workdir: WorkdirPaths): never {
  ensureConfig(BrokersConfig, workdir.brokersToml, app.configOptions);
  throw new RuntimeFailure("live trading is not part of this version", {
    hint: "leave --broker out to backtest",
  });
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

/** Where a result goes: the file that was named, or `fallback`, in the folder that was; the extension is enforced. */
function resultPath(
  app: App,
  workdir: WorkdirPaths,
  given: string | undefined,
  fallback: string,
  extension: string,
): string {
  const name = given === undefined || /(^|[/\\])$/.test(given) ? `${given ?? ""}${fallback}` : given;
  return outputPath(app, workdir, extname(name).toLowerCase() === extension ? name : `${name}${extension}`);
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
  statistics: StrategyStatistics | undefined,
  files: Readonly<Record<string, string>>,
  seconds: number,
  dataPath: string,
  dataHash: string,
): void {
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
  const look = summaryLook(app);
  for (const line of summaryLines(result, statistics, dataHash, look)) app.out.print(line);
  for (const [kind, path] of Object.entries(files))
    app.out.print(summaryRow(kind === "plot" || kind === "trade" ? `${kind}s` : kind, path, look));
  if (result.reason === "interrupted") app.out.note("interrupted: the files hold everything up to there");
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
