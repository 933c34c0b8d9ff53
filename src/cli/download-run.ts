import { basename, join } from "node:path";

import type { ProviderPlugin } from "../api/plugins/provider.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import { DownloadError } from "../data/download/errors.ts";
import { downloadBars } from "../data/download/runner.ts";
import type {
  ConflictDecision,
  DownloadConflict,
  DownloadJob,
  DownloadResult,
  FetchResult,
} from "../data/download/types.ts";
import { dataFileName } from "../data/file-name.ts";
import { RuntimeFailure } from "../kernel/errors.ts";
import type { App } from "./app.ts";
import { progressLine, refusals, remarks, retryLine, revisionLines } from "./download-report.ts";
import type { DownloadTarget } from "./download-target.ts";
import { wholeNumber } from "./whole-number.ts";

/** A download with its progress on the terminal: what `data download` and `data update` share. */

/** What the options of both commands say. */
export interface DownloadOptions {
  readonly lockWait: number | undefined;
  readonly retries: number;
}

/** The options that both commands have. */
export const downloadArgs = {
  retries: {
    type: "string",
    alias: "r",
    default: "5",
    valueHint: "N",
    parse: (text: string): number => wholeNumber("--retries", text, 0),
    description: "Transient failures in a row that are waited for",
  },
  lockWait: {
    type: "string",
    valueHint: "SECONDS",
    parse: (text: string): number => wholeNumber("--lock-wait", text, 0),
    description: "Wait so long for a file another pyne is writing; default 60 on a terminal, else 0",
  },
} as const;

/** The part of a job that the surroundings decide. */
export function jobOf(
  app: App,
  workdir: WorkdirPaths,
  target: DownloadTarget,
  provider: ProviderPlugin<object>,
  options: DownloadOptions,
): Pick<DownloadJob, "provider" | "path" | "timeframe" | "lock" | "retries" | "signal"> {
  const waitSeconds = options.lockWait ?? (app.out.interactive ? 60 : 0);
  return {
    provider,
    path:
      target.path ?? join(workdir.data, dataFileName(provider.name, provider.symbol ?? "", target.timeframe)),
    timeframe: target.timeframe,
    lock: { folder: workdir.locks, waitMs: waitSeconds * 1000 },
    retries: options.retries,
    signal: app.signal,
  };
}

/** Downloads, says on stderr how it goes and what somebody should look at. Throws as `downloadBars`. */
export async function runDownload(
  app: App,
  job: DownloadJob,
  onConflict?: (conflict: DownloadConflict) => Promise<ConflictDecision>,
): Promise<DownloadResult> {
  const started = performance.now();
  const name = basename(job.path);
  try {
    const result = await downloadBars(job, {
      onWait: () => app.out.note(`${name} is in use by another pyne process: waiting for it`),
      onProgress: (progress) =>
        app.out.progress(`${name}  ${progressLine(progress, performance.now() - started)}`),
      onRetry: (retry) => app.out.warn(`${name}: ${retryLine(retry)}`),
      ...(onConflict === undefined ? {} : { onConflict }),
    });
    app.out.endProgress();
    tellRemarks(app, result);
    return result;
  } catch (error) {
    app.out.endProgress();
    if (error instanceof DownloadError) tellRemarks(app, error.result);
    throw error;
  } finally {
    app.out.endProgress();
  }
}

/** Says what somebody should look at. */
export function tellRemarks(app: App, result: FetchResult): void {
  const name = basename(result.path);
  for (const line of revisionLines(result)) app.out.note(`${name}: ${line}`);
  for (const remark of remarks(result)) app.out.warn(`${name}: ${remark}`);
}

/**
 * Fails for bars that were refused: everything else is stored, but somebody has to know.
 * @throws RuntimeFailure
 */
export function requireNoneRefused(result: DownloadResult): void {
  const lines = refusals(result);
  const shown = 5;
  if (lines.length === 0) return;
  const rest = lines.length > shown ? `; and ${lines.length - shown} more` : "";
  throw new RuntimeFailure(`${basename(result.path)}: ${lines.slice(0, shown).join("; ")}${rest}`, {
    hint: "the other bars are stored; when the venue has corrected itself, refetch with pyne data check --repair",
  });
}
