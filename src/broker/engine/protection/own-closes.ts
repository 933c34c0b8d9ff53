import type { Draft } from "../draft.ts";
import { endIntent } from "../phase.ts";
import { halt } from "../safety/latches.ts";
import type { CloseObligation, IntentRecord } from "../state.ts";
import { oweResidual } from "./residuals.ts";
import { closeRecord, isClosed } from "../sync/closes.ts";
import { resend } from "../sync/dispatch.ts";

/** Brings the closes that the engine owes on, until fills prove them. */
export function pursueOwnCloses(draft: Draft): void {
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "close") pursueOwnClose(draft, obligation);
  for (const record of draft.intents.values())
    if (record.phase === "prepared" && isOwnClose(record) && !isOwed(draft, record.key))
      endIntent(draft, record, "superseded");
}

function isOwnClose({ intent }: IntentRecord): boolean {
  return intent.kind === "close" && intent.syntheticKind !== undefined;
}

/** Whether what this close was sent for is still to be done: an answer may come when something else has done it. */
function isOwed(draft: Draft, key: string): boolean {
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "close" && obligation.intentKey === key) return true;
  return false;
}

function pursueOwnClose(draft: Draft, obligation: CloseObligation): void {
  const record = closeRecord(draft, obligation);
  if (isClosed(draft, obligation)) {
    // What has not been sent is not needed any more; what has been sent cannot open anything: it only reduces.
    if (record?.phase === "prepared") endIntent(draft, record, "superseded");
    return settle(draft, obligation);
  }
  if (record === undefined) return settle(draft, obligation);
  if (record.phase === "prepared") {
    if (record.notBeforeMs <= draft.nowMs) resend(draft, record);
    return;
  }
  if (record.phase !== "done") return;
  // It has ended without having closed everything. Whoever owes the rest decides: the entry of a reversal, a bracket
  // instead of a market order, the watch that fired, an operator's flatten.
  if (obligation.reason !== "defensive") return draft.settle(obligation.id);
  if (record.end === "filled") return settle(draft, obligation);
  halt(
    draft,
    `${obligation.entryId === null ? "a position" : `entry ${obligation.entryId}`} is open without protection, and its close has failed: ${record.end}`,
  );
}

function settle(draft: Draft, obligation: CloseObligation): void {
  draft.settle(obligation.id);
  for (const ref of obligation.residualRefs) oweResidual(draft, ref);
  draft.journal("close_proven", {
    intentKey: obligation.intentKey,
    payload: { reason: obligation.reason, qty: obligation.filledQty },
  });
}
