import type { BrokerListEntry, ProviderPlugin } from "../../api/plugins/provider.ts";
import { type AnyPluginClass, staticOf } from "../../host/plugin-class.ts";
import { browse } from "./browse.ts";
import { BrokerChoice, symbolsOf } from "./choose.ts";
import type { Screens } from "./screens.ts";

/** A provider whose symbol is to be found by browsing. */
export interface BrowsedProvider {
  readonly name: string;
  readonly pluginClass: AnyPluginClass;
  /** The broker named on the command line; `undefined`: the person picks one, where there are several. */
  readonly broker: string | undefined;
  /** A fresh instance; its symbol is as a provider string has it, or a broker alone. */
  readonly instance: (symbol: string | null) => Promise<ProviderPlugin<object>>;
}

/** Whether the provider stands for several brokers. */
export function isMultiBroker(pluginClass: AnyPluginClass): boolean {
  return staticOf(pluginClass, "multiBroker") === true;
}

/** The brokers of a multi-broker provider. */
export function brokersOf(pluginClass: AnyPluginClass): Promise<BrokerListEntry[]> {
  return (staticOf(pluginClass, "getListOfBrokers") as () => Promise<BrokerListEntry[]>).call(pluginClass);
}

/** Lets the person pick a broker by its id. */
export async function chooseBroker(
  screens: Screens,
  name: string,
  pluginClass: AnyPluginClass,
): Promise<string | undefined> {
  const brokers = await screens.wait(`Loading the brokers of ${name} …`, () => brokersOf(pluginClass));
  if (brokers === undefined) return undefined;
  const chosen = await new BrokerChoice(screens, name, brokers.value, (id) => Promise.resolve(id)).next();
  return chosen?.broker;
}

/**
 * Lets the person find a symbol: broker first where there are several, then the browser. Esc in the browser leads
 * back to the brokers.
 *
 * @returns the symbol as the provider is made with (`BYBIT:BTC/USDT`), or `undefined` when the person left
 */
export async function chooseInstrument(
  screens: Screens,
  provider: BrowsedProvider,
): Promise<string | undefined> {
  const { name, broker, instance } = provider;
  const symbols = async (of: string | undefined, signal: AbortSignal): Promise<readonly string[]> =>
    symbolsOf(await instance(of ?? null), signal);
  const browseSymbols = async (of: string | undefined, list: readonly string[]) => {
    const folded = (symbol: string): string => (of === undefined ? symbol : `${of}:${symbol}`);
    const ended = await browse(screens, {
      title: of === undefined ? name : `${name}:${of}`,
      symbols: list,
      instance: (symbol) => instance(folded(symbol)),
    });
    return ended.type === "symbol" ? { type: "symbol" as const, symbol: folded(ended.symbol) } : ended;
  };
  if (broker !== undefined || !isMultiBroker(provider.pluginClass)) {
    const list = await screens.wait(`Loading the symbols of ${broker ?? name} …`, (signal) =>
      symbols(broker, signal),
    );
    if (list === undefined) return undefined;
    const ended = await browseSymbols(broker, list.value);
    return ended.type === "symbol" ? ended.symbol : undefined;
  }
  const brokers = await screens.wait(`Loading the brokers of ${name} …`, () =>
    brokersOf(provider.pluginClass),
  );
  if (brokers === undefined) return undefined;
  const choice = new BrokerChoice(screens, name, brokers.value, symbols);
  for (;;) {
    const chosen = await choice.next();
    if (chosen === undefined) return undefined;
    const ended = await browseSymbols(chosen.broker, chosen.opened);
    if (ended.type === "symbol") return ended.symbol;
    if (ended.type !== "back") return undefined;
  }
}
