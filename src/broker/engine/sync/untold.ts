import type { Side } from "../../../api/broker/orders.ts";
import { minus, plus } from "../book/quantity.ts";
import { type Draft, isOver } from "../draft.ts";
import { isAccounted } from "../orders/accounted.ts";
import { sharedDoubtMs } from "../patience.ts";
import type { OrderRecord } from "../state.ts";

/** What orders that close, and are over, have filled without the book having heard of it. */
export interface Untold {
  /** By the venue's word; the executions have still to be told. */
  readonly sure: number;
  /** What cancelled orders may have filled at most: the venue has not said what they came to. */
  readonly possible: number;
}

/**
 * Sums up what orders of a side have filled and not told. The legs of a bracket share what they close. What stays
 * untold for long is told never, or was booked as something else.
 */
export function untold(draft: Draft, side: Side): Untold {
  let [sure, possible] = [0, 0];
  for (const legs of attempts(draft, side)) {
    const [first] = legs;
    if (first === undefined) continue;
    const left = legs.reduce((rest, { filledQty }) => minus(rest, filledQty), first.qty);
    const most = (of: (order: OrderRecord) => number): number => Math.min(left, Math.max(...legs.map(of)));
    const known = Math.max(0, most(surely));
    sure = plus(sure, known);
    possible = plus(possible, Math.max(0, minus(most(possibly), known)));
  }
  return { sure, possible };
}

/** Asks the venue what the orders came to of which it has not said so. */
export function askWhatIsUntold(draft: Draft, side: Side): void {
  for (const legs of attempts(draft, side))
    for (const { intentKey: key, generation } of legs.filter((order) => possibly(order) > 0))
      isAccounted(draft, { key, generation });
}

function surely({ status, qty, filledQty, finalQty }: OrderRecord): number {
  if (status === "filled") return minus(qty, filledQty);
  return finalQty === undefined ? 0 : minus(finalQty, filledQty);
}

function possibly({ status, qty, filledQty, finalQty }: OrderRecord): number {
  if (status !== "cancelled" && status !== "expired") return 0;
  return finalQty === undefined ? minus(qty, filledQty) : 0;
}

/** Orders that are over since not too long, those that were sent together in one list. */
function attempts(draft: Draft, side: Side): Iterable<OrderRecord[]> {
  const byName = new Map<string, OrderRecord[]>();
  for (const order of draft.orders.values()) {
    if (order.legType === "entry" || order.side !== side || !isOver(order) || order.status === "rejected")
      continue;
    if (draft.nowMs - order.updatedMs >= sharedDoubtMs || order.filledQty >= order.qty) continue;
    // Its intent lives, and counts for all of its orders.
    const record = draft.intents.get(order.intentKey);
    if (record?.generation === order.generation && record.phase !== "done" && record.phase !== "prepared")
      continue;
    const name = `${order.intentKey}#${order.generation}@${order.createdMs}`;
    byName.set(name, [...(byName.get(name) ?? []), order]);
  }
  return byName.values();
}
