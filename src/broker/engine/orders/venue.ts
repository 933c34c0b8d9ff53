import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onVenue(_draft: Draft, _fact: FactOf<"venue">): void {}
