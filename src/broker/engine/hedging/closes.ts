import type { CloseIntent } from "../../../api/broker/intents.ts";
import { minus, plus } from "../book/quantity.ts";
import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import { ordersOf } from "../orders/living.ts";
import { verifying } from "../orders/verify.ts";
import { endIntent } from "../phase.ts";
import type { IntentRecord, Lot, OrderRecord } from "../state.ts";
import { planClose } from "./plan.ts";

/** Until the venue's positions have been looked at, ms. */
const untilLookedMs = 2_000;

/**
 * Sends a close to the venue's positions, one write for each: the order of the whole close stands for each part under
 * its id and the position's.
 * @param whole the one order that the close would be on an account with a net position
 */
export function fanOut(draft: Draft, record: IntentRecord, sent: CloseIntent, whole: OrderRecord): void {
  const { rules, book } = draft;
  const entryId = sent.targetEntryId ?? (sent.syntheticKind === undefined ? whole.fromEntry : null);
  const plan = planClose(
    freeLots(draft, book.lots),
    { side: sent.side, qty: sent.qty, entryId },
    rules.qtyStep,
    rules.closesLegsPartly ?? true,
  );
  switch (plan.is) {
    case "unknown_leg":
      draft.setIntent({ ...record, phase: "prepared", notBeforeMs: draft.nowMs + untilLookedMs });
      return;
    case "part_of_leg":
      refuseWhole(draft, record, `the venue closes whole positions only, and ${plan.legId} is larger`);
      return;
    case "slices":
      break;
  }
  if (plan.slices.length === 0) {
    refuseWhole(draft, record, `${sent.qty} is less than the venue's smallest step`);
    return;
  }
  const rows = plan.slices.map(({ legId, entryId: fromEntry, qty }) => ({
    ...whole,
    clientOrderId: legOrderId(whole.clientOrderId, legId),
    fromEntry: whole.legType === "close" ? fromEntry : whole.fromEntry,
    legId,
    qty,
  }));
  for (const row of rows) draft.setOrder(row);
  draft.setIntent({
    ...record,
    phase: "sent",
    orderIds: { c: rows[0]!.clientOrderId },
    sinceMs: draft.nowMs,
  });
  for (const { clientOrderId, qty, legId } of rows)
    draft.journal("dispatch", {
      intentKey: record.key,
      clientOrderId,
      payload: { intent: sent, qty, legId },
    });
  pursueLegCloses(draft);
}

/** Lots without what closes that are out, or may be, take of their positions already. */
function freeLots(draft: Draft, lots: readonly Lot[]): readonly Lot[] {
  const closing = new Map<string, number>();
  for (const order of draft.orders.values())
    if (order.legId !== undefined && order.idKind === "c" && !isOver(order))
      closing.set(
        order.legId,
        plus(closing.get(order.legId) ?? 0, Math.max(0, minus(order.qty, order.filledQty))),
      );
  if (closing.size === 0) return lots;
  return lots.flatMap((lot) => {
    const part = Math.min(lot.qty, closing.get(lot.legId ?? "") ?? 0);
    if (!(part > 0)) return [lot];
    closing.set(lot.legId!, minus(closing.get(lot.legId!)!, part));
    const qty = minus(lot.qty, part);
    return qty > 0 ? [{ ...lot, qty }] : [];
  });
}

/** The id of what is done to one of the venue's positions. */
export function legOrderId(clientOrderId: string, legId: string): string {
  return `${clientOrderId}:${legId}`;
}

function refuseWhole(draft: Draft, record: IntentRecord, message: string): void {
  draft.setIntent(record);
  endIntent(draft, record, "skipped");
  draft.tell("error", "close_not_possible", `${keyText(record.key)} was not sent: ${message}`, {
    intentKey: record.key,
  });
}

/** Sends the parts of closes that are not out, have no answer, and are not in doubt. */
export function pursueLegCloses(draft: Draft): void {
  for (const record of draft.intents.values()) {
    if (record.intent.kind !== "close" || record.notBeforeMs > draft.nowMs) continue;
    if (record.phase !== "sent" && record.phase !== "working") continue;
    for (const row of ordersOf(draft, record)) if (isUnsent(draft, row)) sendPart(draft, row);
  }
}

function isUnsent(draft: Draft, row: OrderRecord): boolean {
  if (row.legId === undefined || row.status !== "pending") return false;
  return !isOut(draft, row.clientOrderId) && verifying(draft, row.clientOrderId) === undefined;
}

function isOut(draft: Draft, clientOrderId: string): boolean {
  for (const effect of draft.outbox.values())
    if (effect.kind === "close_leg" && effect.clientOrderId === clientOrderId) return true;
  return false;
}

function sendPart(draft: Draft, { legId, qty, clientOrderId }: OrderRecord): void {
  if (legId !== undefined) draft.send({ kind: "close_leg", legId, qty, clientOrderId });
}
