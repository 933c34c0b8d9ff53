import type { CloseIntent, SyntheticCloseKind } from "../../../api/broker/intents.ts";
import type { Side } from "../../../api/broker/orders.ts";
import { quantity } from "../../../kernel/units.ts";
import { openQty, opposite } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { intentKey, keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { OrderWords } from "../order-words.ts";
import type { BookedAs, CloseObligation, IntentRecord } from "../state.ts";
import { closedEntry } from "./closed-entry.ts";
import { decline } from "./decline.ts";
import { dispatch } from "./dispatch.ts";

/** Closes: never more than there is, counting those that are on their way. */

/** What closes that are out have still to fill: of one entry, or of all together. */
export function closingQty(draft: Draft, entryId: string | null): number {
  let qty = 0;
  for (const { intent, phase, filledQty } of draft.intents.values()) {
    if (intent.kind !== "close" || phase === "done") continue;
    if (entryId === null || closedEntry(intent) === entryId)
      qty = plus(qty, Math.max(0, minus(intent.qty, filledQty)));
  }
  return qty;
}

/** What a close on this side can still take: of its entry, and of the position. */
export function closableQty(draft: Draft, entryId: string | null, side: Side): number {
  const free = minus(openQty(draft.book, null, side), closingQty(draft, null));
  if (entryId === null) return Math.max(0, free);
  const own = minus(openQty(draft.book, entryId, side), closingQty(draft, entryId));
  return Math.max(0, Math.min(own, free));
}

/** Sends a close of the script, cut to what there is. Nothing to close: it is dropped. */
export function sendClose(draft: Draft, key: string, generation: number, intent: CloseIntent): void {
  const qty = Math.min(intent.qty, closableQty(draft, closedEntry(intent), intent.side));
  if (!(qty > 0))
    return decline(
      draft,
      { key, generation, intent },
      "skipped",
      "close_dropped",
      `${keyText(key)} has nothing left to close`,
    );
  dispatch(draft, {
    key,
    generation,
    intent: qty === intent.qty ? intent : { ...intent, qty: quantity(qty) },
  });
}

/** What the engine is going to close by itself. */
export interface OwnClose {
  readonly reason: CloseObligation["reason"];
  /** Tells closes of one reason apart: an entry's id, an exit's key. */
  readonly name: string;
  readonly side: Side;
  readonly qty: number;
  readonly entryId: string | null;
  readonly bookedAs: BookedAs;
  readonly targetPositionClientOrderId?: string;
  readonly residualRefs?: readonly string[];
  /** Of the script's order that it stands for. */
  readonly words?: OrderWords;
}

const syntheticKinds: Readonly<Record<CloseObligation["reason"], SyntheticCloseKind>> = {
  reversal: "reversal_close",
  defensive: "defensive_close",
  flatten: "flatten",
  partial_trigger: "partial_trigger",
  marketable_exit: "marketable_exit",
};

/** Name of the obligation to close something. */
export function closeId(reason: CloseObligation["reason"], name: string): string {
  return `close:${reason}:${name}`;
}

/** Takes on the obligation to close, and sends the close: with it in the books before the order goes. */
export function closeByItself(draft: Draft, close: OwnClose): void {
  const { reason, name, side, qty, entryId } = close;
  const syntheticKind = syntheticKinds[reason];
  const intent: CloseIntent = {
    kind: "close",
    pineId: `__pyne_${syntheticKind}__${name}`,
    symbol: draft.rules.symbol,
    side,
    qty: quantity(qty),
    immediately: true,
    reduceOnly: true,
    syntheticKind,
    ...close.words,
    ...(entryId !== null && reason !== "defensive" ? { targetEntryId: entryId } : {}),
    ...(close.targetPositionClientOrderId === undefined
      ? {}
      : { targetPositionClientOrderId: close.targetPositionClientOrderId }),
  };
  const key = intentKey(intent);
  const id = closeId(reason, name);
  const last = draft.intents.get(key);
  // What is out under this name, or may be, is never lost sight of: its end comes first.
  if (last !== undefined && last.phase !== "done") return;
  draft.owe({
    kind: "close",
    id,
    intentKey: key,
    intent,
    reason,
    entryId,
    expectedQty: qty,
    filledQty: 0,
    sizeBefore: draft.book.size,
    residualRefs: close.residualRefs ?? [],
    isPlaced: false,
    sinceMs: draft.nowMs,
    deadlineMs: reason === "defensive" ? draft.nowMs + draft.rules.defensiveCloseGraceMs : Infinity,
    attempts: (draft.obligations.get(id)?.attempts ?? 0) + 1,
    nextMs: 0,
  });
  dispatch(draft, {
    key,
    generation: draft.serial,
    intent,
    bookedAs: close.bookedAs,
  });
}

/** The close of an obligation as it stands at the venue. */
export function closeRecord(draft: Draft, obligation: CloseObligation): IntentRecord | undefined {
  return draft.intents.get(obligation.intentKey);
}

/** Nothing is left of what an obligation was to close. */
export function isClosed(
  draft: Draft,
  { expectedQty, filledQty, entryId, intent }: CloseObligation,
): boolean {
  return filledQty >= expectedQty || openQty(draft.book, entryId, intent.side) === 0;
}

/** Sends a close of everything that is not being closed already. */
export function closeAll(
  draft: Draft,
  reason: "flatten" | "reversal",
  name: string,
  pineId: string,
  words: OrderWords = {},
): void {
  const { size, lots } = draft.book;
  const side = opposite(size > 0 ? "buy" : size < 0 ? "sell" : (lots[0]?.side ?? "buy"));
  const qty = closableQty(draft, null, side);
  if (!(qty > 0)) return;
  closeByItself(draft, {
    reason,
    name,
    side,
    qty,
    entryId: null,
    bookedAs: { pineId, fromEntry: null, legType: "close" },
    words,
  });
}
