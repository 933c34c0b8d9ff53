import type { Side } from "../../../api/broker/orders.ts";
import type { Fill } from "../fill.ts";
import type { EngineRules, Lot, PositionBook } from "../state.ts";
import { minus, onGrid, plus } from "./quantity.ts";

/** What a fill did to the position. */
export interface Booked {
  readonly book: PositionBook;
  /** Quantity taken from lots of the other side. */
  readonly closedQty: number;
  /** Quantity of the lot it opened. */
  readonly openedQty: number;
  /** What an exit filled beyond the position: it opens nothing. */
  readonly excessQty: number;
}

/** 1 for a buy, −1 for a sell. */
export function signOf(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

export function opposite(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

/**
 * What of a fill reaches the position, on the grid of quantities. Where the position is the coin itself, a fee that is
 * taken in it makes a buy smaller and a sell larger; where it is a contract, a fee in coin is money.
 */
export function netQty(
  fill: Pick<Fill, "qty" | "side" | "fee" | "feeCurrency">,
  rules: Pick<EngineRules, "baseCurrency" | "qtyStep" | "isSpot" | "capabilities">,
): number {
  const qty = onGrid(fill.qty, rules.qtyStep);
  const ownsCoin = rules.isSpot || rules.capabilities.shortSelling === "unsupported";
  if (!ownsCoin || fill.feeCurrency !== rules.baseCurrency || !(fill.fee > 0)) return qty;
  return fill.side === "buy" ? Math.max(0, minus(qty, fill.fee)) : plus(qty, fill.fee);
}

/**
 * Books a fill. It takes from lots of the other side first: from those of the entry it names, then from the oldest.
 * What is left over opens a lot when it is an entry's; only an entry may turn the position around. Fees are shared by
 * quantity.
 */
export function takeFill(book: PositionBook, fill: Fill, qty: number): Booked {
  const lots: (Lot | null)[] = [...book.lots];
  let left = qty;
  const consume = (isMeant: (lot: Lot) => boolean): void => {
    for (let index = 0; index < lots.length && left > 0; index++) {
      const lot = lots[index];
      if (lot === null || lot === undefined || lot.side === fill.side || !isMeant(lot)) continue;
      const part = Math.min(left, lot.qty);
      const rest = minus(lot.qty, part);
      lots[index] = rest > 0 ? { ...lot, qty: rest, fee: lot.fee * (rest / lot.qty) } : null;
      left = minus(left, part);
    }
  };
  if (fill.legType !== "entry" && fill.fromEntry !== null) consume((lot) => lot.entryId === fill.fromEntry);
  consume(() => true);
  const closedQty = minus(qty, left);
  const kept = lots.filter((lot) => lot !== null);
  const opens = fill.legType === "entry" && left > 0;
  if (opens)
    kept.push({
      entryId: fill.pineId,
      side: fill.side,
      qty: left,
      price: fill.price,
      timeMs: fill.timeMs,
      fillId: fill.fillId,
      clientOrderId: fill.clientOrderId,
      fee: fill.fee * (left / qty),
    });
  return {
    book: { size: sizeOf(kept), lots: kept },
    closedQty,
    openedQty: opens ? left : 0,
    excessQty: opens ? 0 : left,
  };
}

function sizeOf(lots: readonly Lot[]): number {
  return lots.reduce((size, lot) => plus(size, signOf(lot.side) * lot.qty), 0);
}

/** What is open of an entry and would be closed by an order of this side. `null`: of all entries. */
export function openQty(book: PositionBook, entryId: string | null, closingSide: Side): number {
  let qty = 0;
  for (const lot of book.lots)
    if (lot.side !== closingSide && (entryId === null || lot.entryId === entryId)) qty = plus(qty, lot.qty);
  return qty;
}

/** Whether an order of this side would meet a position of the other. */
export function isAgainst(book: PositionBook, side: Side): boolean {
  return book.size * signOf(side) < 0;
}

/** Orders that opened what is open on this side: partial fills of one order are one entry. */
export function openEntries(book: PositionBook, side: Side): ReadonlySet<string> {
  return new Set(book.lots.filter((lot) => lot.side === side).map((lot) => lot.clientOrderId));
}
