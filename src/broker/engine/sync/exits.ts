import type { ExitIntent } from "../../../api/broker/intents.ts";
import { isReached } from "../protection/crossing.ts";
import { intentKey, keySeparator } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { wordsOf } from "../order-words.ts";
import type { IntentRecord } from "../state.ts";
import { closableQty, closeByItself, closeId } from "./closes.ts";
import { dispatch, resend } from "./dispatch.ts";
import { isSameOrder } from "./same-order.ts";

/** Sends a bracket; one whose only price has been passed already is a market order instead. */
export function sendExit(
  draft: Draft,
  key: string,
  generation: number,
  intent: ExitIntent,
  own: IntentRecord | undefined,
): void {
  const name = `${intent.pineId}${keySeparator}${intent.fromEntry}`;
  if (draft.obligations.has(closeId("marketable_exit", name))) return;
  const legType = own === undefined && !intent.isPartialQtyBracket ? passedLeg(draft, intent) : null;
  if (legType !== null && !hasFailed(draft, name)) {
    const qty = closableQty(draft, intent.fromEntry, intent.side);
    if (!(qty > 0)) return;
    const bookedAs = { pineId: intent.pineId, fromEntry: intent.fromEntry, legType };
    const { side, fromEntry: entryId } = intent;
    const words = wordsOf(intent, legType);
    return closeByItself(draft, { reason: "marketable_exit", name, side, qty, entryId, bookedAs, words });
  }
  if (own?.phase === "prepared" && own.unfitQty === undefined && isSameOrder(own.intent, intent))
    resend(draft, own);
  else dispatch(draft, { key, generation, intent });
}

/** The only leg of a bracket, when the price has reached it. */
function passedLeg({ price }: Draft, { side, tpPrice, slPrice, trailPrice }: ExitIntent): "tp" | "sl" | null {
  if (trailPrice !== undefined || (tpPrice === undefined) === (slPrice === undefined)) return null;
  const legType = tpPrice !== undefined ? "tp" : "sl";
  return isReached(legType, side, price, tpPrice ?? slPrice ?? Number.NaN) ? legType : null;
}

/** The market order for this exit was refused on this bar: the bracket has to do. */
function hasFailed(draft: Draft, name: string): boolean {
  const record = draft.intents.get(
    intentKey({ kind: "close", pineId: `__pyne_marketable_exit__${name}`, syntheticKind: "marketable_exit" }),
  );
  return record !== undefined && record.phase === "done" && record.end !== "filled";
}
