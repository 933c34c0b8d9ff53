import type { Side } from "../../../api/broker/orders.ts";
import { keySeparator } from "../desired.ts";
import type { Fill } from "../fill.ts";
import type { EngineRules, GivenUp, Lot, OrderRecord, PositionBook, Taken } from "../state.ts";
import { minus, onGrid, plus } from "./quantity.ts";

/** What a fill did to the position. */
export interface Booked {
  readonly book: PositionBook;
  /** Quantity taken from lots of the other side. */
  readonly closedQty: number;
  /** Quantity of the lot it opened. */
  readonly openedQty: number;
  /** What entries that were told before an exit, and came after it, are given back: by their ids. */
  readonly givenBack: ReadonlyMap<string, number>;
  /** What an exit filled beyond the position: it opens nothing, and waits for the entry that it has closed. */
  readonly excessQty: number;
}

/** Fills that are remembered because others may belong before them. */
const remembered = 16;

/** 1 for a buy, −1 for a sell. */
export function signOf(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

export function opposite(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

/** Whether the position is the coin itself, and no contract about it. */
export function ownsCoin({ isSpot, capabilities }: Pick<EngineRules, "isSpot" | "capabilities">): boolean {
  return isSpot || capabilities.shortSelling === "unsupported";
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
  if (!ownsCoin(rules) || fill.feeCurrency !== rules.baseCurrency || !(fill.fee > 0)) return qty;
  return fill.side === "buy" ? Math.max(0, minus(qty, fill.fee)) : plus(qty, fill.fee);
}

/**
 * Books a fill. It takes from lots of the other side first: from those of the entry it names, then from the oldest.
 * What is left over opens a lot when it is an entry's; only an entry may turn the position around. Fees are shared by
 * quantity.
 *
 * Venues do not always tell fills in their order. An exit that finds nothing to close was before an entry that has
 * closed it instead, and that is undone; or it was after an entry that has still to be told, and meets it then.
 *
 * @param order whose fill it is, as far as it is known. The venue's position that it closes, where there is one for each
 *   order, goes before all others; what the book had given up after it was sent goes before those. An entry has closed
 *   what was given up when it was executed before that: it is part of what the venue said then.
 */
export function takeFill(book: PositionBook, fill: Fill, qty: number, order?: FilledOrder): Booked {
  const isEntry = fill.legType === "entry";
  const sinceMs = isEntry ? fill.timeMs : (order?.createdMs ?? fill.timeMs);
  const { givenUp, left } = explain(book.givenUp ?? [], fill, qty, sinceMs, order?.legId);
  if (left === qty) return isEntry ? takeEntry(book, fill, qty) : takeExit(book, fill, qty, order?.legId);
  const { givenUp: _, ...rest } = book;
  const known: PositionBook = givenUp.length === 0 ? rest : { ...rest, givenUp };
  const rested = { ...fill, fee: fill.fee * (left / qty) };
  if (left > 0) return isEntry ? takeEntry(known, rested, left) : takeExit(known, rested, left, order?.legId);
  return { book: known, closedQty: 0, openedQty: 0, givenBack: new Map(), excessQty: 0 };
}

type FilledOrder = Pick<OrderRecord, "createdMs" | "legId">;

/** The position is no more, and no fill says why. */
export function giveUpBook(book: PositionBook, atMs: number): PositionBook {
  return giveUpLots(book, new Set(book.lots), atMs);
}

/** Some of it is no more, and no fill says why. What the fills of before have to do with each other is forgotten. */
export function giveUpLots(
  { lots, givenUp = [] }: PositionBook,
  gone: ReadonlySet<Lot>,
  atMs: number,
): PositionBook {
  const now = lots
    .filter((lot) => gone.has(lot))
    .map(({ side, qty, legId }): GivenUp => ({ side, qty, atMs, ...(legId === undefined ? {} : { legId }) }));
  const left = lots.filter((lot) => !gone.has(lot));
  return { size: sizeOf(left), lots: left, givenUp: [...givenUp, ...now].slice(-remembered) };
}

/** So much of its oldest lots is no more, and no fill says why. */
export function giveUpQty({ lots, givenUp = [] }: PositionBook, atMs: number, qty: number): PositionBook {
  const left = [...lots];
  const { taken } = consume(left, qty, () => true);
  const isPart = left.length > 0 ? { isPart: true as const } : {};
  const now = taken.map((lot): GivenUp => ({ side: lot.side, qty: lot.qty, atMs, ...isPart }));
  return { size: sizeOf(left), lots: left, givenUp: [...givenUp, ...now].slice(-remembered) };
}

/** What had left the book before a fill came has been closed by it, when the fill's time, or its order's, is the older. */
function explain(
  givenUp: readonly GivenUp[],
  { side, timeMs }: Fill,
  qty: number,
  sentMs: number,
  legId: string | undefined,
): { readonly givenUp: readonly GivenUp[]; readonly left: number } {
  let left = qty;
  const rest: GivenUp[] = [];
  for (const one of givenUp) {
    const isOlder = (one.isPart === true ? timeMs : sentMs) <= one.atMs;
    const isIts = one.side !== side && isOlder && (one.legId === undefined || one.legId === legId);
    const part = isIts ? Math.min(left, one.qty) : 0;
    left = minus(left, part);
    if (part < one.qty) rest.push(part === 0 ? one : { ...one, qty: minus(one.qty, part) });
  }
  return { givenUp: rest, left };
}

/**
 * Books the fill of an entry where orders do not meet: its position stands beside one on the other side. What an order
 * fills while something of it is open makes that position larger.
 */
export function openBeside(book: PositionBook, fill: Fill, qty: number): Booked {
  const before = book.lots.find(
    ({ clientOrderId, legId }) => clientOrderId === fill.clientOrderId && legId !== undefined,
  );
  // What closed it has been told before it.
  const early = [...(book.early ?? [])];
  const met = consume(early, qty, ({ side, entryId }) => side !== fill.side && entryId === fill.pineId);
  const lots = [...book.lots];
  if (met.left > 0) {
    const lot = lotOf(fill, fill.pineId, met.left, qty);
    lots.push(before?.legId === undefined ? lot : { ...lot, legId: before.legId });
  }
  return {
    book: bookOf(book, lots, book.taken ?? [], early),
    closedQty: 0,
    openedQty: met.left,
    givenBack: new Map(),
    excessQty: 0,
  };
}

function takeEntry(book: PositionBook, fill: Fill, qty: number): Booked {
  const lots = [...book.lots];
  const early = [...(book.early ?? [])];
  const meets = (lot: Lot): boolean =>
    lot.side !== fill.side && (lot.entryId === fill.pineId || lot.entryId === "");
  const met = consume(early, qty, meets);
  const closed = consume(lots, met.left, (lot) => lot.side !== fill.side);
  const taken = [...(book.taken ?? [])];
  for (const lot of closed.taken) taken.push({ opened: lotOf(fill, fill.pineId, lot.qty, qty), closed: lot });
  if (closed.left > 0) lots.push(lotOf(fill, fill.pineId, closed.left, qty));
  return {
    book: bookOf(book, lots, taken, early),
    closedQty: minus(met.left, closed.left),
    openedQty: closed.left,
    givenBack: new Map(),
    excessQty: 0,
  };
}

function takeExit(book: PositionBook, fill: Fill, qty: number, legId?: string): Booked {
  const lots = [...book.lots];
  const { fromEntry, side } = fill;
  const leg = consume(lots, qty, (lot) => lot.side !== side && legId !== undefined && lot.legId === legId);
  const own = consume(lots, leg.left, (lot) => lot.side !== side && lot.entryId === fromEntry);
  const closed = consume(lots, own.left, (lot) => lot.side !== side);
  const taken = [...(book.taken ?? [])];
  const givenBack = new Map<string, number>();
  let left = undo(taken, lots, closed.left, fill, givenBack, (pair) => pair.closed.entryId === fromEntry);
  left = undo(taken, lots, left, fill, givenBack, () => true);
  const early = [...(book.early ?? [])];
  const excess = left > 0 ? lotOf(fill, fromEntry ?? "", left, qty) : null;
  const isExplained = excess !== null && enlarge(lots, excess);
  if (excess !== null && !isExplained) early.push(excess);
  return {
    book: bookOf(book, lots, taken, early),
    closedQty: minus(qty, closed.left),
    openedQty: 0,
    givenBack,
    excessQty: isExplained ? 0 : left,
  };
}

/** Size of the position when every fill counts, those of exits that wait for their entries included. */
export function sizeOfFills({ size, early }: PositionBook): number {
  return early === undefined ? size : plus(size, sizeOf(early));
}

/**
 * Exits that wait for an entry have closed what is open, or what another entry seemed to have closed: the venue's
 * position says so.
 */
export function settleEarly(book: PositionBook): Pick<Booked, "book" | "givenBack"> {
  const lots = [...book.lots];
  const taken = [...(book.taken ?? [])];
  const early: Lot[] = [];
  const givenBack = new Map<string, number>();
  for (const lot of book.early ?? []) {
    const closed = consume(lots, lot.qty, ({ side }) => side !== lot.side);
    const left = undo(taken, lots, closed.left, lot, givenBack, () => true);
    const rest = partOf(lot, left);
    if (left > 0 && !enlarge(lots, rest)) early.push(rest);
  }
  return { book: bookOf(book, lots, taken, early), givenBack };
}

function bookOf(
  { givenUp }: PositionBook,
  lots: readonly Lot[],
  taken: readonly Taken[],
  early: readonly Lot[],
): PositionBook {
  return {
    size: sizeOf(lots),
    lots,
    ...(givenUp === undefined ? {} : { givenUp }),
    ...(taken.length === 0 ? {} : { taken: taken.slice(-remembered) }),
    ...(early.length === 0 ? {} : { early: early.slice(-remembered) }),
  };
}

function lotOf(fill: Fill, entryId: string, qty: number, whole: number): Lot {
  return {
    entryId,
    side: fill.side,
    qty,
    price: fill.price,
    timeMs: fill.timeMs,
    fillId: fill.fillId,
    clientOrderId: fill.clientOrderId,
    fee: fill.fee * (qty / whole),
    ...(fill.intentKey.startsWith(`b${keySeparator}`) ? { isAfterStop: true as const } : {}),
  };
}

/** A part of a lot, with its share of the fee. */
function partOf(lot: Lot, qty: number): Lot {
  return qty === lot.qty ? lot : { ...lot, qty, fee: lot.fee * (qty / lot.qty) };
}

/** Takes a quantity off the lots that are meant, in their order; what is empty leaves the list. */
function consume(
  lots: Lot[],
  qty: number,
  isMeant: (lot: Lot) => boolean,
): { readonly left: number; readonly taken: readonly Lot[] } {
  const taken: Lot[] = [];
  let left = qty;
  for (let index = 0; index < lots.length && left > 0;) {
    const lot = lots[index]!;
    if (!isMeant(lot)) {
      index++;
      continue;
    }
    const part = Math.min(left, lot.qty);
    const rest = minus(lot.qty, part);
    left = minus(left, part);
    taken.push(partOf(lot, part));
    if (rest > 0) lots[index++] = partOf(lot, rest);
    else lots.splice(index, 1);
  }
  return { left, taken };
}

/**
 * The exit has closed what an entry seemed to, the newest first: whichever of the two is on the exit's side is open
 * after all. @returns what of the exit is still unexplained
 */
function undo(
  taken: Taken[],
  lots: Lot[],
  qty: number,
  { side }: Pick<Fill, "side">,
  givenBack: Map<string, number>,
  isMeant: (pair: Taken) => boolean,
): number {
  let left = qty;
  for (let index = taken.length - 1; index >= 0 && left > 0; index--) {
    const pair = taken[index]!;
    if (!isMeant(pair)) continue;
    const part = Math.min(left, pair.opened.qty);
    const rest = minus(pair.opened.qty, part);
    left = minus(left, part);
    reopen(lots, partOf(pair.opened.side === side ? pair.opened : pair.closed, part));
    const { entryId } = pair.opened;
    givenBack.set(entryId, plus(givenBack.get(entryId) ?? 0, part));
    if (rest > 0) taken[index] = { opened: partOf(pair.opened, rest), closed: partOf(pair.closed, rest) };
    else taken.splice(index, 1);
  }
  return left;
}

/** Opens what has not been closed after all: with the rest of its lot, if there is one. */
function reopen(lots: Lot[], lot: Lot): void {
  const index = lots.findIndex(({ fillId }) => fillId === lot.fillId);
  const before = lots[index];
  if (before === undefined) lots.push(lot);
  else lots[index] = { ...before, qty: plus(before.qty, lot.qty), fee: before.fee + lot.fee };
}

/**
 * Where the position is on the exit's own side already, the fills are in the book in another order than they happened:
 * the newest lot is that much larger. @returns false when there is none
 */
function enlarge(lots: Lot[], excess: Lot): boolean {
  const index = lots.findLastIndex((lot) => lot.side === excess.side);
  const lot = lots[index];
  if (lot === undefined) return false;
  lots[index] = { ...lot, qty: plus(lot.qty, excess.qty), fee: lot.fee + excess.fee };
  return true;
}

/** Signed. */
export function sizeOf(lots: readonly Lot[]): number {
  return lots.reduce((size, lot) => plus(size, signOf(lot.side) * lot.qty), 0);
}

/** What is open of an entry and would be closed by an order of this side. `null`: of all entries. */
export function openQty(book: PositionBook, entryId: string | null, closingSide: Side): number {
  let qty = 0;
  for (const lot of book.lots)
    if (lot.side !== closingSide && (entryId === null || lot.entryId === entryId)) qty = plus(qty, lot.qty);
  return qty;
}

/**
 * The side on which the script wants to be. Positions on both sides are no net position: an order that rested turned the
 * position around, or two met on their way. The newest says it; what stands against it is closed.
 */
export function sideMeant({ lots }: Pick<PositionBook, "lots">): Side | undefined {
  return lots.at(-1)?.side;
}

/** Signed size of the position without what stands against the newest. */
export function sizeMeant({ lots }: Pick<PositionBook, "lots">): number {
  const side = sideMeant({ lots });
  return sizeOf(lots.filter((lot) => lot.side === side));
}

/** Whether an order of this side would meet a position of the other. */
export function isAgainst(book: PositionBook, side: Side): boolean {
  return book.size * signOf(side) < 0;
}

/**
 * Orders that opened what is open on this side: partial fills of one order are one entry, and so is an order with the
 * market order that completed it.
 */
export function openEntries(book: PositionBook, side: Side): ReadonlySet<string> {
  const own = book.lots.filter((lot) => lot.side === side);
  const isCounted = (lot: Lot): boolean =>
    lot.isAfterStop !== true ||
    !own.some((other) => other.entryId === lot.entryId && other.isAfterStop !== true);
  return new Set(own.filter(isCounted).map((lot) => lot.clientOrderId));
}
