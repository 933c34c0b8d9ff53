import type { OcaType } from "../../../api/broker/intents.ts";
import { quantity } from "../../../kernel/units.ts";
import { minus } from "../book/quantity.ts";
import type { Wanted, WantedIntent, Wish } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { oweCancel } from "../orders/cancel.ts";
import { endIntent, isAlive, isUnsent } from "../phase.ts";
import type { IntentRecord } from "../state.ts";
import { decline } from "../sync/decline.ts";

/**
 * Groups: what one member fills takes the others away, or makes them smaller, where the venue does not do so by
 * itself. A part that fills counts, because to wait for the whole leaves both sides of a group open; who wants just that
 * says `full_fill_only`.
 */

interface Group {
  readonly name: string;
  readonly type: Exclude<OcaType, "none">;
}

function groupOf(intent: WantedIntent): Group | null {
  if (intent.kind === "close" || intent.ocaName === undefined || intent.ocaName === "") return null;
  const { ocaName: name, ocaType: type } = intent;
  return type === "cancel" || type === "reduce" ? { name, type } : null;
}

/** What of an intent its group is told by. */
type Member = Pick<IntentRecord, "key" | "intent">;

/** A member of a group has filled. @param qty of the fill */
export function settleGroup(draft: Draft, filled: IntentRecord, qty: number): void {
  const group = groupOf(filled.intent);
  if (group?.type === "cancel" && isWaiting(draft, filled)) return;
  tellGroup(draft, filled, qty);
}

/** A member is over because all that is asked of it had filled before: it was made smaller. */
export function completeGroup(draft: Draft, filled: IntentRecord): void {
  if (draft.rules.onOcaPartialFill === "full_fill_only" && groupOf(filled.intent)?.type === "cancel")
    tellGroup(draft, filled, 0);
}

/** Only a part of it has filled, and that does not count. The venue's word that it is filled does. */
function isWaiting({ rules }: Draft, { end, filledQty, intent }: IntentRecord): boolean {
  return rules.onOcaPartialFill === "full_fill_only" && end !== "filled" && filledQty < intent.qty;
}

/** The other members lose what one has filled. */
export function tellGroup(draft: Draft, filled: Member, qty: number): void {
  const group = groupOf(filled.intent);
  if (group === null || draft.rules.capabilities.ocaCancel === "native") return;
  const keys = new Set([...draft.intents.keys(), ...(draft.wanted?.keys() ?? [])]);
  for (const key of keys) {
    if (key === filled.key) continue;
    const record = draft.intents.get(key);
    const wanted = draft.wanted?.get(key);
    const isSent = record !== undefined && record.generation === (wanted?.generation ?? record.generation);
    const intent = isSent ? record.intent : wanted?.intent;
    if (intent === undefined || (isSent && record.phase === "done")) continue;
    const own = groupOf(intent);
    if (own === null || own.name !== group.name || own.type !== group.type) continue;
    if (group.type === "cancel") takeAway(draft, isSent ? record : null, wanted);
    else if (intent.kind === "entry") makeSmaller(draft, isSent ? record : null, wanted, qty);
  }
}

function takeAway(draft: Draft, record: IntentRecord | null, wanted: Wanted | undefined): void {
  if (record === null) {
    if (wanted !== undefined) forgo(draft, wanted);
  } else if (isUnsent(record)) endIntent(draft, record, "cancelled");
  else oweCancel(draft, record, "oca");
}

/** A wish that has not gone out does not go out. An older order under its key keeps its place. */
function forgo(draft: Draft, wanted: Wanted): void {
  const older = draft.intents.get(wanted.key);
  if (older === undefined || !isAlive(older))
    return decline(draft, wanted, "cancelled", "oca_cancelled", "its group has filled");
  const left = new Map(draft.wanted);
  left.delete(wanted.key);
  draft.setWanted(left);
  draft.notice({ kind: "order_over", key: wanted.key, generation: wanted.generation, end: "cancelled" });
}

function makeSmaller(draft: Draft, record: IntentRecord | null, wanted: Wish | undefined, qty: number): void {
  const whole = wanted?.intent.qty ?? record?.intent.qty ?? 0;
  const left = minus(whole, qty);
  if (!(left > (record?.filledQty ?? 0))) return takeAway(draft, record, wanted);
  if (wanted === undefined || draft.wanted === null) return;
  const smaller: Wish = { ...wanted, intent: { ...wanted.intent, qty: quantity(left) } };
  draft.setWanted(new Map(draft.wanted).set(wanted.key, smaller));
  draft.notice({ kind: "order_resized", key: wanted.key, generation: wanted.generation, qty: left });
}
