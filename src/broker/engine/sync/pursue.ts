import { minus } from "../book/quantity.ts";
import { agreeOnEarly } from "../safety/agreement.ts";
import type { Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { pursueBrackets } from "../hedging/brackets.ts";
import { closeOpposite } from "../hedging/opposite.ts";
import { pursueLegCloses } from "../hedging/closes.ts";
import { filledInAll } from "../orders/accounted.ts";
import { oweCancel } from "../orders/cancel.ts";
import { isMoot } from "../orders/refused.ts";
import { cancelId, endIntent, isAlive, isSynthetic } from "../phase.ts";
import { isGuarding, pursueFailsafes } from "../protection/failsafe.ts";
import { isFlattening, pursueFlatten } from "../protection/flatten.ts";
import { pursueOwnCloses } from "../protection/own-closes.ts";
import { isRefusedPart, refusePart } from "../protection/part-refused.ts";
import { pursueResiduals } from "../protection/residuals.ts";
import { coverShorts } from "../protection/short-cover.ts";
import { leaveSoftware, pursueSoftware, sendSoftware } from "../protection/software.ts";
import { dropStopLimits, entryTarget, sleep } from "../protection/stop-limit.ts";
import { sweepLegs } from "../protection/survivors.ts";
import type { IntentRecord } from "../state.ts";
import { pursueCancels } from "./cancels.ts";
import { sendClose } from "./closes.ts";
import { resend, reshape } from "./dispatch.ts";
import { changeEntry, sendEntry } from "./entries.ts";
import { exitTarget, isSoftware } from "./exit-target.ts";
import { sendExit } from "./exits.ts";
import { endUncompleted, pursueFollowUps } from "./follow-up.ts";
import { pursueLapses } from "./lapse.ts";
import { clearTheWay } from "./room.ts";
import { mustReverse, pursueReopens, reviseReopens } from "./reversal.ts";
import { keepRulings, veto } from "./rulings.ts";
import { isSameIntent, isSameOrder } from "./same-order.ts";

/** What makes a position smaller goes before what makes it larger. */
const order = ["close", "exit", "entry"] as const;

/**
 * Compares what is wanted and owed with what is at the venue, and sends whatever can go now. For an intent at most one
 * write is out: what has to wait for it is not remembered, it comes up again when the answer is in.
 */
export function pursue(draft: Draft, isEvaluation: boolean): void {
  if (draft.latches.halt !== null) return;
  agreeOnEarly(draft);
  pursueFlatten(draft);
  sweepLegs(draft);
  coverShorts(draft);
  if (draft.wanted !== null) for (const record of draft.intents.values()) pursueUnwanted(draft, record);
  pursueCancels(draft);
  clearTheWay(draft);
  reviseReopens(draft);
  pursueOwnCloses(draft);
  pursueSoftware(draft);
  dropStopLimits(draft);
  if (isEvaluation) endUncompleted(draft);
  pursueLapses(draft);
  pursueFollowUps(draft);
  pursueWishes(draft);
  pursueFailsafes(draft);
  // Before the closes of reversals: what protected the old position must not meet the new one.
  pursueCancels(draft);
  pursueReopens(draft, isEvaluation);
  keepRulings(draft);
  pursueCancels(draft);
  pursueResiduals(draft);
  if (!draft.rules.isHedging) return;
  closeOpposite(draft);
  pursueLegCloses(draft);
  pursueBrackets(draft);
}

function pursueWishes(draft: Draft): void {
  if (draft.wanted === null || isFlattening(draft)) return;
  // Entries that turn the position around are parked first: the brackets of the old position have to know.
  for (const wanted of draft.wanted.values())
    if (wanted.intent.kind === "entry" && mustReverse(draft, wanted.intent)) pursueWanted(draft, wanted);
  for (const kind of order)
    for (const wanted of draft.wanted.values())
      if (wanted.intent.kind === kind && draft.latches.halt === null) pursueWanted(draft, wanted);
}

/** What the script does not want any more goes. */
function pursueUnwanted(draft: Draft, record: IntentRecord): void {
  const wanted = draft.wanted?.get(record.key);
  if (wanted?.generation === record.generation || isSynthetic(record)) {
    if (record.phase === "done" && isSynthetic(record) && !isGuarding(draft, record)) forget(draft, record);
    return;
  }
  switch (record.phase) {
    case "prepared":
    case "asleep":
      return endIntent(draft, record, "cancelled");
    case "working":
      return oweCancel(draft, record, "unwanted");
    case "done":
      return forget(draft, record);
    case "sent":
    case "amending":
    case "cancelling":
    case "unknown":
      // Its answer comes first.
      return;
  }
}

/** A record that is over leaves when its bar is over: until then its ids must be known as used. */
function forget(draft: Draft, record: IntentRecord): void {
  if (!(record.barTimeMs < draft.barTimeMs) || isCounted(draft, record)) return;
  for (const obligation of draft.obligations.values())
    if ("intentKey" in obligation && obligation.intentKey === record.key) return;
  draft.dropIntent(record.key);
  draft.pruneOrders();
}

/** How often the venue has refused an entry in a row is known as long as the script asks for it on every bar. */
function isCounted({ wanted, hasRun }: Draft, { key, intent, rejects }: IntentRecord): boolean {
  if (intent.kind !== "entry" || rejects === 0) return false;
  return !hasRun || wanted?.get(key)?.intent.kind === "entry";
}

function pursueWanted(draft: Draft, wanted: Wanted): void {
  const { key, generation, intent } = wanted;
  const record = draft.intents.get(key);
  if (record !== undefined && record.generation > generation) return;
  // The order before it, under the same id, is still on its way out.
  if (record !== undefined && record.generation < generation && isAlive(record)) return;
  // What is left of it at the venue goes first.
  if (record?.phase === "done" && draft.obligations.has(cancelId(record))) return;
  const own = record?.generation === generation ? record : undefined;
  if (own?.phase === "done" && (own.end !== "superseded" || isWriteOut(draft, key))) return;
  if (own?.phase === "prepared" && own.notBeforeMs > draft.nowMs) return;
  switch (intent.kind) {
    case "close":
      if (own === undefined) sendClose(draft, key, generation, intent);
      else if (own.phase === "prepared") {
        if (isMoot(draft, own)) endIntent(draft, own, "cancelled");
        else resend(draft, own);
      }
      return;
    case "entry": {
      if (wanted.ruling !== undefined && wanted.ruling.given === undefined) return veto(draft, wanted, own);
      const target = entryTarget(draft, wanted, intent);
      if (target === null) return holdsOrder(own) ? rest(draft, own) : sleep(draft, wanted, intent, own);
      if (own === undefined || own.phase === "done") return sendEntry(draft, wanted, target, null);
      if (own.phase === "asleep")
        return sendEntry(draft, wanted, target, { ...own, phase: "prepared", intent: target });
      if (own.phase === "prepared") return sendEntry(draft, wanted, target, own);
      if (own.phase === "working") bring(draft, turning(draft, own, wanted.flip), target, changeEntry);
      return;
    }
    case "exit": {
      if (isRefusedPart(draft, wanted, intent)) return refusePart(draft, wanted, intent, own);
      const target = exitTarget(draft, wanted, intent);
      if (target.is === "hold") return;
      if (isSoftware(draft, wanted, intent)) return sendSoftware(draft, wanted, intent, own, target);
      if (own !== undefined && !leaveSoftware(draft, own)) return;
      const now = own === undefined ? undefined : draft.intents.get(key);
      // Its legs hang on the positions themselves.
      if (draft.rules.isHedging) return;
      if (target.is === "rest") return rest(draft, now);
      if (isUnfit(draft, now, target.intent.qty)) return;
      if (now === undefined || now.phase === "done" || now.phase === "prepared")
        return sendExit(draft, key, generation, target.intent, now);
      if (now.phase === "working") bring(draft, now, target.intent, reshape);
      return;
    }
  }
}

/** Something of it is, or is about to be, at the venue. */
function holdsOrder(own: IntentRecord | undefined): boolean {
  return own !== undefined && own.phase !== "done" && own.phase !== "asleep";
}

/** The venue takes no order of the size that would be sent: without what has filled, told or not. */
function isUnfit(draft: Draft, own: IntentRecord | undefined, qty: number): boolean {
  return own?.phase === "prepared" && own.unfitQty === minus(qty, filledInAll(draft, own));
}

/** Wanted, and not to be at the venue now: what is there goes, and comes again when it is time. */
function rest(draft: Draft, own: IntentRecord | undefined): void {
  if (own?.phase === "working") oweCancel(draft, own, "superseded");
  else if (own?.phase === "prepared") endIntent(draft, own, "superseded");
}

/** The answer to a write for this key has not come, although what the write was for is over. */
function isWriteOut({ outbox }: Draft, key: string): boolean {
  for (const effect of outbox.values())
    if ((effect.kind === "place" || effect.kind === "amend") && effect.intentKey === key) return true;
  return false;
}

/** What an entry is to turn around is what was open when the script placed it last. */
function turning(draft: Draft, own: IntentRecord, flip: number | undefined): IntentRecord {
  if (own.flip === flip) return own;
  const { flip: _, ...rest } = own;
  const now: IntentRecord = flip === undefined ? rest : { ...rest, flip };
  draft.setIntent(now);
  return now;
}

/** A working order has to look like this: a write where the venue would see a difference, none otherwise. */
function bring<Intent extends IntentRecord["intent"]>(
  draft: Draft,
  record: IntentRecord,
  intent: Intent,
  change: (draft: Draft, record: IntentRecord, intent: Intent) => void,
): void {
  if (!isSameOrder(record.intent, intent) || record.isUneven === true) change(draft, record, intent);
  else if (!isSameIntent(record.intent, intent)) draft.setIntent({ ...record, intent });
}
