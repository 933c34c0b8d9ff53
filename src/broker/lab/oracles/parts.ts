import { intentKey, keyText } from "../../engine/desired.ts";
import { exitOf } from "../exit-asks.ts";
import type { LabRun } from "../lab-run.ts";
import { clean, isOpen, leftOf } from "../venue/model.ts";
import { Violation } from "../violation.ts";
import type { World } from "../world.ts";

/**
 * No exit of a part is larger than what the script asked for of what its entry has opened, at the venue and together
 * with what it has closed, whatever the engine and the script's book think. @throws Violation
 */
export function checkParts(world: World): void {
  if (world.hasManualTrades) return;
  for (const run of world.runs) {
    if (run.hasRefusals) continue;
    for (const order of world.venue.orders) {
      if (order.owner !== run.runId || !isOpen(order)) continue;
      const key = run.ledger.orders.get(order.clientOrderId)?.key;
      if (key === undefined || run.ledger.meddled.has(key)) continue;
      checkPart(world, run, key, leftOf(order));
    }
  }
}

/** What orders of an entry have opened; where brackets are attached to entries before they fill, what they asked for. */
function sizesOf(isAttached: boolean, ledger: LabRun["ledger"], entryId: string): number[] {
  if (!isAttached) return [...(ledger.opened.get(entryId)?.values() ?? [])];
  const prefix = `${intentKey({ kind: "entry", pineId: entryId, stopFiredMarket: false })}#`;
  return [...ledger.wishes].flatMap(([name, { wanted }]) => (name.startsWith(prefix) ? [wanted] : []));
}

function checkPart({ profile }: World, { asks, ledger, process }: LabRun, key: string, left: number): void {
  const exit = exitOf(key);
  const ask = exit === null ? undefined : asks.of(exit.exitId, exit.entryId);
  if (exit === null || ask === undefined || ask.isAll) return;
  // What goes out with its entry is as large as when the script asked for it.
  const isAttached = (process?.state?.rules ?? profile).capabilities.tpSlBracket === "native";
  let allowed = 0;
  for (const opened of sizesOf(isAttached, ledger, exit.entryId)) {
    // Percentages that go around together may gain a step by it.
    const base = asks.baseOf(exit.entryId, opened);
    const share = ask.percent === 0 ? 0 : (base * ask.percent) / 100 + profile.rules.qtyStep;
    const most = Math.max(ask.qty, share);
    allowed += ask.rounds * (isAttached ? most : Math.min(opened, most));
  }
  const closed = ledger.exited.get(`${exit.exitId} ${exit.entryId}`) ?? 0;
  if (clean(closed + left) > clean(allowed))
    throw new Violation(
      "parts_stay_parts",
      `${keyText(key)} has closed ${closed} and would close ${left} more, the script asked for ${clean(allowed)}`,
    );
}
