import type { EntryIntent } from "../../../api/broker/intents.ts";
import { quantity } from "../../../kernel/units.ts";
import { isAgainst } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { intentKey } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { Fill } from "../fill.ts";
import { marketOrderMs } from "../patience.ts";
import { endIntent } from "../phase.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, ReopenObligation } from "../state.ts";
import { filledInAll } from "../orders/accounted.ts";
import { decline } from "./decline.ts";
import { resend } from "./dispatch.ts";
import { judge } from "./gates.ts";
import { isHeldBack, lapseParked } from "./lapse.ts";
import { openParked, reopen } from "./parked.ts";

function followId(entryId: string): string {
  return `follow:${entryId}`;
}

/**
 * What of an entry's fills only closed the other side is bought again at the market once its order has filled, so that
 * the script ends up with the position it asked for. Of a priced entry no more than it was placed against: a position
 * that opened since is only closed. A market entry turns whatever it meets.
 */
export function followUp(draft: Draft, record: IntentRecord, closedQty: number, fill: Fill): void {
  const { intent, generation, flip = 0 } = record;
  if (intent.kind !== "entry" || intent.isStrategyOrder || intent.stopFiredMarket || intent.skipFlip) return;
  const most = intent.orderType === "market" ? Infinity : flip;
  if (!(most > 0)) return;
  if (isOfThePast(draft, fill))
    return giveUp(draft, record, Math.min(closedQty, most), "what it completes has filled long ago");
  const { limit: _limit, stop: _stop, ocaName: _name, ocaType: _type, ...rest } = intent;
  const before = draft.obligations.get(followId(intent.pineId));
  const soFar =
    before?.kind === "reopen" && before.wanted.generation === generation ? before.wanted.intent.qty : 0;
  const market: EntryIntent = {
    ...rest,
    qty: quantity(Math.min(plus(soFar, closedQty), most)),
    orderType: "market",
    stopFiredMarket: true,
  };
  const owed = reopen(draft, followId(intent.pineId), { key: intentKey(market), generation, intent: market });
  // A fill that is told late makes it no younger.
  draft.owe(record.phase === "done" ? { ...owed, deadlineMs: record.sinceMs + marketOrderMs } : owed);
}

/**
 * A fill that was told late: a process was not there, or its stream had a gap. A replay of old bars tells old times: a
 * fill that is older than its order has another clock than this machine, and is judged by the bars.
 */
function isOfThePast({ orders, nowMs, barTimeMs }: Draft, { timeMs, clientOrderId }: Fill): boolean {
  const sentMs = orders.get(clientOrderId)?.createdMs ?? -Infinity;
  return timeMs + marketOrderMs < (timeMs + marketOrderMs < sentMs ? barTimeMs : nowMs);
}

/** Nothing completes it: the script's order is over as soon as it has filled. */
function giveUp(
  draft: Draft,
  { intent: whole, generation, phase }: IntentRecord,
  qty: number,
  why: string,
): void {
  if (whole.kind !== "entry") return;
  const intent: EntryIntent = { ...whole, qty: quantity(qty), stopFiredMarket: true };
  const key = intentKey(intent);
  const message = `${intent.side} ${qty} of ${intent.pineId} is not sent: ${why}`;
  const hasMore = draft.obligations.has(followId(intent.pineId));
  if (phase === "done" && !hasMore && isHeldBack(draft, { key, generation }))
    decline(draft, { key, generation, intent }, "cancelled", "follow_up_given_up", message);
  else draft.tell("warn", "follow_up_given_up", message, { intentKey: key });
}

/** An entry has opened more than it seemed: so much less is left to buy again. */
export function followLess(draft: Draft, entryId: string, qty: number): void {
  const id = followId(entryId);
  const owed = draft.obligations.get(id);
  if (owed?.kind !== "reopen" || owed.wanted.intent.kind !== "entry") return;
  const left = minus(owed.wanted.intent.qty, qty);
  if (!(left > 0)) return draft.settle(id);
  draft.owe({
    ...owed,
    wanted: { ...owed.wanted, intent: { ...owed.wanted.intent, qty: quantity(left) } },
  });
}

/** Sends it when its entry has filled and nothing is open against it. Its time begins when the entry is over. */
export function pursueFollowUp(draft: Draft, owed: ReopenObligation, intent: EntryIntent): void {
  const { wanted, id } = owed;
  const origin = draft.intents.get(intentKey({ ...intent, stopFiredMarket: false }));
  if (origin !== undefined && origin.generation === wanted.generation) {
    if (origin.phase !== "done") return;
    // Cancelled half way: what the script gave up is not completed for it.
    if (origin.end !== "filled") return draft.settle(id);
  }
  const isFirst = owed.deadlineMs === Infinity;
  const overMs = origin?.generation === wanted.generation ? origin.sinceMs : draft.nowMs;
  const obligation = isFirst ? { ...owed, deadlineMs: overMs + marketOrderMs } : owed;
  if (isFirst) draft.owe(obligation);
  if (draft.nowMs >= obligation.deadlineMs) return lapseParked(draft, obligation);
  if (isAgainst(draft.book, intent.side)) return;
  openParked(draft, obligation, wanted, intent);
}

/** The market order that completes an entry, as opposed to the second half of a market entry against the position. */
export const isFollowUp = ({ wanted: { intent } }: ReopenObligation): boolean =>
  intent.kind === "entry" && intent.stopFiredMarket;

/**
 * An entry that has filled, and that nothing completes any more, is over, whatever the script's book counts: it would
 * wait there for ever, and the script could not enter under its name again.
 */
export function endUncompleted(draft: Draft): void {
  for (const { key, generation, intent } of draft.wanted?.values() ?? []) {
    const record = draft.intents.get(key);
    if (intent.kind !== "entry" || record?.generation !== generation || record.end !== "filled") continue;
    if (filledInAll(draft, record) > record.filledQty || isCompleted(draft, intent, generation)) continue;
    draft.notice({ kind: "order_over", key, generation, end: "filled" });
  }
}

function isCompleted(draft: Draft, { pineId, ...intent }: EntryIntent, generation: number): boolean {
  const owed = draft.obligations.get(followId(pineId));
  if (owed?.kind === "reopen" && owed.wanted.generation === generation) return true;
  const half = draft.intents.get(intentKey({ ...intent, pineId, stopFiredMarket: true }));
  return half !== undefined && half.generation === generation && half.phase !== "done";
}

/** One that could not be sent is in no wish of the script's: it is sent again here. */
export function pursueFollowUps(draft: Draft): void {
  for (const record of draft.intents.values()) {
    const { intent, phase, notBeforeMs, key, generation } = record;
    if (intent.kind !== "entry" || !intent.stopFiredMarket || phase !== "prepared") continue;
    if (notBeforeMs > draft.nowMs) continue;
    const verdict = judge(draft, { key, generation, intent });
    if (verdict.go === "allow") resend(draft, record);
    else if (verdict.go === "halt") halt(draft, verdict.why);
    else if (verdict.go === "drop") endIntent(draft, record, "cancelled");
  }
}
