import { intentKey, keyText } from "../../engine/desired.ts";
import type { EngineState, Watch } from "../../engine/state.ts";
import type { LabRun } from "../lab-run.ts";
import { clean, isOpen, leftOf, type VenueOrder } from "../venue/model.ts";
import { Violation } from "../violation.ts";
import type { World } from "../world.ts";

/**
 * Behind the stops that the engine watches a stop rests at the venue: wider than each of them, together with it no
 * larger than what is open, and gone with the last of them. @throws Violation
 */
export function checkFailsafes(world: World, run: LabRun, state: EngineState): void {
  const resting = world.venue.orders.filter(
    (order) => order.owner === run.runId && isOpen(order) && order.pineId === "__pyne_failsafe__",
  );
  if (run.hasRefusals || isBusy(state)) return;
  for (const order of resting) {
    const open = openOf(state, order.fromEntry);
    if (leftOf(order) > open)
      throw new Violation("failsafe_fits", `${order.id} would close ${leftOf(order)} of ${open}`);
  }
  const { failsafePercent = 0, capabilities } = state.rules;
  if (!(failsafePercent > 0) || capabilities.failsafeStop === "unsupported") return;
  for (const watch of state.watches.values()) {
    const exit = state.intents.get(watch.intentKey)?.intent;
    if (watch.kind !== "partial_sl" || watch.state !== "armed" || exit?.kind !== "exit") continue;
    const { fromEntry } = exit;
    const open = openOf(state, fromEntry);
    const own = resting.filter((order) => order.fromEntry === fromEntry);
    for (const order of own) checkLevel(watch, order);
    const covered = own.reduce((sum, order) => clean(sum + leftOf(order)), 0);
    if (covered < clean(open - closing(state)) && !run.ledger.meddled.has(failsafeKey(fromEntry)))
      throw new Violation(
        "failsafe_rests",
        `behind the stop of ${keyText(watch.intentKey)} rests ${covered} of ${open}`,
      );
  }
}

function checkLevel({ intentKey: key, level, side }: Watch, { id, stop }: VenueOrder): void {
  if (stop === null || (side === "sell" ? stop >= level : stop <= level))
    throw new Violation("failsafe_is_wider", `${id} at ${stop} is ahead of ${keyText(key)} at ${level}`);
}

const openOf = ({ book }: EngineState, entryId: string | null): number =>
  book.lots.reduce((sum, lot) => (lot.entryId === entryId ? clean(sum + lot.qty) : sum), 0);

/** What market orders are about to close is not stood behind. */
const closing = ({ intents }: EngineState): number =>
  [...intents.values()].reduce(
    (sum, { intent, phase, filledQty }) =>
      intent.kind === "close" && phase !== "done" ? clean(sum + Math.max(0, intent.qty - filledQty)) : sum,
    0,
  );

const failsafeKey = (fromEntry: string): string =>
  intentKey({ kind: "exit", pineId: "", fromEntry, syntheticKind: "failsafe" });

/** Something is under way that decides about it: what is owed, a write, or a bracket of the same entry that goes first. */
function isBusy({ obligations, intents, nowMs }: EngineState): boolean {
  if (obligations.size > 0) return true;
  for (const { intent, phase, notBeforeMs, key } of intents.values()) {
    if (phase === "done") continue;
    if (phase !== "working" || notBeforeMs > nowMs) return true;
    if (intent.kind === "exit" && !key.startsWith("f") && !intent.isPartialQtyBracket) return true;
  }
  return false;
}
