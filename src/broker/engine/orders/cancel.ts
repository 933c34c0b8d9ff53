import type { Draft } from "../draft.ts";
import { isOver } from "../draft.ts";
import { cancelId, endIntent } from "../phase.ts";
import type { CancelObligation, IntentRecord, OrderRecord } from "../state.ts";

/** Orders of an intent that may be at the venue. */
export function livingOrders(draft: Draft, record: IntentRecord): OrderRecord[] {
  const living: OrderRecord[] = [];
  for (const id of Object.values(record.orderIds)) {
    const order = draft.orders.get(id);
    if (order !== undefined && !isOver(order)) living.push(order);
  }
  return living;
}

/**
 * Takes on the obligation to have an intent's living orders gone; `pursue` sends the cancel, now and as often as it
 * takes. Their echo is expected from here on. Nothing happens where it is owed already; an intent that has no living
 * orders is over at once. On an account with a position for each order a close has gone out to the positions themselves,
 * at the market, and cannot be called back: it works until it has its end.
 */
export function oweCancel(draft: Draft, record: IntentRecord, reason: CancelObligation["reason"]): void {
  const id = cancelId(record);
  if (draft.obligations.has(id)) return;
  if (draft.rules.isHedging && record.intent.kind === "close") return;
  const living = livingOrders(draft, record);
  if (living.length === 0) {
    if (record.phase !== "done")
      endIntent(draft, record, reason === "superseded" ? "superseded" : "cancelled");
    return;
  }
  for (const order of living) draft.setOrder({ ...order, isCancelExpected: true });
  draft.owe({
    kind: "cancel",
    id,
    intentKey: record.key,
    generation: record.generation,
    clientOrderIds: living.map((order) => order.clientOrderId),
    reason,
    sinceMs: draft.nowMs,
    deadlineMs: Infinity,
    attempts: 0,
    nextMs: 0,
  });
}
