import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onStream(_draft: Draft, _fact: FactOf<"stream">): void {}
