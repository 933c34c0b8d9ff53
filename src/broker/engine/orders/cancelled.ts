import { isFan, settleFan } from "../hedging/fan.ts";
import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { WriteResult } from "../facts.ts";
import { afterRateLimitMs, cancelGraceMs, tryAgainMs } from "../patience.ts";
import { cancelId, endIntent, isAlive } from "../phase.ts";
import type { CancelObligation } from "../state.ts";
import { account, isAccounted } from "./accounted.ts";
import { ordersOf } from "./living.ts";
import { leaveDoubt, settleVerify } from "./verify.ts";

type Cancel = Extract<Effect, { kind: "cancel" }>;

/**
 * What came of asking for orders to be gone. The obligation is over when the venue says how they ended; until then it
 * stays, is asked for again, and halts the run when it cannot be settled.
 */
export function onCancelled(draft: Draft, effect: Cancel, result: WriteResult): void {
  const key = effect.intentKey;
  const obligation = draft.obligations.get(cancelId({ key, generation: effect.generation }));
  leaveCancelling(draft, key, effect.generation);
  // The stream has settled it before.
  if (obligation?.kind !== "cancel") return;
  switch (result.kind) {
    case "cancel":
      switch (result.outcome) {
        case "too_late_to_cancel":
          // It was dead before, and nothing of it is untold.
          for (const id of effect.clientOrderIds) accountAsTold(draft, id);
          for (const id of effect.clientOrderIds) orderGone(draft, id, "cancelled");
          return;
        case "cancel_confirmed":
        case "still_open":
          for (const id of effect.clientOrderIds) orderGone(draft, id, "cancelled");
          return;
        case "already_filled":
          for (const id of effect.clientOrderIds) orderGone(draft, id, "filled");
          draft.journal("cancel_too_late", { intentKey: key });
          return;
        case "unknown":
          doubt(draft, obligation, "the outcome is not known");
          return;
      }
    case "not_sent":
      draft.owe({ ...obligation, nextMs: tryAgainMs(obligation.sinceMs, draft.nowMs) });
      return;
    case "rate_limited":
      draft.owe({ ...obligation, nextMs: afterRateLimitMs(result.retryAfterMs, draft.nowMs) });
      return;
    case "unsafe":
      return;
    case "accepted":
      doubt(draft, obligation, "the broker answered as if it had been an order");
      return;
    case "rejected":
    case "skipped":
    case "id_spent":
    case "unknown":
      doubt(draft, obligation, result.message);
      return;
    case "bracket_refused":
      doubt(draft, obligation, result.context.errorMessage ?? "a bracket was refused");
  }
}

function accountAsTold(draft: Draft, clientOrderId: string): void {
  const order = draft.orders.get(clientOrderId);
  if (order !== undefined && order.finalQty === undefined) account(draft, order, order);
}

/** No write is out for it any more; whether it works is the obligation's business. */
function leaveCancelling(draft: Draft, key: string, generation: number): void {
  const record = draft.intents.get(key);
  if (record?.generation === generation && record.phase === "cancelling")
    draft.setIntent({ ...record, phase: "working", sinceMs: draft.nowMs });
}

/** Asked for again; the first doubt starts the clock that halts. */
function doubt(draft: Draft, obligation: CancelObligation, message: string): void {
  const isFirst = obligation.deadlineMs === Infinity;
  draft.owe({
    ...obligation,
    deadlineMs: isFirst ? draft.nowMs + cancelGraceMs : obligation.deadlineMs,
    nextMs: tryAgainMs(obligation.sinceMs, draft.nowMs),
  });
  if (isFirst)
    draft.tell(
      "warn",
      "cancel_unknown",
      `nobody knows whether ${keyText(obligation.intentKey)} is cancelled, it is asked for again: ${message}`,
      { intentKey: obligation.intentKey },
    );
}

/**
 * An order is at its end, whoever brought it about. Its intent is over when all of its orders are, and so is the
 * obligation to cancel them.
 */
export function orderGone(
  draft: Draft,
  clientOrderId: string,
  status: "filled" | "cancelled" | "expired",
): void {
  const order = draft.orders.get(clientOrderId);
  if (order === undefined) return;
  if (!isOver(order)) draft.setOrder({ ...order, status, updatedMs: draft.nowMs });
  settleVerify(draft, clientOrderId);
  const owed = draft.obligations.get(cancelId({ key: order.intentKey, generation: order.generation }));
  if (owed?.kind === "cancel") settleCancel(draft, owed);
  const record = draft.intents.get(order.intentKey);
  if (record?.generation !== order.generation || !isAlive(record)) return;
  const own = ordersOf(draft, record);
  if (!own.every(isOver)) return leaveDoubt(draft, record);
  if (isFan(own)) return settleFan(draft, record, "a part of it was refused");
  const hasFilled = own.some((one) => one.status === "filled");
  const isSuperseded = owed?.kind === "cancel" && owed.reason === "superseded";
  // It is going to be sent again: what it came to is asked for at once.
  if (isSuperseded) isAccounted(draft, record);
  endIntent(draft, record, hasFilled ? "filled" : isSuperseded ? "superseded" : "cancelled");
}

/** The obligation to cancel an intent's orders is over when none of them lives. */
function settleCancel(draft: Draft, obligation: CancelObligation): void {
  const left = obligation.clientOrderIds.filter((own) => {
    const order = draft.orders.get(own);
    return order !== undefined && !isOver(order);
  });
  if (left.length === obligation.clientOrderIds.length) return;
  if (left.length > 0) draft.owe({ ...obligation, clientOrderIds: left });
  else draft.settle(obligation.id);
}
