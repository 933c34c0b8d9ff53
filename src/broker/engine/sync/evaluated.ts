import { quantity } from "../../../kernel/units.ts";
import { onGrid } from "../book/quantity.ts";
import type { Wanted, Wish } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import type { KeptExits } from "../kept-exits.ts";
import { untilMsOf } from "./lapse.ts";
import { noteRuling } from "./rulings.ts";

/** The script has run: what it wants replaces what it wanted. */
export function onEvaluated(draft: Draft, fact: FactOf<"evaluated">): void {
  draft.setBar(fact.barTimeMs, fact.isClosed);
  draft.setPrice(fact.price);
  if (fact.exits !== undefined && !isSame(fact.exits, draft.exits)) draft.setExits(fact.exits);
  const { qtyStep } = draft.rules;
  for (const wanted of fact.wanted) noteRuling(draft, wanted);
  draft.setWanted(new Map(fact.wanted.map((wanted) => [wanted.key, asWish(draft, whole(wanted, qtyStep))])));
  if (fact.isInherited !== true) draft.setHasRun(true);
}

function asWish(draft: Draft, wanted: Wanted): Wish {
  const untilMs = untilMsOf(draft, wanted);
  return untilMs === undefined ? wanted : { ...wanted, untilMs };
}

/** Percentages leave dust, and dust is neither a quantity to close nor one that is left. */
function whole(wanted: Wanted, qtyStep: number): Wanted {
  const { intent, ready } = wanted;
  const qty = onGrid(intent.qty, qtyStep);
  const at = ready === undefined ? undefined : onGrid(ready, qtyStep);
  if (qty === intent.qty && at === ready) return wanted;
  return {
    ...wanted,
    intent: { ...intent, qty: quantity(qty) },
    ...(at === undefined ? {} : { ready: at }),
  };
}

function isSame(some: KeptExits, others: KeptExits): boolean {
  const isEmpty = ({ legs, entries }: KeptExits): boolean => legs.length + entries.length === 0;
  if (isEmpty(some) || isEmpty(others)) return isEmpty(some) === isEmpty(others);
  return JSON.stringify(some) === JSON.stringify(others);
}
