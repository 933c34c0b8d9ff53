import { ordersOf } from "../orders/living.ts";
import { oweVerify } from "../orders/verify.ts";
import type { Draft } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { IntentRecord } from "../state.ts";

/** Why an answer is missing. */
const reason = "the process ended before the answer came";

/**
 * Writes that had no answer when the process ended. They may have happened: orders and changes are looked for, cancels
 * are asked for again. What was prepared was not handed out, and goes out by the ordinary rules.
 */
export function reviseWrites(draft: Draft): void {
  for (const [id, effect] of draft.outbox) {
    draft.answered(id);
    draft.journal("effect_unanswered", { ...keyOf(effect), payload: { effect: id, kind: effect.kind } });
  }
  for (const record of draft.intents.values()) reviseIntent(draft, record);
}

function keyOf(effect: Effect): { intentKey?: string } {
  return "intentKey" in effect ? { intentKey: effect.intentKey } : {};
}

function reviseIntent(draft: Draft, record: IntentRecord): void {
  switch (record.phase) {
    case "sent":
      oweVerify(draft, record, "new", reason);
      return;
    case "amending":
      // The plugin did not get to say what the change may have cancelled: everything.
      oweVerify(
        draft,
        record,
        "modify",
        reason,
        ordersOf(draft, record).map((order) => order.clientOrderId),
      );
      return;
    case "cancelling": {
      draft.setIntent({ ...record, phase: "working", sinceMs: draft.nowMs });
      return;
    }
    case "prepared":
    case "asleep":
    case "working":
    case "unknown":
    case "done":
      return;
  }
}
