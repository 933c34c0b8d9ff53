import { statSync } from "node:fs";

import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import { DataError } from "../../kernel/errors.ts";
import { withDataFile } from "../file-lock.ts";
import { readHeader } from "../ohlcv/reader.ts";
import { discardStaged } from "../ohlcv/swap.ts";
import type { SymbolFile } from "../syminfo-toml.ts";
import { DownloadConflictError, DownloadError } from "./errors.ts";
import { FileRun } from "./file-run.ts";
import { removeLeftovers, removeOtherBackfills } from "./leftovers.ts";
import { runLeg } from "./legs.ts";
import { conflictOf, planDownload, type PlanRequest, type StoredBars } from "./plan.ts";
import { FetchSession } from "./session.ts";
import { requireSameInstrument, storedSymbol, symbolFileFrom } from "./symbol.ts";
import type {
  DownloadCallbacks,
  DownloadConflict,
  DownloadJob,
  DownloadPlan,
  DownloadResult,
} from "./types.ts";

/**
 * Downloads bars into a data file: what is missing at its end, in front of it, or all of it anew. Takes the file's
 * lock, resumes where the file ends, and commits page by page, so that an interrupted run keeps what it has.
 *
 * @returns also when the signal ended it: `interrupted`
 * @throws TryAgainLaterError when another process writes the file; DataError when the window or the file is wrong and
 *   DownloadConflictError when `onConflict` said so, nothing having been changed; DownloadError for everything later
 */
export function downloadBars(job: DownloadJob, callbacks: DownloadCallbacks = {}): Promise<DownloadResult> {
  const { signal, clock } = job;
  return withDataFile(job.lock, job.path, () => download(job, callbacks), {
    signal,
    clock,
    onWait: () => callbacks.onWait?.(),
  });
}

async function download(job: DownloadJob, callbacks: DownloadCallbacks): Promise<DownloadResult> {
  const { path, refreshSymbol = false } = job;
  const session = new FetchSession(job, (retry) => callbacks.onRetry?.(retry));
  const run = new FileRun(job, session);
  removeLeftovers(path);
  const known = knownSymbol(job, run);
  const plan = await decide(job, run, callbacks);
  const finish = (): DownloadResult => ({
    ...run.finish(session.signal.aborted),
    fromMs: plan.fromMs,
    toMs: plan.toMs,
    fetchAll: plan.fetchAll,
  });
  try {
    if (refreshSymbol || known === undefined) run.describe(await askSymbol(job, session), true);
    else run.describe(known, false);
    // A file that is replaced keeps its symbol file until its bars go; it writes both then.
    const replaces = plan.legs.some((leg) => leg.kind === "replace");
    if (!replaces) run.saveSymbol();
    callbacks.onStart?.(plan);
    removeOtherBackfills(path, plan.legs.find((leg) => leg.kind === "backfill")?.fromMs);
    await runLegs(run, plan, callbacks);
  } catch (error) {
    discardStaged(path);
    const result = finish();
    if (result.interrupted) return result;
    throw new DownloadError(error, result);
  }
  return finish();
}

async function runLegs(run: FileRun, plan: DownloadPlan, callbacks: DownloadCallbacks): Promise<void> {
  let [bars, doneMs] = [0, 0];
  for (const leg of plan.legs) {
    await runLeg(run, leg, (added, lastMs) => {
      bars += added;
      const fraction = plan.totalMs === 0 ? undefined : (doneMs + lastMs - leg.fromMs) / plan.totalMs;
      callbacks.onProgress?.({
        bars,
        lastMs,
        fraction: fraction === undefined ? undefined : Math.min(1, Math.max(0, fraction)),
      });
    });
    doneMs += leg.toMs - leg.fromMs;
  }
}

/** The symbol file, when it is this instrument's; another one's stops everything but a replacement. */
function knownSymbol(job: DownloadJob, run: FileRun): SymbolFile | undefined {
  const stored = storedSymbol(job.path);
  if (stored === undefined) return undefined;
  try {
    requireSameInstrument(job.path, stored, run.source, job.timeframe);
    return stored;
  } catch (error) {
    if (job.truncate === true && error instanceof DataError) return undefined;
    throw error;
  }
}

async function askSymbol(job: DownloadJob, session: FetchSession): Promise<SymbolFile> {
  const { provider, timeframe } = job;
  // A provider may throw before it returns a promise.
  const ask = async (): Promise<unknown> => provider.getSymbolInfo(session.signal);
  return symbolFileFrom(await session.ask("symbol information", ask), provider, timeframe);
}

/** What will be done. Nothing has been changed and the provider has not been asked so far. */
async function decide(job: DownloadJob, run: FileRun, callbacks: DownloadCallbacks): Promise<DownloadPlan> {
  const request: PlanRequest = {
    path: job.path,
    from: job.from,
    to: job.to,
    nowMs: run.session.clock.nowMs(),
    stored: storedBars(job, run),
    truncate: job.truncate ?? false,
    fetchAllByDefault: (job.provider.constructor as typeof ProviderPlugin).fetchAllByDefault,
  };
  const conflict = conflictOf(request);
  if (conflict === undefined) return planDownload(request);
  const decision = (await callbacks.onConflict?.(conflict)) ?? "backfill";
  if (decision === "abort") throw refusal(conflict);
  return planDownload(request, decision);
}

function storedBars(job: DownloadJob, run: FileRun): StoredBars | "unreadable" | undefined {
  if ((statSync(job.path, { throwIfNoEntry: false })?.size ?? 0) === 0) return undefined;
  try {
    const { recordCount, firstMs, lastMs } = readHeader(job.path);
    if (recordCount === 0) return undefined;
    return { bars: recordCount, firstMs, lastMs, askedFromMs: run.provenance.askedFromMs };
  } catch (error) {
    if (job.truncate === true && error instanceof DataError) return "unreadable";
    throw error;
  }
}

function refusal({ path, firstStoredMs, requestedFromMs }: DownloadConflict): DownloadConflictError {
  const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return new DownloadConflictError(
    `${path} begins at ${minute(firstStoredMs)}, after the ${minute(requestedFromMs)} asked for; nothing was changed`,
    { hint: "--on-conflict backfill fetches what is missing in front, --truncate replaces the file" },
  );
}
