import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

/** A new price, between evaluations. */
export function onTick(draft: Draft, fact: FactOf<"tick">): void {
  draft.setPrice(fact.price);
}
