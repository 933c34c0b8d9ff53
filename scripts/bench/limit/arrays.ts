import type { BarColumns } from "../../../src/kernel/bar.ts";

const size = 50;

/** What the array of the fourth script in `pine-scripts.ts` costs: a window that moves along, copied and sorted. */
export function arraysLimit({ length, close }: BarColumns): Float64Array[] {
  const out = Array.from({ length: 4 }, () => new Float64Array(length));
  const [mean, weighted, range, median] = out as [Float64Array, Float64Array, Float64Array, Float64Array];
  const copy = new Float64Array(size);
  for (let bar = 0; bar < length; bar++) {
    const count = Math.min(bar + 1, size);
    const from = bar + 1 - count;
    let sum = 0;
    let highest = -Infinity;
    let lowest = Infinity;
    for (let index = 0; index < count; index++) {
      const value = close[from + index]!;
      copy[index] = value;
      sum += value;
      if (value > highest) highest = value;
      if (value < lowest) lowest = value;
    }
    const sorted = count === size ? copy : copy.subarray(0, count);
    sorted.sort();
    let total = 0;
    for (let index = 0; index < count; index++) total += sorted[index]! * index;
    mean[bar] = sum / count;
    weighted[bar] = total;
    range[bar] = highest - lowest;
    median[bar] = sorted[count >> 1]!;
  }
  return out;
}
