import { tolerance } from "../tolerance.ts";
import { select } from "./select.ts";

/**
 * Statistics of the numbers of an array. They leave na values out and give na for nothing left, unless said
 * otherwise; numbers are taken in their order and added plainly.
 */

const na = Number.NaN;

// Loops over indices: the iterator of a typed array costs several times the work done here.

/** The values that are not na, in a copy. */
function defined(values: Float64Array): Float64Array {
  const held = values.slice();
  let size = 0;
  for (let index = 0; index < held.length; index++) {
    const value = held[index]!;
    if (value === value) held[size++] = value;
  }
  return size === held.length ? held : held.subarray(0, size);
}

export function sum(values: Float64Array): number {
  let total = 0;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value !== value) continue;
    total += value;
    count++;
  }
  return count === 0 ? na : total;
}

export function avg(values: Float64Array): number {
  let count = 0;
  for (let index = 0; index < values.length; index++) if (values[index] === values[index]) count++;
  return sum(values) / count;
}

/** The `nth` smallest, 0 for the smallest; na when there are not so many. An na `nth` is 0. */
export function min(values: Float64Array, nth = 0): number {
  const rank = place(nth);
  return rank > 0 ? ranked(defined(values), rank) : least(values, 0, values.length);
}

/** The smallest of a stretch; na for nothing. */
export function least(values: Float64Array, from: number, to: number): number {
  let best = Infinity;
  for (let index = from; index < to; index++) {
    const value = values[index]!;
    if (value < best) best = value;
  }
  return best === Infinity ? orNothing(values, from, to, best) : best;
}

/** The `nth` greatest. */
export function max(values: Float64Array, nth = 0): number {
  const rank = place(nth);
  if (rank > 0)
    return (
      defined(values)
        .toSorted()
        .at(-1 - rank) ?? na
    );
  return greatest(values, 0, values.length);
}

/** The greatest of a stretch; na for nothing. */
export function greatest(values: Float64Array, from: number, to: number): number {
  let best = -Infinity;
  for (let index = from; index < to; index++) {
    const value = values[index]!;
    if (value > best) best = value;
  }
  return best === -Infinity ? orNothing(values, from, to, best) : best;
}

/** The infinity that a search began with, if it is among the values; else there are none. */
function orNothing(values: Float64Array, from: number, to: number, begin: number): number {
  for (let index = from; index < to; index++) if (values[index] === begin) return begin;
  return na;
}

function place(nth: number): number {
  return nth !== nth ? 0 : Math.trunc(nth);
}

export function range(values: Float64Array): number {
  return max(values) - min(values);
}

/** The value of a rank among numbers that may be moved; na where there is none. */
function ranked(values: Float64Array, rank: number): number {
  return rank >= 0 && rank < values.length ? select(values, rank) : na;
}

/** Of an even number of values the mean of the middle two. */
export function median(values: Float64Array): number {
  const held = defined(values);
  const half = held.length >> 1;
  if (held.length === 0) return na;
  const upper = select(held, half);
  if (held.length % 2 === 1) return upper;
  // The other one is the greatest of those before.
  return (max(held.subarray(0, half)) + upper) / 2;
}

/** The most frequent value, of several the smallest. */
export function mode(values: Float64Array): number {
  const sorted = defined(values).toSorted();
  let best = na;
  let most = 0;
  for (let first = 0; first < sorted.length;) {
    let next = first + 1;
    while (next < sorted.length && sorted[next] === sorted[first]) next++;
    if (next - first > most) {
      most = next - first;
      best = sorted[first]!;
    }
    first = next;
  }
  return best;
}

/** By Welford's recurrence. Unbiased, one value has no variance. */
export function variance(values: Float64Array, biased = true): number {
  return covariance(values, values, biased);
}

export function stdev(values: Float64Array, biased = true): number {
  return Math.sqrt(variance(values, biased));
}

/** By Welford's recurrence over the pairs of which neither is na. */
export function covariance(a: Float64Array, b: Float64Array, biased = true): number {
  let count = 0;
  let meanA = 0;
  let meanB = 0;
  let moment = 0;
  for (let index = 0; index < a.length; index++) {
    const x = a[index]!;
    const y = b[index]!;
    if (x !== x || y !== y) continue;
    count++;
    const distance = x - meanA;
    meanA += distance / count;
    meanB += (y - meanB) / count;
    moment += distance * (y - meanB);
  }
  const divisor = biased ? count : count - 1;
  return divisor <= 0 ? na : moment / divisor;
}

/** Distance from the mean in standard deviations; na stays na, values that are all equal give 1. */
export function standardize(values: Float64Array): Float64Array {
  const mean = avg(values);
  const deviation = stdev(values);
  return values.map((value) => (value !== value ? na : deviation === 0 ? 1 : (value - mean) / deviation));
}

/** Percentage of the other elements that are at most one of them, within 1e-10; na counts as another. */
export function percentrank(values: Float64Array, index: number): number {
  const value = values[index]!;
  if (value !== value || values.length < 2) return na;
  let atMost = 0;
  for (let index = 0; index < values.length; index++) if (values[index]! - value <= tolerance) atMost++;
  return (100 * (atMost - 1)) / (values.length - 1);
}

/** The value at rank `⌈n · p / 100⌉`; na comes last and counts. */
export function percentileNearestRank(values: Float64Array, percentage: number): number {
  const rank = Math.max(1, Math.ceil(((percentage !== percentage ? 0 : percentage) * values.length) / 100));
  return ranked(defined(values), rank - 1);
}

/**
 * The value at place `n · p / 100 + 0.5`, held to the ends; na comes last and counts. A place between two values of an
 * array that holds na is na wherever it lies, which is what TradingView gives.
 */
export function percentileLinearInterpolation(values: Float64Array, percentage: number): number {
  const held = defined(values);
  const place = Math.min(Math.max((values.length * percentage) / 100 + 0.5, 1), values.length);
  const below = Math.floor(place);
  const share = place - below;
  if (share === 0) return ranked(held, below - 1);
  if (share !== share || held.length < values.length) return na;
  const upper = select(held, below);
  return max(held.subarray(0, below)) * (1 - share) + upper * share;
}

/** Place of a value in ascending numbers, −1 for a miss. Exact comparison. */
export function binarySearch(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = values[middle]!;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The first equal place, or else the last smaller one, or 0. */
export function binarySearchLeftmost(values: Float64Array, value: number): number {
  const place = countBelow(values, value, false);
  return values[place] === value ? place : Math.max(0, place - 1);
}

/** The last equal place, or else the first greater one, which may be the size. */
export function binarySearchRightmost(values: Float64Array, value: number): number {
  const place = countBelow(values, value, true);
  return values[place - 1] === value ? place - 1 : place;
}

/** How many of ascending numbers are less than `value`, or at most that. */
function countBelow(values: Float64Array, value: number, orEqual: boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = values[middle]!;
    if (found < value || (orEqual && found === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
