import type { Desk } from "./desk.ts";
import type { Binding, Order } from "./order.ts";

/** Legs of exits and the entry they belong to: levels that are counted in ticks from its price. */

/** Gives the legs that waited for an entry to the fill that opened it. */
export function bindWaitingLegs(desk: Desk, binding: Binding): void {
  const { waiting } = desk.books;
  for (let index = 0; index < waiting.length;) {
    const leg = waiting[index]!;
    if (leg.id !== binding.entryId || leg.isConsumed) {
      index++;
      continue;
    }
    waiting.splice(index, 1);
    leg.binding = binding;
    leg.side = binding.side > 0 ? -1 : 1;
    binding.legs.push(leg);
    if (leg.isUnnamed) {
      leg.isUnnamed = false;
      desk.books.unnamed--;
    }
    resolveLevels(desk, leg);
    // An open that has jumped over it has it in the queue already.
    if (!leg.isMarket) desk.books.index(leg);
  }
}

/**
 * Sets a leg's levels: what was given as a price, and what the entry's price makes of ticks. Of two the one that the
 * price meets first counts, or in the older language the price.
 */
export function resolveLevels(desk: Desk, leg: Order): void {
  const { binding, profitTicks, lossTicks, trailTicks } = leg;
  leg.limit = leg.givenLimit;
  leg.stop = leg.givenStop;
  leg.trailPrice = leg.givenTrail;
  if (binding === undefined) return;
  const { grid, prefersPrices } = desk;
  const direction = binding.side;
  const tick = direction * grid.mintick;
  if (profitTicks === profitTicks) {
    const level = grid.levelSnap(binding.entryPrice + tick * profitTicks, direction);
    leg.limit = nearer(leg.limit, level, direction, prefersPrices);
  }
  if (lossTicks === lossTicks) {
    const level = grid.levelSnap(binding.entryPrice - tick * lossTicks, direction > 0 ? -1 : 1);
    leg.stop = nearer(leg.stop, level, direction > 0 ? -1 : 1, prefersPrices);
  }
  if (trailTicks === trailTicks) {
    const level = grid.levelSnap(binding.entryPrice + tick * trailTicks, direction);
    leg.trailPrice = nearer(leg.trailPrice, level, direction, prefersPrices);
  }
}

/** @param away 1 when a nearer level is a lower one */
function nearer(given: number, ticks: number, away: 1 | -1, prefersPrices: boolean): number {
  if (given !== given) return ticks;
  if (prefersPrices) return given;
  return away > 0 ? Math.min(given, ticks) : Math.max(given, ticks);
}
