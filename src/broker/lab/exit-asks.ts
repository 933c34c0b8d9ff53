import { keySeparator } from "../engine/desired.ts";

/** The most that a script has asked for under the name of an exit, of one entry. */
export interface ExitAsk {
  /** Contracts, and a percentage; 0: it never asked by that. */
  qty: number;
  percent: number;
  /** It has asked for whatever there is. */
  isAll: boolean;
  /** How often it has taken the exit back, and could ask for all of it again. */
  rounds: number;
}

/** What a script has asked its exits to take of its entries, as the lab itself has heard it. */
export class ExitAsks {
  /** By exit id and entry id. */
  readonly #asks = new Map<string, ExitAsk>();
  /** Quantities that an entry was ever asked for with. */
  readonly #sizes = new Map<string, Set<number>>();
  /** Entries that the script has taken back, and of which something may be open. */
  readonly #takenBack = new Set<string>();

  entry(id: string, qty: number): void {
    this.#takenBack.delete(id);
    this.#sizes.set(id, (this.#sizes.get(id) ?? new Set<number>()).add(qty));
  }

  /**
   * Contracts of which percentages are taken. Those that were asked for stay as they are when the entry becomes smaller
   * without them: of an entry that has changed it may be its largest size.
   */
  baseOf(entryId: string, opened: number): number {
    const sizes = this.#sizes.get(entryId) ?? new Set<number>();
    return sizes.size > 1 ? Math.max(opened, ...sizes) : opened;
  }

  ask(exitId: string, entryId: string, qty: number | undefined, percent: number | undefined): void {
    const ask = this.of(exitId, entryId) ?? { qty: 0, percent: 0, isAll: false, rounds: 1 };
    if (qty !== undefined) ask.qty = Math.max(ask.qty, qty);
    else if (percent !== undefined) ask.percent = Math.max(ask.percent, percent);
    else ask.isAll = true;
    this.#asks.set(`${exitId}${keySeparator}${entryId}`, ask);
  }

  /** The script takes exits back. @param id of one; absent: all */
  cancel(id?: string): void {
    for (const [name, ask] of this.#asks)
      if (id === undefined || name.startsWith(`${id}${keySeparator}`)) ask.rounds++;
  }

  /** The script takes entries back. @param id of one; absent: all */
  takeBack(id?: string): void {
    for (const entryId of id === undefined ? this.#sizes.keys() : [id]) this.#takenBack.add(entryId);
  }

  /**
   * The exits of an entry that was taken back leave the script's book with the last of what it had opened: what it fills
   * all the same, because its cancel came too late, is new to them.
   * @param isOpen whether something of an entry is open
   */
  leave(isOpen: (entryId: string) => boolean): void {
    for (const entryId of this.#takenBack) {
      if (isOpen(entryId)) continue;
      this.#takenBack.delete(entryId);
      for (const [name, ask] of this.#asks) if (name.endsWith(`${keySeparator}${entryId}`)) ask.rounds++;
    }
  }

  of(exitId: string, entryId: string): ExitAsk | undefined {
    return this.#asks.get(`${exitId}${keySeparator}${entryId}`);
  }
}

/** The exit that an order is for: one of its legs, or the close of a leg that the engine has watched. */
export function exitOf(key: string): { readonly exitId: string; readonly entryId: string } | null {
  const [kind, ...ids] = key.split(keySeparator);
  if (kind === "x") return { exitId: ids[0] ?? "", entryId: ids[1] ?? "" };
  if (kind !== "c" || ids[0] !== "partial_trigger") return null;
  return { exitId: ids[1]?.replace("__pyne_partial_trigger__", "") ?? "", entryId: ids[2] ?? "" };
}
