import type { LoadedBars } from "../data/load.ts";
import type { EnabledExtensions } from "../host/extensions.ts";
import { placedFailure } from "../host/pine-place.ts";
import { type RunResult, runScript } from "../runtime/run.ts";
import type { VisualFollower } from "../runtime/visual-follower.ts";
import type { App } from "./app.ts";
import { ContextLog } from "./feeds/context-log.ts";
import { loopLimit, type RunSetup, setupOptions } from "./run-setup.ts";
import { scriptMessages } from "./script-messages.ts";

/** What came of a run. */
export interface RunOutcome {
  readonly result: RunResult;
  readonly bars: LoadedBars;
  /** Why the script failed, with its place; the result holds the bars before. */
  readonly failure?: unknown;
}

/**
 * Runs over bars that are all there.
 * @throws the failure of a script that has not finished a bar
 */
export async function runHistory(
  app: App,
  setup: RunSetup,
  extensions: EnabledExtensions,
  { follower, keepsColors }: { readonly follower: VisualFollower | undefined; readonly keepsColors: boolean },
): Promise<RunOutcome> {
  const { bars } = setup;
  const started = performance.now();
  using contextLog = ContextLog.of(app);
  let failed: RunResult | undefined;
  try {
    const result = await runScript(setup.script, {
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
      onFailure: (before) => {
        failed = before;
      },
      ...(app.out.interactive
        ? { onProgress: (done, total) => app.out.progress(progressLine(done, total, started)) }
        : {}),
    });
    return { result, bars };
  } catch (error) {
    const failure = placedFailure(error, setup.codePath);
    if (failed === undefined) throw failure;
    return { result: failed, bars, failure };
  } finally {
    app.out.endProgress();
  }
}

function progressLine(done: number, total: number, started: number): string {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const rate = done / Math.max((performance.now() - started) / 1000, 0.001);
  return `${String(percent).padStart(3)} %  ${done.toLocaleString("en")} of ${total.toLocaleString("en")} bars  ${Math.round(rate).toLocaleString("en")} bars/s`;
}
