import type { WantedIntent } from "../desired.ts";
import { rejectBudget } from "../patience.ts";
import type { IntentRecord } from "../state.ts";
import { isSameOrder } from "./same-order.ts";

/**
 * Refusals in a row of what is about to be sent. An entry that was refused until it was left alone, and comes again as
 * another order, has one try.
 */
export function rejectsSoFar(last: IntentRecord | undefined, intent: WantedIntent): number {
  if (last === undefined) return 0;
  if (isSameOrder(last.intent, intent)) return last.rejects;
  return intent.kind === "entry" && last.rejects >= rejectBudget ? rejectBudget - 1 : 0;
}
