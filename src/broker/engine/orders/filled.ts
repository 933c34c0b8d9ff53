import type { LegType, OrderEvent } from "../../../api/broker/orders.ts";
import { bookFill } from "../book/book-fill.ts";
import { minus, plus } from "../book/quantity.ts";
import { type Draft, isOver } from "../draft.ts";
import type { Fill } from "../fill.ts";
import { wordsOf } from "../order-words.ts";
import type { OrderRecord } from "../state.ts";
import { orderGone } from "./cancelled.ts";
import { settleVerify, verifying } from "./verify.ts";

/**
 * An execution. It is booked once, whenever it comes: before the answer to the order, after the order was believed to
 * be over, or of an order that a change has replaced; the last counts for the position and not for the replacement.
 */
export function onFilled(draft: Draft, order: OrderRecord, event: OrderEvent): void {
  const found = execution(order, event);
  const about = { intentKey: order.intentKey, clientOrderId: order.clientOrderId };
  if (found === "repeated" || (found !== "unusable" && draft.hasFill(found.fillId))) {
    draft.journal("fill_repeated", about);
    endAsTold(draft, order, event);
    return;
  }
  if (found === "unusable") {
    // The id is not used up: the same execution may come again whole.
    draft.tell("warn", "fill_unusable", "an execution came without a usable quantity or price", about);
    return;
  }
  const isReplaced = order.replacedIds?.includes(event.order.id) ?? false;
  const now = isReplaced ? order : credit(draft, order, event, found.qty);
  draft.setOrder(now);
  if (!isReplaced) creditIntent(draft, now, found.qty);
  draft.setView({ lastFillMs: draft.nowMs, flatSinceMs: Number.NaN });
  if (isOver(order)) draft.journal("fill_late", about);
  if (now.status === "filled") orderGone(draft, now.clientOrderId, "filled");
  bookFill(draft, fillOf(draft, order, event, found));
}

/**
 * An execution that is known may still be the first word of how its order ended: it was told elsewhere before, as a part
 * of what the engine had asked for, and the venue had been asked for less.
 */
function endAsTold(draft: Draft, order: OrderRecord, { order: told }: OrderEvent): void {
  const isReplaced = order.replacedIds?.includes(told.id) ?? false;
  if (told.status !== "filled" || isOver(order) || isReplaced || order.filledQty < told.filledQty) return;
  draft.setOrder({ ...order, finalQty: order.filledQty, status: "filled", updatedMs: draft.nowMs });
  orderGone(draft, order.clientOrderId, "filled");
}

interface Execution {
  readonly fillId: string;
  readonly qty: number;
  readonly price: number;
}

/**
 * What was executed. With an id, what the event says it filled; without one, what the order's total has grown by since,
 * so that a repeated or overtaken event adds nothing.
 */
function execution(order: OrderRecord, event: OrderEvent): Execution | "repeated" | "unusable" {
  const price = event.fillPrice ?? event.order.averageFillPrice;
  if (!isPositive(price)) return "unusable";
  const total = event.order.filledQty;
  const grown = isPositive(total) ? minus(total, order.filledQty) : Number.NaN;
  if (event.fillId !== undefined) {
    const qty = event.fillQty ?? grown;
    return isPositive(qty) ? { fillId: event.fillId, qty, price } : "unusable";
  }
  if (isPositive(total)) {
    if (grown <= 0) return "repeated";
    return { fillId: `${order.clientOrderId}:${total}`, qty: grown, price };
  }
  if (!isPositive(event.fillQty)) return "unusable";
  return {
    fillId: `${order.clientOrderId}:${plus(order.filledQty, event.fillQty)}`,
    qty: event.fillQty,
    price,
  };
}

const isPositive = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;

/**
 * The order with what it has filled now; it is over when the venue says so, or when nothing is left of it. What is left
 * of it is the venue's to say: a change that makes it larger may be known there and not yet here.
 */
function credit(draft: Draft, order: OrderRecord, event: OrderEvent, qty: number): OrderRecord {
  const filledQty = plus(order.filledQty, qty);
  const hasMore = event.order.remainingQty > 0;
  const isWhole = event.order.status === "filled" || (filledQty >= order.qty && !hasMore);
  if (filledQty > order.qty && !hasMore)
    draft.tell(
      "error",
      "overfill",
      `order ${order.clientOrderId} asked for ${order.qty} and filled ${filledQty}`,
      { intentKey: order.intentKey, clientOrderId: order.clientOrderId },
    );
  return {
    ...order,
    exchangeId: order.exchangeId ?? (event.order.id === "" ? null : event.order.id),
    filledQty,
    // The last execution can be told before those that came before it.
    ...(event.order.status === "filled"
      ? { finalQty: event.order.filledQty > filledQty ? event.order.filledQty : filledQty }
      : {}),
    status: isWhole ? "filled" : isOver(order) ? order.status : "partial",
    updatedMs: draft.nowMs,
  };
}

/** Counts for the intent whose order it is, not for a later one under its key. A fill proves that the order arrived. */
function creditIntent(draft: Draft, order: OrderRecord, qty: number): void {
  const record = draft.intents.get(order.intentKey);
  if (record?.generation !== order.generation) return;
  // A late fill of an earlier order says nothing of the one that is looked for.
  const isSought = verifying(draft, order.clientOrderId) !== undefined;
  const isProven = isSought && record.phase === "unknown" && record.next === undefined;
  if (isProven) settleVerify(draft, order.clientOrderId);
  draft.setIntent({
    ...record,
    filledQty: plus(record.filledQty, qty),
    // It says nothing of a change that was refused and is to be tried again.
    rejects: record.notBeforeMs > 0 ? record.rejects : 0,
    ...(isProven ? { phase: "working", sinceMs: draft.nowMs } : {}),
  });
}

function fillOf(
  draft: Draft,
  order: OrderRecord,
  event: OrderEvent,
  { fillId, qty, price }: Execution,
): Fill {
  // The stop of a bracket and its trail are one order to us, and the venue knows which it was.
  const legType =
    order.idKind === "s" && order.legType !== "close" ? (event.legType ?? order.legType) : order.legType;
  const comment = commentOf(draft, order, legType);
  return {
    fillId,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: event.order.id,
    intentKey: order.intentKey,
    generation: order.generation,
    legType,
    pineId: order.pineId,
    fromEntry: order.fromEntry,
    side: order.side,
    qty,
    price,
    fee: Number.isFinite(event.fee) ? event.fee : 0,
    feeCurrency: event.feeCurrency,
    timeMs: Math.round(event.timestamp * 1000),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** What the script says with the leg that has filled, as it says it now; else with the order as it was sent. */
function commentOf(draft: Draft, order: OrderRecord, legType: LegType): string | undefined {
  const record = draft.intents.get(order.intentKey);
  return record?.generation === order.generation ? wordsOf(record.intent, legType).comment : order.comment;
}
