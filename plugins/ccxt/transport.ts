import { AsyncLocalStorage } from "node:async_hooks";

import { NotSupportedError } from "pynecore/plugin";

import type { Exchange } from "./client.ts";
import type { ExchangeSettings } from "./config.ts";

/**
 * How an exchange's requests travel. ccxt takes no `AbortSignal`, lets a body come for ever once the headers are
 * there, and takes text that is no JSON for an answer without content; all three are put right here.
 */

/** The signal of the call that a request belongs to. */
const callSignal = new AsyncLocalStorage<AbortSignal | undefined>();

/** HTTP answers that became errors, by the error. */
const answers = new WeakMap<object, { readonly status: number; readonly headers: Headers }>();

/** Runs `action`; requests that it makes end when the signal is aborted. */
export function withSignal<Result>(
  signal: AbortSignal | undefined,
  action: () => Promise<Result>,
): Promise<Result> {
  return callSignal.run(signal, action);
}

/** Status and headers of the answer that an error came from. */
export function answerOf(error: unknown): { readonly status: number; readonly headers: Headers } | undefined {
  return typeof error === "object" && error !== null ? answers.get(error) : undefined;
}

/** The same address below another base: scheme, host and path of the base, then path and query of the address. */
export function rebased(url: string, base: string): string {
  if (base === "") return url;
  const [, scheme = "", rest = ""] = /^([a-z]+):\/\/[^/?#]*(.*)$/is.exec(url) ?? [];
  const target = base.replace(/\/+$/, "");
  // http and https are ws and wss where the address is a stream's.
  return `${scheme.startsWith("ws") ? target.replace(/^http/, "ws") : target}${rest}`;
}

/** Makes an exchange's requests and streams go as the settings say. */
export function connectTransport(exchange: Exchange, settings: ExchangeSettings): void {
  const { base_url: base, proxy } = settings;
  exchange.fetchImplementation = async (url, init) => {
    // Test networks of some exchanges have streams and nothing else.
    if (!/^https?:/.test(url)) throw noEnvironment(exchange.id, settings);
    const call = callSignal.getStore();
    const signal = call === undefined ? init.signal : AbortSignal.any([call, init.signal as AbortSignal]);
    const address = rebased(url, base);
    try {
      const options = { ...init, signal: signal ?? null, ...(proxy === "" ? {} : { proxy }) };
      const response = await fetch(address, options);
      // Read here, so that ccxt's timeout covers the body.
      const body = await response.arrayBuffer();
      const { status, statusText, headers } = response;
      return new Response(status === 204 || status === 304 ? null : body, { status, statusText, headers });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new UnreachableError(new URL(address).host, error);
    }
  };
  exchange.fetchIsNative = true;
  // It would look for packages beside the executable and in the current folder, and run them.
  exchange.proxiesModulesLoading = Promise.resolve();
  exchange.log = () => {};

  const handleRestResponse = exchange.handleRestResponse.bind(exchange);
  exchange.handleRestResponse = async (response, ...rest) => {
    try {
      return await handleRestResponse(response, ...rest);
    } catch (error) {
      if (typeof error === "object" && error !== null) answers.set(error, response);
      throw error;
    }
  };
  const handleErrors = exchange.handleErrors.bind(exchange);
  exchange.handleErrors = (status, reason, url, method, headers, body, parsed, ...rest) => {
    if (status >= 200 && status < 300 && status !== 204 && parsed === undefined) throw new NoJsonError(body);
    return handleErrors(status, reason, url, method, headers, body, parsed, ...rest);
  };
  if (base === "") return;
  const client = exchange.client.bind(exchange);
  exchange.client = (url) => {
    const socket = client(url);
    // Handlers look into the address they know; only the connection goes elsewhere.
    socket.createConnection = function createConnection() {
      socket.url = rebased(url, base);
      try {
        Object.getPrototypeOf(socket).createConnection.call(socket);
      } finally {
        socket.url = url;
      }
    };
    return socket;
  };
}

/** No answer, or half of one. ccxt would say no more than that fetching failed, and name another host than was asked. */
class UnreachableError extends Error {
  constructor(host: string, cause: unknown) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    super(`no answer from ${host}: ${String(code ?? message)}`, { cause });
    // ccxt's own class for it.
    this.name = "NetworkError";
  }
}

/** The error for a test network or demo accounts that ccxt has no addresses for. */
export function noEnvironment(exchangeId: string, { environment }: ExchangeSettings): NotSupportedError {
  return new NotSupportedError(`${exchangeId} has no ${environment} environment that ccxt can use`, {
    hint: "environment in config/plugins/ccxt.toml",
  });
}

/** An answer that is no JSON although it succeeded: cut off, or from something that stands in between. */
class NoJsonError extends Error {
  constructor(body: string) {
    super(
      body.trim() === "" ? "the answer was empty" : `the answer was no complete JSON: ${body.slice(0, 80)}`,
    );
    // ccxt's own class for it.
    this.name = "BadResponse";
  }
}
