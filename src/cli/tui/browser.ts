import type { SymInfo } from "../../kernel/syminfo.ts";
import { type List, listOf, selected, updateList } from "./list.ts";
import type { ScreenEvent, Step } from "./screen.ts";
import { ask, askAtMs, cursorOn, learned, noSymbolInfo, type SymbolInfo } from "./symbol-info.ts";
import {
  openWizard,
  type Wizard,
  type WizardEffect,
  type WizardEvent,
  type WizardPresets,
} from "./wizard-state.ts";
import { updateWizard } from "./wizard.ts";

/** The symbols of a provider: a list, what is known about the one under the cursor, and the way to download it. */
export interface Browser {
  /** What is browsed: `ccxt:BYBIT`. */
  readonly title: string;
  readonly list: List;
  readonly info: SymbolInfo;
  readonly presets: WizardPresets;
  readonly refusal: (timeframe: string) => string | undefined;
  /** Whether Esc leads back to a list of brokers; otherwise it quits. */
  readonly hasBrokers: boolean;
  /** What Enter does: open the wizard, or end the browser with the symbol. */
  readonly enter: "download" | "pick";
  readonly wizard: Wizard | undefined;
  /** The result line. */
  readonly notice: { readonly text: string; readonly good: boolean; readonly untilMs: number } | undefined;
}

/** Time for which the result of a download stays, ms. */
const noticeMs = { good: 4000, bad: 8000 };

export type BrowserEvent =
  | { readonly type: "info"; readonly symbol: string; readonly info: SymInfo }
  | { readonly type: "no-info"; readonly symbol: string; readonly message: string }
  | WizardEvent;

export type BrowserEffect = { readonly type: "ask"; readonly symbol: string } | WizardEffect;

/** How a browser ends. */
export type Browsed =
  | { readonly type: "back" }
  | { readonly type: "quit" }
  | { readonly type: "symbol"; readonly symbol: string };

type BrowserStep = Step<Browser, BrowserEffect, Browsed>;

/** A browser of these symbols. */
export function browserOf(
  options: Pick<Browser, "title" | "presets" | "refusal" | "enter" | "hasBrokers"> & {
    readonly symbols: readonly string[];
  },
  nowMs: number,
): Browser {
  const { symbols, ...rest } = options;
  const list = listOf(symbols.map((id) => ({ id })));
  return {
    ...rest,
    list,
    info: noSymbolInfo(selected(list)?.id, nowMs),
    wizard: undefined,
    notice: undefined,
  };
}

/** One event; what is not known about the symbol under the cursor is asked for when it has rested there. */
export function updateBrowser(state: Browser, event: ScreenEvent<BrowserEvent>, nowMs: number): BrowserStep {
  const step = event.type === "tick" ? { state: tick(state, nowMs) } : update(state, event, nowMs);
  if (step.state.wizard !== undefined || step.done !== undefined) return step;
  const asked = ask(step.state.info, nowMs);
  if (asked.ask === undefined) return step;
  return {
    state: { ...step.state, info: asked.state },
    effects: [...(step.effects ?? []), { type: "ask", symbol: asked.ask }],
  };
}

/** When the result line goes or a symbol is asked about, whichever comes first. */
export function browserWakeAtMs(state: Browser): number | undefined {
  const askMs = state.wizard === undefined ? askAtMs(state.info) : undefined;
  const times = [state.notice?.untilMs, askMs].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function tick(state: Browser, nowMs: number): Browser {
  return state.notice !== undefined && state.notice.untilMs <= nowMs
    ? { ...state, notice: undefined }
    : state;
}

function update(state: Browser, event: ScreenEvent<BrowserEvent>, nowMs: number): BrowserStep {
  if (event.type === "info") {
    return {
      state: { ...state, info: learned(state.info, event.symbol, { type: "info", info: event.info }) },
    };
  }
  if (event.type === "no-info") {
    const answer = { type: "failed", message: event.message, atMs: nowMs } as const;
    return { state: { ...state, info: learned(state.info, event.symbol, answer) } };
  }
  if (state.wizard !== undefined) return inWizard(state, state.wizard, event, nowMs);
  if (event.type !== "key" && event.type !== "text" && event.type !== "paste") return { state };
  const { list, wish } = updateList(state.list, event);
  const on = selected(list)?.id;
  const next = { ...state, list, info: cursorOn(state.info, on, nowMs) };
  if (wish === "back" || wish === "quit") return { state: next, done: { type: wish } };
  if (wish === undefined || on === undefined) return { state: next };
  if (state.enter === "pick") return { state: next, done: { type: "symbol", symbol: on } };
  const { wizard, effects = [] } = openWizard(on, state.presets, state.refusal);
  return { state: { ...next, wizard, notice: undefined }, effects };
}

function inWizard(
  state: Browser,
  wizard: Wizard,
  event: ScreenEvent<Exclude<BrowserEvent, { type: "info" | "no-info" }>>,
  nowMs: number,
): BrowserStep {
  const { wizard: next, effects = [], closed = false } = updateWizard(wizard, event, nowMs);
  if (event.type === "downloaded" || event.type === "not-downloaded") {
    const good = event.type === "downloaded";
    const untilMs = nowMs + (good ? noticeMs.good : noticeMs.bad);
    // After a success the list is what comes next; after a failure, another try.
    return {
      state: { ...state, wizard: good ? undefined : next, notice: { text: event.message, good, untilMs } },
      effects,
    };
  }
  return { state: { ...state, wizard: closed ? undefined : next }, effects };
}
