import type { Price, Quantity, TimestampSeconds } from "../../kernel/units.ts";

/** Orders and events as a venue reports them. Quantities are in Pine units, positive; the direction is in `side`. */

export type Side = "buy" | "sell";

/** Where an order stands. `filled`, `cancelled`, `rejected` and `expired` are final. */
export type OrderStatus = "pending" | "open" | "partial" | "filled" | "cancelled" | "rejected" | "expired";

/** What a leg is for: the entry, one of the three ways out of a bracket, or a plain close. */
export type LegType = "entry" | "tp" | "sl" | "trail" | "close";

/** An order at the venue. */
export interface ExchangeOrder {
  /** The venue's own id. */
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: "market" | "limit" | "stop" | "trailing_stop";
  readonly qty: Quantity;
  /** Cumulative, 0 or more. */
  readonly filledQty: number;
  readonly remainingQty: number;
  readonly price?: Price;
  readonly stopPrice?: Price;
  readonly averageFillPrice?: Price;
  readonly status: OrderStatus;
  readonly timestamp: TimestampSeconds;
  readonly fee: number;
  readonly feeCurrency: string;
  readonly reduceOnly: boolean;
  /** The id the order was sent with. Echo it everywhere, or store it with `addRef` when sending and map it back. */
  readonly clientOrderId?: string;
}

/** One change of an order, from the venue's stream. */
export interface OrderEvent {
  readonly order: ExchangeOrder;
  readonly timestamp: TimestampSeconds;
  readonly eventType: "created" | "amended" | "filled" | "partial" | "cancelled" | "rejected";
  readonly fillPrice?: Price;
  /** What this event alone filled; the running total is `order.filledQty`. */
  readonly fillQty?: number;
  /**
   * The same on every path that can bring this execution. Absent only where a stored cumulative cursor guarantees
   * that it is delivered once.
   */
  readonly fillId?: string;
  readonly fee: number;
  readonly feeCurrency: string;
  /** Which order of the script this belongs to. */
  readonly pineId?: string;
  readonly fromEntry?: string;
  readonly legType?: LegType;
  /** The policy for vanished orders has been applied already. */
  readonly fromDisappearanceTracker: boolean;
}
