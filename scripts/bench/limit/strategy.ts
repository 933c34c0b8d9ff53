import type { BarColumns } from "../../../src/kernel/bar.ts";

/** What the loop did, for comparison with the simulator. */
export interface LimitResult {
  readonly trades: number;
  readonly netProfit: number;
  readonly equity: Float64Array;
}

const tick = 0.01;

/**
 * The bracketed crossing of averages as one loop over arrays, with everything known in advance: one position, market
 * entries that reverse, one stop and one limit that are set anew on every bar, percent commission. What nobody asked
 * of it is left out: margin, groups, several entries, excursions of trades, names. Its averages are sums without
 * compensation, so that a crossing here and there is another one.
 */
export function bracketedCross(bars: BarColumns, fastLength: number, slowLength: number): LimitResult {
  const { open, high, low, close, length } = bars;
  const equity = new Float64Array(length);
  const profits = new Float64Array(length);
  let trades = 0;
  let [fastSum, slowSum, fastBefore, slowBefore] = [0, 0, Number.NaN, Number.NaN];
  let [position, entry, entryFee, netProfit, wanted] = [0, 0, 0, 0, 0];
  let [stop, limit] = [Number.NaN, Number.NaN];
  const rate = 0.0005;
  for (let i = 0; i < length; i++) {
    const [o, h, l, c] = [open[i]!, high[i]!, low[i]!, close[i]!];
    if (wanted !== 0) {
      if (position === -wanted) {
        const profit = position * (o - entry) - entryFee - o * rate;
        netProfit += profit;
        profits[trades++] = profit;
        position = 0;
      }
      if (position === 0) {
        position = wanted;
        entry = o;
        entryFee = o * rate;
        stop = limit = Number.NaN;
      }
      wanted = 0;
    }
    if (position !== 0) {
      let exit = Number.NaN;
      if (position > 0) {
        if (o <= stop || o >= limit) exit = o;
        else if (h - o < o - l) exit = h >= limit ? limit : l <= stop ? stop : exit;
        else exit = l <= stop ? stop : h >= limit ? limit : exit;
      } else if (o >= stop || o <= limit) exit = o;
      else if (h - o < o - l) exit = h >= stop ? stop : l <= limit ? limit : exit;
      else exit = l <= limit ? limit : h >= stop ? stop : exit;
      if (exit === exit) {
        const profit = position * (exit - entry) - entryFee - exit * rate;
        netProfit += profit;
        profits[trades++] = profit;
        position = 0;
      }
    }
    fastSum += c;
    slowSum += c;
    if (i >= fastLength) fastSum -= close[i - fastLength]!;
    if (i >= slowLength) slowSum -= close[i - slowLength]!;
    const fast = i < fastLength - 1 ? Number.NaN : fastSum / fastLength;
    const slow = i < slowLength - 1 ? Number.NaN : slowSum / slowLength;
    if (fast > slow && fastBefore <= slowBefore) wanted = 1;
    if (fast < slow && fastBefore >= slowBefore) wanted = -1;
    if (wanted === position) wanted = 0;
    fastBefore = fast;
    slowBefore = slow;
    if (position > 0) {
      stop = Math.floor((entry * 0.998) / tick + 1e-4) * tick;
      limit = Math.ceil((entry * 1.004) / tick - 1e-4) * tick;
    } else if (position < 0) {
      stop = Math.ceil((entry * 1.002) / tick - 1e-4) * tick;
      limit = Math.floor((entry * 0.996) / tick + 1e-4) * tick;
    }
    equity[i] = 1_000_000 + netProfit + (position === 0 ? 0 : position * (c - entry) - entryFee);
  }
  return { trades, netProfit, equity };
}
