import { type Clock, ProviderError, redacted, TransientProviderError } from "pynecore/plugin";

import type { Address } from "./template.ts";

/** How a server is asked. */
export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
  readonly clock: Clock;
}

const configFile = "config/plugins/http-csv.toml";

/**
 * The text that a server answers with; empty for an answer without content.
 *
 * @throws TransientProviderError where the same request may succeed later: the connection failed or was too slow, the
 *   server is overloaded (with its `Retry-After`), broken, or the answer was cut off
 * @throws ProviderError for everything that stays as it is: refused, not found, redirected, too large
 */
export async function fetchText(
  address: Address,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<string> {
  const timer = new AbortController();
  const late = new AbortController();
  void options.clock.sleep(options.timeoutSeconds * 1000, timer.signal).then(
    () => late.abort(),
    () => {},
  );
  try {
    const response = await fetch(address.href, {
      headers: { Accept: "text/csv, application/json;q=0.9, text/plain;q=0.8", ...options.headers },
      signal: AbortSignal.any([signal, late.signal]),
      // Headers hold keys: where they go is decided in the configuration, not by the server.
      redirect: "manual",
    });
    if (!response.ok) throw await refusal(response, address, options);
    return await limitedText(response, address, options.maxBytes);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (late.signal.aborted) {
      throw new TransientProviderError(`${address.shown} did not answer within ${options.timeoutSeconds} s`, {
        hint: `timeout in ${configFile} allows more`,
      });
    }
    if (error instanceof ProviderError) throw error;
    throw connectionFailure(error, address);
  } finally {
    timer.abort();
  }
}

/** The body as text, given up when it is larger than allowed. */
async function limitedText(response: Response, address: Address, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new ProviderError(`the answer of ${address.shown} is larger than ${maxBytes / 1e6} MB`, {
        hint: `ask for less at a time (page_size), or allow more (max_body_mb) in ${configFile}`,
      });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function refusal(
  response: Response,
  address: Address,
  options: RequestOptions,
): Promise<ProviderError> {
  const { status } = response;
  const said = await firstLine(response);
  const message = `${address.shown} answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new TransientProviderError(message, {
      retryAfterMs: retryAfter(response.headers.get("retry-after"), options.clock.nowMs()),
    });
  }
  if ([301, 302, 303, 307, 308].includes(status)) {
    return new ProviderError(`${address.shown} redirects to another address`, {
      hint: `put the final address into ${configFile}; redirects are not followed, as headers may hold keys`,
    });
  }
  const hints: Readonly<Record<number, string>> = {
    401: `check api_key and headers in ${configFile}`,
    403: `check api_key and headers in ${configFile}`,
    404: `the symbol may not exist there, or the address in ${configFile} is wrong`,
  };
  return new ProviderError(message, {
    hint: hints[status] ?? `the server does not take this request; check the address in ${configFile}`,
  });
}

/** What a server says about its refusal, shortened to a line. */
async function firstLine(response: Response): Promise<string> {
  let text = "";
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > 1000) break;
    }
  } catch {
    // The status says enough.
  }
  if (/^\s*</.test(text)) return "";
  // First clean, then cut: half a secret is none that can be found.
  return redacted(text).trim().split(/\r?\n/, 1)[0]?.slice(0, 120) ?? "";
}

/** Seconds or a date, as milliseconds from now. */
export function retryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** The error of a connection. The original is not kept: it holds the address with everything in it. */
function connectionFailure(error: unknown, address: Address): ProviderError {
  const { code, message = "" } = error as { code?: unknown; message?: string };
  const reason = redacted(message)
    .replace(/^[A-Z_]+: /, "")
    .replace(/ For more information.*$/, "");
  const text = `${address.shown} could not be asked: ${reason || String(code)}`;
  // A certificate does not get better by itself.
  if (/CERT|SSL|TLS|SIGNED|VERIFY/.test(String(code))) return new ProviderError(text);
  return new TransientProviderError(text);
}
