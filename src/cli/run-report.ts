import { messageOf } from "../kernel/errors.ts";
import { summaryLines, summaryRow } from "../report/summary.ts";
import type { RunResult } from "../runtime/run.ts";
import type { StrategyStatistics } from "../runtime/strategy/statistics.ts";
import type { App } from "./app.ts";
import type { WrittenFiles } from "./run-outputs.ts";
import { summaryLook } from "./summary-look.ts";

/** A run that is over and what is told of it. */
export interface FinishedRun {
  readonly result: RunResult;
  /** Of a strategy. */
  readonly statistics: StrategyStatistics | undefined;
  readonly files: WrittenFiles;
  readonly seconds: number;
  readonly dataPath: string;
  readonly dataHash: string;
  /** Why the script failed. */
  readonly failure: unknown;
}

/** The summary and where the files lie; of a run that failed, which files end early. */
export function printRun(app: App, { result, statistics, files, dataHash }: FinishedRun): void {
  if (result.reason === "failed") return warnOfEarlyEnd(app, result, files);
  const look = summaryLook(app);
  for (const line of summaryLines(result, statistics, dataHash, look)) app.out.print(line);
  for (const [kind, path] of Object.entries(files))
    app.out.print(summaryRow(kind === "plot" || kind === "trade" ? `${kind}s` : kind, path, look));
  if (result.reason === "interrupted") app.out.note("interrupted: the files hold everything up to there");
}

/** The same as one object. */
export function printRunJson(app: App, run: FinishedRun): void {
  const { result, statistics, files, failure } = run;
  const { bars, columns } = result;
  if (result.reason === "failed") warnOfEarlyEnd(app, result, files);
  app.out.json({
    script: result.declaration.title,
    kind: result.declaration.kind,
    data: run.dataPath,
    data_hash: run.dataHash,
    reason: result.reason,
    ...(result.reason === "failed"
      ? { failure: { message: messageOf(failure), bar: bars, time: isoTime(columns.openTimeMs[bars]) } }
      : {}),
    bars,
    from: isoTime(columns.openTimeMs[0]),
    to: isoTime(columns.openTimeMs[bars - 1]),
    seconds: run.seconds,
    files,
    ...(statistics === undefined ? {} : { statistics }),
  });
}

function warnOfEarlyEnd(app: App, { bars, columns }: RunResult, files: WrittenFiles): void {
  const time = isoTime(columns.openTimeMs[bars])?.slice(0, 19);
  for (const path of Object.values(files))
    app.out.warn(`${path} is incomplete: it ends before bar ${bars} (${time}Z), on which the script failed`);
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
