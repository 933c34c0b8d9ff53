import { type Draft, isOver } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import type { IntentRecord } from "../state.ts";
import { refuse } from "./refused.ts";
import { endUnreplaced } from "./unreplaced.ts";
import { settleVerifies, verifying } from "./verify.ts";

/**
 * The plugin found out what became of a write that shows in no list of open orders. "Rejected" wins over "attached",
 * whichever came first, and stays: what it was about has other ids by then.
 */
export function onResolved(draft: Draft, { clientOrderId, resolution }: FactOf<"resolved">): void {
  const doubt = verifying(draft, clientOrderId);
  const order = draft.orders.get(clientOrderId);
  if (doubt === undefined || order === undefined) {
    draft.journal("resolution_moot", { clientOrderId, payload: { resolution } });
    return;
  }
  const record = draft.intents.get(doubt.intentKey);
  const isCurrent = record?.generation === order.generation && record.phase !== "done";
  draft.journal("write_resolved", {
    intentKey: doubt.intentKey,
    clientOrderId,
    payload: { resolution, write: doubt.write },
  });
  if (resolution === "attached") {
    if (!isOver(order) && order.status === "pending") draft.setOrder({ ...order, status: "open" });
    // It stays owed, so that a late "rejected" finds what it is about.
    draft.owe({ ...doubt, isAttached: true, nextMs: Infinity });
    if (!isCurrent || record.phase !== "unknown") return;
    const { next, isUneven: _, ...rest } = record;
    draft.setIntent({
      ...(doubt.write === "modify" ? rest : record),
      ...(doubt.write === "modify" && next !== undefined ? { intent: next } : {}),
      phase: "working",
      sinceMs: draft.nowMs,
    });
    return;
  }
  if (!isCurrent) {
    draft.settle(doubt.id);
    return;
  }
  settleVerifies(draft, record);
  if (doubt.write === "new") {
    refuse(draft, record, "the broker found out that it was refused");
    return;
  }
  const { next: _, ...rest } = record;
  const working: IntentRecord = { ...rest, phase: "working", sinceMs: draft.nowMs };
  if (!endUnreplaced(draft, working)) draft.setIntent(working);
}
