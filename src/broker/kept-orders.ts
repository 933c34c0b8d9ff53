import type { KeptOrder } from "./desk/history.ts";
import type { EngineState } from "./engine/state.ts";

/** Orders of the script that were alive; those that the engine made by itself are its own affair. */
export function keptOrders({ intents, obligations }: EngineState): readonly KeptOrder[] {
  const kept = new Map<string, KeptOrder>();
  // What was on its way out for good does not come back because the process ended.
  const leaving = new Set<string>();
  for (const owed of obligations.values())
    if (owed.kind === "cancel" && owed.reason !== "superseded")
      leaving.add(`${owed.generation} ${owed.intentKey}`);
  for (const record of intents.values()) {
    const { key, generation, phase, filledQty, flip = 0 } = record;
    if (phase === "done" || leaving.has(`${generation} ${key}`)) continue;
    // A change that was under way is what the script wanted last, whatever became of it.
    const intent = record.next ?? record.intent;
    if (intent.kind === "close" && intent.syntheticKind !== undefined) continue;
    if (intent.kind === "entry" && intent.stopFiredMarket) continue;
    kept.set(key, { key, generation, intent, filledQty, ...(flip > 0 ? { flip } : {}) });
  }
  // The second half of a reversal is an entry of the script that has not been sent.
  for (const owed of obligations.values()) {
    if (owed.kind !== "reopen" || kept.has(owed.wanted.key)) continue;
    if (owed.wanted.intent.kind === "entry" && owed.wanted.intent.stopFiredMarket) continue;
    kept.set(owed.wanted.key, { ...owed.wanted, filledQty: 0 });
  }
  return [...kept.values()];
}
