import { openQty } from "../book/position.ts";
import type { Draft } from "../draft.ts";
import { keyText } from "../desired.ts";
import { refusedExitMs, rejectBudget, tryAgainMs } from "../patience.ts";
import { endIntent, isFailsafe } from "../phase.ts";
import { halt } from "../safety/latches.ts";
import { lookAtCoins } from "../spot/coins.ts";
import type { IntentRecord } from "../state.ts";
import { filledInAll } from "./accounted.ts";
import { endOrders } from "./living.ts";
import { oweVerify, settleVerifies } from "./verify.ts";

/**
 * A definite no of the venue to an intent's first write. An entry is tried again, under new ids, until its budget is
 * spent, and then left alone: a position that was not opened hurts nobody. What has filled in part is not tried again.
 * An exit or a close must not be left alone. One that has nothing left to close is over; otherwise it is tried once
 * more, in case the fill that made it moot was on its way, and then the run halts. A close that somebody in the engine
 * has thought of is theirs to try again.
 */
export function refuse(draft: Draft, record: IntentRecord, message: string): void {
  const { key, intent } = record;
  endOrders(draft, record, "rejected");
  settleVerifies(draft, record);
  draft.journal("order_rejected", { intentKey: key, payload: { message, attempt: record.retrySeq } });
  if (intent.kind === "entry" ? filledInAll(draft, record) > 0 : isMoot(draft, record)) {
    endIntent(draft, record, "rejected");
    return;
  }
  if (isFailsafe(record)) return refuseFailsafe(draft, record, message);
  if (isThoughtOf(intent)) {
    endIntent(draft, record, "rejected");
    draft.tell("warn", "order_refused", `${keyText(key)} was refused: ${message}`, { intentKey: key });
    return;
  }
  const rejects = record.rejects + 1;
  const budget = intent.kind === "entry" ? rejectBudget : 2;
  if (rejects < budget) {
    const wait =
      intent.kind === "entry"
        ? tryAgainMs(record.sinceMs, draft.nowMs)
        : Math.max(draft.nowMs + refusedExitMs, lookAtCoins(draft));
    draft.setIntent(renamed(draft, { ...record, rejects }, wait));
    draft.tell("warn", "order_refused", `${keyText(key)} was refused and is tried again: ${message}`, {
      intentKey: key,
    });
    return;
  }
  endIntent(draft, { ...record, rejects }, "rejected");
  if (intent.kind === "entry")
    draft.tell(
      "error",
      "entry_suppressed",
      `${keyText(key)} was refused ${rejects} times and is left alone until the script changes it: ${message}`,
      { intentKey: key },
    );
  else halt(draft, `${keyText(key)} was refused although there is a position to close: ${message}`);
}

/** The stops that it stands behind are watched: it is tried again a few times, and then new exposure is none to take. */
function refuseFailsafe(draft: Draft, record: IntentRecord, message: string): void {
  const rejects = record.rejects + 1;
  endIntent(draft, { ...record, rejects }, "rejected");
  const isLast = rejects >= rejectBudget;
  draft.tell(
    isLast ? "error" : "warn",
    isLast ? "failsafe_missing" : "order_refused",
    isLast
      ? `the venue has refused the failsafe stop ${rejects} times: it has none, and nothing new is opened while stops are watched here (${message})`
      : `the failsafe stop was refused and is tried again: ${message}`,
    { intentKey: record.key },
  );
}

/** A reversal, a bracket whose price was passed, a watched price: each knows what to do without its close. */
function isThoughtOf(intent: IntentRecord["intent"]): boolean {
  if (intent.kind !== "close") return false;
  const { syntheticKind } = intent;
  return (
    syntheticKind === "reversal_close" ||
    syntheticKind === "marketable_exit" ||
    syntheticKind === "partial_trigger"
  );
}

/** The same intent to be sent under new ids: nothing carries the old ones any more. */
export function renamed(draft: Draft, record: IntentRecord, notBeforeMs: number): IntentRecord {
  const { triedSinceMs: _, ...rest } = record;
  return {
    ...rest,
    phase: "prepared",
    retrySeq: record.retrySeq + 1,
    notBeforeMs,
    sinceMs: draft.nowMs,
  };
}

/** Nothing is left for this exit or close to close. */
export function isMoot(draft: Draft, { intent }: IntentRecord): boolean {
  switch (intent.kind) {
    case "entry":
      return false;
    case "exit":
      return openQty(draft.book, intent.fromEntry, intent.side) === 0;
    case "close": {
      // Ids that the engine made up name no entry.
      const entryId = intent.targetEntryId ?? (intent.syntheticKind === undefined ? intent.pineId : "");
      return openQty(draft.book, entryId === "" ? null : entryId, intent.side) === 0;
    }
  }
}

/**
 * The id was used by an order that is dead: the next one is taken at once. An id that was handed to the plugin before
 * may be dead because this very order has lived, so that is looked into instead.
 */
export function respend(draft: Draft, record: IntentRecord, message: string): void {
  if (record.triedSinceMs !== undefined) {
    oweVerify(draft, record, "new", message);
    return;
  }
  const rejects = record.rejects + 1;
  if (rejects > rejectBudget) {
    refuse(draft, record, message);
    return;
  }
  endOrders(draft, record, "rejected");
  draft.journal("id_spent", { intentKey: record.key, payload: { message, attempt: record.retrySeq } });
  draft.setIntent(renamed(draft, { ...record, rejects }, 0));
}

/** It was not sent: the same ids are used again when it may go. */
export function postpone(draft: Draft, record: IntentRecord, notBeforeMs: number): void {
  draft.setIntent({
    ...record,
    phase: "prepared",
    triedSinceMs: triedSinceMs(draft, record),
    notBeforeMs,
    sinceMs: draft.nowMs,
  });
}

/** Since when an intent is being tried under the ids it has, ms. */
export function triedSinceMs(draft: Draft, record: IntentRecord): number {
  return record.triedSinceMs ?? draft.nowMs;
}

/** One leg of a bracket was refused while the others stand: the bracket goes, and comes again once. */
export function refuseLeg(draft: Draft, record: IntentRecord, message: string): void {
  const rejects = record.rejects + 1;
  draft.setIntent({ ...record, rejects });
  draft.journal("order_rejected", { intentKey: record.key, payload: { message, attempt: record.retrySeq } });
  if (rejects >= 2 && !isMoot(draft, record) && !isFailsafe(record))
    halt(draft, `${keyText(record.key)} was refused although there is a position to protect: ${message}`);
}
