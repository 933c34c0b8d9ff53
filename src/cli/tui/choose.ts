import type { BrokerListEntry, ProviderPlugin } from "../../api/plugins/provider.ts";
import type { PluginHost } from "../../host/host.ts";
import { messageOf } from "../../kernel/errors.ts";
import type { Perform } from "./run-screen.ts";
import { type Picker, type PickerEffect, type PickerEvent, pickerOf, pickerScreen } from "./picker.ts";
import type { Screens } from "./screens.ts";

/** The pickers, with what they open. `undefined` everywhere: the person left. */

/** One of the provider plugins that can be loaded. */
export async function chooseProvider(screens: Screens, host: PluginHost): Promise<string | undefined> {
  const items = (await host.namesWith("provider")).map((id) => {
    const summary = host.factsOf(id)?.summary ?? "";
    return summary === "" ? { id } : { id, name: summary };
  });
  const picked = await screens.run(pickerScreen, { state: pickerOf("Provider", items) }, openAtOnce);
  return picked.type === "opened" ? picked.id : undefined;
}

const openAtOnce: Perform<PickerEvent, PickerEffect> = (effect, emit) => {
  if (effect.type === "open") emit({ type: "opened", id: effect.id });
};

/** The brokers in order. What is not an id of one word is no broker. */
export function brokerRows(brokers: readonly BrokerListEntry[]): BrokerListEntry[] {
  return brokers
    .filter(({ id }) => typeof id === "string" && id !== "")
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** One of the brokers of a multi-broker provider, opened. The picker keeps its place for the next time. */
export class BrokerChoice<Opened> {
  readonly #screens: Screens;
  readonly #open: (broker: string, signal: AbortSignal) => Promise<Opened>;
  readonly #brokers: readonly BrokerListEntry[];
  readonly #title: string;
  #last: string | undefined;

  /** @param open what choosing a broker does; a failure is shown in the picker */
  constructor(
    screens: Screens,
    provider: string,
    brokers: readonly BrokerListEntry[],
    open: (broker: string, signal: AbortSignal) => Promise<Opened>,
  ) {
    this.#screens = screens;
    this.#open = open;
    this.#brokers = brokerRows(brokers);
    this.#title = `Broker of ${provider}`;
  }

  async next(): Promise<{ readonly broker: string; readonly opened: Opened } | undefined> {
    const state: Picker = pickerOf(this.#title, this.#brokers, this.#last);
    let opened: { readonly value: Opened } | undefined;
    let current = new AbortController();
    const open = async (id: string, attempt: AbortController, over: AbortSignal): Promise<PickerEvent> => {
      try {
        const value = await this.#open(id, AbortSignal.any([attempt.signal, over]));
        if (!attempt.signal.aborted) opened = { value };
        return { type: "opened", id };
      } catch (error) {
        return { type: "failed", id, message: messageOf(error) };
      }
    };
    const picked = await this.#screens.run(pickerScreen, { state }, (effect, emit, over) => {
      current.abort();
      if (effect.type === "cancel") return;
      const attempt = new AbortController();
      current = attempt;
      this.#last = effect.id;
      void open(effect.id, attempt, over).then((event) => attempt.signal.aborted || emit(event));
    });
    if (picked.type !== "opened" || opened === undefined) return undefined;
    return { broker: picked.id, opened: opened.value };
  }
}

/** The symbols a provider offers; what is no text is left out. */
export async function symbolsOf(
  provider: ProviderPlugin<object>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const symbols: readonly unknown[] = await provider.getAvailableSymbols(signal);
  return symbols.filter((symbol) => typeof symbol === "string");
}
