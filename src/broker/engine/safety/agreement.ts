import { settleEarly, sizeOfFills } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import { flatGraceMs } from "../patience.ts";
import { followLess } from "../sync/follow-up.ts";
import { quarantine } from "./latches.ts";

/** What the venue's position says of the books. */

/**
 * What exits filled before their entries were told is taken off the position once the venue's own is no other. What the
 * venue has and no entry explains even so stops new exposure: an exit has opened it.
 */
export function agreeOnEarly(draft: Draft): void {
  const { book, view } = draft;
  if (book.early === undefined || view.readMs <= view.lastFillMs) return;
  if (view.size !== sizeOfFills(book)) return;
  const settled = settleEarly(book);
  draft.setBook(settled.book);
  for (const [entryId, back] of settled.givenBack) followLess(draft, entryId, back);
  if (settled.book.early !== undefined)
    quarantine(
      draft,
      `the venue has a position of ${view.size}, of which the entries of this run have opened ${settled.book.size}`,
    );
}

/**
 * The venue's position and what this run has filled grow apart while it runs: a fill was never told, or somebody else
 * trades. What was there at the start is somebody else's and stays so; what comes together again is well. A difference
 * that is new and stays, as long as one waits for a fill, stops new exposure.
 */
export function watchDrift(draft: Draft): void {
  const { rules, view, nowMs } = draft;
  // Nobody knows whose the account's position is; positions of their own are known by their ids.
  if (rules.isSpot || (view.isShared && !rules.isHedging)) return;
  // Another clock looks at it.
  if (!Number.isNaN(view.flatSinceMs)) return;
  const strangeQty = minus(view.size, sizeOfFills(draft.book));
  if (Math.abs(strangeQty) < rules.qtyStep / 2 || isPartOf(strangeQty, view.strangeQty)) {
    draft.setView({ strangeQty, driftSinceMs: Number.NaN });
    return;
  }
  if (Number.isNaN(view.driftSinceMs)) draft.setView({ driftSinceMs: nowMs });
  const dueMs = Math.max(draft.view.driftSinceMs, view.lastFillMs) + flatGraceMs;
  if (nowMs < dueMs) return;
  draft.setView({ strangeQty, driftSinceMs: Number.NaN });
  quarantine(
    draft,
    `the venue has a position of ${view.size} and the books have ${sizeOfFills(draft.book)}, and no fill explains it`,
  );
}

/** As much as was there before, or less of it. */
function isPartOf(qty: number, whole: number): boolean {
  return qty * whole > 0 && Math.abs(qty) <= Math.abs(whole);
}
