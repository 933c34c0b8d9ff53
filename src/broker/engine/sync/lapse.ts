import { keyText, type Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { marketOrderMs } from "../patience.ts";
import { cancelId, endIntent, isAlive } from "../phase.ts";
import type { ReopenObligation } from "../state.ts";
import { decline } from "./decline.ts";
import { reopenId } from "./parked.ts";
import { isSameOrder } from "./same-order.ts";

/**
 * A market order is an opinion about now: it names no price, and all that says what it may cost is when it was asked
 * for. An entry at the market that has not left for two minutes is not sent any more, whatever has kept it: a position
 * that is closed first, a stream or a read that is down, a connection, a throttle, an answer that was lost, a process
 * that was not there. Its order is over, and the script may place it anew.
 *
 * A restart makes it no younger; a script that asks for another quantity has another opinion. An order with a price may
 * wait as long as it takes, and so may whatever makes a position smaller.
 */

/** When an entry of the script is too old to be sent, ms; `undefined`: never. */
export function untilMsOf(draft: Draft, { key, generation, intent }: Wanted): number | undefined {
  if (intent.kind !== "entry" || intent.orderType !== "market") return undefined;
  const isIt = (other: Wanted | undefined): boolean =>
    other?.generation === generation && isSameOrder(other.intent, intent);
  if (draft.wanted !== null) {
    const before = draft.wanted.get(key);
    return isIt(before) ? before?.untilMs : draft.nowMs + marketOrderMs;
  }
  // An earlier process may have wanted it already.
  const [record, parked] = [draft.intents.get(key), draft.obligations.get(reopenId(key))];
  if (parked?.kind === "reopen" && isIt(parked.wanted)) return parked.deadlineMs;
  return (isIt(record) ? record?.untilMs : undefined) ?? draft.nowMs + marketOrderMs;
}

/** Ends market orders that have waited too long. */
export function pursueLapses(draft: Draft): void {
  for (const record of draft.intents.values())
    if (record.phase === "prepared" && isOld(draft, record.untilMs)) lapse(draft, record);
  for (const owed of draft.obligations.values())
    if (owed.kind === "reopen" && isOld(draft, owed.deadlineMs)) lapseParked(draft, owed);
  for (const wish of draft.wanted?.values() ?? [])
    if (isOld(draft, wish.untilMs) && isHeldBack(draft, wish)) lapse(draft, wish);
}

/** Ends one that is parked; what is at the venue under its key, or on its way out, comes first. */
export function lapseParked(draft: Draft, { id, wanted }: ReopenObligation): void {
  if (!isHeldBack(draft, wanted)) return;
  draft.settle(id);
  lapse(draft, wanted);
}

const isOld = ({ nowMs }: Draft, untilMs = Infinity): boolean => nowMs >= untilMs;

/** It has not been sent, or not all of it, and nothing else is under its key. */
export function isHeldBack(
  { intents, obligations }: Draft,
  { key, generation }: Pick<Wanted, "key" | "generation">,
): boolean {
  const record = intents.get(key);
  if (record === undefined) return true;
  if (isAlive(record) || obligations.has(cancelId(record)) || record.generation > generation) return false;
  return record.generation < generation || record.phase !== "done" || record.end === "superseded";
}

function lapse(draft: Draft, { key, generation, intent }: Wanted): void {
  const name = keyText(key);
  const isHalf = intent.kind === "entry" && intent.stopFiredMarket;
  const minutes = marketOrderMs / 60_000;
  const [code, message] = isHalf
    ? [
        "follow_up_given_up",
        `${intent.side} ${intent.qty} of ${intent.pineId} is not sent: it could not open for ${minutes} minutes`,
      ]
    : [
        "entry_lapsed",
        `${name} is not sent: it was asked for at the market, and could not open for ${minutes} minutes`,
      ];
  const own = draft.intents.get(key);
  if (own?.generation !== generation)
    return decline(draft, { key, generation, intent }, "cancelled", code, message);
  draft.tell("warn", code, message, { intentKey: key });
  endIntent(draft, own, "cancelled");
}
