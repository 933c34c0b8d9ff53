import type { ExchangeOrder, OrderEvent, OrderStatus } from "../../../api/broker/orders.ts";
import { price, quantity, timestampSeconds } from "../../../kernel/units.ts";
import { leftOf, type VenueEvent, type VenueOrder } from "../venue/model.ts";

/** An order as the engine reads it. */
export function venueOrder(order: Readonly<VenueOrder>, symbol: string): ExchangeOrder {
  const isOver = order.status !== "open" && order.status !== "partial";
  return {
    id: order.id,
    symbol,
    side: order.side,
    orderType: typeOf(order),
    qty: quantity(order.qty),
    filledQty: order.filled,
    remainingQty: isOver ? 0 : leftOf(order),
    ...(order.limit !== null ? { price: price(order.limit) } : {}),
    ...(order.stop !== null ? { stopPrice: price(order.stop) } : {}),
    ...(order.filled > 0 ? { averageFillPrice: price(order.notional / order.filled) } : {}),
    status: order.status satisfies OrderStatus,
    timestamp: timestampSeconds(order.updatedMs / 1000),
    fee: order.fee,
    feeCurrency: "",
    reduceOnly: order.reduceOnly,
    clientOrderId: order.clientOrderId,
  };
}

function typeOf({ limit, stop, trail }: Readonly<VenueOrder>): ExchangeOrder["orderType"] {
  if (limit !== null) return "limit";
  if (trail !== null) return "trailing_stop";
  return stop !== null ? "stop" : "market";
}

/** An event as the engine reads it. */
export function orderEvent({ kind, order, execution, atMs }: VenueEvent, symbol: string): OrderEvent {
  return {
    order: venueOrder(order, symbol),
    timestamp: timestampSeconds(atMs / 1000),
    eventType: kind,
    ...(execution === null
      ? {}
      : {
          fillPrice: price(execution.price),
          fillQty: execution.qty,
          fillId: execution.fillId,
        }),
    fee: execution?.fee ?? 0,
    feeCurrency: execution?.feeCurrency ?? "",
    pineId: order.pineId,
    ...(order.fromEntry === null ? {} : { fromEntry: order.fromEntry }),
    legType: order.legType,
    fromDisappearanceTracker: false,
  };
}
