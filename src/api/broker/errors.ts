import { type ExitCode, PyneError, type PyneErrorOptions } from "../../kernel/errors.ts";
import { retryableMark } from "../plugins/errors.ts";
import type { BracketAttachRejectContext } from "./brackets.ts";

/**
 * The only errors an order method may throw. The class decides what the engine does next, so every failure of a
 * transport must become one of them: an error it does not know ends the process.
 */
export abstract class BrokerError extends PyneError {
  /** Whether the engine will try again by itself. */
  readonly retryable: boolean = false;

  /** While connecting, and on the feed, it counts as an error of the provider. */
  get [retryableMark](): boolean {
    return this.retryable;
  }
}

/** Bad credentials. The start is aborted. */
export class AuthenticationError extends BrokerError {
  override readonly code = "BROKER_AUTHENTICATION";
  override readonly exitCode: ExitCode = 2;
}

/** The venue cannot do what the script needs. The start is aborted. */
export class ExchangeCapabilityError extends BrokerError {
  override readonly code = "BROKER_CAPABILITY";
}

/** The connection dropped before the request was sent: nothing happened at the venue. */
export class ExchangeConnectionError extends BrokerError {
  override readonly code = "BROKER_CONNECTION";
  override readonly exitCode: ExitCode = 75;
  override readonly retryable = true;
}

/** The venue throttles. */
export class ExchangeRateLimitError extends BrokerError {
  override readonly code = "BROKER_RATE_LIMIT";
  override readonly exitCode: ExitCode = 75;
  override readonly retryable = true;

  constructor(
    message: string,
    /** Seconds to wait. */
    readonly retryAfter: number,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** The request went out and no answer came: the order may or may not exist. It is verified, never blindly resent. */
export class OrderDispositionUnknownError extends BrokerError {
  override readonly code = "BROKER_DISPOSITION_UNKNOWN";

  constructor(
    message: string,
    readonly clientOrderId: string,
    /** Orders whose cancel was part of the same write. */
    readonly predecessorCancelIds: readonly string[] = [],
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** A definite no of the venue. */
export class ExchangeOrderRejectedError extends BrokerError {
  override readonly code: string = "BROKER_REJECTED";

  constructor(
    message: string,
    /** The venue's own code. */
    readonly venueCode?: string,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** A definite no for want of money. */
export class InsufficientMarginError extends ExchangeOrderRejectedError {
  override readonly code = "BROKER_INSUFFICIENT_MARGIN";
}

/** The id was used by an order that is dead: the engine takes the next one at once. */
export class ClientOrderIdSpentError extends BrokerError {
  override readonly code = "BROKER_ID_SPENT";
  override readonly retryable = true;

  constructor(
    message: string,
    readonly clientOrderId: string,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** The entry filled and its protection was refused: the position is naked and is closed. */
export class BracketAttachAfterFillRejectedError extends BrokerError {
  override readonly code = "BROKER_BRACKET_REJECTED";

  constructor(
    message: string,
    readonly context: BracketAttachRejectContext,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** Why a plugin did not send an order. */
export const skipReasons = ["below_min_size", "above_max_size", "other"] as const;
export type SkipReason = (typeof skipReasons)[number];

/** The plugin declined before sending anything. */
export class OrderSkippedError extends BrokerError {
  override readonly code = "BROKER_SKIPPED";

  constructor(
    message: string,
    readonly reason: SkipReason,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** Going on would be unsafe. The engine halts; somebody has to look. */
export class ManualInterventionError extends BrokerError {
  override readonly code: string = "BROKER_MANUAL_INTERVENTION";
}

/** An order of the bot was cancelled by somebody else, and the policy says to halt. */
export class UnexpectedCancelError extends ManualInterventionError {
  override readonly code = "BROKER_UNEXPECTED_CANCEL";

  constructor(
    message: string,
    readonly clientOrderId: string,
    options?: PyneErrorOptions,
  ) {
    super(message, options);
  }
}

/** The spot inventory contradicts the books, and the policy says to halt. */
export class SpotInventoryConflictError extends ManualInterventionError {
  override readonly code = "BROKER_INVENTORY_CONFLICT";
}

/** The books and the venue could not be brought together. */
export class OrderSyncError extends BrokerError {
  override readonly code = "BROKER_SYNC";
}
