import { isRetryableProviderError } from "../../api/plugins/errors.ts";
import { DataError, type ExitCode, messageOf, PyneError } from "../../kernel/errors.ts";
import type { FetchResult } from "./types.ts";

/**
 * A download that ended before its window did. Bars that were accepted before are in the file: `result` says which.
 * Code and exit code are the cause's; 75 for everything that may go away by itself.
 */
export class DownloadError extends PyneError {
  override readonly code: string;
  override readonly exitCode: ExitCode;
  readonly result: FetchResult;

  constructor(cause: unknown, result: FetchResult) {
    const known = cause as Partial<PyneError>;
    super(messageOf(cause), { cause, hint: typeof known.hint === "string" ? known.hint : undefined });
    this.code = typeof known.code === "string" ? known.code : "FAILED";
    this.exitCode = isRetryableProviderError(cause)
      ? 75
      : typeof known.exitCode === "number"
        ? known.exitCode
        : 1;
    this.result = result;
  }
}

/** A file was to be replaced, and there is nothing to replace it with. */
export class EmptyWindowError extends DataError {}

/** Somebody decided that a conflict ends the download. */
export class DownloadConflictError extends PyneError {
  override readonly code = "DOWNLOAD_CONFLICT";
}
