import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onResolved(_draft: Draft, _fact: FactOf<"resolved">): void {}
