import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import { quarantine } from "./latches.ts";

/** The plugin, or a guard, stops new exposure. */
export function onQuarantine(draft: Draft, { reason }: FactOf<"quarantine">): void {
  quarantine(draft, reason);
}
