import type { BarColumns } from "../../../src/kernel/bar.ts";

/** What the functions of the second script in `pine.ts` cost as one loop over typed arrays, written by hand. */
export function functionsLimit({ length, open, high, low, close, volume }: BarColumns): Float64Array {
  const out = new Float64Array(length);
  const hl2 = new Float64Array(length);
  const hlc3 = new Float64Array(length);
  for (let bar = 0; bar < length; bar++) {
    hl2[bar] = (high[bar]! + low[bar]!) / 2;
    hlc3[bar] = (high[bar]! + low[bar]! + close[bar]!) / 3;
  }
  const totals = new Float64Array(7);
  const mean = (source: Float64Array, bar: number, window: number, site: number): number => {
    const total = (totals[site]! += source[bar]!);
    let sum = 0;
    for (let back = 0; back < window; back++) sum += bar >= back ? source[bar - back]! : Number.NaN;
    return sum / window + total * 1e-9;
  };
  for (let bar = 0; bar < length; bar++) {
    out[bar] =
      mean(close, bar, 10, 0) +
      mean(open, bar, 20, 1) +
      mean(high, bar, 15, 2) +
      mean(low, bar, 25, 3) +
      mean(hl2, bar, 20, 4) +
      mean(volume, bar, 20, 5) +
      mean(hlc3, bar, 20, 6);
  }
  return out;
}
