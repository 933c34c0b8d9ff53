import type { ExchangeCapabilities } from "../../api/broker/capabilities.ts";
import type { CloseIntent, OrderIdKind } from "../../api/broker/intents.ts";
import type { LegType, OrderStatus, Side } from "../../api/broker/orders.ts";
import type {
  InventoryConflictPolicy,
  OcaPartialFillPolicy,
  UnexpectedCancelPolicy,
} from "../../api/broker/policies.ts";
import type { Effect } from "./effects.ts";
import type { Ruling, Wanted, WantedIntent, Wish } from "./desired.ts";
import type { KeptExits } from "./kept-exits.ts";

/**
 * All that the engine of one run knows. Immutable: `reduce` makes a new state that shares what did not change, so what
 * has to be stored is found by comparing references, record by record.
 */
export interface EngineState {
  readonly rules: EngineRules;
  /** Time of the newest fact, ms. */
  readonly nowMs: number;
  /** Open of the bar that the script was last evaluated on, ms; `NaN` before the first. */
  readonly barTimeMs: number;
  /** Open of the last bar that was over when the script was evaluated on it, ms; `NaN` before the first. */
  readonly closedBarMs: number;
  /** Newest price; `NaN` before the first. */
  readonly price: number;
  /** Number of the next effect. */
  readonly nextEffect: number;
  readonly latches: Latches;
  /** What the script wanted at the last evaluation, by key; `null` until the first evaluation of this process. */
  readonly wanted: ReadonlyMap<string, Wish> | null;
  /** The script has run in this process, and not only its book as an earlier one has left it was looked at. */
  readonly hasRun: boolean;
  /** The script's exits, those included of which nothing is sent; they are kept for the next process. */
  readonly exits: KeptExits;
  /** What was sent to the venue on its behalf and what became of it, by key. */
  readonly intents: ReadonlyMap<string, IntentRecord>;
  /** Every order that may still be alive at the venue, by client order id; one that is over leaves with its intent. */
  readonly orders: ReadonlyMap<string, OrderRecord>;
  readonly obligations: ReadonlyMap<string, Obligation>;
  readonly watches: ReadonlyMap<string, Watch>;
  readonly book: PositionBook;
  /** Ids of the newest fills, oldest first; bounded: the store's unique index has the last word. */
  readonly fillIds: readonly string[];
  readonly view: VenueView;
  /** Of a spot account; `null`: it is none, or nothing is known yet. */
  readonly spot: SpotInventory | null;
  /** The outbox: effects that were committed and have no result yet, by their number. */
  readonly outbox: ReadonlyMap<number, Effect>;
}

/** What does not change during a run. */
export interface EngineRules {
  readonly runId: string;
  /** Four characters that name the run in client order ids. */
  readonly runTag: string;
  /** Tags of earlier runs of the same identity whose orders are ours too. */
  readonly priorTags: readonly string[];
  readonly symbol: string;
  /** Fees in it shrink what an entry brought; `null`: there are none such. */
  readonly baseCurrency: string | null;
  readonly mintick: number;
  /** Smallest step of a quantity, Pine units. */
  readonly qtyStep: number;
  readonly pyramiding: number;
  readonly closeEntriesRule: "FIFO" | "ANY";
  readonly clientOrderIdMaxLen: number;
  readonly capabilities: ExchangeCapabilities;
  readonly onUnexpectedCancel: UnexpectedCancelPolicy;
  readonly onInventoryConflict: InventoryConflictPolicy;
  /** Of groups that the engine minds; absent: `cancel`. */
  readonly onOcaPartialFill?: OcaPartialFillPolicy;
  /** The account keeps a position per order and the plugin has a `PositionPort`. */
  readonly isHedging: boolean;
  /** A part of such a position can be closed; absent means yes. */
  readonly closesLegsPartly?: boolean;
  /** There is no position to ask for, and the plugin has a `SpotInventoryPort`. */
  readonly isSpot: boolean;
  /** What its port says; absent: it has none. */
  readonly spot?: SpotRules | null;
  /** Nothing is sent; what would be sent is told. */
  readonly isDryRun: boolean;
  /**
   * How far behind the stops that the engine watches a stop rests at the venue, in percent of their price; absent or 0:
   * none does.
   */
  readonly failsafePercent?: number;
  readonly defensiveCloseGraceMs: number;
}

/** Switches that stop things. A latch is never released by itself within a process. */
export interface Latches {
  /** No new exposure; exits, closes, cancels and events go on. */
  readonly quarantine: { readonly reason: string; readonly atMs: number } | null;
  /** Nothing is sent any more; the run ends and somebody has to look. */
  readonly halt: { readonly reason: string; readonly atMs: number } | null;
  /** An operator's hand: like quarantine, but released by the operator. */
  readonly paused: boolean;
}

/**
 * `prepared`: to be sent, again, under the very ids it has: the last attempt provably left nothing at the venue (the
 * connection was down, the venue throttled, an id was spent and the next one is taken). `sent`: the write is
 * out. `asleep`: a stop-limit order that the engine itself holds until its stop is reached; the venue has never heard of
 * it. `working`: the venue has it. `amending`, `cancelling`: another write is out. `unknown`: a write's answer was
 * lost; the venue is asked, nothing is sent again blindly. `done`: over, kept while the script still wants the same
 * generation, and at least until the next bar, so that neither the order nor one of its ids is ever used again.
 */
export type IntentPhase =
  "prepared" | "asleep" | "sent" | "working" | "amending" | "cancelling" | "unknown" | "done";

/** How an intent ended. */
export type IntentEnd = "filled" | "cancelled" | "rejected" | "skipped" | "superseded" | "gone";

/** Under what the script's book finds the fills of an order. */
export interface BookedAs {
  readonly pineId: string;
  readonly fromEntry: string | null;
  readonly legType: LegType;
}

/** One intent and its one life at the venue. */
export interface IntentRecord {
  readonly key: string;
  readonly generation: number;
  readonly intent: WantedIntent;
  /** What an amend under way will make of it. */
  readonly next?: WantedIntent;
  readonly phase: IntentPhase;
  readonly end?: IntentEnd;
  /** Names its orders: open of the bar it was first sent on, ms, and the number of the attempt; durable before sending. */
  readonly barTimeMs: number;
  readonly retrySeq: number;
  /** Its orders may not all be as it says: they are brought to it once more, until the venue has taken that. */
  readonly isUneven?: true;
  /** `prepared`, an exit: the venue takes no order of this size; it goes when there is more, or less, of it. */
  readonly unfitQty?: number;
  /** Rejections of this very intent in a row. */
  readonly rejects: number;
  /** Since when its ids have been handed to the plugin, which says that nothing was sent, ms; absent: they were not. */
  readonly triedSinceMs?: number;
  /** `prepared`: not to be sent before, ms. */
  readonly notBeforeMs: number;
  /** `prepared`: not to be sent any more from then on, ms; absent: it may always be. */
  readonly untilMs?: number;
  /** Ids of its orders, by what each is for. */
  readonly orderIds: Readonly<Partial<Record<OrderIdKind, string>>>;
  readonly filledQty: number;
  /** Time of the last change of phase, ms. */
  readonly sinceMs: number;
  /** Contracts of the other side that it is to turn around; see `Wanted`. */
  readonly flip?: number;
  /** What the plugin has said about it; see `Wanted`. */
  readonly ruling?: Ruling;
  /** Of what the engine does by itself: what the script's book knows it as. */
  readonly bookedAs?: BookedAs;
}

/** An order at the venue, or on its way there. */
export interface OrderRecord {
  readonly clientOrderId: string;
  readonly idKind: OrderIdKind;
  readonly legType: LegType;
  readonly intentKey: string;
  /** The life of the intent that it belongs to; fills of an older one do not count for a newer. */
  readonly generation: number;
  /** What the script calls it: its fills are booked under these two. */
  readonly pineId: string;
  readonly fromEntry: string | null;
  /** The venue's position that it closes or protects, on an account with a position for each order. */
  readonly legId?: string;
  /** The venue's id, once known. */
  readonly exchangeId: string | null;
  /** Venue's ids of the orders that amends have replaced: what they fill is ours, and no part of this one. */
  readonly replacedIds?: readonly string[];
  readonly side: Side;
  readonly qty: number;
  readonly filledQty: number;
  /** What it has filled in all, by the venue's word that it is over; executions of it may still have to be told. */
  readonly finalQty?: number;
  /** What the venue says that it has filled, where its executions have not all come; see `filledQty`. */
  readonly toldQty?: number;
  readonly limit: number | null;
  readonly stop: number | null;
  /** `pending` until the venue has said anything. */
  readonly status: OrderStatus;
  /** Its answer was lost, and a position that has become smaller is all that says that it has arrived. */
  readonly isPresumed?: true;
  /** A cancel of ours is under way or was: its echo is expected. */
  readonly isCancelExpected: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** The venue's own time of the newest that it has said of the order, ms; absent: it has said none. */
  readonly venueMs?: number;
  /** The script's words, as it was sent. */
  readonly comment?: string;
  readonly alertMessage?: string;
}

/** Something the engine owes and does not forget until it is proven, by an id of its own. */
export type Obligation =
  | CancelObligation
  | CloseObligation
  | ReopenObligation
  | VerifyObligation
  | ExplainObligation
  | ResidualObligation
  | ProtectionObligation
  | FlattenObligation;

interface Owed {
  readonly id: string;
  readonly sinceMs: number;
  /** When it escalates, ms; `Infinity`: never. */
  readonly deadlineMs: number;
  /** Writes made for it so far. */
  readonly attempts: number;
  /** The next attempt is not due before, ms. */
  readonly nextMs: number;
}

/** An order that must be gone: asked for again until its end is known. */
export interface CancelObligation extends Owed {
  readonly kind: "cancel";
  readonly intentKey: string;
  readonly generation: number;
  readonly clientOrderIds: readonly string[];
  readonly reason: "unwanted" | "oca" | "superseded" | "policy" | "shutdown" | "short_gate" | "operator";
}

/** Exposure that must be closed: it is over when fills or the venue's position prove it. */
export interface CloseObligation extends Owed {
  readonly kind: "close";
  /** The intent that closes, and its key. */
  readonly intentKey: string;
  readonly intent: CloseIntent;
  readonly reason: "reversal" | "defensive" | "flatten" | "partial_trigger" | "marketable_exit";
  readonly expectedQty: number;
  readonly filledQty: number;
  /** The entry whose position it closes; `null`: all of them. */
  readonly entryId: string | null;
  /** Signed position when it was armed. */
  readonly sizeBefore: number;
  /** Venue references to cancel when it is done. */
  readonly residualRefs: readonly string[];
  /** The venue knows of the close. */
  readonly isPlaced: boolean;
}

/** An entry that opens when the position is flat: the second half of a reversal. */
export interface ReopenObligation extends Owed {
  readonly kind: "reopen";
  /** The entry, with its raw quantity. */
  readonly wanted: Wanted;
  /** Bar on which it was armed, ms. */
  readonly barTimeMs: number;
}

/** A write whose answer was lost. */
export interface VerifyObligation extends Owed {
  readonly kind: "verify";
  readonly intentKey: string;
  readonly clientOrderId: string;
  readonly write: "new" | "modify" | "cancel";
  /** Orders that the write may have cancelled. */
  readonly predecessors: readonly string[];
  /** The plugin says that it took effect. Kept, because a late "rejected" still wins. */
  readonly isAttached?: true;
}

/**
 * A cancel that nobody here asked for, of an order that the venue may have swept itself: the fill which explains it
 * can come after it. Left unexplained it is somebody else's.
 */
export interface ExplainObligation extends Owed {
  readonly kind: "explain";
  readonly intentKey: string;
  readonly generation: number;
  readonly clientOrderId: string;
}

/** A bracket that hangs on a position, on an account with a position for each order. Prices `null`: none. */
export interface ProtectionObligation extends Owed {
  readonly kind: "protection";
  readonly intentKey: string;
  readonly generation: number;
  readonly legId: string;
  readonly clientOrderId: string;
  /** Of the exits. */
  readonly side: Side;
  readonly tpPrice: number | null;
  readonly slPrice: number | null;
  readonly trailOffset: number | null;
  readonly state: "sending" | "active" | "clearing";
  /** A write before it has no answer, and may reach the venue after it until then, ms; absent: there is none. */
  readonly overtakenUntilMs?: number;
}

/** What a refused bracket has left at the venue, by the venue's name; it must be gone. */
export interface ResidualObligation extends Owed {
  readonly kind: "residual";
  readonly ref: string;
}

/** An operator's order to have no position and no orders. */
export interface FlattenObligation extends Owed {
  readonly kind: "flatten";
}

/** A price that the engine itself waits for. Levels are prices. */
export interface Watch {
  readonly id: string;
  readonly kind: "entry_stop" | "partial_tp" | "partial_sl" | "partial_trail";
  /** `armed`: the price has not been there; `triggering`: its close is under way; `triggered`: it has been there. */
  readonly state: "armed" | "triggering" | "triggered";
  readonly intentKey: string;
  /** The life of the intent that it belongs to. */
  readonly generation: number;
  readonly side: Side;
  readonly qty: number;
  readonly level: number;
  /** Of a trailing stop: distance in price, and where it starts to follow; `NaN` otherwise. */
  readonly trailOffset: number;
  readonly activation: number;
  readonly isActive: boolean;
  readonly updatedMs: number;
}

/** What the venue has filled for this run, first in, first out. */
export interface PositionBook {
  /** Signed. */
  readonly size: number;
  readonly lots: readonly Lot[];
  /** What the newest fills of entries have closed of the other side. */
  readonly taken?: readonly Taken[];
  /** What exits have filled beyond the position; an entry that is told after them meets it first. */
  readonly early?: readonly Lot[];
  /** What has left the book without fills. */
  readonly givenUp?: readonly GivenUp[];
}

/** A part of the position that the venue had no more. Exits that were sent before may have been what closed it. */
export interface GivenUp {
  readonly side: Side;
  readonly qty: number;
  /** When the book let go of it, ms. */
  readonly atMs: number;
  /** The venue's position that it was, on an account with a position for each order. */
  readonly legId?: string;
  /** There was more: an order that was sent before may have to do with that. Then the time of a fill counts. */
  readonly isPart?: true;
}

/** An entry has closed what another had opened, of the same size. An exit that comes to light later may undo it. */
export interface Taken {
  /** The lot that the entry would have opened. */
  readonly opened: Lot;
  readonly closed: Lot;
}

/** A part of the position: what one fill of an entry opened, or what is left of it. */
export interface Lot {
  readonly entryId: string;
  readonly side: Side;
  readonly qty: number;
  readonly price: number;
  readonly timeMs: number;
  readonly fillId: string;
  /** The order that opened it. */
  readonly clientOrderId: string;
  /** It completes an entry whose own order filled less than what was asked for: the two are one entry. */
  readonly isAfterStop?: true;
  /** On an account with a position for each order: the venue's position that it is of; absent until it is known. */
  readonly legId?: string;
  /** Of what is left, in the fee's currency. */
  readonly fee: number;
}

/** What the engine believes of the venue. */
export interface VenueView {
  /** The last read of the position has succeeded, so that new exposure may be taken. */
  readonly isConfirmed: boolean;
  /** Signed size that the venue reported last; `NaN`: never. */
  readonly size: number;
  /** Since when reads fail, ms; `NaN`: they do not. */
  readonly failingSinceMs: number;
  /** Since when the venue is flat although the book is not, ms; `NaN`: it is not so. */
  readonly flatSinceMs: number;
  /** What of the venue's position is not this run's; `NaN`: nobody knows yet. */
  readonly strangeQty: number;
  /** Since when it is another, ms; `NaN`: it is not. */
  readonly driftSinceMs: number;
  /** Time of the last fill, ms; `-Infinity`: none yet. */
  readonly lastFillMs: number;
  /** On an account with a position for each order: positions that were there before ours, and are somebody else's. */
  readonly foreignLegs: readonly string[];
  /** Other runs trade the symbol on the same account, or have left something of it there. */
  readonly isShared: boolean;
  /** The stream of order events is alive. */
  readonly isStreaming: boolean;
  /** Time of the last answer to a read of the position, ms; `-Infinity`: none yet. */
  readonly readMs: number;
  /** Nothing is read before, ms. */
  readonly nextReadMs: number;
  /** Since when a read is out, ms; `NaN`: none is. */
  readonly readSinceMs: number;
  /** Since when the plugin has not come back from a read, ms; `NaN`: it does. */
  readonly stuckSinceMs: number;
}

/** What a spot account's port says of it, in the base asset. */
export interface SpotRules {
  /** Difference that quantisation alone explains. */
  readonly baseTolerance: number;
  /** A balance may lag behind an execution by so much, ms. */
  readonly settlementGraceMs: number;
  /** Less than this is no position. */
  readonly positionDustThreshold: number;
}

/** What of a spot account's balance is whose. */
export interface SpotInventory {
  /** What is not this run's; `NaN`: not measured yet. */
  readonly baseline: number;
  /** Up to where executions have been read. */
  readonly cursor: string | null;
  /** Executions before it are none of this run's, ms. */
  readonly sinceMs: number;
  /** Grows whenever the baseline is set anew. */
  readonly epoch: number;
  /** Since when the balance is not what the books say, ms; `NaN`: it is. */
  readonly conflictSinceMs: number;
  /** It stayed so: nothing here is believed until it is as the books say again. */
  readonly isBroken: boolean;
  /** Coins that should be there and are not, while the books are not believed. */
  readonly missing?: number;
  /** Nothing is read before, ms. */
  readonly nextReadMs: number;
}
