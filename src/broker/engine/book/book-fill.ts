import { intentKey, keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { Fill } from "../fill.ts";
import { endIntent } from "../phase.ts";
import { settleGroup, tellGroup } from "../protection/oca.ts";
import { followLess, followUp } from "../sync/follow-up.ts";
import { netQty, openBeside, takeFill } from "./position.ts";
import { plus } from "./quantity.ts";

/**
 * Takes an execution into the books: the position, the fills, what is owed, and what follows for groups and brackets.
 * The counts of the order and of its intent are the caller's, and are made before.
 *
 * An execution is booked once. The state remembers the newest ids by itself; whoever keeps all of them asks the store
 * before giving the fact, so that what it has already never gets here.
 * @returns false when it was booked before, or is none: a quantity and a price are above zero
 */
export function bookFill(draft: Draft, fill: Fill): boolean {
  if (draft.hasFill(fill.fillId)) return false;
  if (!(fill.qty > 0) || !(fill.price > 0) || !Number.isFinite(fill.qty) || !Number.isFinite(fill.price)) {
    draft.tell("warn", "fill_unusable", `a fill of ${fill.qty} at ${fill.price} is not booked`, {
      intentKey: fill.intentKey,
      clientOrderId: fill.clientOrderId,
    });
    return false;
  }
  const qty = netQty(fill, draft.rules);
  const { book, closedQty, givenBack, excessQty } = isBeside(draft, fill)
    ? openBeside(draft.book, fill, qty)
    : takeFill(draft.book, fill, qty, draft.orders.get(fill.clientOrderId));
  draft.setBook(book);
  draft.setView({ lastFillMs: draft.nowMs, flatSinceMs: Number.NaN });
  draft.fill(fill);
  draft.journal("fill", {
    intentKey: fill.intentKey,
    clientOrderId: fill.clientOrderId,
    exchangeOrderId: fill.exchangeOrderId,
    payload: { fillId: fill.fillId, side: fill.side, qty: fill.qty, price: fill.price, size: book.size },
  });
  draft.notice({ kind: "fill", fill });
  if (excessQty > 0)
    draft.tell(
      "warn",
      "exit_overfilled",
      `${keyText(fill.intentKey)} has filled ${excessQty} more than was open; an exit opens nothing`,
      { intentKey: fill.intentKey, clientOrderId: fill.clientOrderId },
    );
  for (const [entryId, back] of givenBack) followLess(draft, entryId, back);
  credit(draft, fill);
  const record = draft.intents.get(fill.intentKey);
  // An order of an earlier life speaks for no intent of now.
  if (record === undefined || record.generation !== draft.orders.get(fill.clientOrderId)?.generation)
    return true;
  settleGroup(draft, record, fill.qty);
  if (fill.legType === "entry" && closedQty > 0) followUp(draft, record, closedQty, fill);
  return true;
}

/** On an account with a position for each order, entries close nothing; see `closeOpposite`. */
function isBeside({ rules }: Draft, { legType }: Fill): boolean {
  return rules.isHedging && legType === "entry";
}

/** What is owed has become less. */
function credit(draft: Draft, fill: Fill): void {
  for (const obligation of draft.obligations.values()) {
    if (obligation.kind !== "close" || obligation.intentKey !== fill.intentKey) continue;
    draft.owe({ ...obligation, filledQty: plus(obligation.filledQty, fill.qty), isPlaced: true });
    if (obligation.reason === "partial_trigger") creditWatched(draft, fill);
    if (obligation.reason === "partial_trigger" || obligation.reason === "marketable_exit")
      tellExitsGroup(draft, fill);
  }
}

/** A close that stands for an exit of the script has filled: the group of that exit hears of it. */
function tellExitsGroup(draft: Draft, { pineId, fromEntry, qty }: Fill): void {
  const key = intentKey({ kind: "exit", pineId, fromEntry: fromEntry ?? "" });
  const intent = draft.wanted?.get(key)?.intent ?? draft.intents.get(key)?.intent;
  if (intent !== undefined) tellGroup(draft, { key, intent }, qty);
}

/** The exit whose watched leg has fired has no orders of its own: its close counts for it. */
function creditWatched(draft: Draft, fill: Fill): void {
  for (const record of draft.intents.values()) {
    const { intent } = record;
    if (intent.kind !== "exit" || intent.pineId !== fill.pineId || intent.fromEntry !== fill.fromEntry)
      continue;
    if (record.phase !== "working") continue;
    const filledQty = plus(record.filledQty, fill.qty);
    const credited = { ...record, filledQty };
    if (filledQty >= intent.qty) endIntent(draft, credited, "filled");
    else draft.setIntent(credited);
  }
}
