import type { WantedIntent } from "../desired.ts";

/** The entry that an exit or a close is for; `null`: everything, or it opens something. */
export function closedEntry(intent: WantedIntent): string | null {
  if (intent.kind === "exit") return intent.fromEntry;
  if (intent.kind === "entry") return null;
  if (intent.targetEntryId !== undefined) return intent.targetEntryId;
  return intent.syntheticKind === undefined && intent.pineId !== "" ? intent.pineId : null;
}
