import type { Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { endIntent, giveUpOrders } from "../phase.ts";
import type { IntentEnd } from "../state.ts";
import { nextAnchor } from "./order-records.ts";
import { rejectsSoFar } from "./refusals.ts";

/** What is not going to be sent. */
type Declined = Pick<Wanted, "key" | "generation" | "intent">;

/** An intent that is not going to be sent, for the script's book to let go of. */
export function decline(draft: Draft, what: Declined, end: IntentEnd, code: string, message: string): void {
  draft.tell("warn", code, message, { intentKey: what.key });
  letGo(draft, what, end);
}

/** The same without a word to anybody but the script's book. */
export function letGo(draft: Draft, what: Declined, end: IntentEnd): void {
  const last = draft.intents.get(what.key);
  if (last?.phase === "prepared") giveUpOrders(draft, last);
  endIntent(
    draft,
    {
      key: what.key,
      generation: what.generation,
      intent: what.intent,
      phase: "done",
      ...nextAnchor(draft, last),
      rejects: rejectsSoFar(last, what.intent),
      notBeforeMs: 0,
      orderIds: {},
      filledQty: 0,
      sinceMs: draft.nowMs,
    },
    end,
  );
}
