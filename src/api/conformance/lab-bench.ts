import type { BrokerPlugin } from "../plugins/broker.ts";
import type { Execution } from "../broker/execution.ts";
import type { LegType, Side } from "../broker/orders.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";

/**
 * The broker lab for an author's own plugin: its file `lab.ts` exports, as its default, a function that makes the plugin
 * with the lab's venue as its lowest transport. Everything above that, from the plugin's own wire format up, is real.
 */

/** Grids and bounds of the lab's only symbol. */
export interface LabVenueRules {
  /** How the account keeps what was bought: as one net position, as positions side by side, or as coins. */
  readonly mode: "netting" | "hedging" | "spot";
  readonly symbol: string;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly qtyStep: number;
  readonly mintick: number;
  readonly minQty: number;
  readonly maxQty: number;
}

/** An order as it is sent. A limit and a stop together are a stop-limit order; neither is a market order. */
export interface LabOrderRequest {
  readonly clientOrderId: string;
  readonly side: Side;
  readonly qty: number;
  readonly limit: number | null;
  readonly stop: number | null;
  /**
   * A stop that follows the best price at a distance as soon as the price has come to where it begins. Beside a stop the
   * one that is reached first counts.
   */
  readonly trail?: { readonly activation: number; readonly offset: number } | null;
  readonly reduceOnly: boolean;
  /** What one of a group fills, the others lose; `null`: none. */
  readonly group: string | null;
  /** Of an account that keeps several positions; `null` otherwise. */
  readonly legId: string | null;
  /** What it is for, for those who check: the venue does not look at it. */
  readonly pineId: string;
  readonly fromEntry: string | null;
  readonly legType: LegType;
}

/** An order on the venue's books. */
export interface LabOrder extends LabOrderRequest {
  readonly id: string;
  readonly filled: number;
  readonly status: "open" | "partial" | "filled" | "cancelled" | "rejected";
  /** Money paid for what has filled. */
  readonly notional: number;
  readonly fee: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** One position of an account that keeps several: the order that opened it gave it its id. */
export interface LabLeg {
  readonly legId: string;
  readonly side: Side;
  readonly qty: number;
  readonly price: number;
  readonly openMs: number;
}

/** What hangs on a position: whichever is reached first closes all of it, as an order under this id. */
export interface LabBracket {
  readonly clientOrderId: string;
  readonly takeProfit: number | null;
  readonly stopLoss: number | null;
  /** How far behind the best price a stop follows. */
  readonly trailOffset: number | null;
}

/** An execution as the account's list of them shows it. */
export interface LabExecution extends Execution {
  readonly orderId: string;
}

/** A change of an order; numbers have no holes, so that a lost event shows. */
export interface LabEvent {
  readonly number: number;
  readonly kind: "created" | "amended" | "partial" | "filled" | "cancelled" | "rejected";
  readonly order: LabOrder;
  readonly execution: Pick<Execution, "fillId" | "qty" | "price" | "fee" | "feeCurrency"> | null;
  readonly atMs: number;
}

/** What a request is for: faults are armed by it. */
export type LabWrite = "entry" | "exit" | "close" | "modify";

/**
 * How a request failed; `kind` of the error. `not_sent` and `throttled`: nothing happened; `answer_lost`: nobody knows;
 * `too_small`: less than the venue's smallest order, in quantity or in money; `skipped` and `unsafe`: what the plugin itself
 * should say.
 */
export interface LabFailure extends Error {
  readonly kind:
    | "not_sent"
    | "answer_lost"
    | "rejected"
    | "margin"
    | "id_spent"
    | "skipped"
    | "throttled"
    | "unsafe"
    | "nothing_to_reduce"
    | "too_small"
    | "not_found";
}

/** The lab's exchange as one process reaches it. Every promise may fail with a `LabFailure`, be late, or never settle. */
export interface LabVenue {
  readonly rules: LabVenueRules;
  readonly nowMs: number;
  readonly isUp: boolean;
  /** The stream is to fail for good: throw out of `watchOrders`. */
  readonly isStreamBroken: boolean;
  open(): void;
  close(): void;
  place(kind: LabWrite, request: LabOrderRequest): Promise<LabOrder>;
  /** All of them, or none. */
  placeGroup(kind: LabWrite, requests: readonly LabOrderRequest[]): Promise<readonly LabOrder[]>;
  amend(
    clientOrderId: string,
    change: {
      readonly qty?: number;
      readonly limit?: number | null;
      readonly stop?: number | null;
      readonly trail?: LabOrderRequest["trail"];
    },
  ): Promise<LabOrder>;
  /** @returns the order as it is then; `null`: there never was one */
  cancel(clientOrderId: string): Promise<LabOrder | null>;
  find(clientOrderId: string): Promise<LabOrder | null>;
  openOrders(): Promise<readonly LabOrder[]>;
  /** Net, signed. */
  position(): Promise<{ readonly size: number; readonly averagePrice: number }>;
  /** Of an account that keeps positions side by side: all of them, oldest first. */
  legs(): Promise<readonly LabLeg[]>;
  /** Closes so much of one of them; the same id again does nothing. */
  closeLeg(legId: string, qty: number, clientOrderId: string): Promise<void>;
  /** Hangs something on one of them, in the place of what hangs there; nothing but `null` takes it away. */
  amendBracket(legId: string, bracket: LabBracket): Promise<void>;
  /** Of a spot account: executions from the so-many-th on, and how many coins there are, somebody else's included. */
  executions(from: number): Promise<readonly LabExecution[]>;
  coins(): Promise<number>;
  /** Everything that has happened on the account. Read it after every gap: until then the lab waits for you. */
  history(): Promise<readonly LabEvent[]>;
  /** The next event of the stream, or `null` after so long without one. */
  next(waitMs: number, signal: AbortSignal): Promise<LabEvent | null>;
  /** Whether the connection was lost since somebody asked. */
  wasCut(): boolean;
  /** Tell it when you know that you have missed something, and when you have caught up. */
  isBehind: boolean;
}

/** What a plugin is made with. */
export interface LabBench {
  readonly venue: LabVenue;
  readonly symInfo: SymInfo;
  readonly clock: Clock;
}

/** The default export of a plugin's `lab.ts`. */
export type LabBrokerMaker = (bench: LabBench) => BrokerPlugin | Promise<BrokerPlugin>;
