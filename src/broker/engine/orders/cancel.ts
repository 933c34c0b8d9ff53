import type { Draft } from "../draft.ts";
import { isOver } from "../draft.ts";
import type { CancelObligation, IntentRecord } from "../state.ts";

/** Name of the obligation to have an intent's orders gone. */
export function cancelId(record: Pick<IntentRecord, "key" | "generation">): string {
  return `cancel:${record.key}:${record.generation}`;
}

/**
 * Takes on the obligation to have an intent's living orders gone; `pursue` sends the cancel, now and as often as it
 * takes. Its echo is expected from here on. Nothing happens where it is owed already or no order is alive.
 */
export function oweCancel(draft: Draft, record: IntentRecord, reason: CancelObligation["reason"]): void {
  const id = cancelId(record);
  if (draft.obligations.has(id)) return;
  const living = Object.values(record.orderIds)
    .map((clientOrderId) => draft.orders.get(clientOrderId))
    .filter((order) => order !== undefined)
    .filter((order) => !isOver(order));
  if (living.length === 0) return;
  for (const order of living) draft.setOrder({ ...order, isCancelExpected: true });
  draft.owe({
    kind: "cancel",
    id,
    intentKey: record.key,
    generation: record.generation,
    clientOrderIds: living.map((order) => order.clientOrderId),
    reason,
    sinceMs: draft.nowMs,
    deadlineMs: Infinity,
    attempts: 0,
    nextMs: 0,
  });
}
