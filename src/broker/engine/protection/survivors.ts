import type { Draft } from "../draft.ts";
import { livingOrders, oweCancel } from "../orders/cancel.ts";
import { endIntent } from "../phase.ts";

/**
 * When one leg of a bracket has filled all of it, the others have nothing left to protect: they go, unless the venue
 * takes them away by itself.
 */
export function sweepLegs(draft: Draft): void {
  const { ocaCancel, tpSlBracket } = draft.rules.capabilities;
  const isVenues = ocaCancel === "native" || tpSlBracket === "native";
  for (const { key } of draft.intents.values()) {
    let record = draft.intents.get(key);
    if (record?.intent.kind !== "exit") continue;
    if (record.phase === "working" && record.filledQty >= record.intent.qty) {
      endIntent(draft, record, "filled");
      record = draft.intents.get(key)!;
    }
    if (
      !isVenues &&
      record.phase === "done" &&
      record.end === "filled" &&
      livingOrders(draft, record).length > 0
    )
      oweCancel(draft, record, "superseded");
  }
}
