import type { Draft } from "./draft.ts";
import type { IntentEnd, IntentRecord } from "./state.ts";

/** A write of this intent is out, or lost: nothing else may be sent for it. */
export function isInFlight({ phase }: Pick<IntentRecord, "phase">): boolean {
  return phase === "sent" || phase === "amending" || phase === "cancelling" || phase === "unknown";
}

/** Something of this intent is, or may be, at the venue. */
export function isAlive({ phase }: Pick<IntentRecord, "phase">): boolean {
  return phase !== "done" && phase !== "prepared";
}

/** The engine made this intent by itself: the script's book does not know it. */
export function isSynthetic({ intent }: Pick<IntentRecord, "intent">): boolean {
  return intent.kind === "close"
    ? intent.syntheticKind !== undefined
    : intent.kind === "entry" && intent.stopFiredMarket;
}

/** An intent is over, for whatever reason; the script's book hears of it unless it was filled, which it hears from fills. */
export function endIntent(draft: Draft, record: IntentRecord, end: IntentEnd): void {
  const { next: _, ...rest } = record;
  draft.setIntent({ ...rest, phase: "done", end, sinceMs: draft.nowMs });
  draft.journal("intent_done", { intentKey: record.key, payload: { generation: record.generation, end } });
  if (end !== "filled" && !isSynthetic(record))
    draft.notice({ kind: "order_over", key: record.key, generation: record.generation, end });
}
