import { type Ruling, type Terms, type Wanted, keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { isAlive } from "../phase.ts";
import type { EngineState, IntentRecord } from "../state.ts";
import { decline } from "./decline.ts";
import { reopenId } from "./parked.ts";

/** What the plugin has said about orders before they are sent: written down once, kept with the order, and obeyed. */

/** What was said about an order last: it was wanted before, was sent, or waits until a position is closed. */
export function rulingOf(
  { wanted, intents, obligations }: Pick<EngineState, "wanted" | "intents" | "obligations">,
  { key, generation }: Pick<Wanted, "key" | "generation">,
): Ruling | undefined {
  const wish = wanted?.get(key);
  if (wish?.generation === generation && wish.ruling !== undefined) return wish.ruling;
  const record = intents.get(key);
  if (record?.generation === generation && record.ruling !== undefined) return record.ruling;
  const parked = obligations.get(reopenId(key));
  return parked?.kind === "reopen" && parked.wanted.generation === generation
    ? parked.wanted.ruling
    : undefined;
}

/** The script has run: what is new of what the plugin says is told, and the script's book follows it. */
export function noteRuling(draft: Draft, { key, generation, intent, ruling }: Wanted): void {
  if (ruling === undefined) return;
  const { asked, given, reason } = ruling;
  // Its book may have the quantity that it asked for again.
  if (given?.qty !== undefined && given.qty !== asked.qty)
    draft.notice({ kind: "order_resized", key, generation, qty: intent.qty });
  if (ruling === rulingOf(draft, { key, generation })) return;
  const about = { intentKey: key };
  draft.journal("order_ruled", { ...about, payload: { generation, asked, given: given ?? null } });
  if (reason !== undefined && given !== undefined)
    draft.tell("warn", "interceptor_broken", `${keyText(key)}: ${reason}`, about);
  const changes = given === undefined ? "" : changesText(asked, given);
  if (changes !== "")
    draft.tell("info", "order_modified", `${keyText(key)}: the plugin makes ${changes}`, about);
  // Nothing of it is at the venue: whoever would send it declines it.
  const record = draft.intents.get(key);
  if (given === undefined && record?.generation === generation && isAlive(record))
    draft.tell(
      "warn",
      "entry_vetoed",
      `${keyText(key)} stays as it is at the venue, its change is not made: ${reason}`,
      about,
    );
}

function changesText(asked: Terms, given: Terms): string {
  return (["qty", "limit", "stop"] as const)
    .filter((name) => asked[name] !== given[name])
    .map((name) => `its ${name === "qty" ? "quantity" : name} ${given[name]} instead of ${asked[name]}`)
    .join(", ");
}

/** The plugin does not let an entry go: one that is at the venue stays as it is. */
export function veto(draft: Draft, wanted: Wanted, own: IntentRecord | undefined): void {
  if (own !== undefined && isAlive(own)) return;
  decline(draft, wanted, "skipped", "entry_vetoed", `${keyText(wanted.key)}: ${wanted.ruling?.reason}`);
}

/** What was sent knows what the plugin has said about it, in the same step. */
export function keepRulings(draft: Draft): void {
  for (const { key, generation, ruling } of draft.wanted?.values() ?? []) {
    const record = draft.intents.get(key);
    if (ruling?.given === undefined || record?.generation !== generation) continue;
    if (record.ruling !== ruling) draft.setIntent({ ...record, ruling });
  }
}
