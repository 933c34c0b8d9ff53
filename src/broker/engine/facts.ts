import type { BracketAttachRejectContext } from "../../api/broker/brackets.ts";
import type { SkipReason } from "../../api/broker/errors.ts";
import type { ExchangeOrder, OrderEvent } from "../../api/broker/orders.ts";
import type { CancelOutcome } from "../../api/broker/policies.ts";
import type { ExchangePosition, PositionLeg, SpotExecutionPage } from "../../api/broker/position.ts";
import type { Wanted } from "./desired.ts";
import type { KeptExits } from "./kept-exits.ts";

/**
 * Everything that can happen to a run, as plain values that survive JSON. The engine knows the world by these alone;
 * each carries the time at which it became known, ms.
 */
export type Fact =
  /** The process has started over what the store kept; open orders, position and what else the venue knew then. */
  | {
      readonly kind: "started";
      readonly nowMs: number;
      readonly openOrders: readonly ExchangeOrder[];
      readonly position: ExchangePosition | null;
      readonly legs?: readonly PositionLeg[];
      /** Other runs trade the symbol on this account as well; absent: none does. */
      readonly isShared?: boolean;
    }
  /** The script has run: its book of orders as it stands now. */
  | {
      readonly kind: "evaluated";
      readonly nowMs: number;
      readonly barTimeMs: number;
      readonly price: number;
      readonly wanted: readonly Wanted[];
      /** The bar is over. */
      readonly isClosed?: boolean;
      /** The exits of its book. Absent: as before. */
      readonly exits?: KeptExits;
      /** The script has not run in this process: so an earlier one has left its book. */
      readonly isInherited?: boolean;
    }
  /** A new price, between evaluations. */
  | { readonly kind: "tick"; readonly nowMs: number; readonly price: number }
  /** Time has passed: somebody asked to be woken, or the regular look is due. */
  | { readonly kind: "clock"; readonly nowMs: number }
  /** The venue's stream said so. */
  | { readonly kind: "venue"; readonly nowMs: number; readonly event: OrderEvent }
  /** The stream of order events began, or is gone and will not come back by itself. */
  | {
      readonly kind: "stream";
      readonly nowMs: number;
      readonly isAlive: boolean;
      readonly reason?: string;
      /** The plugin says that going on would be unsafe. */
      readonly isUnsafe?: boolean;
    }
  /** A write has an answer, or is known to have none. `effect` is its number in the outbox. */
  | {
      readonly kind: "written";
      readonly nowMs: number;
      readonly effect: number;
      readonly result: WriteResult;
    }
  /** A read has an answer. */
  | { readonly kind: "read"; readonly nowMs: number; readonly effect: number; readonly result: ReadResult }
  /** The plugin found out what became of a write that left no open order. */
  | {
      readonly kind: "resolved";
      readonly nowMs: number;
      readonly clientOrderId: string;
      readonly resolution: "attached" | "rejected";
    }
  /** The plugin, or a guard, stops new exposure. */
  | { readonly kind: "quarantine"; readonly nowMs: number; readonly reason: string }
  /** The plugin announces cancels of its own. */
  | { readonly kind: "bulk_cancel_expected"; readonly nowMs: number; readonly symbol?: string }
  /** Other runs trade the symbol on this account as well, or none does any more. */
  | { readonly kind: "account"; readonly nowMs: number; readonly isShared: boolean }
  /** A person has spoken. */
  | {
      readonly kind: "operator";
      readonly nowMs: number;
      readonly command: "pause" | "resume" | "flatten" | "stop";
    };

export type FactKind = Fact["kind"];

/** The fact of one kind. */
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>;

/** What came of a write. The executor makes one of every outcome, and never throws. */
export type WriteResult =
  | { readonly kind: "accepted"; readonly orders: readonly ExchangeOrder[] }
  | { readonly kind: "cancel"; readonly outcome: CancelOutcome }
  /** It was declined before anything was sent. */
  | { readonly kind: "skipped"; readonly reason: SkipReason; readonly message: string }
  /** A definite no of the venue. */
  | { readonly kind: "rejected"; readonly message: string; readonly isMargin: boolean }
  /** The id was used by a dead order. */
  | { readonly kind: "id_spent"; readonly message: string }
  /** It was not sent: the connection was down. */
  | { readonly kind: "not_sent"; readonly message: string }
  /** It was not sent: throttled. */
  | { readonly kind: "rate_limited"; readonly retryAfterMs: number }
  /** The answer is lost: it may or may not have happened. `undefined` predecessors: the plugin did not say. */
  | { readonly kind: "unknown"; readonly message: string; readonly predecessors?: readonly string[] }
  /** The bracket of a filled entry was refused. */
  | {
      readonly kind: "bracket_refused";
      readonly context: BracketAttachRejectContext;
      /** What it has left at the venue, to be cancelled. */
      readonly residualRefs?: readonly string[];
    }
  /** Going on would be unsafe. */
  | { readonly kind: "unsafe"; readonly message: string };

/** What came of a read. */
export type ReadResult =
  | { readonly kind: "position"; readonly position: ExchangePosition | null }
  | { readonly kind: "open_orders"; readonly orders: readonly ExchangeOrder[] }
  /** `null`: the venue has never had it and cannot get it any more. */
  | {
      readonly kind: "order";
      readonly clientOrderId: string;
      readonly order: ExchangeOrder | null | "unknown";
    }
  | { readonly kind: "legs"; readonly legs: readonly PositionLeg[] }
  | {
      readonly kind: "spot";
      readonly page: SpotExecutionPage;
      readonly balance: number;
      /** Smallest amount that can be sold; absent: nobody knows. */
      readonly minSellable?: number;
    }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly retryAfterMs?: number;
      /** The plugin has not come back. */ readonly isStuck?: true;
    };
