import type { BracketAttachRejectContext } from "../../../api/broker/brackets.ts";
import { openQty, opposite } from "../book/position.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { oweResidual } from "./residuals.ts";
import { closeByItself, closeId, closingQty } from "../sync/closes.ts";

/**
 * An entry has filled and the venue refuses its protection: the position is closed, at once. The obligation is in the
 * books before the close goes, so that a crash in between leaves it owed.
 * @param residualRefs what the refused bracket has left at the venue
 */
export function defend(
  draft: Draft,
  context: BracketAttachRejectContext,
  residualRefs: readonly string[] = [],
): void {
  const { positionClientOrderId, positionSide, fromEntry } = context;
  const name = positionClientOrderId;
  if (draft.obligations.has(closeId("defensive", name))) return;
  const entryId = fromEntry ?? null;
  const side = opposite(positionSide);
  const open = openQty(draft.book, entryId, side);
  const qty = Math.min(open, Math.max(0, open - closingQty(draft, entryId)));
  draft.tell(
    "error",
    "protection_refused",
    `the venue refuses the bracket of ${fromEntry ?? "the position"}${context.errorMessage === undefined ? "" : ` (${context.errorMessage})`}: ${
      qty > 0 ? "the position is closed" : "it is closed already"
    }`,
    { intentKey: context.intentKey },
  );
  // Nothing else must close it a second time, or open it again while it goes.
  for (const record of draft.intents.values())
    if (record.intent.kind === "exit" && record.intent.fromEntry === entryId && record.phase === "working")
      oweCancel(draft, record, "superseded");
  if (!(qty > 0)) {
    for (const ref of residualRefs) oweResidual(draft, ref);
    return;
  }
  closeByItself(draft, {
    reason: "defensive",
    name,
    side,
    qty,
    entryId,
    targetPositionClientOrderId: positionClientOrderId,
    residualRefs,
    bookedAs: { pineId: context.exitId ?? "", fromEntry: entryId, legType: "close" },
  });
}
