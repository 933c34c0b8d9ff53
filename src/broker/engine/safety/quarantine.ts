import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onQuarantine(_draft: Draft, _fact: FactOf<"quarantine">): void {}
