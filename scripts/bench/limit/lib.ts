/**
 * How fast technical analysis can be: one loop per function over typed arrays that hold all bars, written by hand for
 * constant lengths, without na, without going back; the same sums in the same order, so that results are the same bits.
 */
import type { BarColumns } from "../../../src/kernel/bar.ts";

/** Results by bar. */
export type Column = Float64Array;

const tolerance = 1e-10;

function column(bars: BarColumns): Column {
  return new Float64Array(bars.length).fill(Number.NaN);
}

/** Compensated rolling sum as TradingView's; see the library for the rule. */
function rollingSum(source: Column, length: number, from = 0): Column {
  const out = new Float64Array(source.length).fill(Number.NaN);
  const stored = new Float64Array(source.length);
  let sum = 0;
  let correction = 0;
  for (let i = from; i < source.length; i++) {
    const value = source[i]!;
    const size = Math.abs(correction);
    const raised = value + size;
    if (correction !== 0 && value !== 0 && raised !== 0 && size - (raised - value) > 0) {
      sum = value;
      const oldest = Math.max(from, i - length + 1);
      for (let k = i - 1; k >= oldest; k--) sum = source[k]! + sum;
      correction = 0;
      stored[i] = value;
    } else {
      const out1 = -(i - from >= length ? stored[i - length]! : 0) - correction;
      const partial = sum + out1;
      const entry = value - (partial - sum - out1);
      const total = partial + entry;
      correction = total - partial - entry;
      sum = total;
      stored[i] = entry;
    }
    if (i - from >= length - 1) out[i] = sum;
  }
  return out;
}

/** Wilder's average, the first `length` values seeding it. */
function rma(source: Column, length: number, from: number): Column {
  const out = new Float64Array(source.length).fill(Number.NaN);
  const start = from + length - 1;
  if (start >= source.length) return out;
  let previous = rollingSum(source.subarray(0, start + 1), length, from)[start]! / length;
  out[start] = previous;
  for (let i = start + 1; i < source.length; i++) {
    previous = (previous * (length - 1) + source[i]!) / length;
    out[i] = previous;
  }
  return out;
}

function trueRange({ high, low, close }: BarColumns, first: number): Column {
  const out = new Float64Array(high.length);
  out[0] = first;
  for (let i = 1; i < high.length; i++) {
    const before = close[i - 1]!;
    out[i] = Math.max(high[i]! - low[i]!, Math.abs(high[i]! - before), Math.abs(low[i]! - before));
  }
  return out;
}

export function supertrend(
  bars: BarColumns,
  factor: number,
  length: number,
): { readonly line: Column; readonly direction: Column } {
  const { high, low, close } = bars;
  const atr = rma(trueRange(bars, high[0]! - low[0]!), length, 0);
  const out = column(bars);
  const direction = column(bars);
  let upperBefore = 0;
  let lowerBefore = 0;
  let line = 0;
  out[0] = 0;
  for (let i = length - 1; i < bars.length; i++) {
    const middle = (high[i]! + low[i]!) / 2;
    let upper = middle + factor * atr[i]!;
    let lower = middle - factor * atr[i]!;
    const before = i > 0 ? close[i - 1]! : Number.NaN;
    if (!(lower > lowerBefore || before < lowerBefore)) lower = lowerBefore;
    if (!(upper < upperBefore || before > upperBefore)) upper = upperBefore;
    let isUp = false;
    if (i > length - 1) isUp = line === upperBefore ? close[i]! > upper : !(close[i]! < lower);
    upperBefore = upper;
    lowerBefore = lower;
    out[i] = line = isUp ? lower : upper;
    direction[i] = isUp ? -1 : 1;
  }
  return { line: out, direction };
}

export function dmi(
  bars: BarColumns,
  length: number,
  smoothing: number,
): { readonly plus: Column; readonly minus: Column; readonly adx: Column } {
  const { high, low } = bars;
  const up = new Float64Array(bars.length);
  const down = new Float64Array(bars.length);
  for (let i = 1; i < bars.length; i++) {
    const rise = high[i]! - high[i - 1]!;
    const fall = low[i - 1]! - low[i]!;
    up[i] = rise - fall > tolerance && rise > tolerance ? rise : 0;
    down[i] = fall - rise > tolerance && fall > tolerance ? fall : 0;
  }
  const range = rma(trueRange(bars, 0), length, 1);
  const ups = rma(up, length, 1);
  const downs = rma(down, length, 1);
  const spread = new Float64Array(bars.length);
  for (let i = length; i < bars.length; i++) {
    const plus = (ups[i] = (100 * ups[i]!) / range[i]!);
    const minus = (downs[i] = (100 * downs[i]!) / range[i]!);
    const sum = plus + minus;
    spread[i] = Math.abs(plus - minus) / (Math.abs(sum) <= tolerance ? 1 : sum);
  }
  const average = rma(spread, smoothing, length);
  for (let i = 0; i < average.length; i++) average[i]! *= 100;
  return { plus: ups, minus: downs, adx: average };
}

export function linreg({ close }: BarColumns, length: number): Column {
  const out = new Float64Array(close.length).fill(Number.NaN);
  let sumX = 0;
  let sumXX = 0;
  for (let x = 1; x <= length; x++) {
    sumX += x;
    sumXX += x * x;
  }
  for (let i = length - 1; i < close.length; i++) {
    let sumY = 0;
    let sumXY = 0;
    const before = i - length;
    for (let x = 1; x <= length; x++) {
      const y = close[before + x]!;
      sumY += y;
      sumXY += x * y;
    }
    const slope = (length * sumXY - sumX * sumY) / (length * sumXX - sumX * sumX);
    out[i] = sumY / length - (slope * sumX) / length + slope + slope * (length - 1);
  }
  return out;
}

/** The window in order, as `pick` wants it. */
function ordered({ close }: BarColumns, length: number, pick: (sorted: Column) => number): Column {
  const out = new Float64Array(close.length).fill(Number.NaN);
  const sorted = new Float64Array(length + 1);
  let size = 0;
  for (let i = 0; i < close.length; i++) {
    if (i >= length) {
      const gone = close[i - length]!;
      let low = 0;
      let high = size;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (sorted[middle]! - gone > tolerance) high = middle;
        else low = middle + 1;
      }
      sorted.copyWithin(low - 1, low, size--);
    }
    const value = close[i]!;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value - sorted[middle]! > tolerance) low = middle + 1;
      else high = middle;
    }
    sorted.copyWithin(low + 1, low, size++);
    sorted[low] = value;
    if (i >= length - 1) out[i] = pick(sorted);
  }
  return out;
}

export function percentileLinear(bars: BarColumns, length: number, percentage: number): Column {
  const place = (length * percentage) / 100 + 0.5;
  const below = Math.floor(place);
  const share = place - below;
  return ordered(bars, length, (sorted) => sorted[below - 1]! * (1 - share) + sorted[below]! * share);
}

export function percentileNearest(bars: BarColumns, length: number, percentage: number): Column {
  const rank = Math.ceil((percentage * length) / 100);
  return ordered(bars, length, (sorted) => sorted[rank - 1]!);
}

export function correlation({ close, volume }: BarColumns, length: number): Column {
  const product = (a: Column, b: Column): Column => a.map((value, index) => value * b[index]!);
  const x = rollingSum(close, length);
  const y = rollingSum(volume, length);
  const xx = rollingSum(product(close, close), length);
  const yy = rollingSum(product(volume, volume), length);
  const xy = rollingSum(product(close, volume), length);
  for (let i = length - 1; i < close.length; i++) {
    const meanX = x[i]! / length;
    const meanY = y[i]! / length;
    const covariance = xy[i]! / length - meanX * meanY;
    const variances =
      Math.max(0, xx[i]! / length - meanX * meanX) * Math.max(0, yy[i]! / length - meanY * meanY);
    x[i] =
      Math.abs(covariance) <= tolerance
        ? 0
        : variances === 0
          ? Number.NaN
          : covariance / Math.sqrt(variances);
  }
  return x;
}

/** Highs, or with the sign −1 lows, that stand out to both sides. */
export function pivot(source: Column, left: number, right: number, sign: 1 | -1): Column {
  const out = new Float64Array(source.length).fill(Number.NaN);
  bars: for (let i = left + right; i < source.length; i++) {
    const at = i - right;
    const value = sign * source[at]!;
    for (let k = at + 1; k <= i; k++) if (sign * source[k]! >= value) continue bars;
    for (let k = at - 1; k >= at - left; k--) if (sign * source[k]! > value) continue bars;
    out[i] = source[at]!;
  }
  return out;
}

/** Extremes by a queue of candidates. */
function extreme(source: Column, length: number, sign: 1 | -1): Column {
  const out = new Float64Array(source.length).fill(Number.NaN);
  const queue = new Int32Array(source.length);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < source.length; i++) {
    const value = sign * source[i]!;
    while (tail > head && sign * source[queue[tail - 1]!]! < value) tail--;
    queue[tail++] = i;
    if (queue[head]! <= i - length) head++;
    if (i >= length - 1) out[i] = source[queue[head]!]!;
  }
  return out;
}

export function stoch({ close, high, low }: BarColumns, length: number): Column {
  const highest = extreme(high, length, 1);
  const lowest = extreme(low, length, -1);
  for (let i = length - 1; i < close.length; i++) {
    highest[i] = (100 * (close[i]! - lowest[i]!)) / (highest[i]! - lowest[i]!);
  }
  return highest;
}

export function vwap({ openTimeMs, close, volume }: BarColumns): Column {
  const out = new Float64Array(close.length);
  let day = -1;
  let weighted = 0;
  let total = 0;
  for (let i = 0; i < close.length; i++) {
    const today = Math.floor(openTimeMs[i]! / 86_400_000);
    if (today !== day) weighted = total = 0;
    day = today;
    weighted += close[i]! * volume[i]!;
    total += volume[i]!;
    out[i] = weighted / total;
  }
  return out;
}
