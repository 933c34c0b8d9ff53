import type { PositionLeg } from "../../../api/broker/position.ts";
import { signOf } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import { ownRecord } from "../orders/gone.ts";
import { settleVerify } from "../orders/verify.ts";
import { lostOrderMs } from "../patience.ts";
import { quarantine } from "../safety/latches.ts";
import type { OrderRecord } from "../state.ts";
import { assignLegs } from "./assign.ts";

/** How long a lot may be without a position behind it, ms. */
const unknownLegMs = 30_000;

/**
 * The venue's positions have been read: lots learn which are theirs, and closes in doubt what came of them.
 * @returns the signed size of those that are ours; `NaN` while one is not known
 */
export function takeLegs(draft: Draft, legs: readonly PositionLeg[]): number {
  const lots = assignLegs(draft.book.lots, legs, draft.orders);
  if (lots !== draft.book.lots) draft.setBook({ ...draft.book, lots });
  const byId = new Map(legs.map((leg) => [leg.legId, leg]));
  for (const order of draft.orders.values()) proveLegClose(draft, order, byId);
  const unknown = lots.find(({ legId }) => legId === undefined);
  if (unknown !== undefined) {
    if (draft.nowMs - Math.max(unknown.timeMs, draft.view.lastFillMs) >= unknownLegMs)
      quarantine(draft, `no position at the venue can be told to be that of ${unknown.entryId}`);
    return Number.NaN;
  }
  let size = 0;
  for (const legId of new Set(lots.map((lot) => lot.legId!))) {
    const leg = byId.get(legId);
    if (leg !== undefined) size = plus(size, signOf(leg.side) * leg.qty);
  }
  return size;
}

/**
 * A close whose answer was lost has not happened when the position is as large as before, some time after: it is sent
 * again, under the same id. When the position is smaller or gone it has, and its fill is awaited.
 */
function proveLegClose(draft: Draft, order: OrderRecord, legs: ReadonlyMap<string, PositionLeg>): void {
  const doubt = draft.obligations.get(`verify:${order.clientOrderId}`);
  if (order.legId === undefined || doubt?.kind !== "verify" || doubt.isAttached) return;
  const record = ownRecord(draft, order);
  if (record === undefined) return;
  const qty = draft.book.lots.reduce((sum, lot) => (lot.legId === order.legId ? plus(sum, lot.qty) : sum), 0);
  const atVenue = legs.get(order.legId)?.qty ?? 0;
  const hasHappened = minus(qty, atVenue) > 0;
  if (!hasHappened && draft.nowMs - doubt.sinceMs < lostOrderMs) return;
  settleVerify(draft, order.clientOrderId);
  draft.journal(hasHappened ? "leg_close_found" : "order_never_arrived", {
    intentKey: order.intentKey,
    clientOrderId: order.clientOrderId,
  });
  if (hasHappened) draft.setOrder({ ...order, status: "open", updatedMs: draft.nowMs });
  if (record.phase === "unknown") draft.setIntent({ ...record, phase: hasHappened ? "working" : "sent" });
}
