import type { BrokerListEntry } from "../../../api/plugins/provider.ts";
import { isProviderString, parseProviderString, symbolFor } from "../../../data/provider-string.ts";
import { staticOf } from "../../../host/plugin-class.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { canonicalTimeframe } from "../../../kernel/timeframe.ts";
import { defineBuiltin } from "../../command.ts";

export default defineBuiltin({
  summary: "Ask a provider for its brokers and symbols",
  description:
    "PROVIDER is the name of a provider plugin, or provider[:broker]:symbol[@timeframe]. This version lists brokers and symbols and shows symbol information; it does not store bars yet.",
  examples: [
    "pyne data download foo --list-symbols",
    "pyne data download foo --list-brokers",
    "pyne data download foo:BTCUSDT@60 --symbol-info",
  ],
  args: {
    provider: { type: "positional", required: false, valueHint: "PROVIDER", description: "Whom to ask" },
    symbol: {
      type: "string",
      alias: "s",
      valueHint: "SYMBOL",
      description: "Symbol, when PROVIDER names none",
    },
    timeframe: {
      type: "string",
      alias: "T",
      default: "1D",
      valueHint: "TF",
      parse: canonicalTimeframe,
      description: "Timeframe; one in PROVIDER wins",
    },
    listSymbols: { type: "boolean", alias: "l", description: "Print the symbols on offer, one per line" },
    listBrokers: { type: "boolean", alias: "b", description: "Print the brokers of a multi-broker provider" },
    symbolInfo: { type: "boolean", alias: "i", description: "Print what is known about the symbol, as JSON" },
  },
  async run(call, values) {
    const { app } = call;
    const target = targetOf(values.provider, values.symbol, values.timeframe);
    await app.requireWorkdir();
    await app.preparePlugins();
    const host = app.host();
    const pluginClass = await host.providerClass(target.provider);
    if (values.listBrokers === true) {
      const list = (staticOf(pluginClass, "getListOfBrokers") as () => Promise<BrokerListEntry[]>).bind(
        pluginClass,
      );
      return printBrokers(await list(), (line) => app.out.print(line));
    }
    const multiBroker = staticOf(pluginClass, "multiBroker") === true;
    const provider = await host.provider(target.provider, {
      symbol:
        values.listSymbols === true && multiBroker
          ? target.rest || null
          : symbolFor(target.rest, multiBroker),
      timeframe: target.timeframe,
      pluginParams: Object.fromEntries(
        call.injected
          .filter((option) => option.plugin === host.candidate(target.provider).name)
          .map((option) => [option.key, call.values[option.key]]),
      ),
    });
    if (values.listSymbols === true) {
      for (const symbol of await provider.getAvailableSymbols(app.signal)) app.out.print(symbol);
      return;
    }
    if (provider.symbol === null) {
      throw new UsageError(`"${values.provider}" names no symbol`, {
        hint: `pyne data download ${target.provider} --list-symbols shows what there is`,
      });
    }
    if (values.symbolInfo === true) return app.out.json(await provider.getSymbolInfo(app.signal));
    throw new RuntimeFailure("this version does not store downloaded bars yet", {
      hint: "import a file instead: pyne data convert-from FILE",
    });
  },
});

function targetOf(
  argument: string | undefined,
  symbol: string | undefined,
  timeframe: string,
): { provider: string; rest: string; timeframe: string } {
  if (argument === undefined) {
    throw new UsageError("PROVIDER is missing", {
      hint: "pyne plugin list --type provider shows the providers",
    });
  }
  if (!isProviderString(argument)) return { provider: argument, rest: symbol ?? "", timeframe };
  const parsed = parseProviderString(argument);
  if (symbol !== undefined) {
    throw new UsageError(`the symbol is given twice: in "${argument}" and as --symbol ${symbol}`);
  }
  return { provider: parsed.provider, rest: parsed.rest, timeframe: parsed.timeframe ?? timeframe };
}

/** `id  name`, aligned and sorted. */
function printBrokers(brokers: readonly BrokerListEntry[], print: (line: string) => void): void {
  const width = Math.max(0, ...brokers.map((broker) => broker.id.length));
  for (const { id, name } of brokers.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    print(name === undefined ? id : `${id.padEnd(width)}  ${name}`);
  }
}
