import { onEvaluated } from "./sync/evaluated.ts";
import { onTick } from "./sync/tick.ts";
import { pursue } from "./sync/pursue.ts";
import { Draft } from "./draft.ts";
import type { Fact } from "./facts.ts";
import { onRead } from "./orders/read.ts";
import { onResolved } from "./orders/resolved.ts";
import { onVenue } from "./orders/venue.ts";
import { onWritten } from "./orders/written.ts";
import { onStarted } from "./recovery/started.ts";
import { onAccount } from "./safety/account.ts";
import { onBulkCancelExpected } from "./safety/bulk-cancel.ts";
import { onClock } from "./safety/clock.ts";
import { onOperator } from "./safety/operator.ts";
import { onQuarantine } from "./safety/quarantine.ts";
import { pursueReads } from "./safety/reads.ts";
import { onStream } from "./safety/stream.ts";
import { pursueSpot } from "./spot/inventory.ts";
import { wake } from "./safety/wake.ts";
import type { EngineState } from "./state.ts";
import type { Step } from "./step.ts";

/**
 * The engine: a function of what is known and of what has happened.
 *
 * A fact's own module writes down what the fact says: an order has filled, a write has failed, the script wants
 * something else. None of them sends orders. What is to be sent follows from the state alone, in `pursue`, which
 * compares what is wanted and owed with what is at the venue after every fact. So it does not matter which fact came
 * first, and nothing is lost by waiting: what cannot go now goes after the fact that makes it possible.
 */
export function reduce(state: EngineState, fact: Fact): Step {
  const draft = new Draft(state, fact.nowMs);
  record(draft, fact);
  // A new price alone matters only to somebody who waits for one.
  if (fact.kind !== "tick" || draft.watches.size > 0) pursue(draft, fact.kind === "evaluated");
  if (fact.kind !== "tick") {
    pursueReads(draft);
    pursueSpot(draft);
    wake(draft);
  }
  return draft.finish();
}

function record(draft: Draft, fact: Fact): void {
  switch (fact.kind) {
    case "started":
      return onStarted(draft, fact);
    case "evaluated":
      return onEvaluated(draft, fact);
    case "tick":
      return onTick(draft, fact);
    case "clock":
      return onClock(draft, fact);
    case "venue":
      return onVenue(draft, fact);
    case "stream":
      return onStream(draft, fact);
    case "written":
      return onWritten(draft, fact);
    case "read":
      return onRead(draft, fact);
    case "resolved":
      return onResolved(draft, fact);
    case "quarantine":
      return onQuarantine(draft, fact);
    case "bulk_cancel_expected":
      return onBulkCancelExpected(draft, fact);
    case "account":
      return onAccount(draft, fact);
    case "operator":
      return onOperator(draft, fact);
  }
}
