import { minus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { cancelId } from "../phase.ts";
import { sellingQty } from "../sync/gates.ts";

/**
 * On a venue that cannot go short, entries that sell must be covered by what is held. When the position has become
 * smaller than what they would sell, the newest go first.
 */
export function coverShorts(draft: Draft): void {
  if (draft.rules.capabilities.shortSelling !== "unsupported") return;
  let excess = minus(sellingQty(draft, null), Math.max(0, draft.book.size));
  if (!(excess > 0)) return;
  const selling = [...draft.intents.values()]
    .filter(
      ({ intent, phase }) =>
        intent.kind === "entry" && intent.side === "sell" && phase !== "done" && phase !== "asleep",
    )
    .toSorted((a, b) => b.barTimeMs - a.barTimeMs || b.sinceMs - a.sinceMs);
  for (const record of selling) {
    if (!(excess > 0)) return;
    if (!draft.obligations.has(cancelId(record))) {
      if (record.phase !== "working" && record.phase !== "prepared") continue;
      oweCancel(draft, record, "short_gate");
    }
    excess = minus(excess, minus(record.intent.qty, record.filledQty));
  }
}
