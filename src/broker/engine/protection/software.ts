import type { ExitIntent } from "../../../api/broker/intents.ts";
import type { LegType } from "../../../api/broker/orders.ts";
import { isAgainst } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import { keySeparator, keyText, type Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { livingOrders, oweCancel } from "../orders/cancel.ts";
import { endIntent } from "../phase.ts";
import { wordsOf } from "../order-words.ts";
import { refusedExitMs, rejectBudget } from "../patience.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, Watch } from "../state.ts";
import { closableQty, closeByItself, closeId } from "../sync/closes.ts";
import type { ExitTarget } from "../sync/exit-target.ts";
import { nextAnchor } from "../sync/order-records.ts";
import { isReached } from "./crossing.ts";

/**
 * Brackets for a part of a position on venues that have none: every leg is a price that the engine waits for, and the
 * leg that is reached first becomes a close at the market.
 */

const legs = {
  partial_sl: "sl",
  partial_trail: "trail",
  partial_tp: "tp",
} as const satisfies Partial<Record<Watch["kind"], LegType>>;
type SoftwareKind = keyof typeof legs;
const isSoftwareKind = (kind: Watch["kind"]): kind is SoftwareKind => Object.hasOwn(legs, kind);

/**
 * An exit that was watched and is one of all now goes to the venue: what was watched of it is over first.
 * @returns whether it may go
 */
export function leaveSoftware(draft: Draft, own: IntentRecord): boolean {
  const watches = [...draft.watches.values()].filter(
    ({ kind, intentKey, generation }) =>
      isSoftwareKind(kind) && intentKey === own.key && generation === own.generation,
  );
  if (watches.some(({ state }) => state !== "armed")) return false;
  for (const { id } of watches) draft.dropWatch(id);
  const hasOrders = Object.keys(own.orderIds).length > 0;
  if (own.phase === "working" && !hasOrders && !draft.rules.isHedging) endIntent(draft, own, "superseded");
  return true;
}

const watchId = (kind: SoftwareKind, key: string): string => `${kind}:${key}`;

/** Brings the watches of an exit to what it comes to now. */
export function sendSoftware(
  draft: Draft,
  wanted: Wanted,
  intent: ExitIntent,
  own: IntentRecord | undefined,
  target: Exclude<ExitTarget, { is: "hold" }>,
): void {
  // Orders of its time as a whole bracket go first: two protections of one position would close it twice.
  if (
    own !== undefined &&
    own.phase !== "done" &&
    (own.phase !== "working" || livingOrders(draft, own).length > 0)
  ) {
    if (own.phase === "working") oweCancel(draft, own, "superseded");
    else if (own.phase === "prepared") endIntent(draft, own, "superseded");
    return;
  }
  if (target.is === "rest") return dropArmed(draft, wanted.key);
  if (own?.phase !== "working") {
    own = {
      key: wanted.key,
      generation: wanted.generation,
      intent: target.intent,
      phase: "working",
      ...nextAnchor(draft, draft.intents.get(wanted.key)),
      rejects: 0,
      notBeforeMs: 0,
      orderIds: {},
      filledQty: own?.filledQty ?? 0,
      sinceMs: draft.nowMs,
    };
    draft.journal("bracket_watched", { intentKey: wanted.key, payload: { intent: target.intent } });
  }
  if (own.intent !== target.intent) draft.setIntent({ ...own, intent: target.intent });
  else draft.setIntent(own);
  watchLeg(draft, "partial_tp", own, intent, intent.tpPrice);
  watchLeg(draft, "partial_sl", own, intent, intent.slPrice);
  watchLeg(draft, "partial_trail", own, intent, intent.trailPrice);
}

function watchLeg(
  draft: Draft,
  kind: SoftwareKind,
  own: IntentRecord,
  intent: ExitIntent,
  level: number | undefined,
): void {
  const id = watchId(kind, own.key);
  const before = draft.watches.get(id);
  if (before !== undefined && before.state !== "armed") return;
  if (level === undefined) return draft.dropWatch(id);
  const qty = minus(intent.qty, own.filledQty);
  const isTrail = kind === "partial_trail";
  const trailOffset = isTrail ? trailDistance(draft, intent) : Number.NaN;
  const activation = isTrail ? level : Number.NaN;
  const isSame = isTrail
    ? before?.activation === activation && before.trailOffset === trailOffset
    : before?.level === level;
  if (isSame && before?.qty === qty) return;
  draft.setWatch({
    id,
    kind,
    state: "armed",
    intentKey: own.key,
    generation: own.generation,
    side: intent.side,
    qty,
    level: isTrail ? (isSame && before !== undefined ? before.level : Number.NaN) : level,
    trailOffset,
    activation,
    isActive: !isTrail || (isSame && before?.isActive === true),
    updatedMs: draft.nowMs,
  });
}

function trailDistance(draft: Draft, { trailOffsetPrice, trailOffsetTicks }: ExitIntent): number {
  return trailOffsetPrice ?? (trailOffsetTicks ?? 0) * draft.rules.mintick;
}

function dropArmed(draft: Draft, key: string): void {
  for (const kind of Object.keys(legs) as SoftwareKind[]) {
    const watch = draft.watches.get(watchId(kind, key));
    if (watch?.state === "armed") draft.dropWatch(watch.id);
  }
}

/** Compares every watched leg with the price, and fires the one that is reached. */
export function pursueSoftware(draft: Draft): void {
  const busy = new Set<string>();
  for (const watch of draft.watches.values())
    if (isSoftwareKind(watch.kind) && watch.state !== "armed" && !hasSettled(draft, watch))
      busy.add(watch.intentKey);
  for (const kind of Object.keys(legs) as SoftwareKind[])
    for (const watch of draft.watches.values())
      if (watch.kind === kind && watch.state === "armed") pursueLeg(draft, watch, kind, busy);
}

/**
 * A leg that has fired is over when its exit is; one whose close has failed waits for its price again, for a while and
 * not for ever: a position that cannot be closed at its stop has no protection.
 */
function hasSettled(draft: Draft, watch: Watch): boolean {
  if (draft.obligations.has(closeId("partial_trigger", closeName(watch)))) return false;
  const record = draft.intents.get(watch.intentKey);
  if (record === undefined || record.phase === "done") {
    draft.dropWatch(watch.id);
    return true;
  }
  const rejects = record.rejects + 1;
  draft.setIntent({ ...record, rejects });
  draft.setWatch({ ...watch, state: "armed", updatedMs: draft.nowMs });
  draft.journal("leg_armed_again", { intentKey: watch.intentKey, payload: { leg: watch.kind, rejects } });
  if (rejects >= rejectBudget)
    halt(
      draft,
      `${keyText(watch.intentKey)} has been reached and could not be closed in ${rejects} attempts`,
    );
  return true;
}

function pursueLeg(draft: Draft, before: Watch, kind: SoftwareKind, busy: Set<string>): void {
  const record = draft.intents.get(before.intentKey);
  const wanted = draft.wanted?.get(before.intentKey);
  const isUnwanted = draft.wanted !== null && wanted?.generation !== record?.generation;
  if (record?.phase !== "working" || isUnwanted) return draft.dropWatch(before.id);
  const watch = kind === "partial_trail" ? follow(draft, before) : before;
  if (busy.has(watch.intentKey) || !watch.isActive) return;
  if (record.rejects > 0 && draft.nowMs < watch.updatedMs + refusedExitMs) return;
  if (!isReached(legs[kind], watch.side, draft.price, watch.level)) return;
  // The position may be on its way to the other side already.
  if (!isAgainst(draft.book, watch.side)) return;
  const { intent } = record;
  if (intent.kind !== "exit") return;
  const qty = Math.min(
    minus(intent.qty, record.filledQty),
    closableQty(draft, intent.fromEntry, intent.side),
  );
  if (!(qty > 0)) return;
  busy.add(watch.intentKey);
  draft.setWatch({ ...watch, state: "triggering", updatedMs: draft.nowMs });
  draft.journal("leg_reached", { intentKey: watch.intentKey, payload: { leg: kind, price: draft.price } });
  closeByItself(draft, {
    reason: "partial_trigger",
    name: closeName(watch),
    side: intent.side,
    qty,
    entryId: intent.fromEntry,
    bookedAs: { pineId: intent.pineId, fromEntry: intent.fromEntry, legType: legs[kind] },
    words: wordsOf(intent, legs[kind]),
  });
}

function closeName({ intentKey, kind }: Watch): string {
  // The key without its kind: exit id and entry id.
  return `${intentKey.slice(intentKey.indexOf(keySeparator) + 1)}${keySeparator}${kind.replace("partial_", "")}`;
}

/** A trailing stop starts at its activation, and moves one way only. */
function follow(draft: Draft, watch: Watch): Watch {
  const { side, activation, trailOffset, isActive, level } = watch;
  const { price } = draft;
  if (!isActive && !isReached("tp", side, price, activation)) return watch;
  const behind = side === "sell" ? price - trailOffset : price + trailOffset;
  const isBetter = !isActive || (side === "sell" ? behind > level : behind < level);
  if (!isBetter) return watch;
  const moved: Watch = { ...watch, isActive: true, level: behind, updatedMs: draft.nowMs };
  draft.setWatch(moved);
  return moved;
}
