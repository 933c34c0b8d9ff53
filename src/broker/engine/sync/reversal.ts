import type { EntryIntent } from "../../../api/broker/intents.ts";
import { isAgainst } from "../book/position.ts";
import { intentKey, keySeparator, keyText, type Wish } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { IntentRecord, ReopenObligation } from "../state.ts";
import { closableQty, closeAll, closeId } from "./closes.ts";
import { decline } from "./decline.ts";
import { isFollowUp, pursueFollowUp } from "./follow-up.ts";
import { openParked, reopen, reopenId } from "./parked.ts";

/**
 * A market entry against the position closes first and opens when the position is flat, whoever made it so. The two
 * are never one order: a quantity that is computed from a position which is a fill behind turns into exposure that
 * nobody asked for.
 */

/** How often the close of a reversal may fail before the entry is given up. */
const mostCloses = 3;

/** Whether an entry has to wait for the position to be closed. */
export function mustReverse(draft: Draft, intent: EntryIntent): boolean {
  return (
    intent.orderType === "market" &&
    !intent.isStrategyOrder &&
    !intent.skipFlip &&
    !intent.stopFiredMarket &&
    isAgainst(draft.book, intent.side)
  );
}

/** Parks an entry until the position is flat. The close follows in `pursueReopens`. */
export function armReversal(draft: Draft, wanted: Wish): void {
  const { key } = wanted;
  draft.owe(reopen(draft, reopenId(key), wanted));
  draft.journal("reversal_armed", { intentKey: key, payload: { size: draft.book.size } });
}

/** An entry that the script does not want any more, or with a price now, is parked no longer. */
export function reviseReopens(draft: Draft): void {
  if (draft.wanted === null) return;
  for (const owed of draft.obligations.values()) {
    if (owed.kind !== "reopen" || isFollowUp(owed)) continue;
    const now = draft.wanted.get(owed.wanted.key);
    if (now?.generation !== owed.wanted.generation || now.untilMs === undefined) giveUp(draft, owed);
    else if (now.untilMs !== owed.deadlineMs) draft.owe({ ...owed, deadlineMs: now.untilMs });
  }
}

/** It turns nothing around any more. A close of it that has not gone out does not go; one that has stays what it is. */
function giveUp(draft: Draft, { id, wanted: { key } }: ReopenObligation): void {
  draft.settle(id);
  const close = closeOf(draft, key);
  if (close?.phase === "prepared") draft.settle(closeId("reversal", nameOf(key)));
}

/** Brings every parked entry on: closes what is in its way, and opens it when nothing is. */
export function pursueReopens(draft: Draft, isEvaluation: boolean): void {
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "reopen") pursueReopen(draft, obligation, isEvaluation);
}

function pursueReopen(draft: Draft, obligation: ReopenObligation, isEvaluation: boolean): void {
  const { wanted } = obligation;
  if (wanted.intent.kind !== "entry") return draft.settle(obligation.id);
  if (wanted.intent.stopFiredMarket) return pursueFollowUp(draft, obligation, wanted.intent);
  // What an earlier process has left is for the script to judge, which has not seen what became of its position.
  if (!draft.hasRun) return;
  const now = draft.wanted?.get(wanted.key);
  if (now?.generation !== wanted.generation || now.intent.kind !== "entry")
    return draft.settle(obligation.id);
  if (!mustReverse(draft, now.intent)) return openParked(draft, obligation, now, now.intent);
  // Closes that are on their way do it already, or a part of it.
  if (!(closableQty(draft, null, now.intent.side) > 0)) return;
  // One of its own that is out, or in doubt, has its answer first.
  if (isClosing(draft, now.key)) return;
  const failed = lastClose(draft, now.key);
  // A close that has just failed is not tried again before the script has had another look.
  if (failed && (!isEvaluation || draft.barTimeMs <= obligation.barTimeMs)) return;
  if (obligation.attempts >= mostCloses) {
    draft.settle(obligation.id);
    decline(
      draft,
      { ...now, intent: now.intent },
      "rejected",
      "reversal_given_up",
      `${keyText(now.key)} cannot open: the position against it could not be closed in ${mostCloses} attempts`,
    );
    return;
  }
  if (draft.latches.quarantine !== null || draft.latches.paused) {
    // Without a way to open, to close would be half of what was asked for; `judge` says what becomes of it.
    return openParked(draft, obligation, now, now.intent);
  }
  draft.owe({ ...obligation, attempts: obligation.attempts + 1, barTimeMs: draft.barTimeMs });
  const { comment, pineId } = now.intent;
  // In the trade list it is the entry that has closed; its alert is raised once, when it opens.
  closeAll(draft, "reversal", pineId, pineId, comment === undefined ? {} : { comment });
}

/** The close of a reversal has ended without closing. */
function lastClose(draft: Draft, key: string): boolean {
  const record = closeOf(draft, key);
  return record !== undefined && record.phase === "done" && record.end !== "filled";
}

function isClosing(draft: Draft, key: string): boolean {
  const record = closeOf(draft, key);
  return record !== undefined && record.phase !== "done";
}

function closeOf(draft: Draft, key: string): IntentRecord | undefined {
  const pineId = `__pyne_reversal_close__${nameOf(key)}`;
  return draft.intents.get(intentKey({ kind: "close", pineId, syntheticKind: "reversal_close" }));
}

/** The id of an entry, which its reversal goes by. */
function nameOf(key: string): string {
  return key.slice(key.indexOf(keySeparator) + 1);
}
