import type { Bar } from "../../kernel/bar.ts";

/** What the grids of an unknown symbol probably are, from its bars. Pure. */

const candidates = [1, 0.5, 0.25, 0.1, 0.05, 0.01, 0.005, 0.001, 5e-4, 1e-4, 5e-5, 1e-5, 1e-6];

/**
 * The price tick: the coarsest that nearly all close-to-close changes are multiples of; otherwise what the decimals
 * say; 0.01 when there is too little to go by.
 */
export function detectTick(bars: readonly Bar[]): number {
  const changes: number[] = [];
  for (let index = 1; index < bars.length && changes.length < 1000; index++) {
    const change = Math.abs((bars[index]?.close ?? 0) - (bars[index - 1]?.close ?? 0));
    if (change > 0 && Number.isFinite(change)) changes.push(change);
  }
  if (changes.length < 10) return 0.01;
  const sample = changes.slice(0, 200);
  const smallest = Math.min(...sample);
  const mean = sample.reduce((sum, change) => sum + change, 0) / sample.length;
  let best = 0;
  let bestScore = 0.7;
  for (const tick of candidates) {
    if (tick < 0.1 * smallest || tick > 10 * mean) continue;
    const errors = sample.map((change) => Math.abs(change - Math.round(change / tick) * tick));
    if (errors.some((error) => error >= tick / 2)) continue;
    const near = errors.filter((error) => error < tick / 10).length / errors.length;
    if (near <= 0.7) continue;
    const score = near * (1 + 100 * tick);
    if (score > bestScore) [best, bestScore] = [tick, score];
  }
  // Closes that need more decimals than the best candidate has are the better witness.
  const decimals = Math.max(...bars.slice(0, 1000).map((bar) => decimalsOf(bar.close)));
  const byDecimals = 10 ** -Math.min(decimals, 8);
  if (best === 0) return byDecimals;
  return bars.slice(0, 1000).every((bar) => isMultiple(bar.close, best)) ? best : Math.min(best, byDecimals);
}

/** The quantity step: as fine as the volumes are written; `undefined` when they do not tell. */
export function detectQuantityStep(bars: readonly Bar[]): number | undefined {
  const volumes = bars.map((bar) => bar.volume).filter((volume) => volume > 0);
  if (volumes.length < 100) return undefined;
  const decimals = volumes.map(decimalsOf);
  const sane = decimals.filter((count) => count <= 8);
  if (decimals.length - sane.length > decimals.length * 0.05) return undefined;
  return 10 ** -sane.reduce((most, count) => Math.max(most, count), 0);
}

function decimalsOf(value: number): number {
  if (!Number.isFinite(value)) return 0;
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

function isMultiple(value: number, tick: number): boolean {
  if (!Number.isFinite(value)) return true;
  const steps = value / tick;
  return Math.abs(steps - Math.round(steps)) < 1e-6 * Math.max(1, Math.abs(steps));
}
