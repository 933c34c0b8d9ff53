import type { ExchangeOrder, OrderStatus } from "../../../api/broker/orders.ts";
import { type Draft, isOver } from "../draft.ts";
import type { IntentRecord, OrderRecord } from "../state.ts";

/** Orders of an intent's life, over or not. */
export function ordersOf(draft: Draft, record: Pick<IntentRecord, "key" | "generation">): OrderRecord[] {
  return [...draft.orders.values()].filter(
    (order) => order.intentKey === record.key && order.generation === record.generation,
  );
}

/** Whether an intent has nothing alive at the venue. */
export function hasEnded(draft: Draft, record: IntentRecord): boolean {
  return ordersOf(draft, record).every(isOver);
}

/** A leg of a bracket is over while another lives: no change brings it back, the bracket has to come again whole. */
export function hasLostLeg(draft: Draft, { orderIds }: IntentRecord): boolean {
  const legs = Object.values(orderIds).flatMap((id) => draft.orders.get(id) ?? []);
  return legs.some(isOver) && !legs.every(isOver);
}

/** Nothing of these orders can be at the venue any more. */
export function endOrders(draft: Draft, record: IntentRecord, status: OrderStatus): void {
  for (const order of ordersOf(draft, record))
    if (!isOver(order)) draft.setOrder({ ...order, status, updatedMs: draft.nowMs });
}

/**
 * Takes over what the venue says of an order that lives. What is over stays over, and what has filled comes from
 * executions alone: an order that is said to be filled lives on until its fills have come.
 * @param isAmended an amend may have replaced it by an order of another venue id
 */
export function takeOver(
  draft: Draft,
  order: OrderRecord,
  said: ExchangeOrder,
  isAmended: boolean,
): OrderRecord {
  const venue = venueId(order, said.id, isAmended);
  const { finalQty: _, toldQty: _told, ...successor } = order;
  const seen: OrderRecord = {
    ...(venue.exchangeId === order.exchangeId ? order : successor),
    ...venue,
    status: isOver(order) ? order.status : order.filledQty > 0 ? "partial" : "open",
    ...(said.filledQty > order.filledQty ? { toldQty: said.filledQty } : {}),
    ...newest(order, said.timestamp),
    updatedMs: draft.nowMs,
  };
  draft.setOrder(seen);
  return seen;
}

/** @param at the venue's time, seconds */
export function newest({ venueMs = 0 }: OrderRecord, at: number): Pick<OrderRecord, "venueMs"> {
  const atMs = Math.round(at * 1000);
  return atMs > venueMs ? { venueMs: atMs } : {};
}

function venueId(
  order: OrderRecord,
  id: string,
  isAmended: boolean,
): Pick<OrderRecord, "exchangeId" | "replacedIds"> {
  if (id === "" || id === order.exchangeId || order.replacedIds?.includes(id))
    return { exchangeId: order.exchangeId };
  if (order.exchangeId === null || !isAmended) return { exchangeId: id };
  return { exchangeId: id, replacedIds: [...(order.replacedIds ?? []), order.exchangeId] };
}

/** What the legs of a bracket have filled, also where the executions have still to come. */
export function legFills(
  draft: Draft,
  { orderIds }: IntentRecord,
): { readonly tp: number; readonly sl: number } {
  const filled = (id: string | undefined): number => {
    const order = id === undefined ? undefined : draft.orders.get(id);
    return order === undefined ? 0 : Math.max(order.filledQty, order.toldQty ?? 0);
  };
  return { tp: filled(orderIds.t), sl: filled(orderIds.s) };
}
