import type { ExitIntent } from "../../../api/broker/intents.ts";
import { type Quantity, quantity } from "../../../kernel/units.ts";
import { minus, plus } from "../book/quantity.ts";
import { keyText, type WantedIntent, type Ruling } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { filledElsewhere, filledInAll, isAccounted } from "../orders/accounted.ts";
import { oweCancel } from "../orders/cancel.ts";
import { fanOut } from "../hedging/closes.ts";
import { endOrders, hasLostLeg, legFills } from "../orders/living.ts";
import { cancelId, endIntent, isAlive } from "../phase.ts";
import { completeGroup } from "../protection/oca.ts";
import type { BookedAs, IntentRecord } from "../state.ts";
import { closedEntry } from "./closed-entry.ts";
import { type Anchor, nextAnchor, orderRecords } from "./order-records.ts";
import { rejectsSoFar } from "./refusals.ts";
import { isShared } from "../safety/shared.ts";
import { sendableQty } from "./room.ts";
import { isAmendable } from "./same-order.ts";

/** How every write of the engine goes out. Each names its orders and writes them down before it is in the outbox. */

/** What is about to be sent. */
export interface Dispatch {
  readonly key: string;
  readonly generation: number;
  /** With the whole quantity; what earlier orders of the same life have filled is not sent again. */
  readonly intent: WantedIntent;
  /** What the script's book knows it as, where the intent's ids are the engine's own. */
  readonly bookedAs?: BookedAs;
  /** See `Wanted`. */
  readonly flip?: number | undefined;
  /** See `Wanted`. */
  readonly ruling?: Ruling | undefined;
  /** See `IntentRecord`. */
  readonly untilMs?: number;
}

/** Sends an intent under ids that no order has had. */
export function dispatch(draft: Draft, what: Dispatch): void {
  const { key, generation, intent } = what;
  const last = draft.intents.get(key);
  // Whatever asked for it: an order that is out, or may be, is never lost sight of.
  if (last !== undefined && isAlive(last)) {
    draft.tell("warn", "dispatch_held", `${keyText(key)} is at the venue already, nothing is sent`, {
      intentKey: key,
    });
    return;
  }
  const isSameLife = last?.generation === generation;
  // Names that were given and never reached the venue.
  if (last?.phase === "prepared") endOrders(draft, last, "rejected");
  const ruling = what.ruling ?? (isSameLife ? last.ruling : undefined);
  const record: IntentRecord = {
    key,
    generation,
    intent,
    phase: "prepared",
    ...nextAnchor(draft, last),
    rejects: rejectsSoFar(last, intent),
    notBeforeMs: 0,
    orderIds: {},
    filledQty: isSameLife ? last.filledQty : 0,
    sinceMs: draft.nowMs,
    ...(what.bookedAs === undefined ? {} : { bookedAs: what.bookedAs }),
    ...(what.flip === undefined ? {} : { flip: what.flip }),
    ...(ruling === undefined ? {} : { ruling }),
    ...(what.untilMs === undefined ? {} : { untilMs: what.untilMs }),
  };
  resend(draft, record);
}

/** Sends what is prepared, under the ids it has. */
export function resend(draft: Draft, record: IntentRecord): void {
  const { key, generation, intent } = record;
  if (!isAccounted(draft, record)) return draft.setIntent({ ...record, phase: "prepared" });
  const filledQty = filledInAll(draft, record);
  const left = minus(intent.qty, filledQty);
  if (!(left > 0)) {
    // An exit may have more to do once the venue has told what has filled.
    if (intent.kind === "exit" && filledQty > record.filledQty) return;
    endIntent(draft, record, "filled");
    return completeGroup(draft, record);
  }
  if (intent.kind === "close" && isShared(draft)) {
    const most = sendableQty(draft, record, left, closedEntry(intent));
    if (!(most > 0)) return hold(draft, record);
    if (most < left)
      return resend(draft, { ...record, intent: { ...intent, qty: quantity(plus(filledQty, most)) } });
  }
  const anchor: Anchor = { barTimeMs: record.barTimeMs, retrySeq: record.retrySeq };
  const sent = filledQty > 0 ? { ...intent, qty: quantity(left) } : intent;
  const orders = orderRecords(draft, record, sent);
  if (draft.rules.isDryRun) return showOnly(draft, record, sent);
  const [whole] = orders;
  if (draft.rules.isHedging && sent.kind === "close" && whole !== undefined)
    return fanOut(draft, record, sent, whole);
  for (const order of orders) draft.setOrder(order);
  draft.setIntent({
    ...record,
    phase: "sent",
    orderIds: Object.fromEntries(orders.map((order) => [order.idKind, order.clientOrderId])),
    sinceMs: draft.nowMs,
  });
  if (draft.rules.isHedging && sent.kind === "entry" && sent.orderType === "market") {
    const envelope = { intent: sent, ...anchor };
    draft.send({ kind: "place_leg", intentKey: key, generation, envelope, qty: sent.qty });
  } else draft.send({ kind: "place", intentKey: key, generation, envelope: { intent: sent, ...anchor } });
  for (const { clientOrderId } of orders)
    draft.journal("dispatch", { intentKey: key, clientOrderId, payload: { intent: sent } });
}

/** It goes as soon as the exits beside it have made room. */
function hold(draft: Draft, record: IntentRecord): void {
  if (draft.intents.get(record.key) === record) return;
  draft.setIntent(record);
  draft.journal("close_held", { intentKey: record.key, payload: { intent: record.intent } });
}

function showOnly(draft: Draft, record: IntentRecord, sent: WantedIntent): void {
  draft.setIntent(record);
  endIntent(draft, record, "skipped");
  draft.journal("dry_run", { intentKey: record.key, payload: { intent: sent } });
  draft.notice({
    kind: "event",
    level: "info",
    code: "dry_run",
    message: `would send: ${sent.kind} ${sent.pineId} ${sent.side} ${sent.qty}`,
    intentKey: record.key,
  });
}

/**
 * Brings a working order to other values: in place where the venue can, under the same ids; otherwise it is cancelled,
 * and sent anew once it is gone.
 */
export function reshape(draft: Draft, record: IntentRecord, next: WantedIntent): void {
  // A change that was refused waits; an order that is on its way out changes no more.
  if (record.notBeforeMs > draft.nowMs || draft.obligations.has(cancelId(record))) return;
  const { amendOrder } = draft.rules.capabilities;
  const amends = amendOrder === "native" || amendOrder === "partial_native";
  const { intent: previous } = record;
  // It has filled as much as it is to be: what is left of it goes.
  const isDone = !(minus(next.qty, filledInAll(draft, record)) > 0);
  if (
    !amends ||
    isDone ||
    hasLostLeg(draft, record) ||
    !isAmendable(previous, next) ||
    !isAmendable(next, previous) ||
    draft.rules.isDryRun
  )
    return oweCancel(draft, record, "superseded");
  const anchor: Anchor = { barTimeMs: record.barTimeMs, retrySeq: record.retrySeq };
  const elsewhere = filledElsewhere(draft, record);
  const whole = (qty: number) => quantity(minus(qty, elsewhere));
  const { tp, sl } = legFills(draft, record);
  // The venue says that it has filled as much: the executions are on their way.
  if (next.kind === "exit" && !(minus(whole(next.qty), plus(tp, sl)) > 0)) return;
  draft.setIntent({ ...record, phase: "amending", next, sinceMs: draft.nowMs });
  draft.send({
    kind: "amend",
    intentKey: record.key,
    generation: record.generation,
    previous: { intent: { ...previous, qty: whole(previous.qty) }, ...anchor },
    envelope: {
      intent: { ...next, qty: whole(next.qty), ...legQtys(draft, record, whole(next.qty)) },
      ...anchor,
    },
  });
  draft.journal("amend", { intentKey: record.key, payload: { from: previous, to: next } });
}

/**
 * What one leg of a bracket has filled the other does not ask for: each order counts what it has filled itself.
 * @param qty of the bracket, what its legs have filled included
 */
function legQtys(draft: Draft, record: IntentRecord, qty: Quantity): Pick<ExitIntent, "tpQty" | "slQty"> {
  const { tp, sl } = legFills(draft, record);
  return {
    ...(sl > 0 ? { tpQty: quantity(minus(qty, sl)) } : {}),
    ...(tp > 0 ? { slQty: quantity(minus(qty, tp)) } : {}),
  };
}
