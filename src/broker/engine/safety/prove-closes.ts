import { ownsCoin } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import { keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { endIntent, isAlive } from "../phase.ts";
import { livingOrders, oweCancel } from "../orders/cancel.ts";
import type { CloseObligation } from "../state.ts";
import { halt } from "./latches.ts";

/**
 * Whether the venue's position is what it would be after this close; of coins, to the part of a step that no order can
 * sell.
 */
function isProvenBy({ rules }: Draft, obligation: CloseObligation, venueSize: number): boolean {
  const { sizeBefore, expectedQty } = obligation;
  const after = sizeBefore > 0 ? minus(sizeBefore, expectedQty) : -minus(-sizeBefore, expectedQty);
  if (ownsCoin(rules)) return Math.abs(minus(venueSize, after)) < rules.qtyStep;
  return venueSize === after || (venueSize === 0 && after * sizeBefore <= 0);
}

/**
 * A close whose fills have not come in time is proven by the position at the venue, read after its time was up. The
 * fills themselves stay the book's business; a position that stays gone is found by its own clock.
 */
export function proveCloses(draft: Draft, venueSize: number): void {
  for (const obligation of draft.obligations.values()) {
    if (obligation.kind !== "close" || draft.nowMs < obligation.deadlineMs) continue;
    if (!isProvenBy(draft, obligation, venueSize)) {
      halt(
        draft,
        `${keyText(obligation.intentKey)} should have closed ${obligation.expectedQty} and the venue has a position of ${venueSize}`,
      );
      return;
    }
    draft.settle(obligation.id);
    draft.tell(
      "warn",
      "close_proven_by_position",
      `${keyText(obligation.intentKey)} is done, its fills have not come`,
      {
        intentKey: obligation.intentKey,
      },
    );
    const record = draft.intents.get(obligation.intentKey);
    if (record === undefined || !isAlive(record)) continue;
    // Its order may still be on its way, or at the venue: there it would close what is somebody else's.
    if (livingOrders(draft, record).length > 0) oweCancel(draft, record, "unwanted");
    else endIntent(draft, record, "filled");
  }
}

/** A close that is past its time must be proven by a read that can be had; one that cannot be had halts the run. */
export function guardCloses(draft: Draft, patienceMs: number): void {
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "close" && draft.nowMs >= obligation.deadlineMs + patienceMs) {
      halt(draft, `nobody knows whether ${keyText(obligation.intentKey)} has closed its position`);
      return;
    }
}
