import { keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";
import { judgeUnexplained } from "../orders/gone.ts";
import { stuckReadMs } from "../patience.ts";
import { halt } from "./latches.ts";
import { guardCloses } from "./prove-closes.ts";
import { guardReads } from "./reads.ts";

/** Time has passed: whatever had its time and has not proven itself escalates. */
export function onClock(draft: Draft, _fact: FactOf<"clock">): void {
  for (const obligation of draft.obligations.values()) {
    if (draft.nowMs < obligation.deadlineMs) continue;
    switch (obligation.kind) {
      case "cancel":
        if (obligation.attempts > 0)
          halt(draft, `nobody knows whether ${keyText(obligation.intentKey)} is cancelled`);
        break;
      case "explain":
        judgeUnexplained(draft, obligation);
        break;
      case "close":
      case "reopen":
      case "verify":
      case "flatten":
      case "residual":
      case "protection":
        break;
    }
  }
  guardCloses(draft, stuckReadMs);
  guardReads(draft);
}
