import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { ScriptDeclaration, ScriptModule } from "../api/script/declaration.ts";
import type { LoadedBars } from "../data/load.ts";
import { type Bar, type BarUpdate, barAt } from "../kernel/bar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import { LiveRun } from "../runtime/live-run.ts";
import type { RunOptions, RunResult } from "../runtime/run-options.ts";
import { endOf } from "../runtime/run.ts";
import type { ChartListener, Grid } from "./bar-order.ts";
import type { Connection } from "./connection.ts";
import type { BarSource } from "./joiner.ts";
import { Patience } from "./patience.ts";
import { LiveSession } from "./session.ts";
import { type FeedOpener, gridOf, SideFeeds } from "./side-feeds.ts";
import { waitUntilDone } from "./shutdown.ts";

/** What a live run is made of. */
export interface LiveJob {
  readonly provider: LiveProviderPlugin;
  /** Already connected; it is closed at the end. */
  readonly connection: Connection;
  readonly script: ScriptModule;
  /** The history that the script warms up on; not empty. */
  readonly bars: LoadedBars;
  readonly run: Omit<RunOptions, "columns" | "finer" | "symInfo" | "timeframe" | "signal" | "feeds">;
  /** Opens what the script asks for; absent: there is nothing but the chart. */
  readonly opener?: FeedOpener;
  /** The script may ask for something: it is run over the history once more, unheard, to find out. */
  readonly mayAsk?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1), for the jitter of waits. */
  readonly random: () => number;
  /** Longest wait for what is pending at the provider, ms; 0: for ever. */
  readonly shutdownMs: number;
  readonly events: LiveEvents;
  /** Told of every update of the feed before the script sees it; waited for. */
  readonly observe?: ((update: BarUpdate) => Promise<void>) | undefined;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** Told how a run goes on, in order. */
export interface LiveEvents {
  /** The script is set up, no bar was executed. @param isIdle whether all that the feed has told was acted on */
  onStart(run: LiveRun, isIdle: () => boolean): void;
  /** The history was executed but for its last bar; waited for. */
  beforeLive?(): Promise<void>;
  /** A live bar is over and is about to be executed. */
  beforeClose?(bar: Bar, source: BarSource): void;
  /** Nothing is left to do, the provider is about to be disconnected; waited for, also after a failure. */
  beforeDisconnect?(): Promise<void>;
  /** The history was executed; from here on bars are live. */
  onLive(run: LiveRun): void;
  /** The forming bar was looked at. */
  onTick(run: LiveRun, bar: Bar): void;
  /** A bar is over and was executed. */
  onClose(run: LiveRun, bar: Bar, source: BarSource): void;
}

/** How it ended. */
export interface LiveEnd {
  readonly result: RunResult;
  /** Why the feed ended, in the provider's words; `undefined`: the signal did it. */
  readonly feedEnd: string | undefined;
  /** It got as far as live bars. */
  readonly wentLive: boolean;
}

/**
 * Runs a script live: on the history without taking orders, then on what the feed says, until it ends or the signal
 * does it. However that happens, the provider is asked whether it can be left, and disconnected.
 *
 * @throws what the script throws; a permanent failure of the provider
 */
export async function runLive(job: LiveJob): Promise<LiveEnd> {
  const { provider, bars, clock, log, signal } = job;
  const { observer } = job.run;
  const { symInfo, timeframe } = bars;
  const session = new LiveSession({ ...job, symInfo, timeframe });
  const sides = sideFeeds(job);
  let run: LiveRun | undefined;
  let feedEnd: string | undefined;
  let wentLive = false;
  let isOrdered = (): boolean => true;
  try {
    observer?.onPhase?.("warmup");
    const feeds = sides === undefined ? {} : { feeds: sides };
    run = new LiveRun(job.script, { ...job.run, ...feeds, symInfo, timeframe, history: bars.columns });
    job.events.onStart(run, () => session.isIdle && isOrdered());
    if (sides !== undefined) await openSides(job, run.runner.declaration, sides);
    await run.start();
    feedEnd = await goOn(job, session, sides, run, {
      onLive: () => (wentLive = true),
      onOrder: (isIdle) => (isOrdered = isIdle),
    });
  } catch (error) {
    if (!signal.aborted || run === undefined) {
      sides?.stop();
      await job.events.beforeDisconnect?.();
      await session.close();
      await sides?.close();
      observer?.onError?.(error);
      await observer?.onEnd?.({ reason: "failed" });
      throw error;
    }
  }
  const result = run.result(feedEnd === undefined ? "interrupted" : "completed");
  session.stop();
  sides?.stop();
  await waitUntilDone(provider, job.shutdownMs, { clock, log });
  await job.events.beforeDisconnect?.();
  await session.close();
  await sides?.close();
  await observer?.onEnd?.({ reason: result.reason, ...endOf(result) });
  return { result, feedEnd, wentLive };
}

async function goOn(
  { bars, run: { observer }, events, clock, log, signal }: LiveJob,
  session: LiveSession,
  sides: SideFeeds | undefined,
  run: LiveRun,
  { onLive, onOrder }: { readonly onLive: () => void; readonly onOrder: (isIdle: () => boolean) => void },
): Promise<string> {
  const { columns } = run;
  const grid = gridOf(bars);
  await run.warmUp(signal, reachOf(run, sides, grid));
  // What has closed since then is executed when the other feeds have brought what ended with it.
  const since: Bar[] = [];
  const extend = (more: readonly Bar[]): Promise<void> => {
    since.push(...more);
    return Promise.resolve();
  };
  await session.join(barAt(columns, columns.length - 1), extend, signal);
  const newest = since.at(-1) ?? barAt(columns, columns.length - 1);
  const chart: ChartListener = {
    onStart() {
      run.goLive();
      onLive();
      observer?.onPhase?.("live");
      observer?.onLive?.(newest);
      events.onLive(run);
    },
    onTick(bar) {
      if (run.tick(bar)) observer?.onTick?.({ ...bar, isClosed: false });
      events.onTick(run, bar);
    },
    onClose(bar, source) {
      events.beforeClose?.(bar, source);
      run.close(bar);
      events.onClose(run, bar, source);
    },
  };
  const patience = new Patience({ clock, log, signal }, grid, newest, chart);
  onOrder(() => patience.order.isIdle);
  await sides?.start(patience.order, patience.fail);
  run.extend(since);
  await run.warmUp(signal, reachOf(run, sides, grid));
  await events.beforeLive?.();
  signal.throwIfAborted();
  return await patience.race(session);
}

/** Bars of the chart for which the other feeds have their history; what they lack may come until the run is live. */
function reachOf({ columns }: LiveRun, sides: SideFeeds | undefined, grid: Grid): number {
  let count = columns.length;
  if (sides === undefined) return count;
  while (count > 0 && !sides.reach(grid.endMs(columns.openTimeMs[count - 1]!))) count--;
  return count;
}

function sideFeeds({ opener, clock, log, random, bars, signal }: LiveJob): SideFeeds | undefined {
  if (opener === undefined) return undefined;
  const { columns } = bars;
  const [fromMs, lastMs] = [columns.openTimeMs[0]!, columns.openTimeMs[columns.length - 1]!];
  return new SideFeeds({ opener, clock, log, random, fromMs, toMs: gridOf(bars).endMs(lastMs), signal });
}

/**
 * Finds out what the script asks for and opens it: the script runs over the history, unheard, until it asks for nothing
 * new. What it does wrong on the way, for want of bars perhaps, the run itself will tell.
 */
async function openSides(
  { script, bars, run, mayAsk, signal }: LiveJob,
  declaration: ScriptDeclaration,
  sides: SideFeeds,
): Promise<void> {
  const { symInfo, timeframe, columns: history } = bars;
  // An account in another currency asks when it trades, which is not in the history.
  const currency = String(declaration.settings["currency"] ?? "NONE");
  if (currency !== "NONE" && currency !== symInfo.currency) sides.rate(symInfo.currency, currency);
  if (mayAsk !== true) return sides.open();
  // Nobody hears what it says, and nothing is kept of it.
  const {
    observer: _observer,
    follower: _follower,
    messages: _messages,
    contextMessages: _contextMessages,
    onWarning: _onWarning,
    desk: _desk,
    ...silent
  } = run;
  for (;;) {
    try {
      const rehearsal = new LiveRun(script, {
        ...silent,
        ...{ symInfo, timeframe, history, feeds: sides },
      });
      await rehearsal.warmUp(signal);
      rehearsal.goLive();
    } catch {
      signal.throwIfAborted();
    }
    sides.renew();
    if (sides.waiting === 0) return;
    await sides.open();
    sides.renew();
  }
}
