import type { Draft } from "../draft.ts";

/** Whether what reduces could take what is not this run's. */
export function isShared({ rules, view, book }: Draft): boolean {
  // A position of its own for each order cannot reach another's.
  if (rules.isHedging) return false;
  if (view.isShared || rules.isSpot) return true;
  // What is attached to entries goes out before the book knows of their fills, which look like somebody else's.
  if (rules.capabilities.tpSlBracket === "native") return false;
  // More is there than this run has: a person's, or that of a run with books elsewhere.
  return (
    view.readMs > view.lastFillMs && view.size * book.size > 0 && Math.abs(view.size) > Math.abs(book.size)
  );
}
