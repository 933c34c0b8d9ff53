import type { Price, Quantity, TimestampMs } from "../../kernel/units.ts";
import type { Side } from "./orders.ts";

/**
 * What a script wants, as immutable statements. The engine sends them in envelopes; a plugin never makes one. Comments and
 * alert messages are the script's words: a plugin may pass them on to a venue that shows them, and nothing follows from
 * them. With `disableAlert` the script wants no alert when the order fills.
 */

/** Members of a group share a fate: the others are cancelled, or reduced by what one fills. */
export type OcaType = "cancel" | "reduce" | "none";

/** A new or larger position. */
export interface EntryIntent {
  readonly kind: "entry";
  readonly pineId: string;
  readonly symbol: string;
  readonly side: Side;
  /** As the script said it, before the venue's grid. */
  readonly qty: Quantity;
  /**
   * With both prices set it is a limit that sleeps until its stop is reached: a stop-limit order. Only a venue whose
   * `stopOrder` is native is given both; for others the engine waits for the stop.
   */
  readonly orderType: "market" | "limit" | "stop";
  readonly limit?: Price;
  readonly stop?: Price;
  readonly ocaName?: string;
  readonly ocaType?: OcaType;
  readonly comment?: string;
  readonly alertMessage?: string;
  readonly disableAlert?: true;
  readonly isStrategyOrder: boolean;
  /** The engine made it: it completes an entry whose order closed the other side instead of opening its own. */
  readonly stopFiredMarket: boolean;
  /** Placed again on the same bar: no reversal is added. */
  readonly skipFlip: boolean;
}

/** A bracket around a position: profit, loss and trailing legs. `side` is the side of the exit. */
export interface ExitIntent {
  readonly kind: "exit";
  readonly pineId: string;
  readonly fromEntry: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: Quantity;
  readonly tpPrice?: Price;
  readonly slPrice?: Price;
  /**
   * Of a bracket that is changed when one of its legs has filled a part: what the other is to ask for, which is less by
   * that part. Absent: `qty`.
   */
  readonly tpQty?: Quantity;
  readonly slQty?: Quantity;
  /** Activation of the trailing stop. */
  readonly trailPrice?: Price;
  readonly trailOffsetTicks?: number;
  readonly trailOffsetPrice?: number;
  readonly ocaName?: string;
  readonly ocaType?: OcaType;
  readonly comment?: string;
  readonly commentProfit?: string;
  readonly commentLoss?: string;
  readonly commentTrailing?: string;
  readonly alertMessage?: string;
  readonly alertProfit?: string;
  readonly alertLoss?: string;
  readonly alertTrailing?: string;
  readonly disableAlert?: true;
  readonly reduceOnly: true;
  /** Closes a part of the entry only. */
  readonly isPartialQtyBracket: boolean;
  /**
   * The engine made it: a stop behind those that it watches by itself, for when its process is gone. Absent: it is the
   * script's.
   */
  readonly syntheticKind?: "failsafe";
}

/** Why the engine closes by itself. */
export type SyntheticCloseKind =
  "partial_trigger" | "marketable_exit" | "defensive_close" | "reversal_close" | "flatten";

/** A market order out of a position. */
export interface CloseIntent {
  readonly kind: "close";
  /** Empty: everything. */
  readonly pineId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: Quantity;
  readonly immediately: boolean;
  readonly comment?: string;
  readonly alertMessage?: string;
  readonly disableAlert?: true;
  readonly reduceOnly: true;
  /** Absent: the script asked for it. */
  readonly syntheticKind?: SyntheticCloseKind;
  readonly targetEntryId?: string;
  readonly targetPositionClientOrderId?: string;
  readonly targetExchangeId?: string;
}

/** An order that is no longer wanted. An exit's id without `fromEntry` means all of its legs. */
export interface CancelIntent {
  readonly kind: "cancel";
  readonly pineId: string;
  readonly symbol: string;
  readonly fromEntry?: string;
}

export type Intent = EntryIntent | ExitIntent | CloseIntent | CancelIntent;

/**
 * Which order of an intent an id is for: `e` entry, `b` market order after a stop, `t` take profit, `s` stop loss,
 * `c` close, `x` cancel.
 */
export type OrderIdKind = "e" | "b" | "t" | "s" | "c" | "x";

/** An intent with what it takes to name its orders: the same envelope gives the same ids on every attempt. */
export interface DispatchEnvelope<I extends Intent = Intent> {
  readonly intent: I;
  /** Names the run. */
  readonly runTag: string;
  readonly barTimeMs: TimestampMs;
  readonly retrySeq: number;
  /** Longest id the venue takes. */
  readonly clientOrderIdMaxLen: number;
  /** The only source of client order ids. Never send two orders with one id, never make one up. */
  clientOrderId(kind: OrderIdKind): string;
}
