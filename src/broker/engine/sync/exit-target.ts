import type { ExitIntent } from "../../../api/broker/intents.ts";
import { quantity } from "../../../kernel/units.ts";
import { isAgainst, openQty } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { intentKey, type Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { isAlive } from "../phase.ts";
import type { IntentRecord } from "../state.ts";
import { closableQty, closingQty } from "./closes.ts";
import { isShared } from "../safety/shared.ts";
import { sellableQty } from "../spot/coins.ts";
import { untold } from "./untold.ts";

/**
 * What a wanted exit comes to as things stand.
 *
 * - `want`: this is what should be at the venue, with the quantity of the whole order
 * - `rest`: nothing should be: there is nothing to protect, or not yet
 * - `hold`: what is there stays there, nothing is sent
 */
export type ExitTarget =
  { readonly is: "want"; readonly intent: ExitIntent } | { readonly is: "rest" } | { readonly is: "hold" };

/**
 * Whether an exit is the engine's own to watch. What hangs on a position closes all of it, and only one bracket hangs
 * there: of several exits for all of an entry it is the one that hangs already, or the first.
 */
export function isSoftware(draft: Draft, { key }: Wanted, intent: ExitIntent): boolean {
  const { isHedging, capabilities } = draft.rules;
  if (intent.isPartialQtyBracket) return isHedging || capabilities.partialQtyBracketExit === "software";
  return isHedging && hangingExit(draft, intent) !== key;
}

function hangingExit(draft: Draft, { fromEntry, side }: ExitIntent): string | undefined {
  const keys = new Set<string>();
  for (const { key, intent } of draft.wanted?.values() ?? [])
    if (intent.kind === "exit" && intent.fromEntry === fromEntry && intent.side === side)
      if (!intent.isPartialQtyBracket) keys.add(key);
  for (const owed of draft.obligations.values())
    if (owed.kind === "protection" && owed.state !== "clearing" && keys.has(owed.intentKey))
      return owed.intentKey;
  const [first] = keys;
  return first;
}

/**
 * A bracket follows the fills of its entry: it is sent when the entry has filled in part, grows with each further
 * fill, and shrinks with everything else that closes; one of a part as the script's book shares the fills out. Where the
 * venue attaches brackets to entries by itself (`tpSlBracket` native), it goes out as a whole as soon as the venue knows
 * the entry, and is left alone; but not where others hold the symbol on the account: it would close what is theirs.
 */
export function exitTarget(draft: Draft, wanted: Wanted, intent: ExitIntent): ExitTarget {
  const { ready = intent.qty } = wanted;
  if (isBeingClosed(draft, intent.fromEntry)) return { is: "hold" };
  if (isBeingTurned(draft)) return { is: "rest" };
  const open = openQty(draft.book, intent.fromEntry, intent.side);
  // What is watched here is no bracket of the venue's.
  if (isAttached(draft) && !isSoftware(draft, wanted, intent))
    return open > 0 || isEntryAtVenue(draft, intent.fromEntry)
      ? { is: "want", intent: intent.isPartialQtyBracket && ready > 0 ? sized(intent, ready) : intent }
      : { is: "rest" };
  const record = draft.intents.get(wanted.key);
  const needed = neededQty(draft, wanted, intent);
  if (!(needed > 0)) return { is: "rest" };
  const isSharing = isShared(draft);
  const most = isSharing
    ? leftByOthers(draft, wanted, intent)
    : Math.max(closableQty(draft, intent.fromEntry, intent.side), armed(record));
  const left = Math.min(needed, most, Math.max(sellableQty(draft), armed(record)));
  if (!(left > 0)) return { is: isSharing ? "rest" : "hold" };
  return { is: "want", intent: sized(intent, plus(filledOf(draft, wanted), left)) };
}

const isAttached = ({ rules, view }: Draft): boolean =>
  rules.capabilities.tpSlBracket === "native" && !view.isShared;

function filledOf({ intents }: Draft, { key, generation }: Wanted): number {
  const record = intents.get(key);
  return record?.generation === generation ? record.filledQty : 0;
}

/**
 * What an exit is to close of what its entry has opened: no more than the script's book has it for. An entry that opens
 * more than anybody expected is shared out there first, also among exits that took all of what was expected.
 */
function neededQty(draft: Draft, wanted: Wanted, intent: ExitIntent): number {
  const open = openQty(draft.book, intent.fromEntry, intent.side);
  return Math.min(minus(wanted.ready ?? intent.qty, filledOf(draft, wanted)), open);
}

/**
 * After something else has closed a part of what is open, each of the exits may still want all of what is left: those of
 * one entry of the entry, and those of all entries of the position, of which a close of everything takes what it finds.
 * The venue cuts what comes second where there is nothing else to reduce; on an account that others use they come one
 * after the other, in the order in which the script placed them.
 */
function leftByOthers(draft: Draft, { key, generation }: Wanted, { fromEntry, side }: ExitIntent): number {
  const free = (entryId: string | null): number => {
    // An exit knows its own where it is sent.
    const { sure } = untold(
      draft,
      side,
      (order) =>
        (entryId === null || order.fromEntry === entryId) &&
        (order.intentKey !== key || order.generation !== generation),
    );
    return minus(closableQty(draft, entryId, side), sure);
  };
  let ofAll = free(null);
  const ofEntry = new Map([[fromEntry, free(fromEntry)]]);
  for (const other of draft.wanted?.values() ?? []) {
    const { intent } = other;
    if (intent.kind !== "exit" || intent.side !== side) continue;
    if (other.key === key) break;
    const most = ofEntry.get(intent.fromEntry) ?? closableQty(draft, intent.fromEntry, side);
    const taken = Math.max(0, Math.min(most, ofAll, neededQty(draft, other, intent)));
    ofAll = minus(ofAll, taken);
    ofEntry.set(intent.fromEntry, minus(most, taken));
  }
  return Math.min(ofEntry.get(fromEntry) ?? 0, ofAll);
}

const sized = (intent: ExitIntent, qty: number): ExitIntent =>
  qty === intent.qty ? intent : { ...intent, qty: quantity(qty) };

/**
 * What an exit at the venue has still to close. It stays armed while a market order closes beside it; but none grows, or
 * goes out, for what such an order is about to close: the two together would close what is not ours.
 */
function armed(record: IntentRecord | undefined): number {
  return record !== undefined && isAlive(record) ? minus(record.intent.qty, record.filledQty) : 0;
}

/** The position of this entry is on its way out by a defensive close, which cleans up after itself. */
export function isBeingClosed(draft: Draft, entryId: string): boolean {
  for (const obligation of draft.obligations.values())
    if (
      obligation.kind === "close" &&
      obligation.reason === "defensive" &&
      (obligation.entryId === null || obligation.entryId === entryId)
    )
      return true;
  return false;
}

/**
 * The position is consumed by a reversal: what protected it would meet the position on the other side. What only waits,
 * until somebody has closed the position or until the script has run, closes nothing, and the position stays protected
 * for as long as that takes.
 */
export function isBeingTurned(draft: Draft): boolean {
  for (const obligation of draft.obligations.values()) {
    if (obligation.kind !== "reopen" || obligation.wanted.intent.kind !== "entry") continue;
    const { side, stopFiredMarket } = obligation.wanted.intent;
    const isOnHold = !draft.hasRun && !(closingQty(draft, null) > 0);
    if (!stopFiredMarket && !isOnHold && isAgainst(draft.book, side)) return true;
  }
  return false;
}

function isEntryAtVenue(draft: Draft, entryId: string): boolean {
  const record = draft.intents.get(intentKey({ kind: "entry", pineId: entryId, stopFiredMarket: false }));
  return record?.phase === "working" || record?.phase === "amending";
}
