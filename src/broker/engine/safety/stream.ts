import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import { awaitUntold } from "../sync/untold.ts";
import { halt, quarantine } from "./latches.ts";

/** The stream of order events began, or is gone: a run that does not hear what fills must not open anything. */
export function onStream(draft: Draft, { isAlive, reason, isUnsafe }: FactOf<"stream">): void {
  const isNews = draft.view.isStreaming !== isAlive;
  if (isNews) draft.setView({ isStreaming: isAlive });
  if (isAlive) {
    if (isNews) awaitUntold(draft);
    // What has filled meanwhile is told now: a position that is gone has its time from here.
    if (!Number.isNaN(draft.view.flatSinceMs)) draft.setView({ flatSinceMs: draft.nowMs });
    return;
  }
  if (isUnsafe === true) return halt(draft, reason ?? "the venue's stream says that going on is unsafe");
  quarantine(draft, `the stream of order events ended${reason === undefined ? "" : `: ${reason}`}`);
}
