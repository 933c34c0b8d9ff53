import {
  type BrokerError,
  ClientOrderIdSpentError,
  ExchangeConnectionError,
  ExchangeOrderRejectedError,
  ExchangeRateLimitError,
  InsufficientMarginError,
  ManualInterventionError,
  OrderDispositionUnknownError,
  OrderSkippedError,
} from "../../../api/broker/errors.ts";
import { LineError } from "../venue/line.ts";

/** What the engine is told of a request that failed. */
export function brokerError(error: LineError, clientOrderId: string): BrokerError {
  const { kind, message, retryAfter } = error;
  const options = { cause: error };
  switch (kind) {
    case "not_sent":
      return new ExchangeConnectionError(message, options);
    case "answer_lost":
      return new OrderDispositionUnknownError(message, clientOrderId, [], options);
    case "rejected":
    case "nothing_to_reduce":
    case "not_found":
      return new ExchangeOrderRejectedError(message, kind, options);
    case "margin":
      return new InsufficientMarginError(message, kind, options);
    case "id_spent":
      return new ClientOrderIdSpentError(message, clientOrderId, options);
    case "too_small":
      return new OrderSkippedError(message, "below_min_size", options);
    case "skipped":
      return new OrderSkippedError(message, "other", options);
    case "throttled":
      return new ExchangeRateLimitError(message, retryAfter, options);
    case "unsafe":
      return new ManualInterventionError(message, options);
  }
}

/** A request, its failures in the engine's terms. @throws BrokerError */
export async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof LineError ? brokerError(error, "") : error;
  }
}
