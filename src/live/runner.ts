import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { ScriptModule } from "../api/script/declaration.ts";
import type { LoadedBars } from "../data/load.ts";
import { type Bar, type BarUpdate, barAt } from "../kernel/bar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import { LiveRun } from "../runtime/live-run.ts";
import type { RunOptions, RunResult } from "../runtime/run-options.ts";
import { endOf } from "../runtime/run.ts";
import type { Connection } from "./connection.ts";
import type { BarSource } from "./joiner.ts";
import { LiveSession } from "./session.ts";
import { waitUntilDone } from "./shutdown.ts";

/** What a live run is made of. */
export interface LiveJob {
  readonly provider: LiveProviderPlugin;
  /** Already connected; it is closed at the end. */
  readonly connection: Connection;
  readonly script: ScriptModule;
  /** The history that the script warms up on; not empty. */
  readonly bars: LoadedBars;
  readonly run: Omit<RunOptions, "columns" | "finer" | "symInfo" | "timeframe" | "signal">;
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
  /** The history is over but for its last bar; waited for. */
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
  let run: LiveRun | undefined;
  let feedEnd: string | undefined;
  let wentLive = false;
  try {
    observer?.onPhase?.("warmup");
    run = new LiveRun(job.script, { ...job.run, symInfo, timeframe, history: bars.columns });
    job.events.onStart(run, () => session.isIdle);
    await run.start();
    feedEnd = await goOn(job, session, run, () => (wentLive = true));
  } catch (error) {
    if (!signal.aborted || run === undefined) {
      await job.events.beforeDisconnect?.();
      await session.close();
      observer?.onError?.(error);
      await observer?.onEnd?.({ reason: "failed" });
      throw error;
    }
  }
  const result = run.result(feedEnd === undefined ? "interrupted" : "completed");
  session.stop();
  await waitUntilDone(provider, job.shutdownMs, { clock, log });
  await job.events.beforeDisconnect?.();
  await session.close();
  await observer?.onEnd?.({ reason: result.reason, ...endOf(result) });
  return { result, feedEnd, wentLive };
}

async function goOn(
  { run: { observer }, events, signal }: LiveJob,
  session: LiveSession,
  run: LiveRun,
  onLive: () => void,
): Promise<string> {
  const { columns } = run;
  const newest = (): Bar => barAt(columns, columns.length - 1);
  await run.warmUp(signal);
  const extend = async (more: readonly Bar[]): Promise<void> => {
    run.extend(more);
    await run.warmUp(signal);
  };
  await session.join(newest(), extend, signal);
  await events.beforeLive?.();
  signal.throwIfAborted();
  run.goLive();
  onLive();
  observer?.onPhase?.("live");
  observer?.onLive?.(newest());
  events.onLive(run);
  return await session.run(
    {
      onTick(bar) {
        if (run.tick(bar)) observer?.onTick?.({ ...bar, isClosed: false });
        events.onTick(run, bar);
      },
      onClose(bar, source) {
        events.beforeClose?.(bar, source);
        run.close(bar);
        events.onClose(run, bar, source);
      },
    },
    signal,
  );
}
