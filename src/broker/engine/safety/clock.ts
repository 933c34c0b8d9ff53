import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onClock(_draft: Draft, _fact: FactOf<"clock">): void {}
