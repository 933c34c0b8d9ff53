import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { OrderLine } from "../broker/order-lines.ts";
import { loadSymbolMap } from "../config/symbol-map.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import type { LoadedBars } from "../data/load.ts";
import type { EnabledExtensions } from "../host/extensions.ts";
import { placedFailure } from "../host/pine-place.ts";
import type { Bar } from "../kernel/bar.ts";
import { systemClock } from "../kernel/clock.ts";
import { counted } from "../kernel/counted.ts";
import { Connection } from "../live/connection.ts";
import { shrinkOnceSettled } from "../live/footprint.ts";
import type { BarSource } from "../live/joiner.ts";
import { runLive } from "../live/runner.ts";
import { joinObservers } from "../runtime/observer.ts";
import type { RunResult } from "../runtime/run-options.ts";
import type { VisualFollower } from "../runtime/visual-follower.ts";
import type { App } from "./app.ts";
import type { BrokerCommand } from "./broker-options.ts";
import type { CommandEnd, OpenBroker } from "./broker-run.ts";
import type { BarWindow } from "./bar-window.ts";
import type { CommandCall } from "./command.ts";
import { ContextLog } from "./feeds/context-log.ts";
import { DataFolder } from "./feeds/data-folder.ts";
import { LiveFiles as FeedFiles } from "./feeds/live-files.ts";
import { StreamOpener } from "./feeds/stream-opener.ts";
import { LiveFiles, type LiveFilePaths } from "./live-files.ts";
import { LiveScreen } from "./live-screen.ts";
import { money, positionText } from "./live-status.ts";
import { providerBars, requireLive } from "./provider-data.ts";
import { type LiveSetup, loopLimit } from "./run-setup.ts";
import { scriptMessages } from "./script-messages.ts";

/** What `run --live` is started with. */
export interface LiveCommand {
  readonly setup: LiveSetup;
  /** The command itself: its injected options reach the providers. */
  readonly call: CommandCall;
  readonly window: BarWindow;
  readonly extensions: EnabledExtensions;
  readonly follower: VisualFollower | undefined;
  /** Keep the colours of every bar in the result. */
  readonly keepsColors: boolean;
  readonly paths: LiveFilePaths;
  /** Longest wait for what is pending at the provider, ms; 0: for ever. */
  readonly shutdownMs: number;
  /** A line for every closed bar. */
  readonly logsBars: boolean;
  /** Orders go to a broker; absent: to a simulated account. */
  readonly broker: BrokerCommand | undefined;
}

/**
 * Runs a script live, its files kept whole all the time, and says in one line how it ended.
 *
 * @returns `undefined` when it was stopped before it went live: nothing was written
 */
export async function runLiveCommand(
  app: App,
  workdir: WorkdirPaths,
  command: LiveCommand,
): Promise<{ readonly result: RunResult; readonly bars: LoadedBars } | undefined> {
  const { setup, extensions } = command;
  const { data } = setup;
  const { log, signal, out } = app;
  const provider = requireLive(data);
  if (command.broker !== undefined)
    await (await import("./broker-run.ts")).checkTrader(app, command.broker, data);
  const connection = new Connection({ provider, clock: systemClock, log });
  out.note(`connecting to ${data.argument}`);
  let bars: LoadedBars;
  try {
    // Connected first: what the feed knows decides what the history may show.
    await connection.first(signal);
    const { warmsUpOnEverything } = provider.constructor as typeof LiveProviderPlugin;
    const window =
      warmsUpOnEverything && command.window.barsBack === undefined
        ? { ...command.window, fromMs: command.window.fromMs ?? 0 }
        : command.window;
    bars = await providerBars(app, workdir, data, window, { live: true });
  } catch (error) {
    await connection.close();
    if (!signal.aborted) throw error;
    out.note("stopped before the run went live");
    return undefined;
  }
  const screen = new LiveScreen(app, bars.symInfo, command.logsBars);
  const broker = await openFor(app, workdir, command, bars, screen).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  let openTimeMs = bars.columns.openTimeMs;
  const opener = openerFor(app, workdir, command, connection, bars);
  using contextLog = ContextLog.of(app);
  const files = new LiveFiles(command.paths, bars.symInfo, log);
  let end: CommandEnd = "stopped";
  try {
    const { result, feedEnd, wentLive } = await runLive({
      provider,
      connection,
      script: setup.script,
      bars,
      opener,
      mayAsk: setup.mayAsk,
      run: {
        messages: scriptMessages(out, (bar) => openTimeMs[bar]!, bars.symInfo.timezone),
        keepsColors: command.keepsColors,
        onWarning: (message) => out.warn(message),
        ...(contextLog === undefined ? {} : { contextMessages: (feed) => contextLog.messages(feed) }),
        ...loopLimit(app),
        inputs: setup.user.inputs,
        settings: setup.user.settings,
        observer: joinObservers([screen.trades, extensions.observer]),
        libraries: extensions.libraries,
        ...(command.follower === undefined ? {} : { follower: command.follower }),
        ...(broker === undefined ? {} : { desk: broker.job.desk }),
      },
      clock: systemClock,
      log,
      random: Math.random,
      shutdownMs: command.shutdownMs,
      events: {
        onStart(run, isIdle) {
          openTimeMs = run.columns.openTimeMs;
          broker?.job.onStart(isIdle);
        },
        ...(broker === undefined
          ? {}
          : {
              beforeLive: broker.job.beforeLive,
              beforeClose(bar: Bar, source: BarSource) {
                screen.tick(bar);
                broker.job.beforeClose(bar, source);
              },
              beforeDisconnect: broker.job.beforeDisconnect,
            }),
        onLive(run) {
          out.note(`live after ${counted(run.bars, "bar")} of history`);
          files.update(run.result("interrupted"));
          screen.start(run, broker?.status);
          broker?.run.goLive(run.columns.openTimeMs[run.bars - 1]!);
          shrinkOnceSettled();
        },
        onTick(_run, bar) {
          broker?.run.beforeBar(bar.openTimeMs);
          broker?.run.tick(bar.close);
          screen.tick(bar);
        },
        onClose(run, bar, source) {
          broker?.run.afterClose(bar.openTimeMs);
          screen.close(run, bar, source);
          files.update(run.result("interrupted"));
        },
      },
      observe: broker?.job.observe,
      signal: broker?.signal ?? signal,
    });
    screen.stop();
    if (!wentLive) {
      broker?.run.throwIfFailed();
      out.note("stopped before the run went live");
      return undefined;
    }
    files.finish(result);
    broker?.run.throwIfFailed();
    out.note(finalLine(result, feedEnd));
    if (feedEnd !== undefined) end = "ended";
    return { result, bars: { ...bars, columns: result.columns } };
  } catch (error) {
    screen.stop();
    end = { failure: error };
    broker?.run.throwIfFailed();
    throw placedFailure(error, setup.codePath);
  } finally {
    await broker?.close(end);
  }
}

/** What opens the feeds beside the chart. */
function openerFor(
  app: App,
  workdir: WorkdirPaths,
  { setup, call }: LiveCommand,
  connection: Connection,
  { symInfo }: LoadedBars,
): StreamOpener {
  return new StreamOpener({
    ...{ app, call, connection, named: setup.named, chart: setup.data, chartInfo: symInfo },
    files: new FeedFiles(new DataFolder(workdir.data), (line) => app.out.note(line)),
    symbolMap: loadSymbolMap(workdir.symbolMapToml, (message) => app.out.warn(message)),
  });
}

async function openFor(
  app: App,
  workdir: WorkdirPaths,
  { broker, setup, shutdownMs }: LiveCommand,
  bars: LoadedBars,
  screen: LiveScreen,
): Promise<OpenBroker | undefined> {
  if (broker === undefined) return undefined;
  // What trades is loaded when somebody trades.
  const { openBroker } = await import("./broker-run.ts");
  const onLine = (line: OrderLine): void => screen.order(line);
  return openBroker(app, workdir, { command: broker, setup, bars, shutdownMs, onLine });
}

/** `ended: the feed is over; long 1 @ 100; equity 10,000.00`. */
function finalLine({ strategy }: RunResult, feedEnd: string | undefined): string {
  const why = feedEnd === undefined ? "stopped" : `ended: ${feedEnd}`;
  if (strategy === undefined) return why;
  const { desk } = strategy;
  const position = positionText({
    position: desk.positionSize,
    averagePrice: desk.positionAveragePrice,
  });
  return `${why}; position ${position}; equity ${money(desk.equity)} ${desk.accountCurrency}`;
}
