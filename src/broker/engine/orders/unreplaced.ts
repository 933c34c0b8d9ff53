import { type Draft, isOver } from "../draft.ts";
import { endIntent } from "../phase.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";
import { oweCancel } from "./cancel.ts";
import { ordersOf } from "./living.ts";

/**
 * A change may work by cancelling an order and sending another. Until the other is heard of, the order has no place at
 * the venue, and nothing but the end of the change says whether it will have one again.
 */

/** A change has cancelled this order, and nothing has taken its place yet. */
export function isReplacedByNothing(order: OrderRecord): boolean {
  return order.exchangeId === null && order.replacedIds !== undefined && !isOver(order);
}

/**
 * The change is over, and what it has not replaced by now it will not: what is wanted is sent anew. What is left of a
 * bracket goes first, for it comes again whole.
 * @param working the intent as it is without the change
 * @returns whether nothing of it is left as it is; otherwise it is the caller's to write down
 */
export function endUnreplaced(draft: Draft, working: IntentRecord): boolean {
  const living = ordersOf(draft, working).filter((order) => !isOver(order));
  const unreplaced = living.filter(isReplacedByNothing);
  if (unreplaced.length === 0 && living.length > 0) return false;
  for (const order of unreplaced) draft.setOrder({ ...order, status: "cancelled", updatedMs: draft.nowMs });
  if (unreplaced.length < living.length) {
    draft.setIntent(working);
    oweCancel(draft, working, "superseded");
  } else endIntent(draft, working, "superseded");
  return true;
}
