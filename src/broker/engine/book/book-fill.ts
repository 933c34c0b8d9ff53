import type { Draft } from "../draft.ts";
import type { Fill } from "../fill.ts";

/**
 * Takes an execution into the books: position, fills, what follows from it for brackets, groups and obligations. The
 * order's and the intent's own counts are the caller's.
 * @returns false when it was booked before
 */
export function bookFill(draft: Draft, fill: Fill): boolean {
  if (draft.hasFill(fill.fillId)) return false;
  draft.fill(fill);
  return true;
}
