import type { BrokerListEntry, ProviderPlugin } from "../../../api/plugins/provider.ts";
import { isProviderString, parseProviderString, symbolFor } from "../../../data/provider-string.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { canonicalTimeframe } from "../../../kernel/timeframe.ts";
import { defineBuiltin } from "../../command.ts";
import { brokerRows, chooseProvider } from "../../tui/choose.ts";
import { brokersOf, chooseBroker, chooseInstrument, isMultiBroker } from "../../tui/instrument.ts";
import { canShowScreens, Screens } from "../../tui/screens.ts";

export default defineBuiltin({
  summary: "Ask a provider for its brokers and symbols",
  description:
    "PROVIDER is the name of a provider plugin, or provider[:broker]:symbol[@timeframe]. On a terminal, what it leaves open is picked from lists. This version lists brokers and symbols and shows symbol information; it does not store bars yet.",
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
    const interactive = canShowScreens(app);
    if (values.provider === undefined && !interactive) throw missingProvider();
    await app.requireWorkdir();
    await app.preparePlugins();
    const host = app.host();
    using screens = new Screens(app);
    const chosen = values.provider ?? (await chooseProvider(screens, host));
    if (chosen === undefined) return;
    const target = targetOf(chosen, values.symbol, values.timeframe);
    const pluginClass = await host.providerClass(target.provider);
    if (values.listBrokers === true) {
      screens.close();
      return printBrokers(await brokersOf(pluginClass), (line) => app.out.print(line));
    }
    const multiBroker = isMultiBroker(pluginClass);
    const instance = (symbol: string | null): Promise<ProviderPlugin<object>> =>
      host.provider(target.provider, {
        symbol,
        timeframe: target.timeframe,
        pluginParams: Object.fromEntries(
          call.injected
            .filter((option) => option.plugin === host.candidate(target.provider).name)
            .map((option) => [option.key, call.values[option.key]]),
        ),
      });
    if (values.listSymbols === true) {
      const broker =
        multiBroker && target.rest === "" && interactive
          ? await chooseBroker(screens, target.provider, pluginClass)
          : target.rest;
      if (broker === undefined) return;
      screens.close();
      const provider = await instance(broker || null);
      for (const symbol of await provider.getAvailableSymbols(app.signal)) app.out.print(symbol);
      return;
    }
    let provider = await instance(symbolFor(target.rest, multiBroker));
    if (provider.symbol === null && interactive) {
      const symbol = await chooseInstrument(screens, {
        name: target.provider,
        pluginClass,
        broker: target.rest === "" ? undefined : target.rest,
        instance,
      });
      screens.close();
      if (symbol === undefined) return;
      provider = await instance(symbol);
    }
    if (provider.symbol === null) {
      throw new RuntimeFailure(`"${chosen}" names no symbol`, {
        hint: `pyne data download ${target.provider} --list-symbols shows what there is`,
      });
    }
    if (values.symbolInfo === true) return app.out.json(await provider.getSymbolInfo(app.signal));
    throw new RuntimeFailure("this version does not store downloaded bars yet", {
      hint: "import a file instead: pyne data convert-from FILE",
    });
  },
});

function missingProvider(): UsageError {
  return new UsageError("PROVIDER is missing", {
    hint: "pyne plugin list --type provider shows the providers",
  });
}

function targetOf(
  argument: string,
  symbol: string | undefined,
  timeframe: string,
): { provider: string; rest: string; timeframe: string } {
  if (!isProviderString(argument)) return { provider: argument, rest: symbol ?? "", timeframe };
  const parsed = parseProviderString(argument);
  if (symbol !== undefined) {
    throw new UsageError(`the symbol is given twice: in "${argument}" and as --symbol ${symbol}`);
  }
  return { provider: parsed.provider, rest: parsed.rest, timeframe: parsed.timeframe ?? timeframe };
}

/** `id  name`, aligned and sorted. */
function printBrokers(brokers: readonly BrokerListEntry[], print: (line: string) => void): void {
  const rows = brokerRows(brokers);
  const width = Math.max(0, ...rows.map((broker) => broker.id.length));
  for (const { id, name } of rows) {
    print(name === undefined ? id : `${id.padEnd(width)}  ${name}`);
  }
}
