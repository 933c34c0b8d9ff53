import type { Draft } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { WriteResult } from "../facts.ts";
import { tryAgainMs } from "../patience.ts";

/** What came of cancelling what a refused bracket has left. It is asked for until it is gone. */
export function onRefCancelled(
  draft: Draft,
  { ref }: Extract<Effect, { kind: "cancel_ref" }>,
  result: WriteResult,
): void {
  const obligation = draft.obligations.get(`residual:${ref}`);
  if (obligation === undefined) return;
  const isGone = result.kind === "accepted" || (result.kind === "cancel" && result.outcome !== "unknown");
  if (isGone) draft.settle(obligation.id);
  else draft.owe({ ...obligation, nextMs: tryAgainMs(obligation.sinceMs, draft.nowMs) });
  draft.journal(isGone ? "residual_cancelled" : "residual_left", { payload: { ref, result: result.kind } });
}
