import type { EntryIntent } from "../../../api/broker/intents.ts";
import { quantity } from "../../../kernel/units.ts";
import { isAgainst } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { intentKey, keyText, type Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, ReopenObligation } from "../state.ts";
import { closableQty, closeAll } from "./closes.ts";
import { decline, dispatch, resend } from "./dispatch.ts";
import { judge } from "./gates.ts";

/**
 * A market entry against the position closes first and opens when the position is flat, whoever made it so. The two
 * are never one order: a quantity that is computed from a position which is a fill behind turns into exposure that
 * nobody asked for.
 */

/** How often the close of a reversal may fail before the entry is given up. */
const mostCloses = 3;

/** Name of the obligation to open when flat. */
export function reopenId(key: string): string {
  return `reopen:${key}`;
}

function followId(key: string): string {
  return `follow:${key}`;
}

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
export function armReversal(draft: Draft, wanted: Wanted): void {
  const { key } = wanted;
  draft.owe(reopen(draft, reopenId(key), wanted));
  draft.journal("reversal_armed", { intentKey: key, payload: { size: draft.book.size } });
}

function reopen(draft: Draft, id: string, wanted: Wanted): ReopenObligation {
  return {
    kind: "reopen",
    id,
    wanted,
    barTimeMs: Number.isNaN(draft.barTimeMs) ? draft.nowMs : draft.barTimeMs,
    sinceMs: draft.nowMs,
    deadlineMs: Infinity,
    attempts: 0,
    nextMs: 0,
  };
}

/**
 * A priced entry rests with its own quantity whatever the position is; what of its fills only closed the other side is
 * bought again at the market once the order has filled, so that the script ends up with the position it asked for.
 */
export function followUp(draft: Draft, record: IntentRecord, closedQty: number): void {
  const { intent, generation } = record;
  if (intent.kind !== "entry" || intent.isStrategyOrder || intent.stopFiredMarket || intent.skipFlip) return;
  const { limit: _limit, stop: _stop, ocaName: _name, ocaType: _type, ...rest } = intent;
  const before = draft.obligations.get(followId(intentKey({ ...intent, stopFiredMarket: true })));
  const soFar =
    before?.kind === "reopen" && before.wanted.generation === generation ? before.wanted.intent.qty : 0;
  const market: EntryIntent = {
    ...rest,
    qty: quantity(plus(soFar, closedQty)),
    orderType: "market",
    stopFiredMarket: true,
  };
  parkUntilFlat(draft, { key: intentKey(market), generation, intent: market });
}

/** An entry has opened more than it seemed: so much less is left to buy again. */
export function followLess(draft: Draft, entryId: string, qty: number): void {
  const id = followId(intentKey({ kind: "entry", pineId: entryId, stopFiredMarket: true }));
  const owed = draft.obligations.get(id);
  if (owed?.kind !== "reopen" || owed.wanted.intent.kind !== "entry") return;
  const left = minus(owed.wanted.intent.qty, qty);
  if (!(left > 0)) return draft.settle(id);
  draft.owe({
    ...owed,
    wanted: { ...owed.wanted, intent: { ...owed.wanted.intent, qty: quantity(left) } },
  });
}

/** Parks a market order of the engine's own until nothing is open against it. */
export function parkUntilFlat(draft: Draft, wanted: Wanted): void {
  draft.owe(reopen(draft, followId(wanted.key), wanted));
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
  const now = draft.wanted === null ? wanted : draft.wanted.get(wanted.key);
  if (now?.generation !== wanted.generation || now.intent.kind !== "entry")
    return draft.settle(obligation.id);
  if (!mustReverse(draft, now.intent)) return open(draft, obligation, now, now.intent);
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
    return open(draft, obligation, now, now.intent);
  }
  draft.owe({ ...obligation, attempts: obligation.attempts + 1, barTimeMs: draft.barTimeMs });
  closeAll(draft, "reversal", now.intent.pineId, now.intent.pineId);
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
  const name = key.slice(key.indexOf("\0") + 1);
  return draft.intents.get(
    intentKey({ kind: "close", pineId: `__pyne_reversal_close__${name}`, syntheticKind: "reversal_close" }),
  );
}

function open(draft: Draft, obligation: ReopenObligation, wanted: Wanted, intent: EntryIntent): void {
  const record = draft.intents.get(wanted.key);
  const own = record?.generation === wanted.generation ? record : undefined;
  if (own !== undefined && own.phase !== "prepared") return draft.settle(obligation.id);
  if (own !== undefined && own.notBeforeMs > draft.nowMs) return;
  // An older order under this id has its end first.
  if (own === undefined && record !== undefined && record.phase !== "done") return;
  const verdict = judge(draft, { key: wanted.key, generation: wanted.generation, intent });
  switch (verdict.go) {
    case "allow":
      draft.settle(obligation.id);
      if (own !== undefined) return resend(draft, own);
      return dispatch(draft, { key: wanted.key, generation: wanted.generation, intent });
    case "defer":
      return;
    case "drop":
      draft.settle(obligation.id);
      return decline(
        draft,
        { ...wanted, intent },
        "skipped",
        verdict.code,
        `${keyText(wanted.key)}: ${verdict.why}`,
      );
    case "halt":
      draft.settle(obligation.id);
      return halt(draft, verdict.why);
  }
}

function pursueFollowUp(draft: Draft, obligation: ReopenObligation, intent: EntryIntent): void {
  const { wanted } = obligation;
  const origin = draft.intents.get(intentKey({ ...intent, stopFiredMarket: false }));
  if (origin !== undefined && origin.generation === wanted.generation) {
    if (origin.phase !== "done") return;
    // Cancelled half way: what the script gave up is not completed for it.
    if (origin.end !== "filled" && origin.end !== "gone") return draft.settle(obligation.id);
  }
  if (isAgainst(draft.book, intent.side)) return;
  open(draft, obligation, wanted, intent);
}
