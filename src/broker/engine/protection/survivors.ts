import type { Draft } from "../draft.ts";
import { livingOrders, oweCancel } from "../orders/cancel.ts";
import { endIntent } from "../phase.ts";
import type { IntentRecord } from "../state.ts";

/**
 * When one leg of a bracket has filled all of it, the others have nothing left to protect: they go, unless the venue
 * takes them away by itself.
 */
export function sweepLegs(draft: Draft): void {
  for (const { key } of draft.intents.values()) {
    let record = draft.intents.get(key);
    if (record?.intent.kind !== "exit") continue;
    if (record.phase === "working" && record.filledQty >= record.intent.qty) {
      endIntent(draft, record, "filled");
      record = draft.intents.get(key)!;
    }
    const hasFilled = record.end === "filled" || record.end === "superseded";
    if (record.phase !== "done" || !hasFilled || isSweptByVenue(draft, record)) continue;
    if (livingOrders(draft, record).length > 0) oweCancel(draft, record, "superseded");
  }
}

/**
 * The venue knows these legs as one bracket, and one of them has filled; a leg of an earlier bracket tells it nothing.
 * Where a change has reached one leg alone, the other may be larger, and something is left of it.
 */
function isSweptByVenue(draft: Draft, record: IntentRecord): boolean {
  if (record.isUneven === true) return false;
  const { ocaCancel, tpSlBracket } = draft.rules.capabilities;
  if (ocaCancel !== "native" && tpSlBracket !== "native") return false;
  return Object.values(record.orderIds).some((id) => draft.orders.get(id)?.status === "filled");
}
