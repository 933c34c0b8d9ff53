import { DataError } from "../../kernel/errors.ts";
import type {
  ConflictDecision,
  DownloadConflict,
  DownloadLeg,
  DownloadPlan,
  DownloadStart,
} from "./types.ts";

/** What a download has to fetch. Pure. */

/** What the file holds. */
export interface StoredBars {
  readonly bars: number;
  /** Open times of the first and the last bar. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The venue was asked from here on already, and had nothing before `firstMs`. */
  readonly askedFromMs?: number | undefined;
}

/** What the planner is told. */
export interface PlanRequest {
  readonly path: string;
  readonly from: DownloadStart;
  /** Inclusive; absent: now. */
  readonly to: number | undefined;
  readonly nowMs: number;
  /** `undefined`: no file, or an empty one; `unreadable`: one that can only be replaced. */
  readonly stored: StoredBars | "unreadable" | undefined;
  readonly truncate: boolean;
  /** With no bars and no start, fetch everything instead of a year. */
  readonly fetchAllByDefault: boolean;
}

const dayMs = 86_400_000;

/** The start of a file's first download where nobody names one. */
export const defaultHistoryMs = 365 * dayMs;

/**
 * Where the window begins before the file does, the caller has to decide; otherwise `undefined`.
 * @throws DataError when it ends before it begins
 */
export function conflictOf(request: PlanRequest): DownloadConflict | undefined {
  const { fromMs } = windowOf(request);
  const { stored, truncate, path } = request;
  if (typeof stored !== "object" || truncate) return undefined;
  if (fromMs >= Math.min(stored.firstMs, stored.askedFromMs ?? Infinity)) return undefined;
  return {
    path,
    requestedFromMs: fromMs,
    firstStoredMs: stored.firstMs,
    lastStoredMs: stored.lastMs,
    bars: stored.bars,
  };
}

/**
 * The plan.
 *
 * A file never gets a hole: a window that begins after its last bar is fetched from that bar on, one that lies before
 * its first bar up to that one. The last stored bar's own time is the start, never one period later: the length of a
 * month and daylight saving move the next open.
 *
 * @param decision about the conflict, where there is one; default `backfill`
 * @throws DataError when the window ends before it begins
 */
export function planDownload(request: PlanRequest, decision: ConflictDecision = "backfill"): DownloadPlan {
  const { fromMs, toMs, fetchAll } = windowOf(request);
  const { stored } = request;
  const end = toMs + 1;
  const replace = request.truncate || (conflictOf(request) !== undefined && decision === "truncate");
  const legs: DownloadLeg[] = [];
  if (stored === undefined) legs.push({ kind: "append", fromMs, toMs: end });
  else if (replace || stored === "unreadable") legs.push({ kind: "replace", fromMs, toMs: end });
  else {
    // A venue that refuses what is too old for it must not keep the file from growing.
    if (toMs >= stored.lastMs) legs.push({ kind: "append", fromMs: stored.lastMs, toMs: end });
    if (conflictOf(request) !== undefined) legs.push({ kind: "backfill", fromMs, toMs: stored.firstMs });
  }
  return {
    fromMs,
    toMs,
    legs,
    fetchAll,
    totalMs: fetchAll ? 0 : legs.reduce((sum, leg) => sum + leg.toMs - leg.fromMs, 0),
    resumeMs: replace || typeof stored !== "object" ? undefined : stored.lastMs,
  };
}

function windowOf(request: PlanRequest): { fromMs: number; toMs: number; fetchAll: boolean } {
  const { from, to, nowMs, truncate, fetchAllByDefault } = request;
  const stored = typeof request.stored === "object" ? request.stored : undefined;
  const toMs = Math.min(to ?? nowMs, nowMs);
  // Continuing a file that is replaced means replacing all of it.
  const resume = stored === undefined ? undefined : truncate ? stored.firstMs : stored.lastMs;
  const fetchAll = from === "continue" && stored === undefined && fetchAllByDefault;
  const fromMs =
    from !== "continue" ? from : fetchAll ? 0 : (resume ?? Math.max(0, (to ?? nowMs) - defaultHistoryMs));
  if (toMs >= fromMs) return { fromMs, toMs, fetchAll };
  const [first, last] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  if (from === "continue" && resume !== undefined && to === undefined) {
    throw new DataError(`${request.path} ends at ${first}, which is later than now (${last})`, {
      hint: "is this machine's clock right?",
    });
  }
  if (from === "continue" && resume !== undefined)
    throw new DataError(`${request.path} already ends at ${first}, after the end of the window, ${last}`);
  throw new DataError(`the window ends before it begins: from ${first} to ${last}`);
}
