import type { BrokerListEntry, ProviderPlugin } from "../../api/plugins/provider.ts";
import { type AnyPluginClass, staticOf } from "../../host/plugin-class.ts";
import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors.ts";
import { type Downloads, browserEffects } from "./browser-effects.ts";
import { type Browsed, browserOf } from "./browser.ts";
import { browserScreen } from "./browser-screen.ts";
import { BrokerChoice, symbolsOf } from "./choose.ts";
import type { Interrupted } from "./run-screen.ts";
import type { Screens } from "./screens.ts";
import type { WizardPresets } from "./wizard-state.ts";

/** A provider whose symbols are browsed. Symbols here are as a provider string has them, their broker folded in. */
export interface BrowsedProvider {
  readonly name: string;
  readonly pluginClass: AnyPluginClass;
  /** The broker named on the command line; `undefined`: the person picks one, where there are several. */
  readonly broker: string | undefined;
  /** A fresh instance; a broker alone for its list of symbols. */
  readonly instance: (symbol: string | null) => Promise<ProviderPlugin<object>>;
  /** What the wizard's fields begin with. */
  readonly presets: WizardPresets;
  /** `undefined`: Enter picks a symbol instead of opening the wizard. */
  readonly downloads: Downloads | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
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
 * The symbols of a provider, broker first where there are several; Esc in the browser leads back to the brokers.
 *
 * @returns the symbol as the provider is made with it (`BYBIT:BTC/USDT`) where the browser only picks; `undefined` when
 *   the person left
 */
export async function browseProvider(
  screens: Screens,
  provider: BrowsedProvider,
): Promise<string | undefined> {
  const { name, broker, pluginClass, instance } = provider;
  const symbols = async (of: string | undefined, signal: AbortSignal): Promise<readonly string[]> =>
    symbolsOf(await instance(of ?? null), signal);
  if (broker !== undefined || !isMultiBroker(pluginClass)) {
    const text = `Loading the symbols of ${broker ?? name} …`;
    const list = await screens.wait(text, (signal) => symbols(broker, signal));
    if (list === undefined) return undefined;
    const ended = await browse(screens, provider, broker, list.value);
    return ended.type === "symbol" ? ended.symbol : undefined;
  }
  const brokers = await screens.wait(`Loading the brokers of ${name} …`, () => brokersOf(pluginClass));
  if (brokers === undefined) return undefined;
  const choice = new BrokerChoice(screens, name, brokers.value, symbols);
  for (;;) {
    const chosen = await choice.next();
    if (chosen === undefined) return undefined;
    const ended = await browse(screens, provider, chosen.broker, chosen.opened);
    if (ended.type === "symbol") return ended.symbol;
    if (ended.type !== "back") return undefined;
  }
}

/** Runs the browser over a list of symbols; outside it they carry their broker. */
async function browse(
  screens: Screens,
  provider: BrowsedProvider,
  broker: string | undefined,
  symbols: readonly string[],
): Promise<Browsed | Interrupted> {
  const { name, pluginClass, instance, presets, downloads, clock, signal } = provider;
  const folded = (symbol: string): string => (broker === undefined ? symbol : `${broker}:${symbol}`);
  const state = browserOf(
    {
      title: broker === undefined ? name : `${name}:${broker}`,
      symbols,
      presets,
      refusal: remembered((timeframe) => refusalOf(pluginClass, timeframe)),
      hasBrokers: broker !== provider.broker,
      enter: downloads === undefined ? "pick" : "download",
    },
    clock.nowMs(),
  );
  const effects = browserEffects({
    instance: (symbol) => instance(folded(symbol)),
    downloads: downloads && {
      exists: (symbol, timeframe) => downloads.exists(folded(symbol), timeframe),
      start: (request, callbacks) =>
        downloads.start({ ...request, symbol: folded(request.symbol) }, callbacks),
    },
    clock,
    signal,
  });
  const ended = await screens.run(browserScreen, { state }, effects);
  return ended.type === "symbol" ? { type: "symbol", symbol: folded(ended.symbol) } : ended;
}

/** Asked for every row of a dropdown, each time it is drawn. */
function remembered(ask: (timeframe: string) => string | undefined): typeof ask {
  const known = new Map<string, string | undefined>();
  return (timeframe) => {
    if (!known.has(timeframe)) known.set(timeframe, ask(timeframe));
    return known.get(timeframe);
  };
}

/** Why the provider does not take a timeframe. */
function refusalOf(pluginClass: AnyPluginClass, timeframe: string): string | undefined {
  try {
    (staticOf(pluginClass, "toExchangeTimeframe") as (timeframe: string) => string).call(
      pluginClass,
      timeframe,
    );
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
