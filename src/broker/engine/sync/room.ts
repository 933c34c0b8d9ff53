import type { Side } from "../../../api/broker/orders.ts";
import { openQty } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { sharedDoubtMs } from "../patience.ts";
import { cancelId, isAlive } from "../phase.ts";
import { isShared } from "../safety/shared.ts";
import { sellableQty } from "../spot/coins.ts";
import { closedEntry } from "./closed-entry.ts";
import type { IntentRecord } from "../state.ts";
import { askWhatIsUntold, untold } from "./untold.ts";

/**
 * Where others hold the same symbol on the same account, `reduce-only` protects nobody: the venue lets an order reduce
 * whatever is there. So there the orders of a run that close must never be able to fill more than the run's own
 * position. A market order waits until the exits beside it are cancelled or made smaller, and that is confirmed.
 *
 * For as long as that takes, a round trip, what the market order is about to close has no exit. It is the smaller harm:
 * it is on its way out at the market anyway, while an exit that fills beside it takes a position from another run,
 * whose script goes on believing in it, with exits that the venue sweeps. A run that has the account for itself does not
 * wait: there the venue itself cuts what comes second.
 */

/**
 * What of a close may go out now, beside what is out already and what has filled and was not told; 0: it has to wait.
 * Neither the position nor what is open of its entry may be closed twice.
 * @param left what it has still to close
 */
export function sendableQty(
  draft: Draft,
  record: IntentRecord,
  left: number,
  entryId: string | null,
): number {
  const whole = roomFor(draft, record, null);
  const own = entryId === null ? whole : roomFor(draft, record, entryId);
  const qty = Math.min(left, whole.free, own.free);
  if (qty > 0 && whole.taken <= minus(whole.free, qty) && own.taken <= minus(own.free, qty)) return qty;
  if (whole.hasDoubt) askWhatIsUntold(draft, record.intent.side);
  return 0;
}

interface Room {
  /** What no other close is about to take, and nothing has taken without a word. */
  readonly free: number;
  /** What exits may still take of it. */
  readonly taken: number;
  readonly hasDoubt: boolean;
}

/** Of an entry, or of the position. */
function roomFor(draft: Draft, { key, intent: { side } }: IntentRecord, entryId: string | null): Room {
  const { sure, possible } = untold(
    draft,
    side,
    ({ fromEntry }) => entryId === null || fromEntry === entryId,
  );
  const open = Math.min(minus(openQty(draft.book, entryId, side), sure), sellableQty(draft));
  return {
    free: minus(open, outQty(draft, "close", side, key, entryId)),
    taken: plus(outQty(draft, "exit", side, key, entryId), possible),
    hasDoubt: possible > 0,
  };
}

/** What orders of a kind that are, or may be, at the venue can still fill. */
function outQty(
  draft: Draft,
  kind: "exit" | "close",
  side: Side,
  except: string,
  entryId: string | null,
): number {
  let qty = 0;
  for (const record of draft.intents.values()) {
    const { key, intent, next, filledQty } = record;
    if (key === except || intent.kind !== kind || intent.side !== side || !isAlive(record)) continue;
    if (entryId !== null && closedEntry(intent) !== entryId) continue;
    if (kind === "exit" && (isWatched(record) || isForgone(draft, record))) continue;
    qty = plus(qty, Math.max(0, minus(Math.max(intent.qty, next?.qty ?? 0), filledQty)));
  }
  return qty;
}

/** The engine waits for its prices by itself: nothing of it is at the venue. */
function isWatched({ orderIds }: IntentRecord): boolean {
  return Object.keys(orderIds).length === 0;
}

/**
 * Nobody can say whether it is at the venue, and that for so long that a position which should be closed waits no
 * longer for the answer.
 */
function isForgone(draft: Draft, record: IntentRecord): boolean {
  const { nowMs } = draft;
  if (record.phase === "unknown" && nowMs - record.sinceMs >= sharedDoubtMs) return true;
  const owed = draft.obligations.get(cancelId(record));
  return owed?.kind === "cancel" && owed.deadlineMs !== Infinity && nowMs - owed.sinceMs >= sharedDoubtMs;
}

/**
 * Before the script has run in this process nobody knows what its exits should be: those that stand in the way of a
 * close go, and come again when it wants them.
 */
export function clearTheWay(draft: Draft): void {
  if (draft.wanted !== null || !isShared(draft)) return;
  for (const close of draft.intents.values()) {
    if (close.intent.kind !== "close" || close.phase !== "prepared") continue;
    for (const record of draft.intents.values())
      if (
        record.intent.kind === "exit" &&
        record.intent.side === close.intent.side &&
        record.phase === "working"
      )
        oweCancel(draft, record, "superseded");
  }
}
