import type { Desk } from "../../runtime/strategy/desk.ts";
import type { Order } from "../../runtime/strategy/order.ts";

/**
 * Exits that wait for an entry, or take parts of what it fills, when that entry has become smaller without the script:
 * percentages are of its new size, contracts are no more than there will be, and what others leave is less. In a backtest
 * there is no such thing.
 *
 * @param size contracts of the entry, without those that only turn a position around
 * @param filledOf contracts that an exit has filled: it is never smaller
 */
export function shrinkExits(
  desk: Desk,
  entry: Order,
  { before, now }: { readonly before: number; readonly now: number },
  filledOf: (leg: Order) => number,
): void {
  const { books, grid } = desk;
  if (!(now < before)) return;
  const filling = desk.fillingOf?.(entry)?.binding;
  const legs = [...(filling?.legs ?? books.waiting)].filter(
    ({ id, isLive, isConsumed }) => id === entry.id && isLive && !isConsumed,
  );
  let left = now;
  for (const isRest of [false, true])
    for (const leg of legs) {
      if (leg.isRest !== isRest) continue;
      const share = leg.isShare ? grid.lotTolerant((leg.quantity * now) / before) : leg.quantity;
      leg.quantity = leg.reserved = Math.max(Math.min(isRest ? left : share, left), filledOf(leg));
      leg.bound = now;
      left = Math.max(0, grid.add(left, -leg.quantity));
      if (!(leg.quantity > 0)) desk.cancel(leg);
    }
}
