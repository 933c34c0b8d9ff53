import type { Effect, Notice } from "./effects.ts";
import type { Fill } from "./fill.ts";
import type { EngineState } from "./state.ts";

/** What a fact comes to. */
export interface Step {
  readonly state: EngineState;
  /** Lines of the event log, beside the fact itself. */
  readonly journal: readonly JournalEntry[];
  /** Executions that this fact booked. */
  readonly fills: readonly Fill[];
  /** To be carried out after the commit, in order. */
  readonly effects: readonly Effect[];
  /** To be told after the commit, in order. */
  readonly notices: readonly Notice[];
}

/** A line of the event log. */
export interface JournalEntry {
  /** A word in snake_case. */
  readonly event: string;
  readonly intentKey?: string;
  readonly clientOrderId?: string;
  readonly exchangeOrderId?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}
