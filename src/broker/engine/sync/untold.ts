import type { Side } from "../../../api/broker/orders.ts";
import { minus, plus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import { isAccounted, unheard } from "../orders/accounted.ts";
import { sharedDoubtMs, untoldMs } from "../patience.ts";
import { isAlive } from "../phase.ts";
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
 * untold for long although the venue is heard is told never, or was booked as something else.
 */
export function untold(draft: Draft, side: Side, isMeant: (order: OrderRecord) => boolean = all): Untold {
  let [sure, possible] = [0, 0];
  for (const legs of attempts(draft, side)) {
    const [first] = legs;
    if (first === undefined || !isMeant(first)) continue;
    // A leg of which another has filled a part is smaller than the bracket was.
    const whole = Math.max(...legs.map(({ qty }) => qty));
    const left = legs.reduce((rest, { filledQty }) => minus(rest, filledQty), whole);
    // What each of them has filled counts for both; what either may have filled is the same contracts.
    const known = Math.min(
      left,
      legs.reduce((sum, order) => plus(sum, surely(draft, order)), 0),
    );
    const most = Math.min(left, Math.max(...legs.map((order) => possibly(draft, order))));
    sure = plus(sure, Math.max(0, known));
    possible = plus(possible, Math.max(0, minus(most, known)));
  }
  return { sure, possible };
}

const all = (): boolean => true;

/** Asks the venue what the orders came to of which it has not said so. */
export function askWhatIsUntold(draft: Draft, side: Side): void {
  for (const legs of attempts(draft, side))
    for (const { intentKey: key, generation } of legs.filter((order) => possibly(draft, order) > 0))
      isAccounted(draft, { key, generation });
}

/** Nothing was told while nobody could hear it: what the venue has said to have filled is waited for from now on. */
export function awaitUntold(draft: Draft): void {
  for (const order of draft.orders.values())
    if (unheard(order) > 0) draft.setOrder({ ...order, updatedMs: draft.nowMs });
}

function surely({ view, nowMs }: Draft, order: OrderRecord): number {
  return view.isStreaming && nowMs - order.updatedMs >= untoldMs ? 0 : unheard(order);
}

function possibly({ nowMs }: Draft, { status, qty, filledQty, finalQty, updatedMs }: OrderRecord): number {
  if (status !== "cancelled" && status !== "expired") return 0;
  return finalQty === undefined && nowMs - updatedMs < sharedDoubtMs ? minus(qty, filledQty) : 0;
}

/** Orders of intents that are over, those that were sent together in one list. */
function attempts(draft: Draft, side: Side): Iterable<readonly OrderRecord[]> {
  const over = [...draft.orders.values()].filter((order) => {
    if (order.legType === "entry" || order.side !== side) return false;
    // An intent that lives counts for all of its orders.
    const record = draft.intents.get(order.intentKey);
    return record?.generation !== order.generation || !isAlive(record);
  });
  return Map.groupBy(
    over,
    ({ intentKey, generation, createdMs }) => `${intentKey}#${generation}@${createdMs}`,
  ).values();
}
