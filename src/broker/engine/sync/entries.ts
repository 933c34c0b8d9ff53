import type { EntryIntent } from "../../../api/broker/intents.ts";
import type { Wish } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord } from "../state.ts";
import { dispatch, resend, reshape } from "./dispatch.ts";
import { drop, judge, type Verdict } from "./gates.ts";
import { reopenId } from "./parked.ts";
import { armReversal, mustReverse } from "./reversal.ts";
import { isSameOrder } from "./same-order.ts";

/** An entry of the script that is not at the venue: sent if every gate lets it. */
export function sendEntry(
  draft: Draft,
  wanted: Wish,
  intent: EntryIntent,
  prepared: IntentRecord | null,
): void {
  const { key, generation, flip, untilMs } = wanted;
  if (draft.obligations.has(reopenId(key))) return;
  const what = { key, generation, intent, flip, ...(untilMs === undefined ? {} : { untilMs }) };
  const verdict = judge(draft, what);
  if (verdict.go !== "allow") return refuse(draft, what, verdict);
  if (mustReverse(draft, intent)) return armReversal(draft, wanted);
  if (prepared !== null && isSameOrder(prepared.intent, intent)) resend(draft, prepared);
  else dispatch(draft, what);
}

/** An entry at the venue has to become another. */
export function changeEntry(draft: Draft, record: IntentRecord, intent: EntryIntent): void {
  const verdict = judge(draft, { key: record.key, generation: record.generation, intent });
  // Only what adds exposure is a reason to leave the old order as it is: it may always become smaller.
  if (verdict.go === "halt") return halt(draft, verdict.why);
  if (verdict.go !== "allow" && !(intent.qty < record.intent.qty)) return;
  reshape(draft, record, intent);
}

function refuse(
  draft: Draft,
  what: { readonly key: string; readonly generation: number; readonly intent: EntryIntent },
  verdict: Exclude<Verdict, { go: "allow" }>,
): void {
  switch (verdict.go) {
    case "defer":
      return;
    case "drop":
      return drop(draft, what, verdict);
    case "halt":
      return halt(draft, verdict.why);
  }
}
