import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import { messageOf } from "../../kernel/errors.ts";
import { type Browsed, type BrowserEffect, type BrowserEvent, browserOf } from "./browser.ts";
import { browserScreen } from "./browser-screen.ts";
import type { Interrupted, Perform } from "./run-screen.ts";
import type { Screens } from "./screens.ts";
import type { WizardPresets } from "./wizard.ts";

/** What the symbol browser shows and how it finds out more. */
export interface BrowseOptions {
  readonly title: string;
  readonly symbols: readonly string[];
  /** An instance for one symbol, as the list spells it. */
  readonly instance: (symbol: string) => Promise<ProviderPlugin<object>>;
}

/** Runs the symbol browser as a picker: Enter takes the symbol. */
export function browse(screens: Screens, options: BrowseOptions): Promise<Browsed | Interrupted> {
  const presets: WizardPresets = { timeframe: "1D", from: undefined, to: "now", truncate: false };
  const state = browserOf({ ...options, presets, refusal: () => undefined, enter: "pick" }, Date.now());
  return screens.run(browserScreen, { state }, performerOf(options));
}

function performerOf({ instance }: BrowseOptions): Perform<BrowserEvent, BrowserEffect> {
  return (effect, emit, signal) => {
    if (effect.type !== "ask") return;
    const { symbol } = effect;
    instance(symbol)
      .then((provider) => provider.getSymbolInfo(signal))
      .then(
        (info) => emit({ type: "info", symbol, info }),
        (error: unknown) => emit({ type: "no-info", symbol, message: messageOf(error) }),
      );
  };
}
