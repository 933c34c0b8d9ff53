import { minus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import { freshReadMs } from "../patience.ts";

/** What orders have to know of a spot account's coins. */

/** The most that is sold of the position: what is missing on the account is not there, or is somebody else's. */
export function sellableQty({ spot, book }: Draft): number {
  return spot?.missing === undefined ? Infinity : Math.max(0, minus(book.size, spot.missing));
}

/** The venue has refused to sell: what the account holds is looked at before it is asked again. @returns when that is, ms */
export function lookAtCoins(draft: Draft): number {
  const { spot, rules, nowMs } = draft;
  if (spot === null || (rules.spot ?? null) === null) return nowMs;
  draft.setSpot({ ...spot, nextReadMs: nowMs });
  return nowMs + rules.spot!.settlementGraceMs + 2 * freshReadMs;
}
