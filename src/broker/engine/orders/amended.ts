import { minus } from "../book/quantity.ts";
import { keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { WriteResult } from "../facts.ts";
import { afterRateLimitMs, amendPauseMs, refusedExitMs, rejectBudget } from "../patience.ts";
import { endIntent, isFailsafe } from "../phase.ts";
import { defend } from "../protection/defend.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord } from "../state.ts";
import { isShared } from "../safety/shared.ts";
import { oweCancel } from "./cancel.ts";
import { judgeUnreplaced } from "./gone.ts";
import { hasEnded, hasLostLeg, legFills, ordersOf } from "./living.ts";
import { mapOrders } from "./placed.ts";
import { isMoot } from "./refused.ts";
import { endUnreplaced } from "./unreplaced.ts";
import { oweVerify } from "./verify.ts";

type Amend = Extract<Effect, { kind: "amend" }>;

/** What came of changing a working intent. Whatever did not happen leaves the old orders as they were. */
export function onAmended(draft: Draft, effect: Amend, result: WriteResult): void {
  const record = draft.intents.get(effect.intentKey);
  const isCurrent = record?.generation === effect.generation;
  if (result.kind === "accepted") mapOrders(draft, effect, result.orders, true);
  if (!isCurrent || record.phase !== "amending") return;
  const { next, ...rest } = record;
  switch (result.kind) {
    case "accepted":
      if (hasEnded(draft, record)) endIntent(draft, record, record.filledQty > 0 ? "filled" : "cancelled");
      else {
        const { isUneven: _, ...even } = rest;
        draft.setIntent({
          ...even,
          intent: next ?? record.intent,
          ...(hasOutgrown(draft, record, effect) ? { isUneven: true } : {}),
          phase: "working",
          rejects: 0,
          notBeforeMs: 0,
          sinceMs: draft.nowMs,
        });
        for (const order of ordersOf(draft, record)) judgeUnreplaced(draft, order, result.orders);
      }
      return;
    case "skipped":
      asBefore(draft, record, draft.nowMs + amendPauseMs);
      // What is left of an entry is not wanted as it is. An exit cannot stay as large as it was where it would take what is
      // somebody else's, or what a close is to sell.
      if (result.reason === "below_min_size" && (record.intent.kind === "entry" || isShared(draft)))
        giveUp(draft, record.key, "superseded");
      draft.tell("warn", "amend_skipped", `${keyText(record.key)} was not changed: ${result.message}`, {
        intentKey: record.key,
      });
      return;
    case "not_sent":
      asBefore(draft, record, draft.nowMs + amendPauseMs);
      draft.journal("not_sent", { intentKey: record.key, payload: { message: result.message } });
      return;
    case "rate_limited":
      asBefore(draft, record, afterRateLimitMs(result.retryAfterMs, draft.nowMs));
      draft.journal("rate_limited", {
        intentKey: record.key,
        payload: { retryAfterMs: result.retryAfterMs },
      });
      return;
    case "rejected":
      refuseAmend(draft, record, result.message);
      return;
    case "id_spent":
      // Whether the old order still stands is not said: it is cancelled, and what is wanted is sent anew once it is gone.
      asBefore(draft, record, 0);
      giveUp(draft, record.key, "superseded");
      draft.journal("id_spent", { intentKey: record.key, payload: { message: result.message } });
      return;
    case "unknown":
      oweVerify(draft, record, "modify", result.message, predecessors(draft, record, result.predecessors));
      return;
    case "bracket_refused":
      asBefore(draft, record, 0);
      if (isFailsafe(record)) return giveUp(draft, record.key, "superseded");
      defend(draft, result.context, result.residualRefs);
      return;
    case "unsafe":
      oweVerify(draft, record, "modify", result.message, predecessors(draft, record, undefined));
      return;
    case "cancel":
      asBefore(draft, record, 0);
      halt(draft, `the broker answered to a change as if it had been a cancel (${result.outcome})`);
  }
}

/** A leg has filled while the change was under way, which asked the other for too much. */
function hasOutgrown(draft: Draft, record: IntentRecord, { envelope: { intent } }: Amend): boolean {
  if (intent.kind !== "exit") return false;
  const { tp, sl } = legFills(draft, record);
  const { qty, tpQty = qty, slQty = qty } = intent;
  return tpQty !== minus(qty, sl) || slQty !== minus(qty, tp);
}

/**
 * The old orders stand, and the change is not tried again before a time; unless it has cancelled some of them on its way.
 * @returns whether they stand
 */
function asBefore(draft: Draft, record: IntentRecord, notBeforeMs: number): boolean {
  const { next: _, ...rest } = record;
  const working: IntentRecord = { ...rest, phase: "working", sinceMs: draft.nowMs };
  if (endUnreplaced(draft, working)) return false;
  draft.setIntent({ ...working, notBeforeMs });
  return true;
}

/** The old orders go, where there are any. */
function giveUp(draft: Draft, key: string, reason: "superseded" | "unwanted"): void {
  const record = draft.intents.get(key);
  if (record !== undefined && record.phase !== "done") oweCancel(draft, record, reason);
}

/**
 * A change was refused; the old orders stand. An exit with nothing left to protect is over; one that protects a
 * position by the wrong levels is tried once more and then halts the run.
 */
function refuseAmend(draft: Draft, record: IntentRecord, message: string): void {
  const { key, intent } = record;
  const about = { intentKey: key };
  draft.journal("amend_rejected", { ...about, payload: { message } });
  if (intent.kind === "exit" && isMoot(draft, record)) {
    asBefore(draft, record, Infinity);
    giveUp(draft, key, "unwanted");
    return;
  }
  if (isFailsafe(record) || hasLostLeg(draft, record)) {
    // It goes, and comes again as it should be.
    asBefore(draft, record, 0);
    giveUp(draft, key, "superseded");
    return;
  }
  const rejects = record.rejects + 1;
  const budget = intent.kind === "entry" ? rejectBudget : 2;
  const wait = draft.nowMs + (intent.kind === "entry" ? amendPauseMs : refusedExitMs);
  const stands = asBefore(draft, { ...record, rejects }, rejects < budget ? wait : Infinity);
  if (rejects < budget || !stands) return;
  if (intent.kind === "exit")
    halt(draft, `a change of ${keyText(key)} was refused although it protects a position: ${message}`);
  else
    draft.tell(
      "error",
      "amend_suppressed",
      `${keyText(key)} stays as it is, its change was refused ${rejects} times: ${message}`,
      about,
    );
}

/** What a change whose answer is lost may have cancelled: what the plugin says, or everything. */
function predecessors(
  draft: Draft,
  record: IntentRecord,
  declared: readonly string[] | undefined,
): readonly string[] {
  return declared ?? ordersOf(draft, record).map((order) => order.clientOrderId);
}
