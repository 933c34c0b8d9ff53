import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onRead(_draft: Draft, _fact: FactOf<"read">): void {}
