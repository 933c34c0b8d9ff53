import { changeMapping, parseMappedSymbol, symbolMapEntries } from "../../../config/symbol-map.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { tableLines } from "../../table.ts";

export default defineBuiltin({
  summary: "Say what a provider calls a TradingView symbol",
  description:
    "Adds or replaces one line of config/symbol_map.toml; without arguments it shows them all. A symbol may end in a timeframe (BINANCE:BTCUSDT:60), which then beats the bare one.",
  examples: [
    "pyne data map",
    "pyne data map BINANCE:BTCUSDT ccxt:BINANCE:BTC/USDT",
    "pyne data map --remove BINANCE:BTCUSDT",
  ],
  args: {
    symbol: {
      type: "positional",
      required: false,
      valueHint: "TV_SYMBOL",
      description: "The symbol as scripts write it: PREFIX:TICKER[:TF]",
    },
    target: {
      type: "positional",
      required: false,
      valueHint: "PROVIDER_SYMBOL",
      description: "provider:symbol, the symbol as the provider writes it",
    },
    remove: { type: "boolean", alias: "r", description: "Remove the mapping of TV_SYMBOL" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { symbol, target, remove, json }) {
    const { symbolMapToml: path } = await app.requireWorkdir();
    if (symbol === undefined) {
      if (remove === true) throw new UsageError("TV_SYMBOL is missing: which mapping is to go?");
      const entries = symbolMapEntries(path);
      if (json === true) return app.out.json({ file: path, symbols: Object.fromEntries(entries) });
      if (entries.size === 0) app.out.note(`no symbols are mapped in ${path}`);
      for (const line of tableLines([...entries].map(([key, value]) => [key, described(value)])))
        app.out.print(line);
      return;
    }
    const key = symbol.trim();
    if (remove === true) {
      if (target !== undefined) throw new UsageError(`unexpected argument "${target}" with --remove`);
      if (!changeMapping(path, app.home.configLock, key, undefined)) {
        throw new RuntimeFailure(`"${key}" is not mapped in ${path}`, {
          hint: "pyne data map shows what is",
        });
      }
      if (json === true) return app.out.json({ file: path, removed: key });
      return app.out.note(`${key} is no longer mapped`);
    }
    if (target === undefined) {
      throw new UsageError("PROVIDER_SYMBOL is missing: what does a provider call it?", {
        hint: `pyne data map ${key} ccxt:BINANCE:BTC/USDT`,
      });
    }
    if (!/^[^\s:]+(:[^\s:]+){0,2}$/.test(key)) {
      throw new UsageError(`"${symbol}" is not a TradingView symbol`, {
        hint: "PREFIX:TICKER or PREFIX:TICKER:TF",
      });
    }
    const mapped = parseMappedSymbol(target);
    if (mapped === undefined) {
      throw new UsageError(`"${target}" does not name a provider and a symbol`, {
        hint: "provider:symbol, for example ccxt:BINANCE:BTC/USDT",
      });
    }
    const value = `${mapped.provider}:${mapped.symbol}`;
    const replaced = changeMapping(path, app.home.configLock, key, value);
    if (json === true) return app.out.json({ file: path, symbol: key, target: value, replaced });
    app.out.print(`${key} is ${value}`);
    if (!app.host().catalog.some(({ name }) => name === mapped.provider)) {
      app.out.warn(`no plugin called "${mapped.provider}" is installed (pyne plugin list)`);
    }
  },
});

function described(value: unknown): string {
  return parseMappedSymbol(value) === undefined
    ? `${JSON.stringify(value)}  (no provider:symbol: it is ignored)`
    : String(value);
}
