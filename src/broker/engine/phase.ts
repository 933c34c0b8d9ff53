import { plus } from "./book/quantity.ts";
import { intentKey } from "./desired.ts";
import type { Draft } from "./draft.ts";
import type { KeptExits } from "./kept-exits.ts";
import type { IntentEnd, IntentRecord } from "./state.ts";

/** A write of this intent is out, or lost: nothing else may be sent for it. */
export function isInFlight({ phase }: Pick<IntentRecord, "phase">): boolean {
  return phase === "sent" || phase === "amending" || phase === "cancelling" || phase === "unknown";
}

/** Something of this intent is, or may be, at the venue. */
export function isAlive(record: Pick<IntentRecord, "phase">): boolean {
  return record.phase !== "done" && !isUnsent(record);
}

/** It is to be sent, and nothing of it is at the venue. */
export function isUnsent({ phase }: Pick<IntentRecord, "phase">): boolean {
  return phase === "prepared" || phase === "asleep";
}

/** The engine made this intent by itself: the script's book does not know it. */
export function isSynthetic({ intent }: Pick<IntentRecord, "intent">): boolean {
  return intent.kind === "entry" ? intent.stopFiredMarket : intent.syntheticKind !== undefined;
}

/** A stop of the engine's own at the venue, behind those that it watches. */
export function isFailsafe({ intent }: Pick<IntentRecord, "intent">): boolean {
  return intent.kind === "exit" && intent.syntheticKind === "failsafe";
}

/** Name of the obligation to have an intent's orders gone. */
export function cancelId(record: Pick<IntentRecord, "key" | "generation">): string {
  return `cancel:${record.key}:${record.generation}`;
}

/**
 * An intent is over, for whatever reason. The script's book hears of it, unless it was filled, which it hears from the
 * fills, or is going to be sent anew (`superseded`). The market order that follows a stop stands for the script's entry.
 */
export function endIntent(draft: Draft, record: IntentRecord, how: IntentEnd): void {
  const { next: _, ...rest } = record;
  const end = how === "filled" && hasMoreToCome(draft, record) ? "superseded" : how;
  const { key, generation, intent } = record;
  if (record.phase === "prepared") giveUpOrders(draft, record);
  draft.setIntent({ ...rest, phase: "done", end, sinceMs: draft.nowMs });
  draft.journal("intent_done", { intentKey: key, payload: { generation, end } });
  if (end === "filled" || end === "superseded") return;
  if (!isSynthetic(record)) draft.notice({ kind: "order_over", key, generation, end });
  else if (intent.kind === "entry")
    draft.notice({
      kind: "order_over",
      key: intentKey({ ...intent, stopFiredMarket: false }),
      generation,
      end,
    });
}

/**
 * An exit that has closed what its entry had filled so far is not over: what the entry fills from here on is to be
 * protected as well.
 */
function hasMoreToCome(
  { wanted, intents, exits }: Draft,
  { key, generation, intent, filledQty }: IntentRecord,
): boolean {
  if (intent.kind !== "exit") return false;
  const now = wanted?.get(key);
  if (now?.generation === generation && now.intent.qty > filledQty) return true;
  // Before the script has run for the first time, what it wanted last stands in its exits.
  if (wanted === null && askedFor(exits, generation) > filledQty) return true;
  const entry = intents.get(intentKey({ kind: "entry", pineId: intent.fromEntry, stopFiredMarket: false }));
  return entry !== undefined && isAlive(entry) && entry.intent.side !== intent.side;
}

/** Contracts of an exit, what it has filled included. */
function askedFor({ legs }: KeptExits, generation: number): number {
  return legs.reduce(
    (sum, leg) => (leg.generation === generation ? plus(sum, plus(leg.qty, leg.filledByOthers ?? 0)) : sum),
    0,
  );
}

/** What was prepared is at no venue: its orders are over, and nobody owes their cancel. */
export function giveUpOrders(draft: Draft, record: IntentRecord): void {
  for (const id of Object.values(record.orderIds)) {
    const order = draft.orders.get(id);
    if (order?.status === "pending")
      draft.setOrder({ ...order, status: "cancelled", finalQty: 0, updatedMs: draft.nowMs });
  }
  draft.settle(cancelId(record));
}
