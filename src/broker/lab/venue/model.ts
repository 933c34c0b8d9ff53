import type { LegType, Side } from "../../../api/broker/orders.ts";
import type { LabExecution, LabVenueRules } from "../../../api/conformance/lab-bench.ts";

/** A venue's own view of the world: what is on its books, whatever anybody believes. */

/** How an account keeps what was bought. */
export const accountModes = ["netting", "hedging", "spot"] as const;
export type AccountMode = (typeof accountModes)[number];

/** What a venue of the lab is like; `symbol` in the venue's own spelling. */
export interface VenueRules extends LabVenueRules {
  /** Of the notional. */
  readonly feeRate: number;
  /** Fees of buys are taken out of what was bought. */
  readonly takesFeeInBase: boolean;
  /** Fees are paid in a coin that nobody trades here, for as long as there is some: not for every third execution. */
  readonly takesFeeInOther: boolean;
  /** The least money that an order may be worth; 0: any. */
  readonly minNotional: number;
  /** Market orders fill when they arrive; otherwise somebody has to fill them. */
  readonly fillsMarket: boolean;
  /** Coins of a spot account that were there before. */
  readonly coins: number;
  /** Reduce-only orders go when there is nothing left for them to reduce. */
  readonly sweepsReduceOnly: boolean;
  /** An exit belongs to its entry's order, and sleeps for as long as that has not filled. */
  readonly attachesBrackets: boolean;
}

export const referenceRules: VenueRules = {
  mode: "netting",
  symbol: "LABUSDT",
  baseCurrency: "LAB",
  quoteCurrency: "USDT",
  qtyStep: 0.01,
  mintick: 0.01,
  minQty: 0.01,
  maxQty: 1000,
  feeRate: 0,
  takesFeeInBase: false,
  takesFeeInOther: false,
  minNotional: 0,
  fillsMarket: true,
  coins: 0,
  sweepsReduceOnly: true,
  attachesBrackets: false,
};

/** What an order is for. The venue does not look at it: it is here for those who check. */
export interface OrderPurpose {
  readonly pineId: string;
  readonly fromEntry: string | null;
  readonly legType: LegType;
}

/** A stop that follows the best price at a distance, as soon as the price has come to where it begins. */
export interface Trail {
  readonly activation: number;
  readonly offset: number;
}

/** What somebody sends. */
export interface OrderRequest extends OrderPurpose {
  readonly clientOrderId: string;
  readonly side: Side;
  readonly qty: number;
  readonly limit: number | null;
  readonly stop: number | null;
  /** Beside a stop the one that is reached first counts; absent: none. */
  readonly trail?: Trail | null;
  readonly reduceOnly: boolean;
  /** What one of a group fills the others lose. */
  readonly group: string | null;
  /** The position that it closes, on an account that keeps several. */
  readonly legId: string | null;
}

export type VenueStatus = "open" | "partial" | "filled" | "cancelled" | "rejected";

/** An order on the books. */
export interface VenueOrder extends Readonly<Omit<OrderRequest, "qty" | "limit" | "stop" | "trail">> {
  readonly id: string;
  /** The run that sent it; `null`: a person. */
  readonly owner: string | null;
  qty: number;
  filled: number;
  limit: number | null;
  stop: number | null;
  trail: Trail | null;
  /** The best price since a trail has begun; `null`: it has not. */
  best: number | null;
  /** A stop that was reached: what is left of it is a market order, or a limit order. */
  isTriggered: boolean;
  status: VenueStatus;
  /** Money paid for what has filled. */
  notional: number;
  fee: number;
  readonly createdMs: number;
  updatedMs: number;
}

/** An execution as the venue keeps it. */
export interface Execution extends LabExecution {
  readonly owner: string | null;
  readonly purpose: OrderPurpose;
  /** The part of the fee that was taken in coin. */
  readonly baseFee: number;
  /** The position it opened, added to or closed, on an account that keeps several. */
  readonly legId: string | null;
}

/** One position of an account that keeps several. */
export interface VenueLeg {
  readonly legId: string;
  readonly owner: string | null;
  readonly entryId: string;
  readonly side: Side;
  qty: number;
  readonly price: number;
  readonly openMs: number;
  bracket: VenueBracket | null;
}

/** What hangs on a position, under one id: whichever is reached first closes all of it. */
export interface VenueBracket {
  readonly clientOrderId: string;
  readonly takeProfit: number | null;
  readonly stopLoss: number | null;
  /** How far behind the best price a stop follows; it is a stop of its own. */
  readonly trailOffset: number | null;
}

/** A change of an order, with the order as it was then. */
export interface VenueEvent {
  /** Of the venue, from 1, without holes. */
  readonly number: number;
  readonly kind: "created" | "amended" | "partial" | "filled" | "cancelled" | "rejected";
  readonly order: Readonly<VenueOrder>;
  readonly execution: Execution | null;
  readonly atMs: number;
}

/** The venue says no. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly reason: "rejected" | "margin" | "id_spent" | "not_found" | "nothing_to_reduce" | "too_small",
    message: string,
  ) {
    super(message);
  }
}

export const isOpen = ({ status }: Pick<VenueOrder, "status">): boolean =>
  status === "open" || status === "partial";

export const leftOf = (order: Pick<VenueOrder, "qty" | "filled">): number =>
  Math.max(0, clean(order.qty - order.filled));

/** Free of the dust that sums of decimal fractions leave. */
export const clean = (value: number): number => {
  const rounded = Math.round(value * 1e8) / 1e8;
  return rounded === 0 ? 0 : rounded;
};

export const signOf = (side: Side): 1 | -1 => (side === "buy" ? 1 : -1);
