import type { KeptOrder } from "./desk/history.ts";
import type { EngineState } from "./engine/state.ts";

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
