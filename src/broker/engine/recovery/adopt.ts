import type { ExchangeOrder } from "../../../api/broker/orders.ts";
import { readOrderId } from "../../ids.ts";
import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { onSeen } from "../orders/changed.ts";
import { ownRecord } from "../orders/gone.ts";
import { isOurTag, namesake } from "../orders/owner.ts";
import { verifying } from "../orders/verify.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";

/**
 * The orders that the venue has open now, matched with the books by our ids. Orders of other runs and of people are
 * none of ours. What the books have and the venue does not show is not declared gone; see the plugin's tracker.
 */
export function adoptOpenOrders(draft: Draft, open: readonly ExchangeOrder[]): void {
  for (const said of open) {
    const { clientOrderId } = said;
    if (clientOrderId === undefined) continue;
    const order = draft.orders.get(clientOrderId);
    if (order !== undefined) adoptKnown(draft, order, said);
    else adoptStranger(draft, clientOrderId, said);
  }
}

function adoptKnown(draft: Draft, order: OrderRecord, said: ExchangeOrder): void {
  const about = { intentKey: order.intentKey, clientOrderId: order.clientOrderId };
  if (isOver(order)) {
    revive(draft, order, said);
    return;
  }
  const isNews = verifying(draft, order.clientOrderId) !== undefined || order.exchangeId !== said.id;
  onSeen(draft, order, said);
  if (isNews) draft.journal("order_adopted", { ...about, exchangeOrderId: said.id });
  if (said.filledQty > order.filledQty)
    draft.tell(
      "info",
      "fills_missed",
      `order ${order.clientOrderId} has filled ${said.filledQty}, the books have ${order.filledQty}: the rest is expected from the broker`,
      about,
    );
}

/** The books say that it is over and the venue says that it is open: it must not be. */
function revive(draft: Draft, order: OrderRecord, said: ExchangeOrder): void {
  if (order.status === "filled") return;
  const record = ownRecord(draft, order);
  draft.tell(
    "warn",
    "order_alive",
    `order ${order.clientOrderId} was believed to be over (${order.status}) and is open at the venue: it is cancelled`,
    { intentKey: order.intentKey, clientOrderId: order.clientOrderId },
  );
  if (record === undefined || !Object.values(record.orderIds).includes(order.clientOrderId)) return;
  draft.setOrder({
    ...order,
    exchangeId: said.id,
    status: order.filledQty > 0 ? "partial" : "open",
    updatedMs: draft.nowMs,
  });
  oweCancel(draft, record, "unwanted");
}

/**
 * An order that carries a name of this run, or of one before it under the same identity, and is in no book. It is taken
 * over when it is the very order that an intent was about to send; otherwise nobody knows what it was for.
 */
function adoptStranger(draft: Draft, clientOrderId: string, said: ExchangeOrder): void {
  const read = readOrderId(clientOrderId, draft.rules.clientOrderIdMaxLen);
  if (read === null || !isOurTag(draft.rules, read.runTag)) return;
  const found = namesake(draft, clientOrderId);
  if (found !== undefined && found.isCurrent && found.record.phase === "prepared") {
    bind(draft, found.record, clientOrderId, said);
    return;
  }
  draft.tell(
    "warn",
    "order_unknown",
    `order ${clientOrderId} (${said.side} ${said.qty}) is this run's by its name and in no book: it is left alone`,
    { clientOrderId },
  );
}

function bind(draft: Draft, record: IntentRecord, clientOrderId: string, said: ExchangeOrder): void {
  const { intent } = record;
  const kind =
    intent.kind === "entry" ? (intent.stopFiredMarket ? "b" : "e") : intent.kind === "close" ? "c" : null;
  // One leg does not make a bracket.
  if (kind === null) return;
  draft.setOrder({
    clientOrderId,
    idKind: kind,
    legType: intent.kind === "entry" ? "entry" : "close",
    intentKey: record.key,
    generation: record.generation,
    pineId: record.bookedAs?.pineId ?? intent.pineId,
    fromEntry: record.bookedAs?.fromEntry ?? null,
    exchangeId: said.id,
    side: said.side,
    qty: said.qty,
    filledQty: 0,
    limit: said.price ?? null,
    stop: said.stopPrice ?? null,
    status: "open",
    isCancelExpected: false,
    createdMs: draft.nowMs,
    updatedMs: draft.nowMs,
  });
  draft.setIntent({ ...record, phase: "working", orderIds: { [kind]: clientOrderId }, sinceMs: draft.nowMs });
  draft.journal("order_adopted", { intentKey: record.key, clientOrderId, exchangeOrderId: said.id });
  draft.tell("info", "order_bound", `${keyText(record.key)} works at the venue already`, {
    intentKey: record.key,
  });
}
