import { HashMemory } from "../../data/hash-memory.ts";
import { enableExtensions } from "../../host/extensions.ts";
import { UsageError } from "../../kernel/errors.ts";
import { statisticsOf } from "../../runtime/strategy/statistics.ts";
import { barWindow, windowArgs } from "../bar-window.ts";
import { brokerCommand, readLabel } from "../broker-options.ts";
import { defineBuiltin } from "../command.ts";
import type { runLiveCommand } from "../live-run.ts";
import { outputPath } from "../output-path.ts";
import { configuredExtensions, paramsByPlugin } from "../run-extensions.ts";
import { runHistory, type RunOutcome } from "../run-history.ts";
import { outputPaths, writeOutputs } from "../run-outputs.ts";
import { printRun, printRunJson } from "../run-report.ts";
import { saveSettings } from "../run-settings.ts";
import { prepareLive, prepareRun } from "../run-setup.ts";
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
    if (values.listData === true && "bars" in prepared) {
      const { listData } = await import("../feeds/list-run.ts");
      return listData(app, prepared, values.json === true);
    }
    const extensions = await enableExtensions(app.host(), {
      names: values.noExt === true ? [] : [...values.ext, ...(await configuredExtensions(app, workdir))],
      pluginParams: paramsByPlugin(call),
      mode: live === undefined ? "backtest" : broker === undefined ? "live" : "broker",
      signal: app.signal,
      ...(live === undefined ? {} : { drainMs: live.shutdownMs }),
    });
    const paths = outputPaths(app, workdir, values, name);
    const viz = await vizFile(values, (path) => outputPath(app, workdir, path ?? `${name}_viz.ndjson`));
    // The report shows the colours of every bar.
    const shows = { follower: viz?.follower, keepsColors: values.report !== undefined };
    const running: Promise<RunOutcome | undefined> =
      "bars" in prepared
        ? runHistory(app, prepared, extensions, shows)
        : runLive(app, workdir, {
            ...{ setup: prepared, call, window, extensions, paths, broker },
            ...shows,
            ...live!,
          });
    const outcome = await running.catch((error: unknown) => {
      viz?.discard();
      throw error;
    });
    if (outcome === undefined) return viz?.discard();
    const { result, bars, failure } = outcome;
    const seconds = (performance.now() - started) / 1000;
    const statistics =
      result.strategy === undefined ? undefined : statisticsOf(result.strategy.desk, result.strategy.equity);
    const stamp = "stamp" in prepared ? prepared.stamp : undefined;
    const dataHash = new HashMemory(app.home.hashes).hashOf(prepared.dataPath, stamp, bars.columns);
    try {
      viz?.publish(result.bars);
      if (failure === undefined) saveSettings(app, settingsPath, result, user);
      const written = { isLive: live !== undefined, vizPath: viz?.path, dataHash };
      const files = await writeOutputs(paths, result, statistics, bars, written);
      const ran = { result, statistics, files, seconds, dataPath: prepared.dataPath, dataHash, failure };
      (values.json === true ? printRunJson : printRun)(app, ran);
    } catch (error) {
      if (failure === undefined) throw error;
      app.out.error(error);
    }
    if (failure !== undefined) throw failure;
  },
});

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
