import type { EntryIntent } from "../../../api/broker/intents.ts";
import type { Wanted, Wish } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { halt } from "../safety/latches.ts";
import type { ReopenObligation } from "../state.ts";
import { dispatch, resend } from "./dispatch.ts";
import { drop, judge } from "./gates.ts";

/** Entries that are parked until nothing is open against them. */

/** Name of the obligation to open when flat. */
export function reopenId(key: string): string {
  return `reopen:${key}`;
}

export function reopen(draft: Draft, id: string, { untilMs = Infinity, ...wanted }: Wish): ReopenObligation {
  return {
    kind: "reopen",
    id,
    wanted,
    barTimeMs: Number.isNaN(draft.barTimeMs) ? draft.nowMs : draft.barTimeMs,
    sinceMs: draft.nowMs,
    deadlineMs: untilMs,
    attempts: 0,
    nextMs: 0,
  };
}

/** Nothing is in its way any more: it is sent if every gate lets it. */
export function openParked(
  draft: Draft,
  obligation: ReopenObligation,
  wanted: Wanted,
  intent: EntryIntent,
): void {
  const record = draft.intents.get(wanted.key);
  const own = record?.generation === wanted.generation ? record : undefined;
  if (own !== undefined && own.phase !== "prepared") return draft.settle(obligation.id);
  if (own !== undefined && own.notBeforeMs > draft.nowMs) return;
  // An older order under this id has its end first.
  if (own === undefined && record !== undefined && record.phase !== "done") return;
  const verdict = judge(draft, { key: wanted.key, generation: wanted.generation, intent });
  switch (verdict.go) {
    case "allow":
      draft.settle(obligation.id);
      if (own !== undefined) return resend(draft, own);
      return dispatch(draft, {
        key: wanted.key,
        generation: wanted.generation,
        intent,
        ruling: wanted.ruling,
        ...(obligation.deadlineMs === Infinity ? {} : { untilMs: obligation.deadlineMs }),
      });
    case "defer":
      return;
    case "drop":
      draft.settle(obligation.id);
      return drop(draft, { key: wanted.key, generation: wanted.generation, intent }, verdict);
    case "halt":
      draft.settle(obligation.id);
      return halt(draft, verdict.why);
  }
}
