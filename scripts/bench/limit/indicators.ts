import type { BarColumns } from "../../../src/kernel/bar.ts";

/**
 * What the indicators of the first script in `pine.ts` cost as one loop over typed arrays, written by hand: plain sliding
 * sums, nothing that follows another's last bit, no checks.
 * @returns the ten columns
 */
export function indicatorsLimit({ length, high, low, close }: BarColumns): Float64Array[] {
  const out = Array.from({ length: 10 }, () => new Float64Array(length).fill(Number.NaN));
  const [sma, ema, rsi, macd, signal, histogram, basis, upper, lower, atr] = out as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let sum = 0;
  let square = 0;
  let slow = 0;
  let up = 0;
  let down = 0;
  let fast12 = 0;
  let slow26 = 0;
  let line9 = 0;
  let range = 0;
  for (let bar = 0; bar < length; bar++) {
    const c = close[bar]!;
    const previous = bar > 0 ? close[bar - 1]! : c;
    sum += c;
    square += c * c;
    if (bar >= 20) {
      const old = close[bar - 20]!;
      sum -= old;
      square -= old * old;
    }
    const change = c - previous;
    const gain = change > 0 ? change : 0;
    const loss = change < 0 ? -change : 0;
    const tr = Math.max(
      high[bar]! - low[bar]!,
      Math.abs(high[bar]! - previous),
      Math.abs(low[bar]! - previous),
    );
    if (bar < 14) {
      up += gain / 14;
      down += loss / 14;
      range += tr / 14;
    } else {
      up = (up * 13 + gain) / 14;
      down = (down * 13 + loss) / 14;
      range = (range * 13 + tr) / 14;
    }
    slow = bar < 50 ? slow + c / 50 : slow + (2 / 51) * (c - slow);
    fast12 = bar < 12 ? fast12 + c / 12 : fast12 + (2 / 13) * (c - fast12);
    slow26 = bar < 26 ? slow26 + c / 26 : slow26 + (2 / 27) * (c - slow26);
    if (bar >= 19) {
      const mean = sum / 20;
      const deviation = 2 * Math.sqrt(Math.max(0, square / 20 - mean * mean));
      sma[bar] = mean;
      basis[bar] = mean;
      upper[bar] = mean + deviation;
      lower[bar] = mean - deviation;
    }
    if (bar >= 49) ema[bar] = slow;
    if (bar >= 14) {
      rsi[bar] = 100 - 100 / (1 + up / down);
      atr[bar] = range;
    }
    if (bar < 25) continue;
    const line = fast12 - slow26;
    macd[bar] = line;
    line9 = bar < 34 ? line9 + line / 9 : line9 + 0.2 * (line - line9);
    signal[bar] = line9;
    histogram[bar] = line - line9;
  }
  return out;
}
