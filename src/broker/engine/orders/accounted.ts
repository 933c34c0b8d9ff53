import type { ExchangeOrder } from "../../../api/broker/orders.ts";
import { minus, plus } from "../book/quantity.ts";
import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import { accountGraceMs, cancelGraceMs, untoldMs } from "../patience.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, OrderRecord, VerifyObligation } from "../state.ts";
import { ordersOf } from "./living.ts";
import { later, owe, settleVerify, verifying } from "./verify.ts";

/**
 * Before anything of an intent is sent again it must be known what its earlier orders have filled. The word that an
 * order is cancelled can overtake the word of its last fill, and what is sent again then is too much by it.
 */

/** What the orders of this life have filled, executions that the venue has counted and not told yet included. */
export function filledInAll(draft: Draft, record: IntentRecord): number {
  return [...attempts(draft, record)].reduce(
    (sum, legs) => plus(sum, unheardOf(draft, legs)),
    record.filledQty,
  );
}

/** Orders of one life, those that were sent together in one list. */
function attempts(draft: Draft, record: IntentRecord): Iterable<readonly OrderRecord[]> {
  return Map.groupBy(ordersOf(draft, record), ({ createdMs }) => createdMs).values();
}

/** The legs of a bracket share what they close. */
function unheardOf(draft: Draft, legs: readonly OrderRecord[]): number {
  const whole = Math.max(...legs.map(({ qty, finalQty = 0 }) => Math.max(qty, finalQty)));
  const left = legs.reduce((rest, { filledQty }) => minus(rest, filledQty), whole);
  const told = legs.reduce((sum, order) => plus(sum, isHeardNoMore(draft, order) ? 0 : unheard(order)), 0);
  return Math.max(0, Math.min(left, told));
}

/** What an order has filled by the venue's word that it is over, and not told. */
export function unheard({ status, qty, filledQty, finalQty }: OrderRecord): number {
  const inAll = finalQty ?? (status === "filled" ? qty : filledQty);
  return Math.max(0, minus(inAll, filledQty));
}

/** A venue that is heard and has said no more of an order that it called filled for long will not do so. */
function isHeardNoMore({ view, nowMs }: Draft, { finalQty, updatedMs }: OrderRecord): boolean {
  return finalQty === undefined && view.isStreaming && nowMs - updatedMs >= untoldMs;
}

/** Whether it is known what every order of this life that is over has filled; the venue is asked about the others. */
export function isAccounted(draft: Draft, record: Pick<IntentRecord, "key" | "generation">): boolean {
  let isKnown = true;
  for (const order of ordersOf(draft, record)) {
    if ((order.status !== "cancelled" && order.status !== "expired") || order.finalQty !== undefined)
      continue;
    isKnown = false;
    owe(draft, record, order, "cancel", []);
  }
  return isKnown;
}

/** The venue has said what an order that is over came to. A snapshot of an order that lives says nothing of its end. */
export function account(draft: Draft, order: OrderRecord, said: Pick<ExchangeOrder, "filledQty">): void {
  const finalQty = said.filledQty >= 0 ? said.filledQty : order.filledQty;
  draft.setOrder({ ...order, finalQty });
  if (verifying(draft, order.clientOrderId)?.write === "cancel") settleVerify(draft, order.clientOrderId);
}

/** The venue was asked what a cancelled order had filled. */
export function onAccount(
  draft: Draft,
  order: OrderRecord,
  doubt: VerifyObligation,
  said: ExchangeOrder | null | "unknown",
): void {
  const waitedMs = draft.nowMs - doubt.sinceMs;
  if (said === null || said === "unknown") {
    // Whoever has a position to protect does not wait for it: an exit closes no more than there is.
    if (order.legType === "entry" && waitedMs < accountGraceMs) return later(draft, doubt);
    draft.journal("order_unaccounted", {
      intentKey: order.intentKey,
      clientOrderId: order.clientOrderId,
      payload: { filledQty: order.filledQty },
    });
    return account(draft, order, order);
  }
  if (isOver(said)) return account(draft, order, said);
  if (waitedMs < cancelGraceMs) return later(draft, doubt);
  halt(draft, `the order of ${keyText(order.intentKey)} was cancelled, and the venue goes on showing it`);
}
