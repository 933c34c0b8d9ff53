import type { BarColumns } from "../../kernel/bar.ts";

/** What the grids of an unknown symbol probably are, from its bars. Pure. */

const candidates = [1, 0.5, 0.25, 0.1, 0.05, 0.01, 0.005, 0.001, 5e-4, 1e-4, 5e-5, 1e-5, 1e-6];
const fallbackTick = 0.01;
/** Bars and changes that are looked at; changes that must be there to tell anything. */
const [witnesses, sampleSize, fewestChanges] = [1000, 200, 10];
/** More decimals than this are rounding noise. */
const mostDecimals = 8;

type Prices = Pick<BarColumns, "length" | "open" | "high" | "low" | "close">;

/**
 * The price tick: the coarsest that nearly all close-to-close changes are multiples of; otherwise what the decimals
 * say. With too little to go by it is 0.01, or as fine as the prices are written.
 */
export function detectTick(columns: Prices): number {
  const seen = Math.min(columns.length, witnesses);
  const prices = [columns.open, columns.high, columns.low, columns.close].map((column) =>
    column.subarray(0, seen),
  );
  const decimals = Math.max(0, ...prices.map(mostDecimalsIn));
  const byDecimals = 10 ** -Math.min(decimals, mostDecimals);
  const changes = closeChanges(columns);
  if (changes.length < fewestChanges) return Math.min(fallbackTick, byDecimals);
  const best = bestCandidate(changes.slice(0, sampleSize));
  if (best === undefined) return byDecimals;
  // Prices that need more decimals than the candidate has are the better witness.
  const fits = prices.every((column) => column.every((price) => isMultiple(price, best)));
  return fits ? best : Math.min(best, byDecimals);
}

function closeChanges({ length, close }: Prices): number[] {
  const changes: number[] = [];
  for (let index = 1; index < length && changes.length < witnesses; index++) {
    const change = Math.abs((close[index] ?? 0) - (close[index - 1] ?? 0));
    if (change > 0 && Number.isFinite(change)) changes.push(change);
  }
  return changes;
}

/**
 * The candidate of the best score: the share of changes within a tenth of a tick of a multiple, more than 0.7 of them,
 * weighed by the size of the tick.
 */
function bestCandidate(sample: readonly number[]): number | undefined {
  const smallest = Math.min(...sample);
  const mean = sample.reduce((sum, change) => sum + change, 0) / sample.length;
  let best: number | undefined;
  let bestScore = 0.7;
  for (const tick of candidates) {
    if (tick < 0.1 * smallest || tick > 10 * mean) continue;
    const errors = sample.map((change) => Math.abs(change - Math.round(change / tick) * tick));
    if (errors.some((error) => error >= tick / 2)) continue;
    const near = errors.filter((error) => error < tick / 10).length / errors.length;
    const score = near * (1 + 100 * tick);
    if (near > 0.7 && score > bestScore) [best, bestScore] = [tick, score];
  }
  return best;
}

/**
 * The quantity step: as fine as the volumes are written; `undefined` when they do not tell, because there are fewer
 * than a hundred or more than one in twenty is noise.
 */
export function detectQuantityStep(volumes: Float64Array): number | undefined {
  let [count, noisy, most, scale] = [0, 0, 0, 1];
  for (let index = 0; index < volumes.length; index++) {
    const volume = volumes[index] ?? 0;
    if (!(volume > 0)) continue;
    count++;
    // Most need no more decimals than one before them: a number that so many give back needs no text.
    if (volume < 1e6 && Math.round(volume * scale) / scale === volume) continue;
    const decimals = decimalsOf(volume);
    if (decimals > mostDecimals) noisy++;
    else if (decimals > most) {
      most = decimals;
      scale = 10 ** most;
    }
  }
  return count < 100 || noisy > count * 0.05 ? undefined : 10 ** -most;
}

function mostDecimalsIn(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, decimalsOf(value)), 0);
}

/** Decimals of the shortest text that reads back as the same number. */
function decimalsOf(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return 0;
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

function isMultiple(value: number, tick: number): boolean {
  if (!Number.isFinite(value)) return true;
  const steps = value / tick;
  return Math.abs(steps - Math.round(steps)) < 1e-6 * Math.max(1, Math.abs(steps));
}
