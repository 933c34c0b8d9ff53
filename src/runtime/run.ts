import type { PositionView } from "../api/plugins/extension-hooks.ts";
import type { ScriptModule } from "../api/script/declaration.ts";
import { BarRunner } from "./bar-runner.ts";
import type { RunOptions, RunResult } from "./run-options.ts";
import { statisticsOf } from "./strategy/statistics.ts";
import { positionView } from "./views.ts";

export type { RunOptions, RunResult } from "./run-options.ts";

/** Bars between two looks at the clock, the signal and the event loop; a run that nobody watches needs none. */
const stretch = 8192;

/**
 * Runs a script over bars, oldest to newest.
 *
 * @throws ConfigError for a setting or input out of bounds, whatever the script itself throws, and whatever an
 *   observer throws; `onFailure` has what came of the bars before
 */
export async function runScript(module: ScriptModule, options: RunOptions): Promise<RunResult> {
  const { observer } = options;
  try {
    const runner = new BarRunner(module, options);
    const result = await execute(runner, options).catch(async (error: unknown) => {
      const { index, first } = runner.clock;
      if (index > first) await options.onFailure?.(runner.result(index, "failed"));
      throw error;
    });
    await observer?.onEnd?.({ reason: result.reason, ...endOf(result) });
    return result;
  } catch (error) {
    observer?.onError?.(error);
    await observer?.onEnd?.({ reason: "failed" });
    throw error;
  }
}

/** What the end of a run tells those who watch it. */
export function endOf(result: RunResult): {
  position?: PositionView;
  statistics?: Readonly<Record<string, number>>;
} {
  if (result.strategy === undefined) return {};
  const { desk, equity } = result.strategy;
  return {
    position: positionView(desk),
    statistics: Object.freeze({ ...statisticsOf(desk, equity) }),
  };
}

async function execute(runner: BarRunner, options: RunOptions): Promise<RunResult> {
  await runner.start();
  const total = options.columns.length;
  const { first } = runner.clock;
  const yields =
    options.signal !== undefined || options.onProgress !== undefined || options.observer !== undefined;
  let done = first;
  while (done < total) {
    const to = yields ? Math.min(total, done + stretch) : total;
    runner.steps(done, to);
    done = to;
    if (done === total) break;
    options.onProgress?.(done, total);
    // A macrotask: timers, signals and the observers' own work get their turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (options.signal?.aborted === true) break;
  }
  options.onProgress?.(done, total);
  return runner.result(done, done < total ? "interrupted" : "completed");
}
