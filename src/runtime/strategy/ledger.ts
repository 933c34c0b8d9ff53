import type { Grid } from "../../kernel/grid.ts";
import type { Side } from "../../kernel/price-path.ts";
import type { Binding, Order } from "./order.ts";

/**
 * Which entry every exit belongs to: one binding for each entry fill, oldest first. This is a second view of the
 * position beside the trades. Trades are consumed first in, first out, whatever closes them; a binding by the exit
 * that belongs to it. The two must not be merged.
 */
export class Ledger {
  readonly bindings: Binding[] = [];
  /** Whether a binding that has nothing left stays, because a venue has more of it to fill; absent: none does. */
  keeps: ((binding: Binding) => boolean) | undefined = undefined;
  readonly #grid: Grid;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  open(entryId: string, side: Side, quantity: number, entryPrice: number, openedByExit: boolean): Binding {
    const binding: Binding = {
      entryId,
      side,
      quantity,
      whole: quantity,
      generation: undefined,
      remaining: quantity,
      entryPrice,
      openedByExit,
      legs: [],
    };
    this.bindings.push(binding);
    return binding;
  }

  /** Nothing is open any more. */
  clear(): void {
    const { bindings, keeps } = this;
    if (keeps === undefined) {
      bindings.length = 0;
      return;
    }
    const kept = bindings.filter(keeps);
    for (const binding of kept) binding.remaining = 0;
    bindings.splice(0, bindings.length, ...kept);
  }

  /** Whether an entry with this id is open. */
  has(entryId: string): boolean {
    for (const binding of this.bindings) if (binding.entryId === entryId) return true;
    return false;
  }

  /** Open contracts of an entry. */
  quantityOf(entryId: string): number {
    let quantity = 0;
    for (const { entryId: id, remaining } of this.bindings)
      if (id === entryId) quantity = this.#grid.add(quantity, remaining);
    return quantity;
  }

  /**
   * Takes closed contracts off: of the binding of an exit's leg, of the entry that a close names, and beyond that of
   * the oldest.
   * @param onSpent told of every binding that has nothing left
   */
  settle(order: Order, quantity: number, onSpent: (binding: Binding) => void): void {
    let left = quantity;
    if (order.binding !== undefined) left = this.#take(order.binding, left, onSpent);
    else if (order.kind === "close" && order.id !== null) left = this.#takeAll(order.id, left, onSpent);
    if (left > 0) this.#takeAll(undefined, left, onSpent);
  }

  #takeAll(entryId: string | undefined, quantity: number, onSpent: (binding: Binding) => void): number {
    let left = quantity;
    for (let index = 0; index < this.bindings.length && left > 0;) {
      const binding = this.bindings[index]!;
      if (entryId === undefined || binding.entryId === entryId) left = this.#take(binding, left, onSpent);
      if (this.bindings[index] === binding) index++;
    }
    return left;
  }

  #take(binding: Binding, quantity: number, onSpent: (binding: Binding) => void): number {
    const part = Math.min(quantity, binding.remaining);
    binding.remaining = this.#grid.held(this.#grid.add(binding.remaining, -part));
    if (this.#grid.isDust(binding.remaining) && this.keeps?.(binding) !== true) {
      const index = this.bindings.indexOf(binding);
      if (index >= 0) {
        this.bindings.splice(index, 1);
        onSpent(binding);
      }
    }
    return this.#grid.add(quantity, -part);
  }
}
