import type { ExitIntent } from "../../../api/broker/intents.ts";
import type { Side } from "../../../api/broker/orders.ts";
import { decimalProduct } from "../../../kernel/decimal.ts";
import { price, quantity } from "../../../kernel/units.ts";
import { openQty } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { intentKey } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { failsafeLagMs, failsafeWithoutAmendMs, rejectBudget, tryAgainMs } from "../patience.ts";
import { cancelId, endIntent, isAlive, isFailsafe } from "../phase.ts";
import type { IntentRecord } from "../state.ts";
import { closableQty } from "../sync/closes.ts";
import { dispatch, resend, reshape } from "../sync/dispatch.ts";
import { isBeingClosed, isBeingTurned } from "../sync/exit-target.ts";
import { isShared } from "../safety/shared.ts";
import { isSameOrder } from "../sync/same-order.ts";
import { isFlattening } from "./flatten.ts";

/**
 * Stops that the engine watches are gone when its process is. So a stop order rests at the venue behind them, further
 * away than the loosest of them: while the engine lives its own stops come first, and the order follows them. It is for
 * all that its entry has open: it fills when nobody is there to see to the rest, and if it closed a part, the stops that
 * come to life again at such a price would close that part a second time. What it fills is a close that the engine has
 * made, none of the script's exits.
 */

/** What the trade list calls its fill. */
const failsafeName = "Failsafe";
const failsafeId = "__pyne_failsafe__";

/** What is watched of one entry's position. */
interface Guarded {
  readonly entryId: string;
  readonly side: Side;
  /** The loosest stop. */
  level: number;
}

/** Brings the failsafe stops to what is watched now. */
export function pursueFailsafes(draft: Draft): void {
  const guarded = guardedEntries(draft);
  for (const record of draft.intents.values())
    if (isFailsafe(record) && !guarded.has(record.key)) retire(draft, record);
  for (const [key, each] of guarded) pursueFailsafe(draft, key, each);
}

/** Whether a failsafe stop that is over has still something to stand behind: then it is known why it is over. */
export function isGuarding(draft: Draft, record: IntentRecord): boolean {
  return isFailsafe(record) && guardedEntries(draft).has(record.key);
}

/** A position that is watched, and whose failsafe the venue refuses for good. */
export function isUnguarded(draft: Draft): boolean {
  for (const record of draft.intents.values())
    if (record.end === "rejected" && record.rejects >= rejectBudget && isGuarding(draft, record)) return true;
  return false;
}

const none: ReadonlyMap<string, Guarded> = new Map();

/** By the key of the failsafe. */
function guardedEntries(draft: Draft): ReadonlyMap<string, Guarded> {
  const { rules } = draft;
  if (!(rules.failsafePercent! > 0) || rules.capabilities.failsafeStop === "unsupported") return none;
  if (rules.isHedging || rules.isDryRun || draft.watches.size === 0 || isFlattening(draft)) return none;
  const guarded = new Map<string, Guarded>();
  for (const { kind, state, isActive, level, side, intentKey: exitKey } of draft.watches.values()) {
    if ((kind !== "partial_sl" && kind !== "partial_trail") || state !== "armed" || !isActive) continue;
    const exit = draft.intents.get(exitKey)?.intent;
    if (exit?.kind !== "exit" || !(level > 0)) continue;
    const entryId = exit.fromEntry;
    const key = intentKey({ kind: "exit", ...nameOf(entryId) });
    const own = guarded.get(key) ?? { entryId, side, level };
    own.level = side === "sell" ? Math.min(own.level, level) : Math.max(own.level, level);
    guarded.set(key, own);
  }
  return guarded;
}

const nameOf = (entryId: string) =>
  ({ pineId: failsafeId, fromEntry: entryId, syntheticKind: "failsafe" }) as const;

function pursueFailsafe(draft: Draft, key: string, { entryId, side, level }: Guarded): void {
  if (isBeingClosed(draft, entryId)) return;
  const record = draft.intents.get(key);
  if (isBeingTurned(draft)) return record === undefined ? undefined : retire(draft, record);
  if (record?.phase === "done" && (draft.obligations.has(cancelId(record)) || !mayReturn(draft, record)))
    return;
  // What it has filled before it is sent again belongs to the same life; what another life has filled does not.
  const isNew = record === undefined || (record.phase === "done" && record.end !== "superseded");
  const filled = isNew ? 0 : record.filledQty;
  const needed = minus(openQty(draft.book, entryId, side), besideQty(draft, key, entryId));
  const closable = closableQty(draft, entryId, side);
  const armed = record !== undefined && isAlive(record) ? minus(record.intent.qty, filled) : 0;
  const left = Math.min(needed, isShared(draft) ? closable : Math.max(closable, armed));
  if (!(left > 0)) return record === undefined ? undefined : retire(draft, record);
  const intent: ExitIntent = {
    kind: "exit",
    ...nameOf(entryId),
    symbol: draft.rules.symbol,
    side,
    qty: quantity(plus(filled, left)),
    slPrice: price(behind(draft, side, level)),
    reduceOnly: true,
    isPartialQtyBracket: false,
  };
  if (record === undefined || record.phase === "done") place(draft, key, record, intent, isNew);
  else if (record.phase === "prepared") sendPrepared(draft, key, record, intent);
  else if (record.phase === "working" && !isSameOrder(record.intent, intent) && isDue(draft, record, intent))
    reshape(draft, record, intent);
}

/** Others that rest at the venue for this entry. */
function besideQty({ intents }: Draft, key: string, entryId: string): number {
  let qty = 0;
  for (const record of intents.values()) {
    const { intent, next, filledQty } = record;
    if (record.key === key || intent.kind !== "exit" || intent.fromEntry !== entryId || !isAlive(record))
      continue;
    // A bracket that the engine watches has no orders.
    if (Object.keys(record.orderIds).length === 0) continue;
    qty = plus(qty, Math.max(0, minus(Math.max(intent.qty, next?.qty ?? 0), filledQty)));
  }
  return qty;
}

/** The level of the order, outside of the stops, on the grid of prices. */
function behind({ rules: { failsafePercent = 0, mintick } }: Draft, side: Side, level: number): number {
  const away = (level * failsafePercent) / 100;
  const ticks = (side === "sell" ? level - away : level + away) / mintick;
  const whole = side === "sell" ? Math.floor(ticks + 1e-9) : Math.ceil(ticks - 1e-9);
  return decimalProduct(Math.max(1, whole), mintick);
}

/**
 * One that somebody else has cancelled is not placed again: they may have had a reason, and the policy for it has been
 * applied. That is for the position that it stood behind: the next one has a stop again, as when the venue has swept the
 * stop with the position. One that was refused is tried again, a few times.
 */
function mayReturn(draft: Draft, { end, rejects, sinceMs }: IntentRecord): boolean {
  if (end === "superseded" || end === "filled") return true;
  return end === "rejected" && rejects < rejectBudget && draft.nowMs >= tryAgainMs(sinceMs, sinceMs);
}

function place(
  draft: Draft,
  key: string,
  last: IntentRecord | undefined,
  intent: ExitIntent,
  isNew: boolean,
): void {
  const generation = isNew ? Math.max(draft.serial, (last?.generation ?? 0) + 1) : last!.generation;
  const bookedAs = { pineId: failsafeName, fromEntry: intent.fromEntry, legType: "close" } as const;
  dispatch(draft, { key, generation, intent, bookedAs });
  const sent = draft.intents.get(key);
  // Levels that move are refused as often as those that stay.
  if (last?.end === "rejected" && sent !== undefined && sent.rejects < last.rejects)
    draft.setIntent({ ...sent, rejects: last.rejects });
}

function sendPrepared(draft: Draft, key: string, record: IntentRecord, intent: ExitIntent): void {
  if (record.notBeforeMs > draft.nowMs) return;
  if (isSameOrder(record.intent, intent)) return resend(draft, record);
  const { generation, bookedAs } = record;
  dispatch(draft, { key, generation, intent, ...(bookedAs === undefined ? {} : { bookedAs }) });
}

/**
 * Less to close, or a stop that has moved away, is followed at once: the order must never be ahead of what it stands
 * behind. A stop that moves towards the price is followed a little later, so that a trail does not send with every tick.
 */
function isDue(draft: Draft, { intent: now, sinceMs }: IntentRecord, next: ExitIntent): boolean {
  if (now.kind !== "exit" || now.qty !== next.qty) return true;
  const [before, after] = [now.slPrice ?? 0, next.slPrice ?? 0];
  if (next.side === "sell" ? after < before : after > before) return true;
  const amends = draft.rules.capabilities.amendOrder !== "unsupported";
  return draft.nowMs >= sinceMs + (amends ? failsafeLagMs : failsafeWithoutAmendMs);
}

/** Nothing is left to stand behind. */
function retire(draft: Draft, record: IntentRecord): void {
  if (record.phase === "working") oweCancel(draft, record, "superseded");
  else if (record.phase === "prepared") endIntent(draft, record, "superseded");
  else if (record.end === "cancelled" && isFlat(draft, record))
    draft.setIntent({ ...record, end: "superseded" });
}

const isFlat = ({ book }: Draft, { intent }: IntentRecord): boolean =>
  intent.kind === "exit" && !(openQty(book, intent.fromEntry, intent.side) > 0);
