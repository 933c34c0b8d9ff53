import type { Draft } from "../draft.ts";

/** No new exposure from here on; exits, closes, cancels and events go on. The first reason stays. */
export function quarantine(draft: Draft, reason: string): void {
  if (draft.latches.quarantine !== null) return;
  draft.setLatches({ quarantine: { reason, atMs: draft.nowMs } });
  draft.tell("error", "quarantine_entered", `no new positions are opened: ${reason}`);
}

/** Nothing is sent any more, and the run ends: somebody has to look. The first reason stays. */
export function halt(draft: Draft, reason: string): void {
  if (draft.latches.halt !== null) return;
  draft.setLatches({ halt: { reason, atMs: draft.nowMs } });
  draft.tell("error", "halted", `the run stops, nothing more is sent: ${reason}`);
  draft.notice({ kind: "stop", reason, isHalt: true });
}
