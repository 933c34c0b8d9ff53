import type { PositionLeg } from "../../../api/broker/position.ts";
import { sizeOfFills } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import { takeLegs } from "../hedging/read.ts";
import { watchFlat } from "../safety/external-flat.ts";
import { sizeOf } from "../safety/reads.ts";
import { reviseInventory } from "../spot/inventory.ts";
import { adoptOpenOrders } from "./adopt.ts";
import { reviseObligations } from "./obligations.ts";
import { reviseWrites } from "./writes.ts";

/**
 * The process has started over what the store kept. Everything that was under way when the last one ended is brought
 * to a state from which the ordinary rules go on: nothing is sent here. Given twice, it changes nothing more.
 */
export function onStarted(draft: Draft, fact: FactOf<"started">): void {
  draft.setLatches({ quarantine: null, halt: null });
  draft.setWanted(null);
  draft.setHasRun(false);
  reviseWrites(draft);
  reviseObligations(draft);
  reviseInventory(draft);
  adoptOpenOrders(draft, fact.openOrders);
  const legs = draft.rules.isHedging ? (fact.legs ?? []) : undefined;
  const size = legs === undefined ? sizeOf(fact.position) : takeLegs(draft, legs, fact.nowMs);
  draft.setView({
    isConfirmed: true,
    failingSinceMs: Number.NaN,
    isShared: fact.isShared ?? false,
    isStreaming: false,
    readMs: draft.nowMs,
    nextReadMs: 0,
    readSinceMs: Number.NaN,
    stuckSinceMs: Number.NaN,
    size,
    strangeQty: minus(size, sizeOfFills(draft.book)),
    driftSinceMs: Number.NaN,
  });
  comparePosition(draft, size, legs);
}

/**
 * The book is what this run's own fills add up to. A position at the venue that is larger belongs to somebody else as
 * well, and is none of ours. One that is gone, or on the other side, may only be ahead of fills that the plugin has
 * still to bring: the same clock runs as when it vanishes in the middle of a run. One that is smaller is told, and
 * every close is reduce-only.
 */
function comparePosition(draft: Draft, size: number, legs: readonly PositionLeg[] | undefined): void {
  const { book } = draft;
  if (Number.isNaN(size)) return;
  if (size === book.size) {
    watchFlat(draft, size, legs);
    return;
  }
  const isOurs = book.size !== 0 && size * book.size > 0;
  if (isOurs || book.size === 0)
    draft.tell(
      Math.abs(size) < Math.abs(book.size) ? "warn" : "info",
      "position_differs",
      `the venue has a position of ${size}, this run's fills add up to ${book.size}`,
    );
  watchFlat(draft, size, legs);
}
