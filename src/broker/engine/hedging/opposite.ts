import { sideMeant } from "../book/position.ts";
import { intentKey } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { closableQty, closeByItself } from "../sync/closes.ts";

const name = "opposite";

/** Closes what stands against the position that the script means to have. */
export function closeOpposite(draft: Draft): void {
  const side = sideMeant(draft.book);
  if (side === undefined) return;
  const last = draft.intents.get(
    intentKey({ kind: "close", pineId: `__pyne_reversal_close__${name}`, syntheticKind: "reversal_close" }),
  );
  // One that has just failed is not tried again before the next bar.
  if (last !== undefined && last.end !== "filled" && !(last.barTimeMs < draft.barTimeMs)) return;
  const qty = closableQty(draft, null, side);
  if (!(qty > 0)) return;
  closeByItself(draft, {
    reason: "reversal",
    name,
    side,
    qty,
    entryId: null,
    bookedAs: { pineId: "", fromEntry: null, legType: "close" },
  });
}
