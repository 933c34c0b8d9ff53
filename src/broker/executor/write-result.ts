import {
  type BrokerError,
  type BracketAttachAfterFillRejectedError,
  type ExchangeRateLimitError,
  type OrderDispositionUnknownError,
  type OrderSkippedError,
  skipReasons,
} from "../../api/broker/errors.ts";
import { messageOf } from "../../kernel/errors.ts";
import { secrets } from "../../kernel/secrets.ts";
import type { ReadResult, WriteResult } from "../engine/facts.ts";
import { readBracketReject } from "./venue-values.ts";

/** What the engine makes of an error that a plugin has thrown. */

/** Seconds to wait when a throttling venue does not say how long. */
const defaultRetrySeconds = 5;
/** A venue that wants more is asked again all the same. */
const longestRetrySeconds = 3_600;

/**
 * The error as one of the contract's, by its code: a plugin may have been built against another copy of the classes.
 * What is none of them is shown to the plugin once more.
 *
 * @returns `null`: neither knows it
 */
function contractError(
  error: unknown,
  mapException: (error: unknown) => BrokerError | null,
): BrokerError | null {
  if (codeOf(error).startsWith("BROKER_")) return error as BrokerError;
  try {
    const mapped = mapException(error);
    return mapped !== null && codeOf(mapped).startsWith("BROKER_") ? mapped : null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  try {
    const code = (error as { readonly code?: unknown } | null | undefined)?.code;
    return typeof code === "string" ? code : "";
  } catch {
    // A getter of its own that throws.
    return "";
  }
}

/** A write that has failed. What nobody knows may have reached the venue. */
export function failedWrite(
  error: unknown,
  mapException: (error: unknown) => BrokerError | null,
): WriteResult {
  const known = contractError(error, mapException);
  const message = messageOf(known ?? error);
  switch (codeOf(known)) {
    case "BROKER_CONNECTION":
      return { kind: "not_sent", message };
    case "BROKER_RATE_LIMIT":
      return { kind: "rate_limited", retryAfterMs: retryAfterMs(known as ExchangeRateLimitError) };
    case "BROKER_REJECTED":
    case "BROKER_CAPABILITY":
      return { kind: "rejected", message, isMargin: false };
    case "BROKER_INSUFFICIENT_MARGIN":
      return { kind: "rejected", message, isMargin: true };
    case "BROKER_ID_SPENT":
      return { kind: "id_spent", message };
    case "BROKER_SKIPPED":
      return { kind: "skipped", reason: skipReason(known as OrderSkippedError), message };
    case "BROKER_BRACKET_REJECTED": {
      const context = readBracketReject((known as BracketAttachAfterFillRejectedError).context);
      return context !== undefined
        ? { kind: "bracket_refused", context: secrets.cleanValue(context) }
        : { kind: "unsafe", message: `${message}; the plugin does not say which position is naked` };
    }
    case "BROKER_DISPOSITION_UNKNOWN": {
      const { predecessorCancelIds } = known as OrderDispositionUnknownError;
      const ids: readonly unknown[] = Array.isArray(predecessorCancelIds) ? predecessorCancelIds : [];
      const predecessors = { predecessors: ids.filter((id) => typeof id === "string") };
      return { kind: "unknown", message, ...predecessors };
    }
    case "BROKER_AUTHENTICATION":
    case "BROKER_MANUAL_INTERVENTION":
    case "BROKER_UNEXPECTED_CANCEL":
    case "BROKER_INVENTORY_CONFLICT":
    case "BROKER_SYNC":
      return { kind: "unsafe", message };
    default:
      return { kind: "unknown", message };
  }
}

/** A read that has failed: it is asked for again. */
export function failedRead(error: unknown, mapException: (error: unknown) => BrokerError | null): ReadResult {
  const known = contractError(error, mapException);
  const message = messageOf(known ?? error);
  if (codeOf(known) !== "BROKER_RATE_LIMIT") return { kind: "failed", message };
  return { kind: "failed", message, retryAfterMs: retryAfterMs(known as ExchangeRateLimitError) };
}

/** Whether an error says that going on would be unsafe. */
export function isUnsafe(error: unknown): boolean {
  return failedWrite(error, () => null).kind === "unsafe";
}

function retryAfterMs({ retryAfter }: ExchangeRateLimitError): number {
  const seconds = retryAfter > 0 ? retryAfter : defaultRetrySeconds;
  return Math.min(seconds, longestRetrySeconds) * 1000;
}

function skipReason({ reason }: OrderSkippedError): OrderSkippedError["reason"] {
  return skipReasons.includes(reason) ? reason : "other";
}
