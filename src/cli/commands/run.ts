import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";

import { ensureConfig } from "../../config/ensure-config.ts";
import { writeFileAtomic } from "../../config/atomic-write.ts";
import type { WorkdirPaths } from "../../config/workdir.ts";
import { contentHash } from "../../data/content-hash.ts";
import { type EnabledExtensions, enableExtensions } from "../../host/extensions.ts";
import { placedFailure } from "../../host/pine-place.ts";
import { messageOf, UsageError } from "../../kernel/errors.ts";
import { writeEquityCsv } from "../../report/equity-csv.ts";
import { writePlotCsv } from "../../report/plot-csv.ts";
import { summaryLines, summaryRow } from "../../report/summary.ts";
import { strategyCsvLines } from "../../report/strategy-csv.ts";
import { writeLines, writeRows } from "../../report/text-file.ts";
import { tradeCsvLines } from "../../report/trade-csv.ts";
import { type RunResult, runScript } from "../../runtime/run.ts";
import { renderSettings, type UserSettings } from "../../runtime/settings-toml.ts";
import { type StrategyStatistics, statisticsOf } from "../../runtime/strategy/statistics.ts";
import type { VisualFollower } from "../../runtime/visual-follower.ts";
import type { App } from "../app.ts";
import { type CommandCall, defineBuiltin } from "../command.ts";
import { writeReport } from "../html-report.ts";
import { outputPath } from "../output-path.ts";
import { brokerCommand, readLabel } from "../broker-options.ts";
import { barWindow, windowArgs } from "../bar-window.ts";
import { ContextLog } from "../feeds/context-log.ts";
import type { runLiveCommand } from "../live-run.ts";
import { loopLimit, prepareLive, prepareRun, type RunSetup, setupOptions } from "../run-setup.ts";
import { scriptMessages } from "../script-messages.ts";
import { summaryLook } from "../summary-look.ts";
import { vizFile } from "../viz-file.ts";
import { wholeNumber } from "../whole-number.ts";

/** Longest wait for what is pending at a provider when a live run is stopped, seconds. */
const defaultShutdownSeconds = 120;

export default defineBuiltin({
  summary: "Run a script over data",
  description:
    "SCRIPT is a name in the workdir's scripts folder or a path; DATA a name in its data folder, a path, or an instrument of a provider: provider[:broker]:symbol@timeframe. CSV, TXT and JSON files are converted on the way. Bars straight from a provider (the newest 500 unless --from says otherwise) are kept in the cache folder, not among the data files. With --live they are the warm-up: orders are taken from the first live bar on, by a simulated account, or with --broker by a venue. Results go to the output folder.",
  examples: [
    "pyne run demo demo",
    "pyne run ma-cross EURUSD_60 --from 2024-01-01 --to 2024-06-30",
    "pyne run ./my.ts ./bars.csv --plot ./plots.csv --json",
    "pyne run ma-cross EURUSD_60 --timeframe 1D --report",
    "pyne run ma-cross EURUSD_60 --viz-journal",
    "pyne run ma-cross EURUSD_60 --ext zscore",
    "pyne run spread BTCUSDT_60 --security BINANCE:ETHUSDT=ETHUSDT_60",
    "pyne run spread BTCUSDT_60 --list-data",
    "pyne run ma-cross ccxt:BYBIT:BTC/USDT:USDT@60 --from -1000",
    "pyne run ma-cross ccxt:BYBIT:BTC/USDT:USDT@1 --live",
    "pyne run ma-cross ccxt:BYBIT:BTC/USDT:USDT@1 --broker paper",
    "pyne run ma-cross paper:EURUSD_60@60 --broker",
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
    live: {
      type: "boolean",
      alias: "l",
      description: "Go on with the provider's live feed when the history is done",
    },
    shutdownTimeout: {
      type: "string",
      valueHint: "SECONDS",
      parse: (text: string): number => wholeNumber("--shutdown-timeout", text, 0),
      description: "Live: wait so long for what is pending when stopped; 0 for ever; default 120",
    },
    noLogOhlcv: { type: "boolean", description: "Live: no line for every closed bar" },
    broker: {
      type: "string",
      valueHint: "NAME",
      bare: /^[a-z][a-z0-9-]*$/,
      description:
        "Trade through the provider's own plugin, or a simulated venue such as paper; implies --live",
    },
    runLabel: {
      type: "string",
      valueHint: "LABEL",
      parse: readLabel,
      description: "Broker: a name for a second run of one script, symbol and account",
    },
    dryRun: { type: "boolean", description: "Broker: say what would be sent, and send nothing" },
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
    const live = values.listData === true ? undefined : liveOptions(values);
    if (values.json !== true) app.logo();
    const workdir = await app.requireWorkdir();
    await app.preparePlugins();
    const broker = await brokerCommand(app, workdir, values);
    const started = performance.now();
    const prepared =
      live === undefined
        ? await prepareRun(app, workdir, values, window, call)
        : await prepareLive(app, workdir, values, window, call);
    const { name, settingsPath, user } = prepared;
    if (values.listData === true && "bars" in prepared) return listData(call, prepared, values.json === true);
    const extensions = await enableExtensions(app.host(), {
      names: values.noExt === true ? [] : [...values.ext, ...(await configuredExtensions(app, workdir))],
      pluginParams: paramsByPlugin(call),
      mode: live === undefined ? "backtest" : broker === undefined ? "live" : "broker",
      signal: app.signal,
      ...(live === undefined ? {} : { drainMs: live.shutdownMs }),
    });
    const paths = {
      plot: values.noPlot === true ? undefined : resultPath(app, workdir, values.plot, name, ".csv"),
      trade: resultPath(app, workdir, values.trade, `${name}_trade`, ".csv"),
      statistics: resultPath(app, workdir, values.strat, `${name}_strat`, ".csv"),
    };
    const viz = await vizFile(values, (path) => outputPath(app, workdir, path ?? `${name}_viz.ndjson`));
    const follower = viz?.follower;
    const outcome =
      "bars" in prepared
        ? {
            bars: prepared.bars,
            result: await runHistory(app, prepared, extensions, {
              follower,
              // The report shows the colours of every bar.
              keepsColors: values.report !== undefined,
              onFailure: () => viz?.discard(),
            }),
          }
        : await runLive(app, workdir, {
            setup: prepared,
            call,
            window,
            extensions,
            follower,
            keepsColors: values.report !== undefined,
            paths,
            broker,
            ...live!,
          }).catch((error: unknown) => {
            viz?.discard();
            throw error;
          });
    if (outcome === undefined) return viz?.discard();
    const { result, bars } = outcome;
    viz?.publish(result.bars);
    const seconds = (performance.now() - started) / 1000;

    if (app.env["PYNE_SAVE_SCRIPT_TOML"] !== "0") saveSettings(app, settingsPath, result, user);
    const files: Record<string, string> = {};
    if (paths.plot !== undefined) {
      files["plot"] = paths.plot;
      if (live === undefined) writeRows(paths.plot, (rows) => writePlotCsv(result, rows));
    }
    if (result.strategy !== undefined) {
      files["trade"] = paths.trade;
      if (live === undefined) writeLines(paths.trade, tradeCsvLines(result, bars.symInfo));
    }
    const statistics =
      result.strategy === undefined ? undefined : statisticsOf(result.strategy.desk, result.strategy.equity);
    if (statistics !== undefined) {
      files["statistics"] = paths.statistics;
      if (live === undefined) writeLines(paths.statistics, strategyCsvLines(result, statistics));
    }
    if (values.equity !== undefined && result.strategy !== undefined) {
      files["equity"] = resultPath(app, workdir, values.equity, `${name}_equity`, ".csv");
      writeRows(files["equity"], (rows) => writeEquityCsv(result, rows));
    }
    if (viz !== undefined) files["viz"] = viz.path;
    const dataHash = contentHash(result.columns);
    if (values.report !== undefined) {
      files["report"] = resultPath(app, workdir, values.report, name, ".html");
      await writeReport(files["report"], result, bars, dataHash);
    }
    report(call, values.json === true, result, statistics, files, seconds, prepared.dataPath, dataHash);
  },
});

/** Runs over bars that are all there. */
async function runHistory(
  app: App,
  setup: RunSetup,
  extensions: EnabledExtensions,
  {
    follower,
    keepsColors,
    onFailure,
  }: {
    readonly follower: VisualFollower | undefined;
    readonly keepsColors: boolean;
    readonly onFailure: () => void;
  },
): Promise<RunResult> {
  const { bars } = setup;
  const started = performance.now();
  using contextLog = ContextLog.of(app);
  try {
    return await runScript(setup.script, {
      ...(follower === undefined ? {} : { follower }),
      keepsColors,
      ...setupOptions(setup),
      ...(contextLog === undefined ? {} : { contextMessages: (feed) => contextLog.messages(feed) }),
      onWarning: (message) => app.out.warn(message),
      messages: scriptMessages(app.out, (bar) => bars.columns.openTimeMs[bar]!, bars.symInfo.timezone),
      ...loopLimit(app),
      observer: extensions.observer,
      libraries: extensions.libraries,
      signal: app.signal,
      ...(app.out.interactive
        ? { onProgress: (done, total) => app.out.progress(progressLine(done, total, started)) }
        : {}),
    });
  } catch (error) {
    onFailure();
    throw placedFailure(error, setup.codePath);
  } finally {
    app.out.endProgress();
  }
}

async function runLive(...run: Parameters<typeof runLiveCommand>): ReturnType<typeof runLiveCommand> {
  const { runLiveCommand } = await import("../live-run.ts");
  return runLiveCommand(...run);
}

/** What only a live run asks for; `undefined`: it is none. */
function liveOptions(values: {
  readonly live: boolean | undefined;
  readonly timeTo: string | undefined;
  readonly shutdownTimeout: number | undefined;
  readonly noLogOhlcv: boolean | undefined;
  readonly broker: string | undefined;
}): { readonly shutdownMs: number; readonly logsBars: boolean } | undefined {
  if (values.live === true || values.broker !== undefined) {
    if (values.timeTo !== undefined)
      throw new UsageError("--live goes on until it is stopped: --to ends a run over history");
    return {
      shutdownMs: (values.shutdownTimeout ?? defaultShutdownSeconds) * 1000,
      logsBars: values.noLogOhlcv !== true,
    };
  }
  const option =
    values.shutdownTimeout !== undefined
      ? "--shutdown-timeout"
      : values.noLogOhlcv === true
        ? "--no-log-ohlcv"
        : undefined;
  if (option !== undefined) throw new UsageError(`${option} is for --live`);
  return undefined;
}

/** `--list-data`. */
async function listData({ app }: CommandCall, setup: RunSetup, asJson: boolean): Promise<void> {
  const { dataNeeds, needsLines } = await import("../feeds/list-data.ts");
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

async function configuredExtensions(app: App, workdir: WorkdirPaths): Promise<readonly string[]> {
  if (!existsSync(workdir.extensionsToml)) return [];
  const { ExtensionsConfig } = await import("../../config/extensions.ts");
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
