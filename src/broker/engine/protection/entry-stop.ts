import type { EntryIntent } from "../../../api/broker/intents.ts";
import { quantity } from "../../../kernel/units.ts";
import { isAgainst } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import { intentKey } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { endIntent } from "../phase.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, Watch } from "../state.ts";
import { closeAll } from "../sync/closes.ts";
import { dispatch, resend } from "../sync/dispatch.ts";
import { judge } from "../sync/gates.ts";
import { parkUntilFlat } from "../sync/reversal.ts";

/**
 * An entry with a limit and a stop: the limit rests at the venue, the stop is watched here. When the price reaches it,
 * the limit is cancelled, and only what the venue says is cancelled is bought at the market.
 */

export function entryStopId(key: string): string {
  return `entry_stop:${key}`;
}

/** Watches the stop of an entry that has been sent, or stops watching. */
export function watchEntryStop(draft: Draft, key: string, intent: EntryIntent): void {
  const id = entryStopId(key);
  const before = draft.watches.get(id);
  if (before !== undefined && before.state !== "armed") return;
  if (intent.limit === undefined || intent.stop === undefined) return draft.dropWatch(id);
  if (before?.level === intent.stop && before.qty === intent.qty) return;
  draft.setWatch({
    id,
    kind: "entry_stop",
    state: "armed",
    intentKey: key,
    side: intent.side,
    qty: intent.qty,
    level: intent.stop,
    trailOffset: Number.NaN,
    activation: Number.NaN,
    isActive: true,
    updatedMs: draft.nowMs,
  });
}

/** Brings every watched stop of an entry on. */
export function pursueEntryStops(draft: Draft): void {
  for (const watch of draft.watches.values()) if (watch.kind === "entry_stop") pursueOne(draft, watch);
  for (const record of draft.intents.values()) pursueMarket(draft, record);
}

/** A market order of ours that could not be sent is in no wish of the script's: it is sent again here. */
function pursueMarket(draft: Draft, record: IntentRecord): void {
  const { intent, phase, notBeforeMs } = record;
  if (intent.kind !== "entry" || !intent.stopFiredMarket) return;
  if (phase !== "prepared" || notBeforeMs > draft.nowMs) return;
  const verdict = judge(draft, { key: record.key, generation: record.generation, intent });
  if (verdict.go === "allow") resend(draft, record);
  else if (verdict.go === "halt") halt(draft, verdict.why);
  else if (verdict.go === "drop") endIntent(draft, record, "cancelled");
}

function pursueOne(draft: Draft, watch: Watch): void {
  const record = draft.intents.get(watch.intentKey);
  const isWanted =
    draft.wanted === null || draft.wanted.get(watch.intentKey)?.generation === record?.generation;
  if (record === undefined || !isWanted) return draft.dropWatch(watch.id);
  if (watch.state === "armed") {
    if (record.phase === "done" && record.end !== "superseded") return draft.dropWatch(watch.id);
    if (!isReached(watch, draft.price) || record.phase === "done") return;
    draft.setWatch({ ...watch, state: "cancel_pending", updatedMs: draft.nowMs });
    draft.journal("entry_stop_reached", { intentKey: watch.intentKey, payload: { price: draft.price } });
  }
  if (record.phase === "prepared") {
    endIntent(draft, record, "superseded");
    return fire(draft, watch, draft.intents.get(record.key)!);
  }
  if (record.phase === "working") return oweCancel(draft, record, "superseded");
  // Sent, unknown, cancelling: whether the limit has won is not known yet, and the market order stays here.
  if (record.phase !== "done") return;
  if (record.end !== "superseded") return draft.dropWatch(watch.id);
  fire(draft, watch, record);
}

function isReached({ side, level }: Watch, price: number): boolean {
  return side === "buy" ? price >= level : price <= level;
}

/** The limit is gone: what it has left is bought at the market. */
function fire(draft: Draft, watch: Watch, record: IntentRecord): void {
  if (record.intent.kind !== "entry") return draft.dropWatch(watch.id);
  const { limit: _limit, stop: _stop, ocaName: _name, ocaType: _type, ...rest } = record.intent;
  const left = minus(record.intent.qty, record.filledQty);
  if (!(left > 0)) return draft.dropWatch(watch.id);
  const intent: EntryIntent = { ...rest, qty: quantity(left), orderType: "market", stopFiredMarket: true };
  const what = { key: intentKey(intent), generation: record.generation, intent };
  // The market order of an earlier life is still under way.
  const earlier = draft.intents.get(what.key);
  if (earlier !== undefined && earlier.phase !== "done") return;
  const verdict = judge(draft, what);
  if (verdict.go === "defer") return;
  draft.dropWatch(watch.id);
  if (verdict.go === "halt") return halt(draft, verdict.why);
  if (verdict.go === "drop") {
    draft.tell("warn", verdict.code, `the stop of ${record.intent.pineId} was reached: ${verdict.why}`, {
      intentKey: record.key,
    });
    return endIntent(draft, record, "cancelled");
  }
  // From here on the market order stands for it: it is never sent again.
  draft.setIntent({ ...record, end: "gone", sinceMs: draft.nowMs });
  if (!isAgainst(draft.book, intent.side) || intent.isStrategyOrder) return dispatch(draft, what);
  parkUntilFlat(draft, what);
  closeAll(draft, "reversal", intent.pineId, intent.pineId);
}
