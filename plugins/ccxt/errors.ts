import { NotSupportedError, ProviderError, TransientProviderError } from "pynecore/plugin";

/** ccxt's errors as ours: what will not change by itself, and what may succeed later. One line each, no URLs. */

/** What an error means to somebody who only reads. */
type Meaning =
  "network" | "rate" | "maintenance" | "clock" | "auth" | "symbol" | "place" | "unsupported" | "refused";

/** Every class of ccxt by its name. */
export const meanings: Readonly<Record<string, Meaning>> = {
  BaseError: "refused",
  ExchangeError: "refused",
  AuthenticationError: "auth",
  PermissionDenied: "auth",
  AccountNotEnabled: "auth",
  AccountSuspended: "auth",
  ArgumentsRequired: "refused",
  BadRequest: "refused",
  BadSymbol: "symbol",
  OperationRejected: "refused",
  NoChange: "refused",
  MarginModeAlreadySet: "refused",
  MarketClosed: "refused",
  ManualInteractionNeeded: "refused",
  RestrictedLocation: "place",
  InsufficientFunds: "refused",
  InvalidAddress: "refused",
  AddressPending: "refused",
  InvalidOrder: "refused",
  OrderNotFound: "refused",
  OrderNotCached: "refused",
  OrderImmediatelyFillable: "refused",
  OrderNotFillable: "refused",
  DuplicateOrderId: "refused",
  ContractUnavailable: "symbol",
  NotSupported: "unsupported",
  InvalidProxySettings: "refused",
  ExchangeClosedByUser: "network",
  OperationFailed: "network",
  NetworkError: "network",
  DDoSProtection: "rate",
  RateLimitExceeded: "rate",
  ExchangeNotAvailable: "network",
  OnMaintenance: "maintenance",
  InvalidNonce: "clock",
  ChecksumError: "network",
  RequestTimeout: "network",
  BadResponse: "network",
  NullResponse: "network",
  CancelPending: "network",
  UnsubscribeError: "network",
};

/** What is known about a failure besides the error itself. */
export interface FailureContext {
  readonly exchangeId: string;
  /** Values that no message may show, such as the API key: exchanges quote what they were sent. */
  readonly secrets: readonly string[];
  /** Status and headers of the HTTP answer, where there was one. */
  readonly answer?: { readonly status: number; readonly headers: Headers } | undefined;
  /** Epoch ms, for a `Retry-After` that is a date. */
  readonly nowMs: number;
}

/** A wrong address looks like an outage to ccxt; these do not go away by waiting. */
const permanentStatuses: ReadonlySet<number> = new Set([400, 404, 405, 409, 410]);

/** Anything that a call of ccxt threw, as one of our errors; ours stay as they are. */
export function providerErrorOf(error: unknown, context: FailureContext): ProviderError {
  if (error instanceof ProviderError) return error;
  const name = error instanceof Error ? error.name : "";
  const code = codeOf(error) || codeOf((error as { cause?: unknown } | undefined)?.cause);
  const { exchangeId, answer } = context;
  const reason = reasonOf(error, context);
  const message = `${exchangeId}: ${reason}`;
  const permanent = (hint?: string): ProviderError => new ProviderError(message, { cause: error, hint });
  const transient = (hint?: string): TransientProviderError =>
    new TransientProviderError(message, { cause: error, hint, retryAfterMs: retryAfterMs(context) });
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return permanent("the server's certificate cannot be trusted: is there a proxy in between?");
  switch (Object.hasOwn(meanings, name) ? meanings[name] : undefined) {
    case "network":
      return name === "ExchangeNotAvailable" && permanentStatuses.has(answer?.status ?? 0)
        ? permanent()
        : transient(answer?.status === 403 ? "places that it does not serve get this answer too" : undefined);
    case "rate":
    case "maintenance":
      return transient();
    case "clock":
      return transient("is the clock of this machine right?");
    case "auth":
      return permanent(`api_key, secret and permissions: [${exchangeId}] in config/plugins/ccxt.toml`);
    case "symbol":
      return permanent(
        `pyne data download ccxt:${exchangeId.toUpperCase()} --list-symbols shows what there is`,
      );
    case "place":
      return permanent("the exchange does not serve your place; proxy in config/plugins/ccxt.toml");
    case "unsupported":
      return new NotSupportedError(message, { cause: error });
    case "refused":
      return permanent();
    case undefined:
      // Sockets fail with errors of their own, and code that met an answer of another shape with a TypeError.
      return code === "" && error instanceof Error
        ? new TransientProviderError(`${exchangeId} answered in a form that was not understood: ${reason}`, {
            cause: error,
          })
        : transient();
  }
}

/** The code of an error of the system or the TLS layer; empty without. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined | null)?.code;
  return typeof code === "string" ? code : "";
}

/** `Retry-After`: seconds, or a date; `undefined` without. */
function retryAfterMs({ answer, nowMs }: FailureContext): number | undefined {
  const text = answer?.headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

const longestReason = 200;

/** The reason in one line: the exchange's own words where the body is JSON, else the text without URLs and markup. */
function reasonOf(error: unknown, { exchangeId, secrets }: FailureContext): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const own = text.startsWith(`${exchangeId} `) ? text.slice(exchangeId.length + 1) : text;
  const start = own.search(/[{[]/);
  const quoted = start < 0 ? undefined : wordsOf(own.slice(start));
  const plain = own
    .replace(/\b[a-z]+:\/\/([^/\s?]+)\S*/gi, (_url, host: string) => host.replace(/^.*@/, ""))
    .replace(/<[^>]*>/g, " ");
  const hidden = secrets
    .filter((secret) => secret.length >= 4)
    .reduce((line, secret) => line.replaceAll(secret, "***"), quoted ?? plain);
  const line = hidden.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > longestReason ? `${line.slice(0, longestReason - 3)}...` : line || "no reason given";
}

const messageKeys = [
  "retMsg",
  "msg",
  "message",
  "error_message",
  "errorMessage",
  "errmsg",
  "err-msg",
  "error",
  "detail",
];
const codeKeys = ["retCode", "code", "err-code", "error_code", "errorCode"];

/** Message and code of an error body; `undefined` when it is no JSON or says nothing. */
function wordsOf(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const message = firstOf(parsed, messageKeys);
  const code = firstOf(parsed, codeKeys);
  if (message === undefined) return code === undefined ? undefined : `error ${code}`;
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

/** The first of some keys that holds a text or number, in the body or one level deeper (`{"error": {...}}`). */
function firstOf(body: unknown, keys: readonly string[]): string | undefined {
  const outer = Array.isArray(body) ? (body[0] as unknown) : body;
  if (typeof outer !== "object" || outer === null) return undefined;
  const levels = [
    outer,
    ...Object.values(outer).filter((inner) => typeof inner === "object" && inner !== null),
  ];
  for (const level of levels as Readonly<Record<string, unknown>>[]) {
    for (const key of keys) {
      const found = Array.isArray(level[key]) ? (level[key][0] as unknown) : level[key];
      if ((typeof found === "string" && found !== "") || typeof found === "number") return String(found);
    }
  }
  return undefined;
}
