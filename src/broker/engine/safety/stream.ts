import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import { halt, quarantine } from "./latches.ts";

/** The stream of order events began, or is gone: a run that does not hear what fills must not open anything. */
export function onStream(draft: Draft, { isAlive, reason, isUnsafe }: FactOf<"stream">): void {
  if (draft.view.isStreaming !== isAlive) draft.setView({ isStreaming: isAlive });
  if (isAlive) return;
  if (isUnsafe === true) return halt(draft, reason ?? "the venue's stream says that going on is unsafe");
  quarantine(draft, `the stream of order events ended${reason === undefined ? "" : `: ${reason}`}`);
}
