import type { ExitIntent } from "../../../api/broker/intents.ts";
import { openQty } from "../book/position.ts";
import { minus } from "../book/quantity.ts";
import { keyText, type Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { isAlive } from "../phase.ts";
import type { EngineRules, IntentRecord } from "../state.ts";
import { decline } from "../sync/decline.ts";

/**
 * Exits of a part where the plugin has none (`partialQtyBracketExit` unsupported): a bracket there closes all of a
 * position, and one of a part would close what the script means to keep. On an account that closes whole positions only
 * there are none either: what is watched could not be closed when its price is reached. A script whose code names a part
 * is refused at the start where the plugin says so. What shows only when it runs (a part that is named by a variable, an
 * exit that was placed before the entry grew) is not sent, and the script is told; what is at the venue already stays as
 * it is. An entry that only such an exit would protect is not opened.
 */

/** Whether an exit closes a part of what its entry has opened, or is going to open, and the plugin cannot. */
export function isRefusedPart(draft: Draft, wanted: Wanted, intent: ExitIntent): boolean {
  const { rules, intents } = draft;
  if (!intent.isPartialQtyBracket || hasParts(rules)) return false;
  const open = openQty(draft.book, intent.fromEntry, intent.side);
  const record = intents.get(wanted.key);
  const filled = record?.generation === wanted.generation ? record.filledQty : 0;
  // An entry that is placed again under its name is still to come: for now the exit is one of all.
  return !(open > 0) || minus(wanted.ready ?? intent.qty, filled) < open;
}

function hasParts({ isHedging, closesLegsPartly, capabilities }: EngineRules): boolean {
  return isHedging ? closesLegsPartly !== false : capabilities.partialQtyBracketExit !== "unsupported";
}

/** In words. */
export function whyNoParts({ isHedging }: EngineRules): string {
  return isHedging ? "the venue closes whole positions only" : "the plugin has no partialQtyBracketExit";
}

/** The script wants an exit that cannot be had. */
export function refusePart(
  draft: Draft,
  wanted: Wanted,
  intent: ExitIntent,
  own: IntentRecord | undefined,
): void {
  const why = `${keyText(wanted.key)} is for a part of ${intent.fromEntry}, and ${whyNoParts(draft.rules)}`;
  if (own === undefined || !isAlive(own))
    return decline(
      draft,
      { ...wanted, intent },
      "skipped",
      "partial_bracket_blocked",
      `${why}: it is not sent`,
    );
  if (own.intent.kind !== "exit" || own.intent.isPartialQtyBracket) return;
  draft.setIntent({ ...own, intent: { ...own.intent, isPartialQtyBracket: true } });
  draft.tell("warn", "partial_bracket_blocked", `${why}: what is at the venue stays as it is`, {
    intentKey: wanted.key,
  });
}

/** Whether an entry is wanted together with an exit that cannot be had. */
export function needsRefusedPart(draft: Draft, entryId: string): boolean {
  for (const wanted of draft.wanted?.values() ?? []) {
    const { intent } = wanted;
    if (intent.kind === "exit" && intent.fromEntry === entryId && isRefusedPart(draft, wanted, intent))
      return true;
  }
  return false;
}
