/** Equity and drawdown of a strategy over its bars. */

/** The curve, thinned to what a screen can show, and its extremes over all bars. */
export interface EquityCurve {
  /** Bars counted from the first executed one, ascending. */
  readonly bars: readonly number[];
  readonly equity: readonly number[];
  /** Below the highest equity so far, percent, 0 or negative. Measured at the end of bars. */
  readonly drawdown: readonly number[];
  readonly lowest: number;
  readonly highest: number;
  /** The deepest drawdown, percent, 0 or negative, and the bar it was reached on. */
  readonly deepest: number;
  readonly deepestBar: number;
  /** Bars from a peak to the next higher equity, the longest such stretch. */
  readonly longestUnderwater: number;
  readonly length: number;
}

/** Stretches that a curve is cut into; each keeps its lowest and highest bar. */
const stretches = 600;

/**
 * @param equity at the end of each executed bar
 * @param initialCapital the first peak
 */
export function equityCurve(equity: Float64Array, initialCapital: number): EquityCurve {
  const drawdown = new Float64Array(equity.length);
  let [peak, peakBar, longest] = [initialCapital, -1, 0];
  let [lowest, highest] = [initialCapital, initialCapital];
  let [deepest, deepestBar] = [0, 0];
  for (let bar = 0; bar < equity.length; bar++) {
    const value = equity[bar] ?? 0;
    if (value >= peak) {
      peak = value;
      peakBar = bar;
    } else longest = Math.max(longest, bar - peakBar);
    const below = peak > 0 ? ((value - peak) / peak) * 100 : 0;
    drawdown[bar] = below;
    if (below < deepest) [deepest, deepestBar] = [below, bar];
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const bars = thinned(equity);
  return {
    bars,
    equity: bars.map((bar) => equity[bar] ?? 0),
    drawdown: bars.map((bar) => drawdown[bar] ?? 0),
    lowest,
    highest,
    deepest,
    deepestBar,
    longestUnderwater: longest,
    length: equity.length,
  };
}

/** The bars that give a curve its look: the first, the last, and the lowest and highest of every stretch. */
function thinned(equity: Float64Array): number[] {
  const last = equity.length - 1;
  if (equity.length <= stretches * 2) return Array.from(equity, (_, bar) => bar);
  const kept = new Set([0, last]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * equity.length) / stretches);
    const to = Math.floor(((stretch + 1) * equity.length) / stretches);
    let [low, high] = [from, from];
    for (let bar = from; bar < to; bar++) {
      if ((equity[bar] ?? 0) < (equity[low] ?? 0)) low = bar;
      if ((equity[bar] ?? 0) > (equity[high] ?? 0)) high = bar;
    }
    kept.add(low).add(high);
  }
  return [...kept].toSorted((a, b) => a - b);
}
