import type { Grid } from "../../kernel/grid.ts";
import type { Binding, Order } from "../../runtime/strategy/order.ts";

/**
 * What exits take of an entry that is not all there, because its order is still filling or has ended before it had
 * filled. In a backtest entries fill at once, and exits reserve their parts of the whole. Here the contracts that there
 * are go around as if they were the whole: a number of contracts as it is, a percentage of what has filled, what others
 * leave, in the order of the exits' placement and never more than the script asked for. Together they take no more than
 * there is.
 *
 * Percentages are rounded together: two halves of one contract that cannot be halved are one contract, not none, so that
 * nothing is left without its exit by rounding alone.
 */
export function sharesOf(
  binding: Binding,
  grid: Grid,
  filledOf: (leg: Order) => number,
): ReadonlyMap<Order, number> {
  const shares = new Map<Order, number>();
  let free = binding.quantity;
  let [ratio, given] = [0, 0];
  for (const leg of binding.legs) {
    if (!leg.isLive) continue;
    let share = leg.quantity;
    if (leg.isConsumed) share = leg.reserved;
    else if (leg.isRest) share = free;
    if (leg.isShare) {
      ratio += leg.bound > 0 ? leg.reserved / leg.bound : 0;
      if (!leg.isConsumed) share = grid.add(grid.lotTolerant(binding.quantity * Math.min(1, ratio)), -given);
    }
    share = Math.max(Math.min(share, leg.quantity, free), filledOf(leg), 0);
    if (leg.isShare) given = grid.add(given, share);
    shares.set(leg, share);
    free = Math.max(0, grid.add(free, -share));
  }
  return shares;
}
