import type { ExchangeOrder } from "../../../api/broker/orders.ts";
import { type Draft, isOver } from "../draft.ts";
import { lostOrderMs, tryAgainMs } from "../patience.ts";
import type { IntentRecord, OrderRecord, VerifyObligation } from "../state.ts";
import { ordersOf, takeOver } from "./living.ts";
import { endUnreplaced, isReplacedByNothing } from "./unreplaced.ts";

/**
 * Writes whose answer was lost. Their orders are looked for under their ids, and until one is found, fills, is
 * cancelled, or the plugin knows better, nothing is sent for the intent: no time that passes makes it safe to send
 * the order again.
 */

const verifyId = (clientOrderId: string): string => `verify:${clientOrderId}`;

/** The answer to a write of this intent is lost. */
export function oweVerify(
  draft: Draft,
  record: IntentRecord,
  write: "new" | "modify",
  message: string,
  predecessors: readonly string[] = [],
): void {
  const living = ordersOf(draft, record).filter((order) => !isOver(order));
  // A part of it that the venue has spoken of has arrived.
  const pending = write === "new" ? living.filter(({ status }) => status === "pending") : living;
  if (living.length === 0) return;
  draft.setIntent({ ...record, phase: pending.length > 0 ? "unknown" : "working", sinceMs: draft.nowMs });
  if (pending.length === 0) return;
  for (const order of pending) owe(draft, record, order, write, predecessors);
  for (const order of pending)
    if (predecessors.includes(order.clientOrderId) || predecessors.includes(order.exchangeId ?? ""))
      draft.setOrder({ ...order, isCancelExpected: true });
  draft.tell(
    "warn",
    "disposition_unknown",
    `nobody knows whether ${write === "new" ? "an order" : "a change"} has reached the venue, it is looked for: ${message}`,
    { intentKey: record.key, clientOrderId: pending[0]!.clientOrderId },
  );
}

/** The answer to a write about one order of an intent is lost; the others are not in doubt. */
export function oweVerifyOrder(
  draft: Draft,
  record: IntentRecord,
  order: OrderRecord,
  write: "new" | "modify",
  message: string,
): void {
  draft.setIntent({ ...record, phase: "unknown", sinceMs: draft.nowMs });
  owe(draft, record, order, write, []);
  draft.tell("warn", "disposition_unknown", message, {
    intentKey: record.key,
    clientOrderId: order.clientOrderId,
  });
}

/** Takes on the obligation to ask about an order. Nothing happens where it is owed already. */
export function owe(
  draft: Draft,
  record: Pick<IntentRecord, "key">,
  { clientOrderId }: OrderRecord,
  write: VerifyObligation["write"],
  predecessors: readonly string[],
): void {
  const id = verifyId(clientOrderId);
  if (draft.obligations.has(id)) return;
  draft.owe({
    kind: "verify",
    id,
    intentKey: record.key,
    clientOrderId,
    write,
    predecessors,
    sinceMs: draft.nowMs,
    deadlineMs: Infinity,
    attempts: 0,
    nextMs: draft.nowMs,
  });
}

/** What is being verified under an id. */
export function verifying(draft: Draft, clientOrderId: string): VerifyObligation | undefined {
  const obligation = draft.obligations.get(verifyId(clientOrderId));
  return obligation?.kind === "verify" ? obligation : undefined;
}

/** Nothing about this order is in doubt any more. */
export function settleVerify(draft: Draft, clientOrderId: string): void {
  draft.settle(verifyId(clientOrderId));
}

/** Nothing about any order of this intent is in doubt any more. */
export function settleVerifies(draft: Draft, record: IntentRecord): void {
  for (const { clientOrderId } of ordersOf(draft, record)) settleVerify(draft, clientOrderId);
}

/** The last doubt about an intent may have gone with one of its orders: what is left of it works as it did. */
export function leaveDoubt(draft: Draft, record: IntentRecord): void {
  if (record.phase !== "unknown" || isInDoubt(draft, record)) return;
  const { next: _, ...rest } = record;
  draft.setIntent({ ...rest, phase: "working", sinceMs: draft.nowMs });
}

/** Whether something about an order of this intent, of those that are meant, is in doubt. */
export function isInDoubt(
  draft: Draft,
  record: IntentRecord,
  isMeant: (order: OrderRecord) => boolean = () => true,
): boolean {
  return ordersOf(draft, record).some(
    (order) => isMeant(order) && verifying(draft, order.clientOrderId) !== undefined,
  );
}

/**
 * An order in doubt is at the venue. The intent works again when it was its first write, and when a change of it shows
 * in what the venue says; a change that does not show has not happened. What is said late of an order that a change has
 * replaced proves nothing.
 */
export function prove(draft: Draft, order: OrderRecord, said: ExchangeOrder): void {
  const doubt = verifying(draft, order.clientOrderId);
  takeOver(draft, order, said, doubt?.write === "modify");
  if (doubt === undefined || order.replacedIds?.includes(said.id)) return;
  settleVerify(draft, order.clientOrderId);
  const record = draft.intents.get(order.intentKey);
  if (record === undefined || record.generation !== order.generation || record.phase !== "unknown") return;
  draft.journal("order_found", {
    intentKey: record.key,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: said.id,
  });
  if (doubt.write === "modify" && record.next !== undefined) settleModify(draft, record, order, said);
  else draft.setIntent({ ...record, phase: "working", sinceMs: draft.nowMs });
}

function settleModify(draft: Draft, record: IntentRecord, order: OrderRecord, said: ExchangeOrder): void {
  const { next, ...rest } = record;
  const hasHappened = next !== undefined && differs(order, said);
  draft.setOrder({ ...draft.orders.get(order.clientOrderId)!, ...levelsOf(order, said) });
  const now: IntentRecord = {
    ...rest,
    // What is seen of one leg says nothing about the others.
    ...(hasHappened ? { intent: next, ...(next.kind === "exit" ? { isUneven: true } : {}) } : {}),
    sinceMs: draft.nowMs,
  };
  let isInDoubt = false;
  for (const other of ordersOf(draft, record))
    // The other legs were part of the same write; but one that is cancelled may never come again.
    if (isReplacedByNothing(other)) isInDoubt ||= verifying(draft, other.clientOrderId) !== undefined;
    else settleVerify(draft, other.clientOrderId);
  if (isInDoubt) return draft.setIntent({ ...now, ...(next === undefined ? {} : { next }) });
  const working: IntentRecord = { ...now, phase: "working" };
  if (!endUnreplaced(draft, working)) draft.setIntent(working);
}

/** What the venue's order asks for; what it does not say is as it was. */
export function levelsOf(
  order: OrderRecord,
  said: ExchangeOrder,
): Pick<OrderRecord, "qty" | "limit" | "stop"> {
  return {
    qty: said.qty > 0 ? said.qty : order.qty,
    limit: said.price ?? order.limit,
    stop: said.stopPrice ?? order.stop,
  };
}

function differs(order: OrderRecord, said: ExchangeOrder): boolean {
  const now = levelsOf(order, said);
  return now.qty !== order.qty || now.limit !== order.limit || now.stop !== order.stop;
}

/** The open orders have been read and these were not among them: that proves nothing, they are looked for again. */
export function lookAgain(draft: Draft): void {
  for (const obligation of draft.obligations.values())
    if (
      obligation.kind === "verify" &&
      obligation.write !== "cancel" &&
      obligation.nextMs <= draft.nowMs &&
      !obligation.isAttached
    )
      later(draft, obligation);
}

/**
 * It is looked for again, ever more rarely; but as soon as the plugin may be asked what became of it, and when its time is
 * up.
 */
export function later(draft: Draft, obligation: VerifyObligation): void {
  const { sinceMs, deadlineMs } = obligation;
  const attempts = obligation.attempts + 1;
  const lostMs = sinceMs + lostOrderMs;
  const againMs = tryAgainMs(sinceMs, draft.nowMs);
  const nextMs = deadlineMs > draft.nowMs ? Math.min(againMs, deadlineMs) : againMs;
  if (draft.nowMs >= lostMs || nextMs < lostMs) return draft.owe({ ...obligation, attempts, nextMs });
  // Odd looks are those by name.
  draft.owe({ ...obligation, attempts: attempts | 1, nextMs: lostMs });
}
