import type { SymInfo } from "../../kernel/syminfo.ts";

/** What the browser knows about the symbols it was on, and which one it asks about next. Pure. */

/** A cursor must rest so long before its symbol is asked about, ms. */
const restMs = 150;
/** Symbols remembered; the one not looked at for longest goes first. */
const remembered = 200;
/** A failure is believed for so long, ms. */
const believeFailureMs = 10_000;

/** What is known about one symbol. */
export type Known =
  | { readonly type: "info"; readonly info: SymInfo }
  | { readonly type: "failed"; readonly message: string; readonly atMs: number };

/** One request at a time: the next one waits for `asking` to come back. */
export interface SymbolInfo {
  /** Oldest first. */
  readonly known: ReadonlyMap<string, Known>;
  readonly asking: string | undefined;
  /** Symbol under the cursor. */
  readonly on: string | undefined;
  /** Since when, epoch ms. */
  readonly sinceMs: number;
}

/** Nothing known, the cursor on this symbol. */
export function noSymbolInfo(on: string | undefined, nowMs: number): SymbolInfo {
  return { known: new Map(), asking: undefined, on, sinceMs: nowMs };
}

/** The cursor is on this symbol now. What is known about it becomes the newest. */
export function cursorOn(state: SymbolInfo, on: string | undefined, nowMs: number): SymbolInfo {
  if (on === state.on) return state;
  const found = on === undefined ? undefined : state.known.get(on);
  const known = found === undefined || on === undefined ? state.known : added(state.known, on, found);
  return { ...state, known, on, sinceMs: nowMs };
}

/** An answer came. */
export function learned(state: SymbolInfo, symbol: string, answer: Known): SymbolInfo {
  const asking = state.asking === symbol ? undefined : state.asking;
  return { ...state, asking, known: added(state.known, symbol, answer) };
}

function added(known: ReadonlyMap<string, Known>, symbol: string, answer: Known): ReadonlyMap<string, Known> {
  const next = new Map(known);
  next.delete(symbol);
  next.set(symbol, answer);
  const [oldest] = next.keys();
  if (next.size > remembered && oldest !== undefined) next.delete(oldest);
  return next;
}

/** When the symbol under the cursor should be asked about, epoch ms; `undefined`: not as things are. */
export function askAtMs(state: SymbolInfo): number | undefined {
  if (state.on === undefined || state.asking !== undefined) return undefined;
  const known = state.known.get(state.on);
  if (known?.type === "info") return undefined;
  return Math.max(state.sinceMs + restMs, known === undefined ? 0 : known.atMs + believeFailureMs);
}

/** The symbol to ask about now, if it is time, and the state in which it is being asked about. */
export function ask(state: SymbolInfo, nowMs: number): { readonly state: SymbolInfo; readonly ask?: string } {
  const atMs = askAtMs(state);
  if (state.on === undefined || atMs === undefined || atMs > nowMs) return { state };
  return { state: { ...state, asking: state.on }, ask: state.on };
}
