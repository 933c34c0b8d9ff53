import type { ExchangeOrder } from "../../../api/broker/orders.ts";
import { type Draft, isOver } from "../draft.ts";
import { endIntent } from "../phase.ts";
import type { IntentRecord, OrderRecord, VerifyObligation } from "../state.ts";
import { account, onAccount } from "./accounted.ts";
import { oweCancel } from "./cancel.ts";
import { orderGone } from "./cancelled.ts";
import { judgeGone, ownRecord } from "./gone.ts";
import { endOrders, ordersOf } from "./living.ts";
import { refuse, renamed } from "./refused.ts";
import { endUnreplaced, isReplacedByNothing } from "./unreplaced.ts";
import { isInDoubt, later, leaveDoubt, prove, settleVerifies, settleVerify, verifying } from "./verify.ts";

/** The plugin has asked its venue what became of an order whose answer was lost. */
export function onOrder(draft: Draft, clientOrderId: string, said: ExchangeOrder | null | "unknown"): void {
  const doubt = verifying(draft, clientOrderId);
  const order = draft.orders.get(clientOrderId);
  // Something else has settled it while the question was out.
  if (doubt === undefined || order === undefined || doubt.isAttached) return;
  if (doubt.write === "cancel") onAccount(draft, order, doubt, said);
  else if (said === "unknown") later(draft, doubt);
  else if (said === null) neverArrived(draft, order, doubt);
  else isFound(draft, order, said, doubt);
}

function isFound(draft: Draft, order: OrderRecord, said: ExchangeOrder, doubt: VerifyObligation): void {
  switch (said.status) {
    case "pending":
    case "open":
    case "partial":
      prove(draft, order, said);
      // An order that a change has replaced is none of them.
      if (verifying(draft, order.clientOrderId) === doubt) later(draft, doubt);
      return;
    case "filled":
      // It lives on until the stream has told what it filled.
      if (said.filledQty > order.filledQty) prove(draft, order, said);
      else orderGone(draft, order.clientOrderId, "filled");
      return;
    case "cancelled":
    case "expired":
      if (doubt.write === "new" && order.legType === "entry")
        orderGone(draft, order.clientOrderId, "cancelled");
      else hasGone(draft, order, doubt);
      accountGone(draft, order, said);
      return;
    case "rejected": {
      account(draft, order, said);
      const record = ownRecord(draft, order);
      if (record?.phase === "unknown" && record.next === undefined)
        refuse(draft, record, "the venue has refused it");
      else orderGone(draft, order.clientOrderId, "cancelled");
    }
  }
}

function accountGone(draft: Draft, { clientOrderId }: OrderRecord, said: ExchangeOrder): void {
  const order = draft.orders.get(clientOrderId);
  if (order !== undefined && isOver(order)) account(draft, order, said);
}

/** It had been at the venue, and is not there any more. */
function hasGone(draft: Draft, order: OrderRecord, doubt: VerifyObligation): void {
  if (isReplacedByNothing(order)) return staysUnreplaced(draft, order, doubt);
  settleVerify(draft, order.clientOrderId);
  const record = ownRecord(draft, order);
  if (record !== undefined) leaveDoubt(draft, record);
  judgeGone(draft, order, false);
}

/** A change has cancelled it and put nothing in its place. What became of the other legs comes first. */
function staysUnreplaced(draft: Draft, order: OrderRecord, doubt: VerifyObligation): void {
  const record = ownRecord(draft, order);
  if (record?.phase === "unknown") {
    if (isInDoubt(draft, record, (other) => !isReplacedByNothing(other))) return later(draft, doubt);
    settleVerifies(draft, record);
    const { next: _, ...rest } = record;
    endUnreplaced(draft, { ...rest, phase: "working", sinceMs: draft.nowMs });
  } else orderGone(draft, order.clientOrderId, "cancelled");
}

/** It may be sent again, under another id: the old one is left to whoever may still use it. */
function neverArrived(draft: Draft, order: OrderRecord, doubt: VerifyObligation): void {
  const { clientOrderId, intentKey } = order;
  draft.journal("order_never_arrived", { intentKey, clientOrderId, payload: { write: doubt.write } });
  draft.settle(doubt.id);
  const record = ownRecord(draft, order);
  if (order.legId !== undefined) {
    // A part of a close: its id says which position it closes, and is used again.
    if (record?.phase === "unknown") draft.setIntent({ ...record, phase: "sent", sinceMs: draft.nowMs });
    return;
  }
  draft.setOrder({ ...order, status: "rejected", updatedMs: draft.nowMs });
  if (record?.phase !== "unknown") return;
  const others = ordersOf(draft, record).filter((other) => !isOver(other));
  if (others.some((other) => verifying(draft, other.clientOrderId) !== undefined)) return;
  if (others.length > 0) {
    // A bracket of which only a part has arrived comes again whole.
    const partly: IntentRecord = { ...record, phase: "working", sinceMs: draft.nowMs };
    draft.setIntent(partly);
    oweCancel(draft, partly, "superseded");
    return;
  }
  settleVerifies(draft, record);
  endOrders(draft, record, "rejected");
  if (record.next !== undefined) endIntent(draft, record, "superseded");
  else draft.setIntent(renamed(draft, record, 0));
}
