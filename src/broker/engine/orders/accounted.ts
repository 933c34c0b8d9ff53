import type { ExchangeOrder } from "../../../api/broker/orders.ts";
import { sizeOfFills } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import { accountGraceMs, cancelGraceMs, sharedDoubtMs, untoldMs } from "../patience.ts";
import { halt } from "../safety/latches.ts";
import type { IntentRecord, OrderRecord, VerifyObligation } from "../state.ts";
import { isShared } from "../safety/shared.ts";
import { ordersOf } from "./living.ts";
import { later, owe, settleVerify, verifying } from "./verify.ts";

/**
 * Before anything of an intent is sent again it must be known what its earlier orders have filled. The word that an
 * order is cancelled can overtake the word of its last fill, and what is sent again then is too much by it.
 */

/** What the orders of this life have filled, executions that the venue has counted and not told yet included. */
export function filledInAll(draft: Draft, record: IntentRecord): number {
  return [...attempts(draft, record)].reduce(
    (sum, legs) => plus(sum, unheardOf(draft, legs)),
    record.filledQty,
  );
}

/** What orders before those of now have filled of this life, executions that have still to be told included. */
export function filledElsewhere(draft: Draft, record: IntentRecord): number {
  let here = 0;
  for (const id of Object.values(record.orderIds)) {
    const { filledQty = 0, finalQty = 0 } = draft.orders.get(id) ?? {};
    here = plus(here, Math.max(filledQty, finalQty));
  }
  return Math.max(0, minus(filledInAll(draft, record), here));
}

/** Orders of one life, those that were sent together in one list. */
function attempts(draft: Draft, record: IntentRecord): Iterable<readonly OrderRecord[]> {
  return Map.groupBy(ordersOf(draft, record), ({ createdMs }) => createdMs).values();
}

/** The legs of a bracket share what they close. */
function unheardOf(draft: Draft, legs: readonly OrderRecord[]): number {
  const whole = Math.max(...legs.map(({ qty, finalQty = 0 }) => Math.max(qty, finalQty)));
  const left = legs.reduce((rest, { filledQty }) => minus(rest, filledQty), whole);
  const told = legs.reduce((sum, order) => plus(sum, isHeardNoMore(draft, order) ? 0 : unheard(order)), 0);
  return Math.max(0, Math.min(left, told));
}

/** What an order has filled by the venue's word that it is over, and not told. */
export function unheard({ status, qty, filledQty, finalQty }: OrderRecord): number {
  const inAll = finalQty ?? (status === "filled" ? qty : filledQty);
  return Math.max(0, minus(inAll, filledQty));
}

/** A venue that is heard and has said no more of an order that it called filled for long will not do so. */
function isHeardNoMore({ view, nowMs }: Draft, { finalQty, updatedMs }: OrderRecord): boolean {
  return finalQty === undefined && view.isStreaming && nowMs - updatedMs >= untoldMs;
}

/**
 * A venue that cannot be asked by an id has two other ways to say what a cancelled order came to: its events, and the
 * position. What they are waited for depends on what too much would do.
 *
 * - An entry that is sent again with what has filled already is a position that nobody asked for. It waits for the word
 *   of the stream; or for a position, read some seconds after the cancel, that has nothing more than was told
 *   (`accountByPosition`); or, where the position says nothing because others share it, until the venue was heard for two
 *   minutes and has said no more.
 * - An exit that is sent again closes no more than there is, and whoever has a position to protect does not wait: but
 *   where others hold the same symbol it could close what is theirs, and waits as long as a close does beside an exit.
 */
function untoldUntilMs(draft: Draft, order: OrderRecord, { sinceMs }: VerifyObligation): number {
  if (order.legType !== "entry") return isShared(draft) ? sinceMs + sharedDoubtMs : sinceMs;
  return draft.view.isStreaming ? sinceMs + untoldMs : Infinity;
}

/**
 * The position was read and has what was told, no more: entries that were cancelled some seconds before it was asked for
 * have filled nothing besides.
 * @param askedMs when it was asked for
 */
export function accountByPosition(draft: Draft, askedMs: number): void {
  const { rules, view, book } = draft;
  if (!isAlone(draft)) return;
  if (!(Math.abs(minus(view.size, sizeOfFills(book))) < rules.qtyStep / 2)) return;
  for (const doubt of draft.obligations.values()) {
    if (doubt.kind !== "verify" || doubt.write !== "cancel" || askedMs < provableMs(doubt)) continue;
    const order = draft.orders.get(doubt.clientOrderId);
    if (order?.legType === "entry") accountAsTold(draft, order, "position");
  }
}

/** When the position is to be read for the sake of what cancelled entries have filled, ms; `Infinity`: it is not. */
export function accountReadMs(draft: Draft): number {
  let dueMs = Infinity;
  if (!isAlone(draft)) return dueMs;
  for (const doubt of draft.obligations.values())
    if (doubt.kind === "verify" && doubt.write === "cancel" && isOfEntry(draft, doubt))
      dueMs = Math.min(dueMs, provableMs(doubt));
  return dueMs;
}

/** The position at the venue is this run's, as far as anybody knows. */
const isAlone = ({ rules, view }: Draft): boolean => !rules.isHedging && !rules.isSpot && !view.isShared;

const isOfEntry = ({ orders }: Draft, { clientOrderId }: VerifyObligation): boolean =>
  orders.get(clientOrderId)?.legType === "entry";

/** A position may lag behind the fills: one that is read sooner proves nothing. */
const provableMs = ({ sinceMs }: VerifyObligation): number => sinceMs + accountGraceMs;

/** What was told of it counts as all of it. */
function accountAsTold(draft: Draft, order: OrderRecord, by: "position" | "time"): void {
  const { intentKey, clientOrderId, filledQty } = order;
  draft.journal("order_unaccounted", { intentKey, clientOrderId, payload: { filledQty, by } });
  account(draft, order, order);
}

/** Said once, when it takes longer than usual. */
function waiting(draft: Draft, order: OrderRecord, doubt: VerifyObligation): VerifyObligation {
  if (draft.nowMs < provableMs(doubt) || doubt.deadlineMs !== Infinity) return doubt;
  const { intentKey, clientOrderId } = order;
  draft.tell(
    "warn",
    "entry_unaccounted",
    `${keyText(intentKey)} is not sent again yet: nobody can say what its cancelled order had filled`,
    { intentKey, clientOrderId },
  );
  return { ...doubt, deadlineMs: doubt.sinceMs + untoldMs };
}

/** Whether it is known what every order of this life that is over has filled; the venue is asked about the others. */
export function isAccounted(draft: Draft, record: Pick<IntentRecord, "key" | "generation">): boolean {
  let isKnown = true;
  for (const order of ordersOf(draft, record)) {
    if ((order.status !== "cancelled" && order.status !== "expired") || order.finalQty !== undefined)
      continue;
    isKnown = false;
    owe(draft, record, order, "cancel", []);
  }
  return isKnown;
}

/** The venue has said what an order that is over came to. A snapshot of an order that lives says nothing of its end. */
export function account(draft: Draft, order: OrderRecord, said: Pick<ExchangeOrder, "filledQty">): void {
  const finalQty = said.filledQty >= 0 ? said.filledQty : order.filledQty;
  draft.setOrder({ ...order, finalQty });
  if (verifying(draft, order.clientOrderId)?.write === "cancel") settleVerify(draft, order.clientOrderId);
}

/** The venue was asked what a cancelled order had filled. */
export function onAccount(
  draft: Draft,
  order: OrderRecord,
  doubt: VerifyObligation,
  said: ExchangeOrder | null | "unknown",
): void {
  if (said === null || said === "unknown") {
    if (draft.nowMs >= untoldUntilMs(draft, order, doubt)) return accountAsTold(draft, order, "time");
    return later(draft, order.legType === "entry" ? waiting(draft, order, doubt) : doubt);
  }
  if (isOver(said)) return account(draft, order, said);
  if (draft.nowMs - doubt.sinceMs < cancelGraceMs) return later(draft, doubt);
  halt(draft, `the order of ${keyText(order.intentKey)} was cancelled, and the venue goes on showing it`);
}
