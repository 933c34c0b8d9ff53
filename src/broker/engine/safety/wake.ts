import type { Draft } from "../draft.ts";
import { stuckReadMs } from "../patience.ts";
import { isHeldBack } from "../sync/lapse.ts";
import { flatDueMs } from "./external-flat.ts";
import { positionDueMs } from "./reads.ts";

/** Asks for a `clock` fact at the next time at which something is due, after every fact: a clock rings once. */
export function wake(draft: Draft): void {
  if (draft.latches.halt !== null) return;
  let atMs = Infinity;
  const due = (whenMs: number): void => {
    if (whenMs > draft.nowMs && whenMs < atMs) atMs = whenMs;
  };
  for (const { deadlineMs, nextMs } of draft.obligations.values()) {
    due(deadlineMs);
    due(nextMs);
  }
  for (const { phase, notBeforeMs, untilMs } of draft.intents.values()) {
    if (phase === "prepared" || phase === "working") due(notBeforeMs);
    if (phase === "prepared" && untilMs !== undefined) due(untilMs);
  }
  for (const wish of draft.wanted?.values() ?? [])
    if (wish.untilMs !== undefined && isHeldBack(draft, wish)) due(wish.untilMs);
  const { readSinceMs, flatSinceMs } = draft.view;
  if (Number.isNaN(readSinceMs)) due(positionDueMs(draft));
  else due(readSinceMs + stuckReadMs);
  if (!Number.isNaN(flatSinceMs)) due(flatDueMs(draft));
  if (draft.spot !== null) due(draft.spot.nextReadMs);
  if (atMs !== Infinity) draft.notice({ kind: "wake", atMs });
}
