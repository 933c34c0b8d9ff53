import type { Price, Quantity, TimestampSeconds } from "../../kernel/units.ts";
import type { DispatchEnvelope, EntryIntent } from "./intents.ts";
import type { ExchangeOrder, Side } from "./orders.ts";

/** A net position at a venue. */
export interface ExchangePosition {
  readonly symbol: string;
  readonly side: "long" | "short" | "flat";
  /** Unsigned. */
  readonly size: number;
  readonly entryPrice: Price;
  readonly unrealizedPnl: number;
  readonly liquidationPrice?: Price;
  readonly leverage: number;
  readonly marginMode: "cross" | "isolated" | "cash";
}

/** One position of an account that keeps several per symbol. First in, first out is by `(openTime, legId)`. */
export interface PositionLeg {
  readonly legId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: Quantity;
  readonly entryPrice: Price;
  /** From the venue, never from this machine's clock. */
  readonly openTime: TimestampSeconds;
  readonly unrealizedPnl: number;
}

/** What a bracket on a leg becomes. All prices `null` clears it. */
export interface LegBracket {
  /** Of the exits: the opposite of the position's. */
  readonly side: Side;
  readonly tpPrice: Price | null;
  readonly slPrice: Price | null;
  /** Price units. */
  readonly trailOffset: number | null;
  readonly clientOrderId: string;
}

/**
 * Lets the engine emulate Pine's net position on a hedging account. Each method touches exactly one thing at the
 * venue; the engine does the netting.
 */
export interface PositionPort {
  /** Absent means yes. */
  readonly supportsPartialLegClose?: boolean;
  /** Every leg, oldest first, nothing netted. */
  fetchRawPositions(symbol: string): Promise<readonly PositionLeg[]>;
  /** A function from Pine units to whole steps of the venue's volume grid. */
  getVolumeQuantizer(symbol: string): Promise<(qty: number) => number>;
  /**
   * Closes a position or a part of it; the fill arrives on the stream, under the same id.
   * @param volume in steps of the venue's grid
   * @param clientOrderId of the whole close, a colon, and the position's id: longer than an order's, so map it where
   *   the venue does not take it. The same again must not close twice.
   */
  closeLeg(symbol: string, legId: string, volume: number, clientOrderId: string): Promise<void>;
  /** @throws OrderSkippedError when the quantity is out of bounds; called before an order is placed */
  rejectOutOfRange(envelope: DispatchEnvelope<EntryIntent>, qty: number): Promise<void>;
  /** Opens a position at the market. Entries with a price go through `executeEntry`. */
  placeLeg(envelope: DispatchEnvelope<EntryIntent>, qty: number): Promise<readonly ExchangeOrder[]>;
  /**
   * Hangs a bracket on a position, instead of the one that it has. When it fills, the event names the exit, its entry
   * and which part of it that was. The same `clientOrderId` again changes nothing; a position that is gone is no failure.
   */
  amendBracket(symbol: string, legId: string, bracket: LegBracket): Promise<void>;
}

/** An execution of a spot account. */
export interface SpotExecution {
  readonly executionId: string;
  readonly clientOrderId?: string;
  readonly exchangeOrderId: string;
  readonly side: Side;
  /** Of the base asset. */
  readonly qty: Quantity;
  readonly price: Price;
  readonly fee: number;
  readonly feeCurrency: string;
  readonly timestamp: TimestampSeconds;
}

/** Executions after a cursor. */
export interface SpotExecutionPage {
  readonly executions: readonly SpotExecution[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
  /** Nothing older than the cursor can still appear. */
  readonly conclusive: boolean;
}

/** Lets the engine keep a ledger of what a strategy owns on a spot account, where there is no position to ask for. */
export interface SpotInventoryPort {
  readonly productId: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** What a cursor counts. */
  readonly cursorScope: "account" | "product" | "time";
  /** Difference that quantisation alone explains, in base asset. */
  readonly baseTolerance: number;
  /** Seconds a balance may lag behind an execution; finite, 0 or more. */
  readonly settlementGraceS: number;
  /** A balance below this is no position. */
  readonly positionDustThreshold: number;
  fetchExecutions(cursor: string | null): Promise<SpotExecutionPage>;
  /** All that is owned: free, locked in orders, and not settled yet. */
  fetchBaseBalance(): Promise<number>;
  /** Smallest amount that can be sold, or `null`; when in doubt, less. */
  minSellableBase(): Promise<number | null>;
}
