import { type Draft, isOver } from "../draft.ts";
import { filledInAll } from "../orders/accounted.ts";
import { ordersOf } from "../orders/living.ts";
import { refuse } from "../orders/refused.ts";
import { endIntent, isAlive } from "../phase.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";

/** A close that went out to several of the venue's positions, or to one: each part of it has an order of its own. */

/** Whether these are the orders of such a close. */
export function isFan(orders: readonly OrderRecord[]): boolean {
  return orders.some(({ legId, idKind }) => legId !== undefined && idKind === "c");
}

/**
 * A part has an answer, or its end. The close works when every part has an answer, and is over when all are over. What
 * was refused of it is treated like every other close that is refused; what of it has closed is not closed again.
 */
export function settleFan(draft: Draft, record: IntentRecord, message: string): void {
  // An answer that comes when it is about to be sent again says nothing new.
  if (!isAlive(record)) return;
  const parts = ordersOf(draft, record);
  if (!parts.every(isOver)) {
    if (record.phase === "sent" && parts.every(({ status }) => status !== "pending"))
      draft.setIntent({ ...record, phase: "working", sinceMs: draft.nowMs });
    return;
  }
  const sentMs = Math.max(...parts.map(({ createdMs }) => createdMs));
  const isRefused = parts.some(({ status, createdMs }) => status === "rejected" && createdMs === sentMs);
  if (isRefused && filledInAll(draft, record) < record.intent.qty) return refuse(draft, record, message);
  endIntent(draft, record, parts.some(({ status }) => status === "filled") ? "filled" : "cancelled");
}
