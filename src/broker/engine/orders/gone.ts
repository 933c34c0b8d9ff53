import type { ExchangeOrder, OrderEvent } from "../../../api/broker/orders.ts";
import { openQty } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import { type Draft, isOver } from "../draft.ts";
import { explainGraceMs } from "../patience.ts";
import { cancelId, endIntent } from "../phase.ts";
import { policyOnCancel } from "../safety/unexpected-cancel.ts";
import type { ExplainObligation, IntentRecord, OrderRecord } from "../state.ts";
import { account } from "./accounted.ts";
import { orderGone } from "./cancelled.ts";
import { ordersOf } from "./living.ts";
import { isReplacedByNothing } from "./unreplaced.ts";
import { oweVerifyOrder } from "./verify.ts";

/**
 * The venue says that an order was cancelled. Whoever asked for it: this run, a change that replaced it, the venue's
 * own sweep of what has nothing left to reduce, or somebody else.
 */
export function onGone(draft: Draft, order: OrderRecord, event: OrderEvent): void {
  const { clientOrderId, intentKey } = order;
  const about = { intentKey, clientOrderId };
  const isReplaced = order.replacedIds?.includes(event.order.id) ?? false;
  if (isOver(order)) {
    if (!isReplaced && !event.fromDisappearanceTracker && order.finalQty === undefined)
      account(draft, order, event.order);
    draft.journal("cancel_echo", about);
    return;
  }
  const record = ownRecord(draft, order);
  if (isPredecessor(order, record, event)) {
    // What it had filled counts if nothing takes its place.
    draft.setOrder({ ...withoutVenueOrder(order), finalQty: event.order.filledQty });
    draft.journal("predecessor_cancelled", { ...about, exchangeOrderId: event.order.id });
    return;
  }
  const ended = event.fromDisappearanceTracker ? order : { ...order, finalQty: event.order.filledQty };
  draft.setOrder(ended);
  judgeGone(draft, ended, event.fromDisappearanceTracker);
}

/** An order of this run is at its end, and no change has replaced it. */
export function judgeGone(draft: Draft, order: OrderRecord, hasDisappeared: boolean): void {
  const { clientOrderId, intentKey } = order;
  const isOwed = draft.obligations.has(cancelId({ key: intentKey, generation: order.generation }));
  if (order.isCancelExpected || isOwed || isSwept(draft, order)) {
    orderGone(draft, clientOrderId, "cancelled");
    return;
  }
  if (hasDisappeared) {
    draft.journal("order_disappeared", { intentKey, clientOrderId });
    if (draft.rules.onUnexpectedCancel === "re_place") policyOnCancel(draft, order);
    else orderGone(draft, clientOrderId, "cancelled");
    return;
  }
  if (!isSweepable(draft, order)) {
    policyOnCancel(draft, order);
    return;
  }
  draft.setOrder({ ...order, status: "cancelled", updatedMs: draft.nowMs });
  draft.owe({
    kind: "explain",
    id: `explain:${clientOrderId}`,
    intentKey,
    generation: order.generation,
    clientOrderId,
    sinceMs: draft.nowMs,
    deadlineMs: draft.nowMs + explainGraceMs,
    attempts: 0,
    nextMs: draft.nowMs + explainGraceMs,
  });
}

/** The intent whose present life an order belongs to. */
export function ownRecord(draft: Draft, order: OrderRecord): IntentRecord | undefined {
  const record = draft.intents.get(order.intentKey);
  return record?.generation === order.generation ? record : undefined;
}

/** A change that works by cancelling and sending again has cancelled its predecessor, or did long ago. */
function isPredecessor(order: OrderRecord, record: IntentRecord | undefined, event: OrderEvent): boolean {
  const { id } = event.order;
  // It may have been found again since.
  if (order.replacedIds?.includes(id)) return id !== order.exchangeId;
  const isChanging =
    record?.next !== undefined && (record.phase === "amending" || record.phase === "unknown");
  return isChanging && id !== "" && id === order.exchangeId;
}

/**
 * A change was accepted, and has left an order under the very id whose cancel was told in the meantime, or says nothing
 * of it. It is gone when the venue had a reason to sweep it; otherwise the venue is asked.
 */
export function judgeUnreplaced(draft: Draft, order: OrderRecord, said: readonly ExchangeOrder[]): void {
  if (!isReplacedByNothing(order)) return;
  const left = said.find(({ id }) => order.replacedIds?.includes(id));
  const record = ownRecord(draft, order);
  if (record === undefined) return;
  const own: OrderRecord =
    left === undefined
      ? order
      : {
          ...order,
          exchangeId: left.id,
          replacedIds: order.replacedIds?.filter((id) => id !== left.id) ?? [],
        };
  draft.setOrder(own);
  if (isSwept(draft, own)) orderGone(draft, own.clientOrderId, "cancelled");
  else oweVerifyOrder(draft, record, own, "modify", "an order was cancelled while it was changed");
}

function withoutVenueOrder(order: OrderRecord): OrderRecord {
  if (order.exchangeId === null) return order;
  const replacedIds = order.replacedIds ?? [];
  return {
    ...order,
    exchangeId: null,
    replacedIds: replacedIds.includes(order.exchangeId) ? replacedIds : [...replacedIds, order.exchangeId],
  };
}

/** The venue may cancel it by itself: it reduces a position, or shares the fate of a group that the venue minds. */
function isSweepable(draft: Draft, order: OrderRecord): boolean {
  if (order.legType !== "entry") return true;
  return draft.rules.capabilities.ocaCancel === "native" && ocaNameOf(draft, order) !== undefined;
}

/** Why the venue has swept it is known: it had nothing left to close, or another of its bracket or group has filled. */
function isSwept(draft: Draft, order: OrderRecord): boolean {
  const siblings = [...draft.orders.values()].filter(
    (other) => other.intentKey === order.intentKey && other.generation === order.generation,
  );
  if (siblings.some((other) => other !== order && other.status === "filled")) return true;
  if (order.legType === "entry") return groupHasFilled(draft, order);
  const left = openQty(draft.book, order.fromEntry, order.side);
  return left < minus(order.qty, order.filledQty);
}

function ocaNameOf(draft: Draft, order: OrderRecord): string | undefined {
  const intent = ownRecord(draft, order)?.intent;
  return intent?.kind === "entry" && intent.ocaType === "cancel" ? intent.ocaName : undefined;
}

function groupHasFilled(draft: Draft, order: OrderRecord): boolean {
  if (draft.rules.capabilities.ocaCancel !== "native") return false;
  const name = ocaNameOf(draft, order);
  if (name === undefined) return false;
  for (const { key, intent, filledQty } of draft.intents.values())
    if (key !== order.intentKey && intent.kind === "entry" && intent.ocaName === name && filledQty > 0)
      return true;
  return false;
}

/** A fill may have explained cancels that came before it. */
export function explain(draft: Draft): void {
  for (const obligation of draft.obligations.values()) {
    if (obligation.kind !== "explain") continue;
    const order = draft.orders.get(obligation.clientOrderId);
    if (order !== undefined && !isSwept(draft, order)) continue;
    draft.settle(obligation.id);
    if (order !== undefined) endIfOver(draft, order);
  }
}

/** Nobody has explained it in time. */
export function judgeUnexplained(draft: Draft, obligation: ExplainObligation): void {
  draft.settle(obligation.id);
  const order = draft.orders.get(obligation.clientOrderId);
  if (order !== undefined) policyOnCancel(draft, order);
}

function endIfOver(draft: Draft, order: OrderRecord): void {
  const record = ownRecord(draft, order);
  if (record === undefined || record.phase === "done") return;
  const own = ordersOf(draft, record);
  if (own.every(isOver))
    endIntent(draft, record, own.some((one) => one.status === "filled") ? "filled" : "cancelled");
}
