import { defineConfig, field, type InferConfig, LiveProviderConfig, secret, v } from "pynecore/plugin";

/** Where an exchange is asked: the real one, its test network, or its demo accounts over real prices. */
export const environments = ["live", "sandbox", "demo"] as const;

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether keys and orders may travel to an address: encrypted, or not leaving this machine. */
function isSafeAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && loopback.test(url.hostname));
}

const settings = {
  api_key: field(v.pipe(v.string(), secret()), "", "Key of the API; bars of nearly every exchange need none"),
  secret: field(v.pipe(v.string(), secret()), "", "Secret of the API key"),
  password: field(v.pipe(v.string(), secret()), "", "Passphrase of the API key, where an exchange has one"),
  uid: field(v.pipe(v.string(), secret()), "", "User id, where an exchange asks for one"),
  environment: field(
    v.picklist(environments),
    "live",
    "live, sandbox (the exchange's test network) or demo (its demo accounts)",
  ),
  proxy: field(
    v.pipe(
      v.string(),
      v.check((text) => text === "" || /^https?:\/\/[^/]/.test(text), "an http:// or https:// proxy"),
      secret(),
    ),
    "",
    'HTTP proxy, "http://user:password@host:port"; live bars are polled then, not streamed',
  ),
  timeout: field(
    v.pipe(v.number(), v.minValue(0.1), v.maxValue(600)),
    15,
    "Longest time of one request, seconds",
  ),
  rate_limit: field(
    v.pipe(v.number(), v.minValue(0.001), v.maxValue(600_000)),
    null,
    "Milliseconds from request to request, times the weight that ccxt gives each; unset: ccxt's pace for the exchange",
  ),
  base_url: field(
    v.pipe(
      v.string(),
      v.check(
        (text) => text === "" || isSafeAddress(text),
        "an https:// address, or an http:// one of this machine",
      ),
    ),
    "",
    "Send every request and stream here instead, such as to a gateway of your own or a simulator",
  ),
  options: field(v.record(v.string(), v.unknown()), {}, "ccxt's own options of an exchange, verbatim"),
};

/** What a table `[bybit]` may set. */
const ExchangeConfig = defineConfig("", settings);

/** `config/plugins/ccxt.toml`. */
export const CcxtConfig = defineConfig(
  `ccxt: crypto exchanges

A table named after an exchange overrides these settings for it alone:
[bybit]
api_key = "..."`,
  { ...LiveProviderConfig.entries, ...settings },
  { tables: ExchangeConfig },
);
export type CcxtConfig = InferConfig<typeof CcxtConfig>;

/** The settings that hold for one exchange. */
export type ExchangeSettings = InferConfig<typeof ExchangeConfig>;

/**
 * The settings of an exchange: its own table over those at the top; `options` are merged. The capitals of the table's
 * name do not matter.
 */
export function settingsOf(config: CcxtConfig, exchangeId: string): ExchangeSettings {
  const { symbol_map: _map, tables, ...top } = config;
  const own = Object.entries(tables).find(([name]) => name.toLowerCase() === exchangeId)?.[1] ?? {};
  return { ...top, ...own, options: { ...top.options, ...own.options } };
}
