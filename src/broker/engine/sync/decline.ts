import type { Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { endIntent, giveUpOrders } from "../phase.ts";
import type { IntentEnd } from "../state.ts";
import { nextAnchor } from "./order-records.ts";
import { isSameOrder } from "./same-order.ts";

/** What is not going to be sent. */
type Declined = Pick<Wanted, "key" | "generation" | "intent">;

/** An intent that is not going to be sent, for the script's book to let go of. */
export function decline(draft: Draft, what: Declined, end: IntentEnd, code: string, message: string): void {
  const last = draft.intents.get(what.key);
  draft.tell("warn", code, message, { intentKey: what.key });
  if (last?.phase === "prepared") giveUpOrders(draft, last);
  endIntent(
    draft,
    {
      key: what.key,
      generation: what.generation,
      intent: what.intent,
      phase: "done",
      ...nextAnchor(draft, last),
      rejects: last !== undefined && isSameOrder(last.intent, what.intent) ? last.rejects : 0,
      notBeforeMs: 0,
      orderIds: {},
      filledQty: 0,
      sinceMs: draft.nowMs,
    },
    end,
  );
}
