import type { PositionLeg } from "../../../api/broker/position.ts";
import { giveUpLots, sizeOf } from "../book/position.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { endIntent, isAlive } from "../phase.ts";
import { flatGraceMs } from "../patience.ts";
import type { Lot } from "../state.ts";

/**
 * The venue has no position where the book has one. A fill may be on its way, or the answer may be old, so the clock
 * runs first; it runs again from the beginning after every fill. What stays flat was closed by somebody else.
 * @param legs on an account with a position for each order: each of them may be gone by itself
 */
export function watchFlat(draft: Draft, venueSize: number, legs?: readonly PositionLeg[]): void {
  const { book, view } = draft;
  const gone = goneLots(draft, venueSize, legs);
  if (gone.size === 0) {
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
  if (view.isStreaming && draft.nowMs >= flatDueMs(draft)) believeGone(draft, gone);
}

function goneLots(
  { book: { size, lots } }: Draft,
  venueSize: number,
  legs: readonly PositionLeg[] | undefined,
): ReadonlySet<Lot> {
  if (legs === undefined) return new Set(size !== 0 && venueSize * size <= 0 ? lots : []);
  const there = new Set(legs.map(({ legId }) => legId));
  return new Set(lots.filter(({ legId }) => legId === undefined || !there.has(legId)));
}

/** When a position that is gone is believed to be gone, ms. */
export function flatDueMs(draft: Draft): number {
  const { flatSinceMs, lastFillMs } = draft.view;
  return Math.max(flatSinceMs, lastFillMs) + flatGraceMs;
}

/** The lots are given up without fills; when none is left, what was to close them has nothing to do any more. */
function believeGone(draft: Draft, gone: ReadonlySet<Lot>): void {
  draft.tell(
    "error",
    "flattened_outside",
    `the position of ${sizeOf([...gone])} was closed by somebody else`,
  );
  draft.setBook(giveUpLots(draft.book, gone, draft.nowMs));
  draft.setView({ flatSinceMs: Number.NaN });
  if (draft.book.lots.length > 0) return;
  draft.notice({ kind: "flattened_outside", atMs: draft.nowMs });
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "close") draft.settle(obligation.id);
  for (const record of draft.intents.values()) {
    if (record.intent.kind === "entry") continue;
    if (record.phase === "prepared") endIntent(draft, record, "gone");
    else if (isAlive(record)) oweCancel(draft, record, "unwanted");
  }
}
