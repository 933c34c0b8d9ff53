import { fallingLevel, risingLevel, type Side, type Trigger } from "../../kernel/price-path.ts";

/** `entry` obeys pyramiding and reverses, `normal` is taken as it is, `close` never opens a position. */
export type OrderKind = "entry" | "normal" | "close";
export type OcaType = "cancel" | "reduce" | "none";

/** What a leg of `exit` was filled by. */
export type ExitTrigger = "profit" | "loss" | "trailing";

/** Texts of an exit for each way of filling. */
export interface ExitComments {
  readonly profit: string;
  readonly loss: string;
  readonly trailing: string;
}

export const noExitComments: ExitComments = { profit: "", loss: "", trailing: "" };

/** What one entry fill opened, as exits see it. */
export interface Binding {
  readonly entryId: string;
  readonly side: Side;
  /** Contracts of the fill; never smaller, whatever closes. At a venue they come in parts. */
  quantity: number;
  /** At a venue: contracts that its order was to open when it was looked at last. */
  whole: number;
  /** At a venue: the number of its order. */
  generation: number | undefined;
  /** Contracts that are still open. */
  remaining: number;
  entryPrice: number;
  /** An exit opened it: its own position was gone when it filled. */
  readonly openedByExit: boolean;
  /** Legs of exits that belong to it. */
  readonly legs: Order[];
}

/**
 * An order, or one leg of an exit. Prices are snapped to ticks; `NaN` is a level that is not there. Every field has
 * its type from the start, so that all orders have one shape.
 */
export class Order {
  readonly kind: OrderKind;
  /** Id of the entry; of an exit the entry it closes; `null`: whatever is open. */
  readonly id: string | null;
  /** Id under which a close or an exit is reported; `null` for entries. */
  readonly exitId: string | null;
  /** Of an exit: against its entry, which may be placed anew the other way as long as it is pending. */
  side: Side;
  /** Contracts, unsigned. */
  quantity: number;
  limit = Number.NaN;
  stop = Number.NaN;
  ocaName = "";
  ocaType: OcaType = "none";
  comment = "";
  comments = noExitComments;
  /** What an alert of its fill is to say; of an exit also for each way of filling, instead of it. */
  alert = "";
  alerts = noExitComments;
  /** No alert is raised of its fill. */
  isSilent = false;

  /** No level, or one that an open has jumped over: it waits in the market queue. */
  isMarket = false;
  /** Of a market order that was a limit or a stop until an open jumped over it. */
  trigger: Trigger = "market";
  /** Whether it is in a book. */
  isLive = false;
  /** Bar on which it was placed. */
  bar = -1;
  /** Number under which it came into the index of levels. */
  arrival = 0;

  /** Of an order with limit and stop: the stop has not been reached, so the limit does not count yet. */
  isStopLimit = false;
  /** Does not reverse: it replaced an order of the same bar. */
  skipsFlip = false;
  /** Contracts of the quantity that only close the opposite position. */
  flip = 0;
  /** Money frozen at placement, from which the quantity is made at the fill; `NaN`: the quantity stands. */
  money = Number.NaN;

  /** The entry that a leg of `exit` belongs to; absent while that entry is pending. */
  binding: Binding | undefined = undefined;
  isExit = false;
  /** Contracts that the leg has reserved, and the size of its entry when it did. */
  reserved = 0;
  bound = 0;
  /** The leg takes what other legs leave. */
  isRest = false;
  /** The leg takes a percentage of its entry. */
  isShare = false;
  /** Filled, but still holding its reservation. */
  isConsumed = false;
  /** Made for a pending entry by an exit that named none. */
  isUnnamed = false;
  /** Jumped over by an open: fills even when the position it was for is gone. */
  isCommitted = false;
  filledBy: ExitTrigger | undefined = undefined;
  /** Distances from the entry price in ticks; `NaN`: none. */
  profitTicks = Number.NaN;
  lossTicks = Number.NaN;
  trailTicks = Number.NaN;
  /** Levels as given, snapped; ticks may bring nearer ones once the entry has a price. */
  givenLimit = Number.NaN;
  givenStop = Number.NaN;
  givenTrail = Number.NaN;
  /** Price from which the trailing stop follows. */
  trailPrice = Number.NaN;
  /** Distance of the trailing stop in whole ticks. */
  trailOffset = 0;
  isTrailing = false;
  isArmed = false;
  trailStop = Number.NaN;
  /** A trailing leg whose limit or stop is reached first leaves the rest of the bar's way to them. */
  standsAside = false;

  /** Keys in the index of levels; `NaN`: not indexed. */
  risingKey = Number.NaN;
  fallingKey = Number.NaN;

  constructor(kind: OrderKind, id: string | null, exitId: string | null, side: Side, quantity: number) {
    this.kind = kind;
    this.id = id;
    this.exitId = exitId;
    this.side = side;
    this.quantity = quantity;
  }

  get size(): number {
    return this.side * this.quantity;
  }

  get isPriced(): boolean {
    return this.limit === this.limit || this.stop === this.stop || this.isTrailing;
  }

  /** Where a rising price fills it. A stop-limit order shows its stop alone. */
  get risingLevel(): number {
    return risingLevel(this.side, this.isStopLimit ? Number.NaN : this.limit, this.stop);
  }

  get fallingLevel(): number {
    return fallingLevel(this.side, this.isStopLimit ? Number.NaN : this.limit, this.stop);
  }
}
