import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onStarted(_draft: Draft, _fact: FactOf<"started">): void {}
