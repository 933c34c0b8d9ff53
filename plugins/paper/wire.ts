import {
  type CancelIntent,
  type CloseIntent,
  type DispatchEnvelope,
  type EntryIntent,
  type ExitIntent,
  OrderSkippedError,
  type OrderEvent,
  type OrderIdKind,
  price,
  quantity,
  type Side,
  type SkipReason,
  timestampSeconds,
} from "pynecore/plugin";

import type { OrderTicket } from "./exchange/order.ts";
import type { ExchangeEvent } from "./exchange/state.ts";

/** From what the engine sends to what the exchange takes, and from what the exchange tells to what the engine hears. */

/** What an exchange takes of a quantity. */
export interface SizeRules {
  /** A quantity in whole steps, never more. */
  readonly snap: (qty: number) => number;
  readonly minSize: number;
  /** `Infinity`: any. */
  readonly maxSize: number;
}

const none = Number.NaN;
const plain = {
  limit: none,
  stop: none,
  trailPrice: none,
  trailOffset: 0,
  siblingLimit: none,
  group: "",
  atOnce: false,
  fromEntry: "",
};

/** @throws OrderSkippedError outside of the sizes */
export function entryTicket(envelope: DispatchEnvelope<EntryIntent>, sizes: SizeRules): OrderTicket {
  const { intent } = envelope;
  const isMarket = intent.orderType === "market" || intent.stopFiredMarket;
  return {
    ...plain,
    clientOrderId: envelope.clientOrderId(intent.stopFiredMarket ? "b" : "e"),
    side: signOf(intent.side),
    qty: sizeOf(intent.qty, sizes),
    limit: isMarket ? none : (intent.limit ?? none),
    stop: isMarket ? none : (intent.stop ?? none),
    reduceOnly: false,
    pineId: intent.pineId,
    legType: "entry",
  };
}

/** The legs of a bracket: its limit, and its stop with the trailing stop. @throws OrderSkippedError */
export function exitTickets(
  envelope: DispatchEnvelope<ExitIntent>,
  sizes: SizeRules,
  mintick: number,
): OrderTicket[] {
  const { intent } = envelope;
  const { tpPrice, slPrice, trailPrice, trailOffsetTicks, trailOffsetPrice } = intent;
  const leg = {
    ...plain,
    side: signOf(intent.side),
    reduceOnly: true,
    group: envelope.clientOrderId("t"),
    pineId: intent.pineId,
    fromEntry: intent.fromEntry,
  };
  const legs: OrderTicket[] = [];
  if (tpPrice !== undefined) {
    legs.push({
      ...leg,
      clientOrderId: envelope.clientOrderId("t"),
      qty: sizeOf(intent.tpQty ?? intent.qty, sizes),
      limit: tpPrice,
      legType: "tp",
    });
  }
  if (slPrice !== undefined || trailPrice !== undefined) {
    legs.push({
      ...leg,
      clientOrderId: envelope.clientOrderId("s"),
      qty: sizeOf(intent.slQty ?? intent.qty, sizes),
      stop: slPrice ?? none,
      trailPrice: trailPrice ?? none,
      trailOffset: trailOffsetTicks ?? Math.round((trailOffsetPrice ?? 0) / mintick),
      siblingLimit: tpPrice ?? none,
      legType: "sl",
    });
  }
  return legs;
}

/** @throws OrderSkippedError */
export function closeTicket(envelope: DispatchEnvelope<CloseIntent>, sizes: SizeRules): OrderTicket {
  const { intent } = envelope;
  return {
    ...plain,
    clientOrderId: envelope.clientOrderId("c"),
    side: signOf(intent.side),
    qty: sizeOf(intent.qty, sizes),
    reduceOnly: true,
    atOnce: intent.immediately && intent.syntheticKind === undefined,
    pineId: intent.pineId,
    fromEntry: intent.targetEntryId ?? "",
    legType: "close",
  };
}

/** The ids that orders of a cancelled intent can have. */
export function idsToCancel(envelope: DispatchEnvelope<CancelIntent>): string[] {
  const kinds: readonly OrderIdKind[] = ["e", "b", "t", "s", "c"];
  return kinds.map((kind) => envelope.clientOrderId(kind));
}

/** An event as the engine hears it. */
export function orderEventOf({ order, fill, ...event }: ExchangeEvent): OrderEvent {
  return {
    order,
    timestamp: timestampSeconds(event.atMs / 1000),
    eventType: event.eventType,
    ...(fill === undefined
      ? {}
      : { fillPrice: price(fill.price), fillQty: quantity(fill.qty), fillId: fill.fillId }),
    fee: fill?.fee ?? 0,
    feeCurrency: order.feeCurrency,
    pineId: event.pineId,
    ...(event.fromEntry === "" ? {} : { fromEntry: event.fromEntry }),
    legType: event.legType,
    fromDisappearanceTracker: false,
  };
}

function sizeOf(wanted: number, { snap, minSize, maxSize }: SizeRules): number {
  const qty = snap(wanted);
  const skip = (message: string, reason: SkipReason): never => {
    throw new OrderSkippedError(message, reason);
  };
  if (!(qty > 0) || qty < minSize)
    return skip(`${wanted} is below the smallest order, ${minSize}`, "below_min_size");
  if (qty > maxSize) return skip(`${wanted} is above the largest order, ${maxSize}`, "above_max_size");
  return qty;
}

function signOf(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}
