import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

/** The script has run: what it wants replaces what it wanted. */
export function onEvaluated(draft: Draft, fact: FactOf<"evaluated">): void {
  draft.setBar(fact.barTimeMs);
  draft.setPrice(fact.price);
  draft.setWanted(new Map(fact.wanted.map((wanted) => [wanted.key, wanted])));
}
