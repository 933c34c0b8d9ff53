import type { PositionLeg } from "../../../api/broker/position.ts";
import { plus } from "../book/quantity.ts";
import type { Lot, OrderRecord } from "../state.ts";

/** What an order has opened, and is still open of it. */
interface Opened {
  readonly clientOrderId: string;
  readonly side: Lot["side"];
  qty: number;
  readonly openedMs: number;
}

/** A venue's clock and the time of an execution may differ by so much, ms. */
const sameTimeMs = 5_000;

/** The venue's positions as they were read. */
export interface LegsRead {
  readonly legs: readonly PositionLeg[];
  /** They were asked for after the newest fill was known: one of ours that is open is among them. */
  readonly isFresh: boolean;
  /** Positions that are known to be somebody else's. */
  readonly foreign: readonly string[];
}

/**
 * Gives lots the venue's positions behind them. A position that names the order it came from is that order's;
 * otherwise it is the only one of its side, size and time that nobody has. What fits twice is left for the next look,
 * and what was there before is never a candidate: a position that is somebody else's must not be closed as ours.
 */
export function assignLegs(
  lots: readonly Lot[],
  { legs, isFresh, foreign }: LegsRead,
  orders: ReadonlyMap<string, OrderRecord>,
): readonly Lot[] {
  if (lots.every(({ legId }) => legId !== undefined)) return lots;
  const unheld = unheldLegs(lots, legs);
  const free = unheld.filter(({ legId }) => !foreign.includes(legId));
  // What an order fills later grows the position that it has opened.
  const found = new Map<string, string>();
  for (const { clientOrderId, legId } of lots)
    if (legId !== undefined && legs.some((leg) => leg.legId === legId)) found.set(clientOrderId, legId);
  const opened = openedBy(lots.filter(({ legId }) => legId === undefined));
  for (const one of opened) {
    if (found.has(one.clientOrderId)) continue;
    // Its name says whose it is, whatever it was taken for before its fill was told.
    const named = unheld.find(({ legId }) => legId === orders.get(one.clientOrderId)?.exchangeId);
    const leg = named ?? (isFresh ? onlyFit(one, opened, free) : undefined);
    if (leg !== undefined) found.set(one.clientOrderId, leg.legId);
  }
  if (!lots.some(({ legId, clientOrderId }) => legId === undefined && found.has(clientOrderId))) return lots;
  return lots.map((lot) => {
    const legId = lot.legId ?? found.get(lot.clientOrderId);
    return legId === undefined || legId === lot.legId ? lot : { ...lot, legId };
  });
}

/** The venue's positions that are behind none of these lots. */
export function unheldLegs(lots: readonly Lot[], legs: readonly PositionLeg[]): readonly PositionLeg[] {
  const held = new Set(lots.map(({ legId }) => legId));
  return legs.filter(({ legId }) => !held.has(legId));
}

function openedBy(lots: readonly Lot[]): readonly Opened[] {
  const byOrder = new Map<string, Opened>();
  for (const { clientOrderId, side, qty, timeMs } of lots) {
    const known = byOrder.get(clientOrderId);
    if (known === undefined) byOrder.set(clientOrderId, { clientOrderId, side, qty, openedMs: timeMs });
    else known.qty = plus(known.qty, qty);
  }
  return [...byOrder.values()];
}

function onlyFit(own: Opened, all: readonly Opened[], free: readonly PositionLeg[]): PositionLeg | undefined {
  const fits = free.filter((leg) => isFit(own, leg));
  const [leg] = fits;
  if (leg === undefined || fits.length > 1) return undefined;
  return all.filter((other) => isFit(other, leg)).length === 1 ? leg : undefined;
}

const isFit = (own: Opened, leg: PositionLeg): boolean =>
  leg.side === own.side && leg.qty === own.qty && Math.abs(leg.openTime * 1000 - own.openedMs) <= sameTimeMs;
