import type { Draft } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { FactOf, WriteResult } from "../facts.ts";
import { onLegAmended, onLegClosed } from "../hedging/written.ts";
import { halt } from "../safety/latches.ts";
import { onAmended } from "./amended.ts";
import { onCancelled } from "./cancelled.ts";
import { onPlaced } from "./placed.ts";
import { onRefCancelled } from "./ref-cancelled.ts";

/** A write has an answer, or is known to have none. An answer that comes twice counts once. */
export function onWritten(draft: Draft, { effect: id, result }: FactOf<"written">): void {
  const effect = draft.answered(id);
  if (effect === undefined) {
    draft.journal("answer_repeated", { payload: { effect: id, result: result.kind } });
    return;
  }
  act(draft, effect, result);
  // Also when the stream has told how the order fared: that going on is unsafe is not said of the order.
  if (result.kind === "unsafe") halt(draft, result.message);
}

function act(draft: Draft, effect: Effect, result: WriteResult): void {
  switch (effect.kind) {
    case "place":
    case "place_leg":
      onPlaced(draft, effect, result);
      return;
    case "amend":
      onAmended(draft, effect, result);
      return;
    case "cancel":
      onCancelled(draft, effect, result);
      return;
    case "cancel_ref":
      onRefCancelled(draft, effect, result);
      return;
    case "close_leg":
      onLegClosed(draft, effect, result);
      return;
    case "amend_leg":
      onLegAmended(draft, effect, result);
      return;
    case "read_position":
    case "read_open_orders":
    case "read_order":
    case "read_legs":
    case "read_spot":
      draft.journal("answer_of_other_kind", { payload: { effect: effect.id, result: result.kind } });
  }
}
