import { ownsCoin } from "../book/position.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { refusedExitMs } from "../patience.ts";
import { endIntent, isSynthetic, isUnsent } from "../phase.ts";
import { halt } from "../safety/latches.ts";
import type { FlattenObligation } from "../state.ts";
import { closeAll, closingQty } from "../sync/closes.ts";

/** How often the close of everything may fail. */
const mostCloses = 3;

/** Somebody wants no position and no orders. */
export function isFlattening(draft: Draft): boolean {
  for (const { kind } of draft.obligations.values()) if (kind === "flatten") return true;
  return false;
}

/** What fees in coin have left of a position and no order can sell; or the venue has taken no order of its size. */
function isDust({ book, rules, intents }: Draft): boolean {
  for (const { intent, phase, end } of intents.values())
    if (
      intent.kind === "close" &&
      intent.syntheticKind === "flatten" &&
      phase === "done" &&
      end === "skipped" &&
      intent.qty >= Math.abs(book.size)
    )
      return true;
  const least = Math.max(rules.qtyStep, rules.spot?.positionDustThreshold ?? 0);
  return ownsCoin(rules) && book.size > 0 && book.size < least;
}

/** Brings a flatten on: no order of the script stays, the position is closed, and that is proven. */
export function pursueFlatten(draft: Draft): void {
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "flatten") pursueOne(draft, obligation);
    else if (obligation.kind === "reopen" && isFlattening(draft)) draft.settle(obligation.id);
}

function pursueOne(draft: Draft, obligation: FlattenObligation): void {
  let isQuiet = true;
  for (const record of draft.intents.values()) {
    if (record.phase === "done") continue;
    if (record.intent.kind !== "close") {
      if (record.phase === "working") oweCancel(draft, record, "operator");
      else if (isUnsent(record)) endIntent(draft, record, "cancelled");
    } else if (record.phase === "prepared" && !isSynthetic(record)) endIntent(draft, record, "cancelled");
    if (draft.intents.get(record.key)?.phase !== "done") isQuiet = false;
  }
  // Positions side by side may add up to none.
  if (draft.book.lots.length > 0 && !isDust(draft)) {
    if (closingQty(draft, null) > 0 || obligation.nextMs > draft.nowMs) return;
    if (obligation.attempts >= mostCloses)
      return halt(draft, `the position could not be closed in ${mostCloses} attempts`);
    // What was refused at once is refused again at once.
    draft.owe({
      ...obligation,
      attempts: obligation.attempts + 1,
      nextMs: draft.nowMs + refusedExitMs,
    });
    return closeAll(draft, "flatten", "all", "");
  }
  if (!isQuiet) return;
  draft.settle(obligation.id);
  draft.tell("info", "flattened", "no position and no orders are left");
}
