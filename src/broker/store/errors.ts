import { PyneError, type PyneErrorOptions, RuntimeFailure, TryAgainLaterError } from "../../kernel/errors.ts";

/** The file is locked by other processes for longer than anybody waits. Nothing was written. Exit code 75. */
export class StoreBusyError extends TryAgainLaterError {
  override readonly code = "BROKER_STORE_BUSY";
}

/** The file is no store, is damaged, cannot be opened or cannot be written. Exit code 1. */
export class StoreUnusableError extends PyneError {
  override readonly code = "BROKER_STORE_UNUSABLE";
}

/** The file was written by a newer pyne. Exit code 1. */
export class StoreVersionError extends PyneError {
  override readonly code = "BROKER_STORE_VERSION";
}

/** The same run is live in another process. Exit code 75: it may end. */
export class RunIsLiveError extends TryAgainLaterError {
  override readonly code = "BROKER_RUN_IS_LIVE";

  constructor(
    message: string,
    readonly runId: string,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another live run trades the coin of a spot account, or pays with it. Exit code 75: it may end. */
export class AssetTakenError extends TryAgainLaterError {
  override readonly code = "BROKER_ASSET_TAKEN";
}

/** The books of this run were closed, by itself or by a later process that took over: it may not trade any more. */
export class RunEndedError extends RuntimeFailure {
  override readonly code = "BROKER_RUN_ENDED";
}

/** An execution that is booked already was to be booked again. Nothing was written. */
export class DuplicateFillError extends RuntimeFailure {
  override readonly code = "BROKER_DUPLICATE_FILL";

  constructor(
    message: string,
    readonly fillId: string,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** A part of a transaction failed, and somebody went on as if it had not: everything was rolled back. */
export class BrokenTransactionError extends RuntimeFailure {
  override readonly code = "BROKER_TRANSACTION_BROKEN";
}

/** The code of what the system or SQLite says. */
export const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? "");

/** Another connection has the lock. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
