import { giveUpBook } from "../book/position.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { endIntent, isAlive } from "../phase.ts";
import { flatGraceMs } from "../patience.ts";

/**
 * The venue has no position where the book has one. A fill may be on its way, or the answer may be old, so the clock
 * runs first; it runs again from the beginning after every fill. What stays flat was closed by somebody else.
 */
export function watchFlat(draft: Draft, venueSize: number): void {
  const { book, view } = draft;
  const isGone = book.size !== 0 && venueSize * book.size <= 0;
  if (!isGone) {
    if (!Number.isNaN(view.flatSinceMs)) draft.setView({ flatSinceMs: Number.NaN });
    return;
  }
  if (Number.isNaN(view.flatSinceMs)) {
    draft.setView({ flatSinceMs: draft.nowMs });
    draft.tell(
      "warn",
      "position_gone",
      `the venue has ${venueSize === 0 ? "no position" : `a position of ${venueSize}`}, the books have ${book.size}: waiting for fills`,
    );
  }
  // Who cannot hear of fills cannot say that there were none.
  if (view.isStreaming && draft.nowMs >= flatDueMs(draft)) believeFlat(draft);
}

/** When a position that is gone is believed to be gone, ms. */
export function flatDueMs(draft: Draft): number {
  const { flatSinceMs, lastFillMs } = draft.view;
  return Math.max(flatSinceMs, lastFillMs) + flatGraceMs;
}

/** The lots are given up without fills; what was to close them has nothing to do any more. */
function believeFlat(draft: Draft): void {
  draft.tell("error", "flattened_outside", `the position of ${draft.book.size} was closed by somebody else`);
  draft.setBook(giveUpBook(draft.book, draft.nowMs));
  draft.setView({ flatSinceMs: Number.NaN });
  draft.notice({ kind: "flattened_outside", atMs: draft.nowMs });
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "close") draft.settle(obligation.id);
  for (const record of draft.intents.values()) {
    if (record.intent.kind === "entry") continue;
    if (record.phase === "prepared") endIntent(draft, record, "gone");
    else if (isAlive(record)) oweCancel(draft, record, "unwanted");
  }
}
