import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onWritten(_draft: Draft, _fact: FactOf<"written">): void {}
