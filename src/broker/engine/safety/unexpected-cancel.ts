import { openQty } from "../book/position.ts";
import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import { isAlive } from "../phase.ts";
import { oweCancel } from "../orders/cancel.ts";
import { orderGone } from "../orders/cancelled.ts";
import { ordersOf } from "../orders/living.ts";
import { renamed } from "../orders/refused.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";
import { halt, quarantine } from "./latches.ts";

/** Somebody else has cancelled an order of ours: the policy of `brokers.toml`. */
export function policyOnCancel(draft: Draft, order: OrderRecord): void {
  const { clientOrderId, intentKey } = order;
  const policy = draft.rules.onUnexpectedCancel;
  const reason = `the order of ${keyText(intentKey)} (${clientOrderId}) was cancelled by somebody else`;
  draft.tell("warn", "external_cancel", reason, { intentKey, clientOrderId });
  if (policy === "re_place") {
    placeAgain(draft, order);
    return;
  }
  draft.setOrder({ ...order, status: "cancelled", updatedMs: draft.nowMs });
  orderGone(draft, clientOrderId, "cancelled");
  switch (policy) {
    case "ignore":
      return;
    case "halt":
      halt(draft, reason);
      return;
    case "stop":
      quarantine(draft, reason);
      return;
    case "stop_and_cancel":
      quarantine(draft, reason);
      cancelOthers(draft);
  }
}

/** The intent is sent anew under other ids; what is left of a bracket goes first. */
function placeAgain(draft: Draft, order: OrderRecord): void {
  draft.setOrder({ ...order, status: "cancelled", updatedMs: draft.nowMs });
  const record = draft.intents.get(order.intentKey);
  if (record?.generation !== order.generation || record.phase === "done") return;
  if (ordersOf(draft, record).every(isOver)) draft.setIntent(renamed(draft, record, 0));
  else oweCancel(draft, record, "superseded");
}

/** Every order that can open something; what has filled keeps its rest and its protection. */
function cancelOthers(draft: Draft): void {
  for (const record of draft.intents.values())
    if (isAlive(record) && !isNeeded(draft, record)) oweCancel(draft, record, "policy");
}

function isNeeded(draft: Draft, { intent, filledQty }: IntentRecord): boolean {
  switch (intent.kind) {
    case "entry":
      return filledQty > 0;
    case "exit":
      return openQty(draft.book, intent.fromEntry, intent.side) > 0;
    case "close":
      return true;
  }
}
