import type { KeptOrder } from "./desk/history.ts";
import type { Fill } from "./engine/fill.ts";
import { initialState } from "./engine/initial.ts";
import type { EngineRules, EngineState } from "./engine/state.ts";

/** What the store has of a run, as its last process left it. */
export type StoredState = Pick<
  EngineState,
  | "barTimeMs"
  | "nextEffect"
  | "latches"
  | "intents"
  | "orders"
  | "obligations"
  | "watches"
  | "book"
  | "fillIds"
  | "outbox"
> & {
  /** Every fill of the logical run, oldest first. */
  readonly fills: readonly Fill[];
  /** The highest number that an order of the run ever had. */
  readonly lastGeneration: number;
};

/** The engine as it goes on: what the store kept, under the rules of now. */
export function resumedState(rules: EngineRules, stored: StoredState): EngineState {
  const { fills: _fills, lastGeneration: _last, ...kept } = stored;
  return { ...initialState(rules), ...kept };
}

/** Orders of the script that were alive; those that the engine made by itself are its own affair. */
export function keptOrders({ intents, obligations }: EngineState): readonly KeptOrder[] {
  const kept = new Map<string, KeptOrder>();
  for (const { key, generation, intent, phase, filledQty } of intents.values()) {
    if (phase === "done") continue;
    if (intent.kind === "close" && intent.syntheticKind !== undefined) continue;
    if (intent.kind === "entry" && intent.stopFiredMarket) continue;
    kept.set(key, { key, generation, intent, filledQty });
  }
  // The second half of a reversal is an entry of the script that has not been sent.
  for (const owed of obligations.values()) {
    if (owed.kind !== "reopen" || kept.has(owed.wanted.key)) continue;
    if (owed.wanted.intent.kind === "entry" && owed.wanted.intent.stopFiredMarket) continue;
    kept.set(owed.wanted.key, { ...owed.wanted, filledQty: 0 });
  }
  return [...kept.values()];
}
