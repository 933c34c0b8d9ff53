import type { ExitIntent } from "../../../api/broker/intents.ts";
import { quantity } from "../../../kernel/units.ts";
import { onGrid } from "../book/quantity.ts";
import type { Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

/** The script has run: what it wants replaces what it wanted. */
export function onEvaluated(draft: Draft, fact: FactOf<"evaluated">): void {
  draft.setBar(fact.barTimeMs, fact.isClosed);
  draft.setPrice(fact.price);
  if (fact.waiting !== undefined && !isSame(fact.waiting, draft.waiting)) draft.setWaiting(fact.waiting);
  const { qtyStep } = draft.rules;
  draft.setWanted(new Map(fact.wanted.map((wanted) => [wanted.key, whole(wanted, qtyStep)])));
}

/** Percentages leave dust, and dust is neither a quantity to close nor one that is left. */
function whole(wanted: Wanted, qtyStep: number): Wanted {
  const { intent } = wanted;
  const qty = onGrid(intent.qty, qtyStep);
  return qty === intent.qty ? wanted : { ...wanted, intent: { ...intent, qty: quantity(qty) } };
}

function isSame(some: readonly ExitIntent[], others: readonly ExitIntent[]): boolean {
  if (some.length === 0 || others.length === 0) return some.length === others.length;
  return JSON.stringify(some) === JSON.stringify(others);
}
