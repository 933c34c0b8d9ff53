import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

/** A person has spoken. */
export function onOperator(draft: Draft, { command }: FactOf<"operator">): void {
  draft.journal("operator_command", { payload: { command } });
  switch (command) {
    case "pause":
      draft.setLatches({ paused: true });
      draft.tell("warn", "paused", "no new positions are opened until the run is resumed");
      return;
    case "resume":
      draft.setLatches({ paused: false });
      draft.settle("flatten");
      draft.tell("info", "resumed", "new positions may be opened again");
      return;
    case "flatten":
      draft.setLatches({ paused: true });
      if (!draft.obligations.has("flatten"))
        draft.owe({
          kind: "flatten",
          id: "flatten",
          sinceMs: draft.nowMs,
          deadlineMs: Infinity,
          attempts: 0,
          nextMs: 0,
        });
      draft.tell(
        "warn",
        "flattening",
        "all orders are cancelled and the position is closed; nothing is opened until the run is resumed",
      );
      return;
    case "stop":
      draft.tell("info", "stopping", "the run is asked to stop");
      draft.notice({ kind: "stop", reason: "an operator asked for it", isHalt: false });
  }
}
