import type { Draft } from "../draft.ts";
import { cancelGraceMs, explainGraceMs, marketOrderMs } from "../patience.ts";
import { renamed } from "../orders/refused.ts";
import type { CloseObligation, Obligation } from "../state.ts";
import { closeRecord } from "../sync/closes.ts";
import { isFollowUp } from "../sync/follow-up.ts";

/**
 * What is owed stays owed, since when it was. But nothing could prove itself while nobody was looking: what ran out of
 * time meanwhile is given its grace again, and everything is due now.
 */
export function reviseObligations(draft: Draft): void {
  for (const obligation of draft.obligations.values()) {
    const revised = revise(obligation, draft.nowMs, draft.rules.defensiveCloseGraceMs);
    if (isAnother(revised, obligation)) draft.owe(revised);
    if (revised.kind === "close" && revised.reason === "defensive") closeAgain(draft, revised);
  }
}

/** A position whose close has failed is still without protection: whoever starts the run again has it closed again. */
function closeAgain(draft: Draft, obligation: CloseObligation): void {
  const record = closeRecord(draft, obligation);
  if (record?.phase !== "done" || record.end === "filled") return;
  const { end: _, ...rest } = record;
  draft.setIntent(renamed(draft, { ...rest, rejects: 0 }, 0));
}

const isAnother = (some: Obligation, other: Obligation): boolean =>
  some.nextMs !== other.nextMs ||
  some.deadlineMs !== other.deadlineMs ||
  some.sinceMs !== other.sinceMs ||
  some.attempts !== other.attempts;

function revise(obligation: Obligation, nowMs: number, closeGraceMs: number): Obligation {
  const nextMs = Math.min(obligation.nextMs, nowMs);
  switch (obligation.kind) {
    case "cancel":
      return { ...obligation, attempts: 0, nextMs, deadlineMs: again(obligation, nowMs, cancelGraceMs) };
    case "close":
      return { ...obligation, nextMs, deadlineMs: again(obligation, nowMs, closeGraceMs) };
    case "explain":
      return { ...obligation, deadlineMs: again(obligation, nowMs, explainGraceMs) };
    case "verify":
      if (obligation.isAttached) return obligation;
      // What a cancelled order had filled may be told from here on.
      return obligation.write === "cancel"
        ? { ...obligation, nextMs, sinceMs: nowMs, deadlineMs: Infinity }
        : { ...obligation, nextMs };
    case "reopen":
      // Books of earlier versions let the second half of a reversal wait for ever.
      return isFollowUp(obligation) || obligation.deadlineMs !== Infinity
        ? { ...obligation, nextMs }
        : { ...obligation, nextMs, deadlineMs: obligation.sinceMs + marketOrderMs };
    case "flatten":
      return { ...obligation, attempts: 0, nextMs };
    case "residual":
    case "protection":
      return { ...obligation, nextMs };
  }
}

/** A deadline that has not passed, or never comes, stays. */
function again({ deadlineMs }: Obligation, nowMs: number, graceMs: number): number {
  return deadlineMs > nowMs ? deadlineMs : nowMs + graceMs;
}
