import type { ExchangeOrder } from "../../../api/broker/orders.ts";
import { keyText, type WantedIntent } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { WriteResult } from "../facts.ts";
import { afterRateLimitMs, rejectBudget, tryAgainMs } from "../patience.ts";
import { endIntent, isFailsafe } from "../phase.ts";
import { defend } from "../protection/defend.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";
import { endOrders, hasEnded, ordersOf, takeOver } from "./living.ts";
import { triedSinceMs, isMoot, postpone, refuse, renamed, respend } from "./refused.ts";
import { levelsOf, oweVerify, settleVerifies } from "./verify.ts";

type Place = Extract<Effect, { kind: "place" | "place_leg" }>;

/** What came of sending an intent for the first time, or again under other ids. */
export function onPlaced(draft: Draft, effect: Place, result: WriteResult): void {
  const record = draft.intents.get(effect.intentKey);
  const isCurrent = record?.generation === effect.generation && record.retrySeq === effect.envelope.retrySeq;
  if (result.kind === "accepted") mapOrders(draft, effect, result.orders);
  // A word that the stream has overtaken: a fill or a refusal came before it.
  if (!isCurrent || record.phase !== "sent") return;
  switch (result.kind) {
    case "accepted":
      settleVerifies(draft, record);
      if (hasEnded(draft, record)) endIntent(draft, record, record.filledQty > 0 ? "filled" : "cancelled");
      // An order that was taken can still be refused: only a fill ends the row of refusals.
      else draft.setIntent({ ...record, phase: "working", sinceMs: draft.nowMs });
      return;
    case "skipped":
      if (result.reason === "other") decline(draft, record, result.message);
      else skip(draft, record, effect.envelope.intent, result.message);
      return;
    case "rejected":
      refuse(draft, record, result.message);
      return;
    case "id_spent":
      respend(draft, record, result.message);
      return;
    case "not_sent":
      postpone(draft, record, tryAgainMs(triedSinceMs(draft, record), draft.nowMs));
      draft.journal("not_sent", { intentKey: record.key, payload: { message: result.message } });
      return;
    case "rate_limited":
      postpone(draft, record, afterRateLimitMs(result.retryAfterMs, draft.nowMs));
      draft.journal("rate_limited", {
        intentKey: record.key,
        payload: { retryAfterMs: result.retryAfterMs },
      });
      return;
    case "unknown":
      oweVerify(draft, record, "new", result.message, result.predecessors);
      return;
    case "bracket_refused":
      // The position has its protection: this was only to stand behind it.
      if (isFailsafe(record))
        return refuse(draft, record, result.context.errorMessage ?? "the bracket was refused");
      endOrders(draft, record, "rejected");
      endIntent(draft, record, "rejected");
      defend(draft, result.context, result.residualRefs);
      return;
    case "unsafe":
      oweVerify(draft, record, "new", result.message);
      return;
    case "cancel":
      halt(draft, `the broker answered to a new order as if it had been cancelled (${result.outcome})`);
  }
}

/**
 * Nothing was sent, for the venue takes no order of this size: it is not tried again. An exit of something that is open
 * waits until its size is another, because what its entry has filled so far is not all that it will have to protect.
 */
function skip(draft: Draft, record: IntentRecord, { qty }: WantedIntent, message: string): void {
  const isExit = record.intent.kind === "exit" && !isFailsafe(record) && !isMoot(draft, record);
  endOrders(draft, record, "rejected");
  if (isExit) draft.setIntent({ ...renamed(draft, record, 0), unfitQty: qty });
  // Nor when an entry comes again.
  else if (record.intent.kind === "entry") endIntent(draft, { ...record, rejects: rejectBudget }, "skipped");
  else endIntent(draft, record, "skipped");
  draft.tell("warn", "order_skipped", `${keyText(record.key)} was not sent: ${message}`, {
    intentKey: record.key,
  });
}

/** Nothing was sent, and nobody can say for how long: it is tried again, ever more rarely. */
function decline(draft: Draft, record: IntentRecord, message: string): void {
  const isFirst = record.triedSinceMs === undefined;
  postpone(draft, record, tryAgainMs(triedSinceMs(draft, record), draft.nowMs));
  if (isFirst)
    draft.tell("warn", "order_declined", `${keyText(record.key)} waits, it is tried again: ${message}`, {
      intentKey: record.key,
    });
}

/** Gives every order its venue id. */
export function mapOrders(
  draft: Draft,
  effect: Pick<Place, "intentKey" | "generation">,
  said: readonly ExchangeOrder[],
  isAmended = false,
): void {
  const own = ordersOf(draft, { key: effect.intentKey, generation: effect.generation });
  const silent = new Set(own.filter((order) => !isOver(order)).map((order) => order.clientOrderId));
  for (const order of said) {
    const found = own.find((candidate) => isSame(candidate, order, said.length === 1 ? silent : null));
    if (found === undefined) {
      draft.tell("warn", "order_unmapped", `the broker reports an order ${order.id} that was not asked for`, {
        intentKey: effect.intentKey,
      });
      continue;
    }
    silent.delete(found.clientOrderId);
    const seen = takeOver(draft, found, order, isAmended);
    if (isOver(seen)) continue;
    draft.setOrder({
      ...seen,
      ...levelsOf(seen, order),
      ...(hasDied(order) && order.filledQty <= seen.filledQty ? { status: order.status } : {}),
    });
  }
  // Part of the same write, although the venue shows no orders for them: brackets that hang on a position.
  for (const clientOrderId of silent) {
    const order = draft.orders.get(clientOrderId)!;
    if (order.status === "pending") draft.setOrder({ ...order, status: "open", updatedMs: draft.nowMs });
  }
}

/** By our id, by the venue's, or because there is only one. */
function isSame(own: OrderRecord, said: ExchangeOrder, onlyOne: ReadonlySet<string> | null): boolean {
  if (said.clientOrderId !== undefined) return said.clientOrderId === own.clientOrderId;
  if (own.exchangeId !== null && own.exchangeId === said.id) return true;
  return onlyOne !== null && onlyOne.size === 1 && onlyOne.has(own.clientOrderId);
}

const hasDied = ({ status }: ExchangeOrder): boolean =>
  status === "cancelled" || status === "rejected" || status === "expired";
