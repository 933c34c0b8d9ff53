import { DataError } from "../../kernel/errors.ts";
import { zoneOffset } from "../../kernel/zone.ts";

/**
 * The timeframe of bars from their times, pure. Steps are measured on the wall clock of the exchange and in UTC: a
 * change of daylight saving shortens those of bars that keep the other clock, so the longer of the two counts.
 *
 * @throws DataError for fewer than two bars, or steps below a second
 */
export function detectPeriod(timesMs: ArrayLike<number>, timezone: string): string {
  if (timesMs.length < 2)
    throw new DataError(`the timeframe cannot be told from ${timesMs.length} bars; it takes two`);
  const offset = zoneOffset(timezone) ?? ((): number => 0);
  const walls = new Float64Array(timesMs.length);
  for (let index = 0; index < walls.length; index++) {
    const timeMs = timesMs[index] ?? 0;
    walls[index] = timeMs + offset(timeMs);
  }
  const months = monthSteps(walls) ?? monthSteps(timesMs);
  if (months !== undefined) return `${months}M`;
  const smallest = Math.max(smallestStep(walls), smallestStep(timesMs));
  if (smallest % 1000 !== 0) throw new DataError(`bars ${smallest} ms apart are finer than a second`);
  const seconds = smallest / 1000;
  if (seconds % 604_800 === 0) return `${seconds / 604_800}W`;
  if (seconds % 86_400 === 0) return `${seconds / 86_400}D`;
  return seconds % 60 === 0 ? `${seconds / 60}` : `${seconds}S`;
}

/** The smallest step forward; 0 when the clock only runs backwards, inside an hour that it repeats. */
function smallestStep(times: ArrayLike<number>): number {
  let smallest = Infinity;
  for (let index = 1; index < times.length; index++) {
    const step = (times[index] ?? 0) - (times[index - 1] ?? 0);
    if (step > 0 && step < smallest) smallest = step;
  }
  return smallest === Infinity ? 0 : smallest;
}

/** The common step in months when every bar keeps time of day and day of month, or is a month's last day. */
function monthSteps(walls: ArrayLike<number>): number | undefined {
  let common = 0;
  for (let index = 1; index < walls.length; index++) {
    const [a, b] = [new Date(walls[index - 1] ?? 0), new Date(walls[index] ?? 0)];
    if ((b.getTime() - a.getTime()) % 86_400_000 !== 0) return undefined;
    if (a.getUTCDate() !== b.getUTCDate() && !(isMonthEnd(a) && isMonthEnd(b))) return undefined;
    const step = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
    if (step < 1) return undefined;
    common = greatestCommonDivisor(common, step);
  }
  return common;
}

function isMonthEnd(date: Date): boolean {
  return new Date(date.getTime() + 86_400_000).getUTCDate() === 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
