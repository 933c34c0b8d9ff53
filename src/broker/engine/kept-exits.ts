import type { ExitIntent } from "../../api/broker/intents.ts";
import type { Side } from "../../api/broker/orders.ts";

/**
 * The exits of the script as its book had them at the last evaluation, for the process that comes after this one. The
 * engine itself reads no more in them than how much they are for.
 */
export interface KeptExits {
  readonly legs: readonly KeptLeg[];
  readonly entries: readonly KeptEntry[];
}

/** Nothing to keep. */
export const noExits: KeptExits = { legs: [], entries: [] };

/** What an exit takes of its entry: a number of contracts, a percentage, what others leave. */
export type LegShare = "contracts" | "percentage" | "rest";

/** What an exit says besides its prices, and keeps as it is. */
type ExitWords = Pick<
  ExitIntent,
  | "ocaName"
  | "ocaType"
  | "comment"
  | "commentProfit"
  | "commentLoss"
  | "commentTrailing"
  | "alertMessage"
  | "alertProfit"
  | "alertLoss"
  | "alertTrailing"
  | "disableAlert"
>;

/** An exit, or the part of it that is for one fill of its entry. Prices are as the script gave them. */
export interface KeptLeg extends ExitWords {
  readonly exitId: string;
  readonly entryId: string;
  /** Number of the order that its entry is; absent: that has never been sent. */
  readonly entry?: number;
  /** Number of its own order; absent: it was never wanted at the venue. */
  readonly generation?: number;
  readonly side: Side;
  /** Contracts that it has reserved, and the size of its entry then. */
  readonly qty: number;
  readonly bound: number;
  readonly share: LegShare;
  readonly filled: number;
  /** On the first leg of an order: what legs of it have filled that have had their turn. */
  readonly filledByOthers?: number;
  /** It has had its turn, and holds what it had reserved. */
  readonly isConsumed?: true;
  /** The script named no entry. */
  readonly isUnnamed?: true;
  readonly limit?: number;
  readonly stop?: number;
  readonly trail?: number;
  readonly profitTicks?: number;
  readonly lossTicks?: number;
  readonly trailTicks?: number;
  /** Of a trailing stop, ticks; absent: it has none. */
  readonly trailOffset?: number;
}

/** What one order of an entry has opened. */
export interface KeptEntry {
  readonly generation: number;
  /** Contracts that are open of it, and that it was to open. */
  readonly remaining: number;
  readonly whole: number;
}
