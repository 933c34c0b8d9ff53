import type { PositionLeg } from "../../../api/broker/position.ts";
import { signOf } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { type Draft, isOver } from "../draft.ts";
import { unheard } from "../orders/accounted.ts";
import { orderGone } from "../orders/cancelled.ts";
import { ownRecord } from "../orders/gone.ts";
import { settleVerify } from "../orders/verify.ts";
import { lostOrderMs, untoldMs } from "../patience.ts";
import { isAlive } from "../phase.ts";
import { quarantine } from "../safety/latches.ts";
import type { Lot, OrderRecord } from "../state.ts";
import { assignLegs, unheldLegs } from "./assign.ts";

/** How long a lot may be without a position behind it, ms. */
const unknownLegMs = 30_000;

/**
 * The venue's positions have been read: lots learn which are theirs, and closes in doubt what came of them.
 * @param askedMs when they were asked for
 * @returns the signed size of those that are ours; `NaN` while one is not known
 */
export function takeLegs(draft: Draft, legs: readonly PositionLeg[], askedMs: number): number {
  const { foreignLegs: foreign, lastFillMs } = draft.view;
  const lots = assignLegs(draft.book.lots, { legs, isFresh: askedMs > lastFillMs, foreign }, draft.orders);
  if (lots !== draft.book.lots) draft.setBook({ ...draft.book, lots });
  noteForeign(draft, lots, legs);
  const byId = new Map(legs.map((leg) => [leg.legId, leg]));
  const missing = missingOf(draft, byId);
  for (const order of draft.orders.values()) {
    proveLegClose(draft, order, missing);
    endMoot(draft, order, byId);
    endUntold(draft, order);
  }
  if (isInDoubt(draft, legs)) return Number.NaN;
  let size = 0;
  for (const legId of new Set(lots.map((lot) => lot.legId))) {
    const leg = byId.get(legId ?? "");
    if (leg !== undefined) size = plus(size, signOf(leg.side) * leg.qty);
  }
  return size;
}

/**
 * It is not known which of the positions is that of a lot. After some time that stops new ones; and where none is left
 * that it could be, there is none. One that was taken for somebody else's before the fill was told could be it.
 */
function isInDoubt(draft: Draft, legs: readonly PositionLeg[]): boolean {
  const { book, view, nowMs } = draft;
  const unknown = book.lots.filter(({ legId }) => legId === undefined);
  const [first] = unknown;
  if (first === undefined) return false;
  if (nowMs - Math.max(first.timeMs, view.lastFillMs) < unknownLegMs) return true;
  quarantine(draft, `no position at the venue can be told to be that of ${first.entryId}`);
  const unheld = unheldLegs(book.lots, legs);
  return unknown.some(({ side }) => unheld.some((leg) => leg.side === side));
}

/** What the venue's positions have less than the books, by their ids, and no close explains that the venue has taken. */
function missingOf(
  { book: { lots }, orders, obligations }: Draft,
  legs: ReadonlyMap<string, PositionLeg>,
): Map<string, number> {
  const missing = new Map<string, number>();
  for (const { legId, qty } of lots)
    if (legId !== undefined)
      missing.set(legId, plus(missing.get(legId) ?? minus(0, legs.get(legId)?.qty ?? 0), qty));
  for (const { legId, idKind, status, qty, filledQty, clientOrderId } of orders.values()) {
    const isTaken = status === "open" || status === "partial" || status === "filled";
    if (legId === undefined || idKind !== "c" || !isTaken || obligations.has(`verify:${clientOrderId}`))
      continue;
    missing.set(legId, minus(missing.get(legId) ?? 0, Math.max(0, minus(qty, filledQty))));
  }
  return missing;
}

/** While nothing of ours is on its way, and the venue is heard, every position that is not ours is somebody else's. */
function noteForeign(draft: Draft, lots: readonly Lot[], legs: readonly PositionLeg[]): void {
  if (!draft.view.isStreaming) return;
  if (lots.some(({ legId }) => legId === undefined)) return;
  for (const record of draft.intents.values()) if (record.intent.kind === "entry" && isAlive(record)) return;
  for (const order of draft.orders.values()) if (order.legType === "entry" && isUntold(draft, order)) return;
  const own = new Set(lots.map(({ legId }) => legId));
  const foreignLegs = legs.filter(({ legId }) => !own.has(legId)).map(({ legId }) => legId);
  if (foreignLegs.join() !== draft.view.foreignLegs.join()) draft.setView({ foreignLegs });
}

/**
 * An entry that is over, and maybe forgotten for a newer one, has more at the venue than its fills have told. What is not
 * told for long although the venue is heard never will be.
 */
function isUntold({ view, nowMs }: Draft, order: OrderRecord): boolean {
  return unheard(order) > 0 && !(view.isStreaming && nowMs - order.updatedMs >= untoldMs);
}

/** Something else has closed the position, and its fills are booked: what was to close it has nothing to do any more. */
function endMoot(
  draft: Draft,
  { clientOrderId, legId }: OrderRecord,
  legs: ReadonlyMap<string, PositionLeg>,
): void {
  const order = draft.orders.get(clientOrderId);
  if (legId === undefined || order === undefined || order.idKind !== "c" || isOver(order)) return;
  if (order.status === "pending" || legs.has(legId)) return;
  if (draft.book.lots.some((lot) => lot.legId === legId)) return;
  orderGone(draft, clientOrderId, "cancelled");
}

/** Somebody else has made the position smaller, and the close never came: a venue that is heard would have told its fill. */
function endUntold(draft: Draft, { clientOrderId }: OrderRecord): void {
  const { orders, view, nowMs } = draft;
  const order = orders.get(clientOrderId);
  if (order?.isPresumed !== true || order.status !== "open") return;
  if (!view.isStreaming || nowMs - order.updatedMs < untoldMs) return;
  draft.journal("order_never_arrived", { intentKey: order.intentKey, clientOrderId });
  orderGone(draft, clientOrderId, "cancelled");
}

/**
 * A close whose answer was lost has not happened when the position is as large as before, some time after: it is sent
 * again, under the same id. When the position is smaller or gone it has, and its fill is awaited: of several closes of
 * one position the oldest, as far as they explain what is gone.
 */
function proveLegClose(draft: Draft, order: OrderRecord, missing: Map<string, number>): void {
  const doubt = draft.obligations.get(`verify:${order.clientOrderId}`);
  if (order.legId === undefined || doubt?.kind !== "verify" || doubt.isAttached) return;
  const record = ownRecord(draft, order);
  if (record === undefined) return;
  const gone = missing.get(order.legId) ?? 0;
  const hasHappened = gone > 0;
  missing.set(order.legId, minus(gone, minus(order.qty, order.filledQty)));
  if (!hasHappened && draft.nowMs - doubt.sinceMs < lostOrderMs) return;
  settleVerify(draft, order.clientOrderId);
  draft.journal(hasHappened ? "leg_close_found" : "order_never_arrived", {
    intentKey: order.intentKey,
    clientOrderId: order.clientOrderId,
  });
  if (hasHappened) draft.setOrder({ ...order, status: "open", isPresumed: true, updatedMs: draft.nowMs });
  if (record.phase === "unknown") draft.setIntent({ ...record, phase: hasHappened ? "working" : "sent" });
}
