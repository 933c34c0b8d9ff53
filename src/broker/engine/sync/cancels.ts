import type { Draft } from "../draft.ts";
import { livingOrders } from "../orders/cancel.ts";
import { endIntent, isUnsent } from "../phase.ts";
import type { CancelObligation, IntentRecord } from "../state.ts";

/** A cancel that did not settle the matter is asked for again after this, ms. */
const cancelPauseMs = 5_000;

/** Sends the cancels that are due. */
export function pursueCancels(draft: Draft): void {
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "cancel" && obligation.nextMs <= draft.nowMs) sendCancel(draft, obligation);
}

function sendCancel(draft: Draft, obligation: CancelObligation): void {
  const { intentKey, generation } = obligation;
  let record = draft.intents.get(intentKey);
  if (record === undefined || record.generation !== generation) return;
  if (isUnsent(record)) record = callOff(draft, record, obligation);
  // One write at a time; the orders of an intent that is done are out of its way.
  if (record.phase !== "working" && record.phase !== "done") return;
  if (isOut(draft, obligation)) return;
  const living = livingOrders(draft, record);
  if (living.length === 0) return draft.settle(obligation.id);
  const clientOrderIds = living.map((one) => one.clientOrderId);
  const { intent, barTimeMs, retrySeq } = record;
  if (record.phase === "working") draft.setIntent({ ...record, phase: "cancelling", sinceMs: draft.nowMs });
  draft.owe({
    ...obligation,
    clientOrderIds,
    attempts: obligation.attempts + 1,
    nextMs: draft.nowMs + cancelPauseMs,
  });
  draft.send({
    kind: "cancel",
    intentKey,
    generation,
    clientOrderIds,
    envelope: {
      intent: {
        kind: "cancel",
        pineId: intent.pineId,
        symbol: intent.symbol,
        ...(intent.kind === "exit" ? { fromEntry: intent.fromEntry } : {}),
      },
      barTimeMs,
      retrySeq,
    },
  });
  draft.journal("cancel", { intentKey, payload: { clientOrderIds, reason: obligation.reason } });
}

/** It was to go, and turns out not to be there: it is not sent again. An older order of it may still be alive. */
function callOff(draft: Draft, record: IntentRecord, obligation: CancelObligation): IntentRecord {
  endIntent(draft, record, obligation.reason === "superseded" ? "superseded" : "cancelled");
  const over = draft.intents.get(record.key) ?? record;
  if (livingOrders(draft, over).length > 0) draft.owe(obligation);
  return over;
}

/** A cancel of these orders has no answer yet. */
function isOut(draft: Draft, { intentKey, generation }: CancelObligation): boolean {
  for (const effect of draft.outbox.values())
    if (effect.kind === "cancel" && effect.intentKey === intentKey && effect.generation === generation)
      return true;
  return false;
}
