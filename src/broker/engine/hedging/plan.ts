import type { Side } from "../../../api/broker/orders.ts";
import { decimalProduct } from "../../../kernel/decimal.ts";
import { minus, plus } from "../book/quantity.ts";
import type { Lot } from "../state.ts";

/** A part of a close: so much of one of the venue's positions. */
export interface Slice {
  readonly legId: string;
  readonly entryId: string;
  readonly qty: number;
}

export type ClosePlan =
  | { readonly is: "slices"; readonly slices: readonly Slice[] }
  /** The venue's position behind a lot is not known yet. */
  | { readonly is: "unknown_leg" }
  /** It would take a part of a position, and the venue closes whole ones only. */
  | { readonly is: "part_of_leg"; readonly legId: string };

/** Noise of a division by the step, in steps. */
const noise = 1e-6;

/**
 * Which of the venue's positions a close takes, and how much of each: oldest lot first, of one entry or of all.
 * Quantities are cut to the venue's steps over the running total, so that what is too small in one position is taken
 * from the next and the sum never exceeds what was asked for.
 */
export function planClose(
  lots: readonly Lot[],
  close: { readonly side: Side; readonly qty: number; readonly entryId: string | null },
  step: number,
  closesPartly: boolean,
): ClosePlan {
  const byLeg = new Map<string, { entryId: string; qty: number; whole: number }>();
  let left = close.qty;
  for (const lot of lots) {
    if (lot.side === close.side) continue;
    const known = lot.legId === undefined ? undefined : byLeg.get(lot.legId);
    const isMeant = close.entryId === null || lot.entryId === close.entryId;
    if (!isMeant || !(left > 0)) {
      if (known !== undefined) known.whole = plus(known.whole, lot.qty);
      continue;
    }
    if (lot.legId === undefined) return { is: "unknown_leg" };
    const part = Math.min(left, lot.qty);
    left = minus(left, part);
    if (known === undefined) byLeg.set(lot.legId, { entryId: lot.entryId, qty: part, whole: lot.qty });
    else {
      known.qty = plus(known.qty, part);
      known.whole = plus(known.whole, lot.qty);
    }
  }
  const slices: Slice[] = [];
  let total = 0;
  let steps = 0;
  for (const [legId, { entryId, qty, whole }] of byLeg) {
    total = plus(total, qty);
    const upTo = Math.floor(total / step + noise);
    const cut = decimalProduct(upTo - steps, step);
    if (!(cut > 0)) continue;
    if (!closesPartly && cut < whole) return { is: "part_of_leg", legId };
    steps = upTo;
    slices.push({ legId, entryId, qty: cut });
  }
  return { is: "slices", slices };
}
