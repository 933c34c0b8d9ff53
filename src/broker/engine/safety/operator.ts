import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onOperator(_draft: Draft, _fact: FactOf<"operator">): void {}
