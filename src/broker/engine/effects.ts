import type { CancelIntent, CloseIntent, EntryIntent, ExitIntent, Intent } from "../../api/broker/intents.ts";
import type { Fill } from "./fill.ts";

/** An envelope as a plain value; the executor gives it the method that names orders. */
export interface EnvelopeData<I extends Intent = Intent> {
  readonly intent: I;
  readonly barTimeMs: number;
  readonly retrySeq: number;
}

/**
 * What the engine wants done outside, in order. Each is in the outbox, committed, before it is carried out, and each
 * comes back as a fact under its number. After a crash an effect without a result is not repeated: its orders are
 * verified by their client order ids.
 */
export type Effect =
  | {
      readonly kind: "place";
      readonly id: number;
      readonly intentKey: string;
      readonly generation: number;
      readonly envelope: EnvelopeData<EntryIntent | ExitIntent | CloseIntent>;
    }
  | {
      readonly kind: "amend";
      readonly id: number;
      readonly intentKey: string;
      readonly generation: number;
      readonly previous: EnvelopeData<EntryIntent | ExitIntent>;
      readonly envelope: EnvelopeData<EntryIntent | ExitIntent>;
    }
  /** The intent whose orders go is named by its own envelope, so that the ids can be made again. */
  | {
      readonly kind: "cancel";
      readonly id: number;
      readonly intentKey: string;
      readonly generation: number;
      readonly envelope: EnvelopeData<CancelIntent>;
      readonly clientOrderIds: readonly string[];
    }
  /** A venue reference that a refused bracket left behind. */
  | { readonly kind: "cancel_ref"; readonly id: number; readonly ref: string }
  | {
      readonly kind: "close_leg";
      readonly id: number;
      readonly legId: string;
      readonly qty: number;
      readonly clientOrderId: string;
    }
  /** A market entry on an account with a position for each order. */
  | {
      readonly kind: "place_leg";
      readonly id: number;
      readonly intentKey: string;
      readonly generation: number;
      readonly envelope: EnvelopeData<EntryIntent>;
      readonly qty: number;
    }
  | {
      readonly kind: "amend_leg";
      readonly id: number;
      readonly legId: string;
      readonly side: "buy" | "sell";
      readonly tpPrice: number | null;
      readonly slPrice: number | null;
      readonly trailOffset: number | null;
      readonly clientOrderId: string;
    }
  | { readonly kind: "read_position"; readonly id: number }
  | { readonly kind: "read_open_orders"; readonly id: number }
  /** What became of an order whose answer was lost. */
  | { readonly kind: "read_order"; readonly id: number; readonly clientOrderId: string }
  | { readonly kind: "read_legs"; readonly id: number }
  | { readonly kind: "read_spot"; readonly id: number; readonly cursor: string | null };

/** Writes, which at most one of may be out for an intent at a time. */
export type WriteEffect = Extract<
  Effect,
  { kind: "place" | "amend" | "cancel" | "cancel_ref" | "close_leg" | "place_leg" | "amend_leg" }
>;
export type ReadEffect = Exclude<Effect, WriteEffect>;

/** What is told to whoever watches, after the commit; nothing waits for it and nothing comes back. */
export type Notice =
  /** Book it: the desk of the script takes it over at once. `entryId` names the lot it opens or closes. */
  | { readonly kind: "fill"; readonly fill: Fill }
  /** An order of the script is over without (more) fills: the desk drops it. */
  | { readonly kind: "order_over"; readonly key: string; readonly generation: number; readonly end: string }
  /** The script's order has a new quantity: OCA, or an exit that follows its entry's fills. */
  | {
      readonly kind: "order_resized";
      readonly key: string;
      readonly generation: number;
      readonly qty: number;
    }
  /** The venue is flat although the book was not: the desk closes what it has without a fill. */
  | { readonly kind: "flattened_outside"; readonly atMs: number }
  /** For the log, the screen and extensions: a code of the events table, and what a person needs to know. */
  | {
      readonly kind: "event";
      readonly level: "info" | "warn" | "error";
      readonly code: string;
      readonly message: string;
      readonly intentKey?: string;
      readonly clientOrderId?: string;
    }
  /** Wake the engine with a `clock` fact then, ms. */
  | { readonly kind: "wake"; readonly atMs: number }
  /** The run ends: a halt (exit 1), or an operator's stop. */
  | { readonly kind: "stop"; readonly reason: string; readonly isHalt: boolean };
