import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { DataLock } from "../file-lock.ts";
import type { RefusedBar, Revision } from "../provenance-file.ts";
import type { RateLimits } from "./rate-limit.ts";

/** Times are epoch ms throughout; a window's ends are both inclusive unless a field says otherwise. */

/** An instant, or `continue`: where the file ends; without one, a year back or everything there is. */
export type DownloadStart = number | "continue";

/** What every way of fetching bars into a file needs. */
export interface FetchJob {
  /** Made for one symbol and this timeframe. */
  readonly provider: ProviderPlugin<object>;
  /** The `.ohlcv` file; it need not exist. */
  readonly path: string;
  /** TradingView notation, canonical. */
  readonly timeframe: string;
  readonly lock: DataLock;
  /** Bars per request; default: the provider's own choice. At least 2. */
  readonly chunkSize?: number | undefined;
  /** Keep the provider's further columns in the sidecar. */
  readonly withExtra?: boolean | undefined;
  /** Transient failures in a row that are waited for; default 5. */
  readonly retries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1) for the jitter of waits. */
  readonly random?: (() => number) | undefined;
  /** Default: those that all jobs of the process share. */
  readonly rateLimits?: RateLimits | undefined;
}

/** What to download into which file. */
export interface DownloadJob extends FetchJob {
  readonly from: DownloadStart;
  /** Default: now. */
  readonly to?: number | undefined;
  /** Replace what the file holds, once everything has arrived. */
  readonly truncate?: boolean | undefined;
  /** Ask for symbol information although there is a symbol file. */
  readonly refreshSymbol?: boolean | undefined;
}

/**
 * One stretch to fetch, from inclusive, to exclusive. `append`: to the end of the file, which may be empty; `backfill`:
 * in front of it; `replace`: into a file that takes its place.
 */
export interface DownloadLeg {
  readonly kind: "append" | "backfill" | "replace";
  readonly fromMs: number;
  readonly toMs: number;
}

/** What will be done. */
export interface DownloadPlan {
  /** The window, both ends inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly legs: readonly DownloadLeg[];
  /** Everything there is: how much that will be nobody knows. */
  readonly fetchAll: boolean;
  /** Length of what is fetched, ms; 0 when everything is. */
  readonly totalMs: number;
  /** The last stored bar, which is fetched again and compared. */
  readonly resumeMs: number | undefined;
}

/** The window begins before the file does. */
export interface DownloadConflict {
  readonly path: string;
  readonly requestedFromMs: number;
  readonly firstStoredMs: number;
  readonly lastStoredMs: number;
  readonly bars: number;
}

/** `backfill`: fetch what is missing in front; `truncate`: replace the file; `abort`: leave everything. */
export type ConflictDecision = "backfill" | "truncate" | "abort";

/** How far a download is. */
export interface DownloadProgress {
  /** Bars stored by this run so far. */
  readonly bars: number;
  /** Open time of the last one. */
  readonly lastMs: number;
  /** 0 to 1 by time; `undefined` when everything there is was asked for. */
  readonly fraction: number | undefined;
}

/** A wait before the next try. */
export interface DownloadRetry {
  /** 1 for the first. */
  readonly attempt: number;
  readonly retries: number;
  readonly waitMs: number;
  readonly error: unknown;
}

/** What a download tells while it runs. Everything is optional; a conflict is backfilled when nobody decides. */
export interface DownloadCallbacks {
  /** Another process writes the file; its lock is waited for. */
  onWait?(): void;
  /** Everything is settled, nothing has been fetched. */
  onStart?(plan: DownloadPlan): void;
  onProgress?(progress: DownloadProgress): void;
  onRetry?(retry: DownloadRetry): void;
  onConflict?(conflict: DownloadConflict): Promise<ConflictDecision>;
}

/** A stretch of time, from inclusive, to exclusive, epoch ms. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What came of fetching bars into a file. */
export interface FetchResult {
  readonly path: string;
  readonly symbolPath: string;
  /** The provider string under `[download]`. */
  readonly source: string;
  readonly timeframe: string;
  /** Bars that the file did not have before. */
  readonly added: number;
  /** What the venue gave differently than before; the file holds the new values. */
  readonly revisions: readonly Revision[];
  /** Bars that break a rule; they were not stored. */
  readonly refused: readonly RefusedBar[];
  /** Stretches for which the provider did not show that there is nothing: bars may be missing. */
  readonly holes: readonly TimeRange[];
  readonly warnings: readonly string[];
  /** The whole file now. */
  readonly bars: number;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** Content hash of the whole file; `undefined` while it has no bars. */
  readonly hash: string | undefined;
  /** Ended by the signal; what was accepted is in the file. */
  readonly interrupted: boolean;
  /** `undefined` when it ended before anything was known about the symbol. */
  readonly symInfo: SymInfo | undefined;
}

/** What came of a download. */
export interface DownloadResult extends FetchResult {
  /** The window, both ends inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly fetchAll: boolean;
}
