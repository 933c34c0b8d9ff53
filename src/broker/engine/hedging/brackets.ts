import type { ExitIntent } from "../../../api/broker/intents.ts";
import { opposite } from "../book/position.ts";
import { plus } from "../book/quantity.ts";
import { type Draft, isOver } from "../draft.ts";
import { isRefusedPart } from "../protection/part-refused.ts";
import { lostOrderMs } from "../patience.ts";
import { orderRecords, nextAnchor } from "../sync/order-records.ts";
import { exitTarget, isSoftware } from "../sync/exit-target.ts";
import { isSameIntent } from "../sync/same-order.ts";
import type { IntentRecord, Lot, OrderRecord, ProtectionObligation } from "../state.ts";
import type { Wanted } from "../desired.ts";
import { legOrderId } from "./closes.ts";

/**
 * Brackets on an account that keeps a position for each order: they hang on the positions themselves. What each should
 * carry follows from the script's wishes and the lots; what it carries is an obligation, so that it is re-asserted until
 * the venue has it and cleared when nobody wants it any more. The same id again changes nothing at the venue, so a lost
 * answer is asked for again. What replaces a bracket of which the answer is lost can be overtaken by it: it is asserted
 * once more, under another id, when nothing can be on its way any more.
 */
export function pursueBrackets(draft: Draft): void {
  if (draft.wanted === null) return;
  const wishes = new Map<string, { wanted: Wanted; intent: ExitIntent }>();
  // An exit that cannot be made smaller stays as it is.
  const left = new Set<string>();
  for (const wanted of draft.wanted.values()) {
    const { intent } = wanted;
    if (intent.kind !== "exit") continue;
    if (isRefusedPart(draft, wanted, intent)) left.add(protectedBy(opposite(intent.side), intent.fromEntry));
    if (isSoftware(draft, wanted, intent)) continue;
    const target = exitTarget(draft, wanted, intent);
    if (target.is === "hold") return;
    const of = protectedBy(opposite(intent.side), intent.fromEntry);
    if (target.is === "want") wishes.set(of, { wanted, intent: target.intent });
  }
  const legs = openLegs(draft.book.lots);
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "protection" && !legs.has(obligation.legId)) release(draft, obligation);
  for (const [legId, lot] of legs) {
    const of = protectedBy(lot.side, lot.entryId);
    const wish = wishes.get(of);
    const own = draft.obligations.get(protectionId(legId));
    const held = own?.kind === "protection" ? own : undefined;
    if (held !== undefined && isOut(draft, held)) continue;
    if (wish !== undefined) assert(draft, legId, lot, wish, held);
    else if (held !== undefined && !left.has(of)) clear(draft, held);
  }
}

const protectedBy = (side: Lot["side"], entryId: string): string => `${side} ${entryId}`;

interface OpenLeg {
  readonly entryId: string;
  readonly side: Lot["side"];
  readonly qty: number;
}

function openLegs(lots: readonly Lot[]): Map<string, OpenLeg> {
  const legs = new Map<string, OpenLeg>();
  for (const { legId, entryId, side, qty } of lots)
    if (legId !== undefined) legs.set(legId, { entryId, side, qty: plus(legs.get(legId)?.qty ?? 0, qty) });
  return legs;
}

export function protectionId(legId: string): string {
  return `protection:${legId}`;
}

function isOut(draft: Draft, { legId }: ProtectionObligation): boolean {
  for (const effect of draft.outbox.values())
    if (effect.kind === "amend_leg" && effect.legId === legId) return true;
  return false;
}

type Levels = Pick<ProtectionObligation, "tpPrice" | "slPrice" | "trailOffset">;

/** What a bracket asks for; a trail begins when the price has come to its activation. */
function levelsOf(draft: Draft, intent: ExitIntent, held: Levels | undefined): Levels {
  const { tpPrice, slPrice, trailPrice, trailOffsetPrice, side } = intent;
  const isActive =
    trailPrice !== undefined &&
    (held?.trailOffset !== null && held !== undefined
      ? true
      : side === "sell"
        ? draft.price >= trailPrice
        : draft.price <= trailPrice);
  return {
    tpPrice: tpPrice ?? null,
    slPrice: slPrice ?? null,
    trailOffset: isActive ? (trailOffsetPrice ?? null) : null,
  };
}

function assert(
  draft: Draft,
  legId: string,
  lot: OpenLeg,
  { wanted, intent }: { readonly wanted: Wanted; readonly intent: ExitIntent },
  held: ProtectionObligation | undefined,
): void {
  const levels = levelsOf(draft, intent, held);
  const hung = held === undefined ? undefined : draft.orders.get(held.clientOrderId);
  const isSame =
    held !== undefined &&
    held.state !== "clearing" &&
    !(held.state === "active" && (held.overtakenUntilMs ?? Infinity) <= draft.nowMs) &&
    hung !== undefined &&
    // It was reached, and what it has become is over without having closed all.
    !isOver(hung) &&
    held.intentKey === wanted.key &&
    held.generation === wanted.generation &&
    held.tpPrice === levels.tpPrice &&
    held.slPrice === levels.slPrice &&
    held.trailOffset === levels.trailOffset;
  if (isSame) {
    fit(draft, hung, intent, lot);
    if (held.state === "sending" && held.nextMs <= draft.nowMs) send(draft, held);
    return;
  }
  const record = exitRecord(draft, wanted, intent);
  const row = bracketRow(draft, record, intent, legId, lot);
  if (held !== undefined) retire(draft, held);
  draft.setOrder(row);
  const next: ProtectionObligation = {
    kind: "protection",
    id: protectionId(legId),
    intentKey: record.key,
    generation: record.generation,
    legId,
    clientOrderId: row.clientOrderId,
    side: intent.side,
    ...levels,
    state: "sending",
    sinceMs: draft.nowMs,
    deadlineMs: Infinity,
    attempts: 0,
    nextMs: draft.nowMs,
    ...overtaken(draft, held),
  };
  send(draft, next);
}

/** What may still be on its way of what hung there before. */
function overtaken(
  { nowMs }: Draft,
  held: ProtectionObligation | undefined,
): Pick<ProtectionObligation, "overtakenUntilMs"> {
  if (held === undefined) return {};
  const untilMs = held.state === "active" ? (held.overtakenUntilMs ?? 0) : nowMs + lostOrderMs;
  return untilMs > nowMs ? { overtakenUntilMs: untilMs } : {};
}

/** What hangs on a position is as large as that, whatever else makes it larger or smaller. */
function fit(draft: Draft, hung: OrderRecord, intent: ExitIntent, { qty }: OpenLeg): void {
  const whole = plus(hung.filledQty, qty);
  if (hung.qty !== whole) draft.setOrder({ ...hung, qty: whole });
  const record = draft.intents.get(hung.intentKey);
  if (record?.generation === hung.generation && !isSameIntent(record.intent, intent))
    draft.setIntent({ ...record, intent });
}

/** The exit as an intent; each change of its brackets is an attempt of its own, so that no id is used for two things. */
function exitRecord(draft: Draft, wanted: Wanted, intent: ExitIntent): IntentRecord {
  const last = draft.intents.get(wanted.key);
  const record: IntentRecord = {
    key: wanted.key,
    generation: wanted.generation,
    intent,
    phase: "working",
    ...nextAnchor(draft, last),
    rejects: 0,
    notBeforeMs: 0,
    orderIds: {},
    filledQty: last?.generation === wanted.generation ? last.filledQty : 0,
    sinceMs: draft.nowMs,
  };
  draft.setIntent(record);
  return record;
}

function bracketRow(
  draft: Draft,
  record: IntentRecord,
  intent: ExitIntent,
  legId: string,
  { qty }: OpenLeg,
): OrderRecord {
  const [first] = orderRecords(draft, record, intent);
  if (first === undefined) throw new Error(`a bracket without a leg: ${record.key}`);
  return {
    ...first,
    clientOrderId: legOrderId(first.clientOrderId, legId),
    idKind: "s",
    legType: "sl",
    legId,
    qty,
    limit: intent.tpPrice ?? null,
    stop: intent.slPrice ?? null,
    status: "open",
  };
}

function clear(draft: Draft, held: ProtectionObligation): void {
  if (held.state === "clearing") {
    if (held.nextMs <= draft.nowMs) send(draft, held);
    return;
  }
  const { overtakenUntilMs: _, ...rest } = held;
  send(draft, {
    ...rest,
    tpPrice: null,
    slPrice: null,
    trailOffset: null,
    clientOrderId: offId(held),
    state: "clearing",
    nextMs: draft.nowMs,
    ...overtaken(draft, held),
  });
  retire(draft, held);
}

/** The id of the bracket must not be that of its end. */
function offId({ clientOrderId }: ProtectionObligation): string {
  return `${clientOrderId}:off`;
}

/** The venue has it as it was asserted last. */
export function settleBracket(draft: Draft, held: ProtectionObligation): void {
  const { overtakenUntilMs, ...rest } = held;
  if (held.state !== "clearing")
    return draft.owe({ ...held, state: "active", nextMs: overtakenUntilMs ?? Infinity });
  if (overtakenUntilMs === undefined) return draft.settle(held.id);
  draft.owe({ ...rest, clientOrderId: offId(held), nextMs: overtakenUntilMs });
}

function send(draft: Draft, obligation: ProtectionObligation): void {
  const { legId, side, tpPrice, slPrice, trailOffset, clientOrderId } = obligation;
  draft.owe({ ...obligation, attempts: obligation.attempts + 1 });
  draft.send({ kind: "amend_leg", legId, side, tpPrice, slPrice, trailOffset, clientOrderId });
  draft.journal("bracket", {
    intentKey: obligation.intentKey,
    clientOrderId,
    payload: { legId, tpPrice, slPrice, trailOffset },
  });
}

/** Its order stands for nothing any more. */
export function retire(draft: Draft, { clientOrderId }: ProtectionObligation): void {
  const row = draft.orders.get(clientOrderId);
  if (row !== undefined && row.status !== "filled")
    draft.setOrder({ ...row, status: "cancelled", isCancelExpected: true, updatedMs: draft.nowMs });
}

/** The position is gone, and what hung on it. */
export function release(draft: Draft, obligation: ProtectionObligation): void {
  retire(draft, obligation);
  draft.settle(obligation.id);
}
