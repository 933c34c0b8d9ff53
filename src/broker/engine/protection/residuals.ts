import type { Draft } from "../draft.ts";

/** What a refused bracket has left at the venue must go, as often as it takes. Its names are the venue's, not ours. */
export function oweResidual(draft: Draft, ref: string): void {
  const id = `residual:${ref}`;
  if (draft.obligations.has(id)) return;
  draft.owe({
    kind: "residual",
    id,
    ref,
    sinceMs: draft.nowMs,
    deadlineMs: Infinity,
    attempts: 0,
    nextMs: draft.nowMs,
  });
}

/** Sends what is due; one that is out has no next time until its answer is in. */
export function pursueResiduals(draft: Draft): void {
  for (const obligation of draft.obligations.values()) {
    if (obligation.kind !== "residual" || obligation.nextMs > draft.nowMs) continue;
    draft.owe({ ...obligation, attempts: obligation.attempts + 1, nextMs: Infinity });
    draft.send({ kind: "cancel_ref", ref: obligation.ref });
  }
}
