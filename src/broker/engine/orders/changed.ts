import type { ExchangeOrder, OrderEvent } from "../../../api/broker/orders.ts";
import { minus } from "../book/quantity.ts";
import type { WantedIntent } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { isAlive, isFailsafe } from "../phase.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";
import { filledElsewhere } from "./accounted.ts";
import { ownRecord } from "./gone.ts";
import { legFills, newest, takeOver } from "./living.ts";
import { levelsOf, prove, verifying } from "./verify.ts";

/**
 * The venue says that an order asks for something else now. By a change of ours, whose answer says the rest; or by one
 * that nobody waits for any more: somebody else's, or one of a process before this one, which was on its way when that
 * ended and came after everything that this one has sent. Whosever it was: the order is brought back to what is wanted.
 *
 * What is told late, or told again after a start, has been overtaken: the venue's own time says so.
 */
export function onChanged(draft: Draft, order: OrderRecord, { order: said, timestamp }: OrderEvent): void {
  if (verifying(draft, order.clientOrderId) !== undefined) return prove(draft, order, said);
  const isOurs = ownRecord(draft, order)?.phase === "amending";
  const { venueMs = 0 } = order;
  const atMs = Math.round(timestamp * 1000);
  if (atMs < venueMs) return;
  const taken = takeOver(draft, order, said, isOurs);
  draft.setOrder({ ...taken, ...newest(taken, timestamp) });
  if (isOurs || atMs > venueMs) takeLevels(draft, order, said);
}

/** The venue was asked for its orders, and this is how one of them stands. */
export function onSeen(draft: Draft, order: OrderRecord, said: ExchangeOrder): void {
  if (verifying(draft, order.clientOrderId) !== undefined) return prove(draft, order, said);
  takeOver(draft, order, said, false);
  takeLevels(draft, order, said);
}

function takeLevels(draft: Draft, before: OrderRecord, said: ExchangeOrder): void {
  const { clientOrderId, intentKey } = before;
  const now = levelsOf(before, said);
  if (now.qty === before.qty && now.limit === before.limit && now.stop === before.stop) return;
  const order: OrderRecord = { ...(draft.orders.get(clientOrderId) ?? before), ...now };
  draft.setOrder(order);
  const record = ownRecord(draft, order);
  const isOurs = record?.phase === "amending";
  if (isOurs) takeChange(draft, record, order);
  else if (record !== undefined && isStrange(draft, record, before, order))
    draft.setIntent({ ...record, isUneven: true });
  draft.journal("order_changed", { intentKey, clientOrderId, payload: { ...now, isOurs } });
}

/**
 * A change under way is seen before its answer, which may never come: what it made of the order is what there is. Of a
 * bracket one leg says nothing about the other.
 */
function takeChange(draft: Draft, record: IntentRecord, order: OrderRecord): void {
  const { next } = record;
  if (next === undefined || !hasPricesOf(order, next)) return;
  draft.setIntent({ ...record, intent: next, ...(next.kind === "exit" ? { isUneven: true } : {}) });
}

/** An older change can be told late. */
function hasPricesOf({ idKind, limit, stop }: OrderRecord, intent: WantedIntent): boolean {
  switch (intent.kind) {
    case "entry":
      return limit === (intent.limit ?? null) && stop === (intent.stop ?? null);
    case "exit":
      return idKind === "t" ? limit === intent.tpPrice : stop === intent.slPrice;
    case "close":
      return false;
  }
}

/**
 * What the venue does to an order by itself is none: it moves the stop of a trail, and takes from one leg of a bracket
 * what the other has filled.
 */
function isStrange(draft: Draft, record: IntentRecord, before: OrderRecord, now: OrderRecord): boolean {
  if (!isAlive(record) || isFailsafe(record)) return false;
  if (!Object.values(record.orderIds).includes(now.clientOrderId)) return false;
  if (now.limit !== before.limit) return true;
  if (now.stop !== before.stop && now.legType !== "trail") return true;
  if (now.qty === before.qty || record.intent.kind !== "exit") return now.qty !== before.qty;
  const { tp, sl } = legFills(draft, record);
  const asked = minus(record.intent.qty, filledElsewhere(draft, record));
  return now.qty !== minus(asked, now.idKind === "t" ? sl : tp);
}
