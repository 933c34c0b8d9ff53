import type { Desk } from "../../runtime/strategy/desk.ts";
import type { Lot } from "../engine/state.ts";

/** What the script's book and the engine's lots differ by, entry by entry. */

/** A part of a difference. */
export interface Part<Of> {
  readonly of: Of;
  readonly qty: number;
}

/** What the script's book has too much: of the entries of which the engine has less, and then of the oldest (`null`). */
export function surplusParts(desk: Desk, lots: readonly Lot[], surplus: number): Part<string | null>[] {
  const { grid, ledger } = desk;
  const parts: Part<string | null>[] = [];
  let left = surplus;
  for (const of of new Set(ledger.bindings.map(({ entryId }) => entryId))) {
    const qty = Math.min(left, -excess(desk, lots, of));
    if (!(qty > 0) || grid.isDust(qty)) continue;
    parts.push({ of, qty });
    left = grid.add(left, -qty);
  }
  if (left > 0 && !(parts.length > 0 && grid.isDust(left))) parts.push({ of: null, qty: left });
  return parts;
}

/** What it has too little: of the entries of which the engine has more, and then of whichever is the newest. */
export function missingParts(desk: Desk, lots: readonly Lot[], missing: number): Part<Lot>[] {
  const { grid } = desk;
  const parts: Part<Lot>[] = [];
  let left = missing;
  const take = (lot: Lot, most: number): void => {
    const qty = Math.min(left, lot.qty, most);
    if (!(qty > 0)) return;
    parts.push({ of: lot, qty });
    left = grid.add(left, -qty);
  };
  const taken = (isMeant: (lot: Lot) => boolean): number =>
    parts.reduce((sum, { of, qty }) => (isMeant(of) ? grid.add(sum, qty) : sum), 0);
  for (const lot of lots.toReversed()) {
    const ofEntry = taken(({ entryId }) => entryId === lot.entryId);
    take(lot, grid.add(excess(desk, lots, lot.entryId), -ofEntry));
  }
  for (const lot of lots.toReversed()) take(lot, grid.add(lot.qty, -taken((one) => one === lot)));
  return parts;
}

/** What the engine has more of an entry than the script's book. */
function excess({ grid, ledger }: Desk, lots: readonly Lot[], entryId: string): number {
  let qty = 0;
  for (const lot of lots) if (lot.entryId === entryId) qty = grid.add(qty, lot.qty);
  for (const binding of ledger.bindings)
    if (binding.entryId === entryId) qty = grid.add(qty, -binding.remaining);
  return qty;
}
