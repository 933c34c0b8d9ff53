import type { OrderEvent } from "../../../api/broker/orders.ts";
import { keyText } from "../desired.ts";
import { isFan, settleFan } from "../hedging/fan.ts";
import { type Draft, isOver } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import { isAlive } from "../phase.ts";
import { quarantine } from "../safety/latches.ts";
import type { OrderRecord } from "../state.ts";
import { oweCancel } from "./cancel.ts";
import { orderGone } from "./cancelled.ts";
import { onChanged } from "./changed.ts";
import { onFilled } from "./filled.ts";
import { explain, onGone, ownRecord } from "./gone.ts";
import { ownerOf } from "./owner.ts";
import { refuse, refuseLeg } from "./refused.ts";
import { prove } from "./verify.ts";

/** The venue's stream said so. Events come in any order, more than once, and before the answers to what caused them. */
export function onVenue(draft: Draft, { event }: FactOf<"venue">): void {
  const owner = ownerOf(draft, event);
  switch (owner.kind) {
    case "foreign":
      return;
    case "lost":
      onLost(draft, owner.order, event);
      return;
    case "known":
      route(draft, owner.order, event);
      explain(draft);
  }
}

function route(draft: Draft, order: OrderRecord, event: OrderEvent): void {
  switch (event.eventType) {
    case "created":
      if (!isOver(order)) prove(draft, order, event.order);
      return;
    case "amended":
      if (!isOver(order)) onChanged(draft, order, event);
      return;
    case "partial":
    case "filled":
      onFilled(draft, order, event);
      return;
    case "cancelled":
      onGone(draft, order, event);
      return;
    case "rejected":
      if (!isOver(order)) onRejected(draft, order, event);
  }
}

/** The venue took the order first and refused it later. */
function onRejected(draft: Draft, before: OrderRecord, { order: said }: OrderEvent): void {
  // What it had filled before is not sent again, told or not.
  const order: OrderRecord =
    said.filledQty > before.filledQty ? { ...before, finalQty: said.filledQty } : before;
  draft.setOrder(order);
  const record = ownRecord(draft, order);
  const isCurrent = record !== undefined && Object.values(record.orderIds).includes(order.clientOrderId);
  const message = `the venue refused order ${order.clientOrderId}${said.id === "" ? "" : ` (${said.id})`}`;
  if (isFan([order]) && record !== undefined) {
    draft.setOrder({ ...order, status: "rejected", updatedMs: draft.nowMs });
    return settleFan(draft, record, message);
  }
  if (!isCurrent || !isAlive(record)) {
    draft.setOrder({ ...order, status: "rejected", updatedMs: draft.nowMs });
    return;
  }
  const others = Object.values(record.orderIds)
    .filter((id) => id !== order.clientOrderId)
    .map((id) => draft.orders.get(id));
  if (others.every((other) => other === undefined || isOver(other))) {
    if (others.some((other) => other?.status === "filled"))
      orderGone(draft, order.clientOrderId, "cancelled");
    else refuse(draft, record, message);
    return;
  }
  draft.setOrder({ ...order, status: "rejected", updatedMs: draft.nowMs });
  refuseLeg(draft, record, message);
  const now = draft.intents.get(record.key);
  if (now !== undefined) oweCancel(draft, now, "superseded");
}

/** An order that carries our name, or that the plugin says is ours, and that no book knows. A fill of it is still ours. */
function onLost(draft: Draft, order: OrderRecord, event: OrderEvent): void {
  const about = { intentKey: order.intentKey, clientOrderId: order.clientOrderId };
  if (event.eventType !== "partial" && event.eventType !== "filled") {
    draft.journal("event_of_unknown_order", { ...about, payload: { event: event.eventType } });
    return;
  }
  if (order.pineId === "" && order.legType === "entry") {
    draft.tell(
      "error",
      "fill_unassigned",
      `a fill of order ${order.clientOrderId} belongs to no order of the script`,
      about,
    );
    quarantine(draft, `order ${order.clientOrderId} has filled and is in no book of this run`);
  } else
    draft.tell(
      "warn",
      "fill_of_unknown_order",
      `order ${order.clientOrderId} of ${keyText(order.intentKey)} has filled and was not in the books`,
      about,
    );
  draft.setOrder(order);
  onFilled(draft, order, event);
}
