import type { CloseIntent, EntryIntent, ExitIntent } from "../../api/broker/intents.ts";
import type { Desk } from "../../runtime/strategy/desk.ts";
import { resolveLevels } from "../../runtime/strategy/legs.ts";
import { type Binding, Order } from "../../runtime/strategy/order.ts";
import type { WantedIntent } from "../engine/desired.ts";
import type { Fill } from "../engine/fill.ts";
import type { Tracked } from "./tracker.ts";

/** An order of the script that was alive when an earlier process ended. */
export interface KeptOrder {
  readonly key: string;
  readonly generation: number;
  readonly intent: WantedIntent;
  readonly filledQty: number;
  /** Contracts of the other side that it is to turn around. */
  readonly flip?: number;
}

/** An order that is back in the book, and what each of its parts has filled. */
export interface Restored {
  readonly tracked: Tracked;
  readonly filled: readonly (readonly [Order, number])[];
}

/** What earlier processes of a run have left: fills that wait for their bars, and orders that come back at the end. */
export class History {
  readonly #desk: Desk;
  readonly #fills: Fill[];
  #next = 0;
  /** Contracts that exits have closed of an entry, by exit id: they have had their turn. */
  readonly #closed = new Map<Binding, Map<string, number>>();
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

  /** Books a fill; what an exit closes by it is remembered. */
  note({ legType, pineId }: Fill, book: () => void): void {
    if (this.isOver || legType === "close" || legType === "entry") return book();
    const before = this.#desk.ledger.bindings.map((binding) => [binding, binding.remaining] as const);
    book();
    for (const [binding, remaining] of before) {
      const part = this.#desk.grid.add(remaining, -binding.remaining);
      if (part === 0) continue;
      const exits = this.#closed.get(binding) ?? new Map<string, number>();
      exits.set(pineId, this.#desk.grid.add(exits.get(pineId) ?? 0, part));
      this.#closed.set(binding, exits);
    }
  }

  /** Puts orders back into the book. */
  restore(kept: readonly KeptOrder[]): readonly Restored[] {
    // Exits look for the entries that they wait for.
    const inOrder = kept.toSorted(
      (a, b) => Number(a.intent.kind === "exit") - Number(b.intent.kind === "exit"),
    );
    return inOrder.flatMap(({ key, generation, intent, filledQty, flip = 0 }): Restored[] => {
      const filled = this.#place(intent, filledQty, flip);
      if (filled.length === 0) return [];
      const orders = filled.map(([order]) => order);
      return [{ tracked: { key, generation, orders, filled: filledQty }, filled }];
    });
  }

  /**
   * Puts exits back whose entry had not filled, to it or to what it has opened since.
   * @returns whether one has its entry now
   */
  restoreWaiting(exits: readonly ExitIntent[]): boolean {
    let isBound = false;
    for (const exit of exits) {
      const hadItsTurn = this.#desk.ledger.bindings.some(
        (binding) => binding.entryId === exit.fromEntry && this.#closed.get(binding)?.has(exit.pineId),
      );
      if (hadItsTurn || this.#stands(exit)) continue;
      for (const [leg] of this.#exit(exit, 0)) isBound ||= leg.binding !== undefined;
    }
    return isBound;
  }

  #stands({ pineId, fromEntry }: ExitIntent): boolean {
    for (const leg of this.#desk.books.exits) if (leg.exitId === pineId && leg.id === fromEntry) return true;
    return false;
  }

  /**
   * Exits that have closed a part of an entry which is still open, and are no longer alive, have had their turn: a
   * script that issues them again gets no second one.
   */
  consume(kept: readonly KeptOrder[]): void {
    const { books, ledger } = this.#desk;
    const alive = new Set(kept.flatMap(({ intent }) => (intent.kind === "exit" ? [exitName(intent)] : [])));
    for (const [binding, exits] of this.#closed) {
      if (!ledger.bindings.includes(binding)) continue;
      for (const [exitId, quantity] of exits) {
        if (alive.has(exitName({ pineId: exitId, fromEntry: binding.entryId }))) continue;
        const leg = this.#leg(exitId, binding.entryId, binding, quantity, binding.quantity);
        books.place(leg);
        books.consume(leg);
      }
    }
    this.#closed.clear();
  }

  #place(intent: WantedIntent, filledQty: number, flip: number): readonly (readonly [Order, number])[] {
    if (intent.kind === "entry") return [[this.#entry(intent, flip), filledQty]];
    if (intent.kind === "close") return [[this.#close(intent), filledQty]];
    return this.#exit(intent, filledQty);
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

  /** A leg for every fill of the entry that is open, or one that waits for it. */
  #exit(intent: ExitIntent, filledQty: number): readonly (readonly [Order, number])[] {
    const { books, grid, ledger } = this.#desk;
    const bindings = ledger.bindings.filter(({ entryId }) => entryId === intent.fromEntry);
    const pending = books.pending(intent.fromEntry);
    if (bindings.length === 0 && pending === undefined) return [];
    const placed: (readonly [Order, number])[] = [];
    let [left, closed]: [number, number] = [intent.qty, filledQty];
    for (const binding of bindings.length === 0 ? [undefined] : bindings) {
      const isLast = binding === undefined || binding === bindings.at(-1);
      const bound = binding?.quantity ?? intent.qty;
      // What others have closed of an entry is none of this exit's: its part of it went to the next entry.
      const gone = binding === undefined ? 0 : grid.add(binding.quantity, -binding.remaining);
      const reach = grid.add(binding?.remaining ?? intent.qty, Math.min(closed, gone));
      const quantity = isLast ? left : Math.min(left, reach);
      const filled = Math.min(closed, quantity);
      if (!(quantity > 0)) continue;
      left = grid.add(left, -quantity);
      closed = grid.add(closed, -filled);
      const leg = this.#leg(intent.pineId, intent.fromEntry, binding, quantity, bound);
      leg.isRest = !intent.isPartialQtyBracket;
      leg.givenLimit = intent.tpPrice ?? Number.NaN;
      leg.givenStop = intent.slPrice ?? Number.NaN;
      leg.givenTrail = intent.trailPrice ?? Number.NaN;
      leg.profitTicks = intent.profitTicks ?? Number.NaN;
      leg.lossTicks = intent.lossTicks ?? Number.NaN;
      leg.trailTicks = intent.trailPointsTicks ?? Number.NaN;
      leg.trailOffset = intent.trailOffsetTicks ?? 0;
      leg.isTrailing = intent.trailPrice !== undefined || intent.trailPointsTicks !== undefined;
      resolveLevels(this.#desk, leg);
      leg.comments = {
        profit: intent.commentProfit ?? "",
        loss: intent.commentLoss ?? "",
        trailing: intent.commentTrailing ?? "",
      };
      describe(leg, intent, this.#desk.barIndex);
      books.place(leg);
      placed.push([leg, filled]);
    }
    return placed;
  }

  #leg(
    exitId: string,
    entryId: string,
    binding: Binding | undefined,
    quantity: number,
    bound: number,
  ): Order {
    const side = binding?.side ?? this.#desk.books.pending(entryId)?.side ?? 1;
    const leg = new Order("close", entryId, exitId, side > 0 ? -1 : 1, quantity);
    leg.isExit = true;
    leg.binding = binding;
    leg.reserved = quantity;
    leg.bound = bound;
    return leg;
  }
}

const exitName = ({ pineId, fromEntry }: Pick<ExitIntent, "pineId" | "fromEntry">): string =>
  `${pineId}\0${fromEntry}`;

function describe(order: Order, intent: WantedIntent, barIndex: number): void {
  order.bar = barIndex;
  order.comment = intent.comment ?? "";
  if (intent.kind === "close") return;
  order.ocaName = intent.ocaName ?? "";
  order.ocaType = intent.ocaType ?? "none";
}
