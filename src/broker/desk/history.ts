import type { CloseIntent, EntryIntent } from "../../api/broker/intents.ts";
import type { Desk } from "../../runtime/strategy/desk.ts";
import { Order } from "../../runtime/strategy/order.ts";
import type { Fill } from "../engine/fill.ts";
import type { KeptExits } from "../engine/kept-exits.ts";
import type { Tracked } from "./tracker.ts";

/** An entry or a close of the script that was alive when an earlier process ended. */
export interface KeptOrder {
  readonly key: string;
  readonly generation: number;
  readonly intent: EntryIntent | CloseIntent;
  readonly filledQty: number;
  /** Contracts of the other side that it is to turn around. */
  readonly flip?: number;
}

/** What has become of the orders of an exit. */
export interface ExitState {
  readonly generation: number;
  readonly filledQty: number;
  /** It has filled, or is over without; absent: it goes on. */
  readonly end?: "filled" | "gone";
}

/** What an earlier process had in hand. */
export interface LeftBehind {
  readonly orders: readonly KeptOrder[];
  readonly exits: KeptExits;
  /** By key. */
  readonly exitStates: ReadonlyMap<string, ExitState>;
}

/** What earlier processes of a run have left: fills that wait for their bars, and orders that come back at the end. */
export class History {
  readonly #desk: Desk;
  readonly #fills: Fill[];
  #next = 0;
  /** Nothing waits any more: fills are of now. */
  isOver = false;

  constructor(desk: Desk, fills: readonly Fill[]) {
    this.#desk = desk;
    this.#fills = fills.toSorted((a, b) => a.timeMs - b.timeMs);
  }

  /** A fill that has only come to light while the history is gone through. */
  add(fill: Fill): void {
    this.#fills.push(fill);
  }

  /** The next fill before a time. */
  next(untilMs: number): Fill | undefined {
    const fill = this.#fills[this.#next];
    if (fill === undefined || fill.timeMs >= untilMs) return undefined;
    this.#next++;
    return fill;
  }

  close(): void {
    this.isOver = true;
    this.#fills.length = 0;
  }

  /** Puts entries and closes back into the book. */
  restore(kept: readonly KeptOrder[]): readonly Tracked[] {
    return kept.map(({ key, generation, intent, filledQty, flip = 0 }) => {
      const order = intent.kind === "entry" ? this.#entry(intent, flip) : this.#close(intent);
      return { key, generation, orders: [order], filled: filledQty };
    });
  }

  #entry(intent: EntryIntent, flip: number): Order {
    const { barIndex, books, grid } = this.#desk;
    const side = intent.side === "buy" ? 1 : -1;
    const kind = intent.isStrategyOrder ? "normal" : "entry";
    const order = new Order(kind, intent.pineId, null, side, intent.qty);
    order.limit = intent.limit ?? Number.NaN;
    order.stop = intent.stop ?? Number.NaN;
    order.isMarket = intent.limit === undefined && intent.stop === undefined;
    order.isStopLimit = intent.limit !== undefined && intent.stop !== undefined;
    order.skipsFlip = intent.skipFlip;
    order.flip = flip;
    order.quantity = grid.add(order.quantity, flip);
    describe(order, intent, barIndex);
    books.place(order);
    return order;
  }

  #close(intent: CloseIntent): Order {
    const { barIndex, books } = this.#desk;
    const id = intent.pineId === "" ? null : intent.pineId;
    const name = id === null ? "Close position order" : `Close entry(s) order ${id}`;
    const order = new Order("close", id, name, intent.side === "buy" ? 1 : -1, intent.qty);
    order.isMarket = true;
    describe(order, intent, barIndex);
    books.place(order);
    return order;
  }
}

function describe(order: Order, intent: EntryIntent | CloseIntent, barIndex: number): void {
  order.bar = barIndex;
  order.comment = intent.comment ?? "";
  order.alert = intent.alertMessage ?? "";
  order.isSilent = intent.disableAlert === true;
  if (intent.kind === "close") return;
  order.ocaName = intent.ocaName ?? "";
  order.ocaType = intent.ocaType ?? "none";
}
