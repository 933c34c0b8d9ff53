import {
  defineConfig,
  field,
  LiveProviderConfig,
  ProviderError,
  readTime,
  v,
  type InferConfig,
} from "pynecore/plugin";

import { lastAtOrBefore } from "./bars.ts";

const chance = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const ReplayConfig = defineConfig(
  "Replay: a data file as if it happened now.\nEverything but the symbol map concerns the live feed; a download is the file as it is.",
  {
    ...LiveProviderConfig.entries,
    speed: field(
      v.pipe(v.string(), v.check(isSpeed, '"1", "60", "0.5" or "max"')),
      "1",
      'How fast time passes: "1" as it did, "60" a minute a second, "max" as fast as it is read',
    ),
    start: field(
      v.pipe(v.string(), v.check(isStart, 'a date, "-500" or "50%"')),
      "",
      'Where the feed begins: a date (UTC without a zone), bars before the end ("-500"), a share of the file ("50%").\nEmpty: at the present where the file holds it, else at 50%',
    ),
    shift_to_now: field(
      v.boolean(),
      false,
      "Move all times by whole weeks, so that the feed begins at the present, weekday and hour kept",
    ),
    updates_per_bar: field(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
      4,
      "Updates while a bar forms (open, extremes, close are always passed); 0: closed bars only",
    ),
    seed: field(
      v.pipe(v.number(), v.integer()),
      1,
      "The faults below fall on the same bars for the same seed, whatever the speed",
    ),
    gap_chance: field(chance, 0, "Share of bars that are never sent; a backfill has them"),
    late_chance: field(chance, 0, "Share of bars whose close arrives after the next bar has begun"),
    disconnect_chance: field(chance, 0, "Share of bars in the middle of which the connection drops"),
    outage_bars: field(
      v.pipe(v.number(), v.integer(), v.minValue(1)),
      3,
      "How many bars pass until a dropped connection can be made again",
    ),
  },
);
export type ReplayConfig = InferConfig<typeof ReplayConfig>;

/** A factor above zero, or as fast as it is read. */
export type Speed = number | "max";

/** The speed as configured. */
export function speedOf(text: string): Speed {
  return text === "max" ? text : Number(text);
}

function isSpeed(text: string): boolean {
  return text === "max" || (/^\d*\.?\d+$/.test(text) && Number(text) > 0);
}

function isStart(text: string): boolean {
  if (text === "" || /^-[1-9]\d*$/.test(text)) return true;
  if (/^\d+(\.\d+)?%$/.test(text)) return Number.parseFloat(text) <= 100;
  try {
    readTime(text, "UTC");
    return true;
  } catch {
    return false;
  }
}

/**
 * The index of the bar at which a feed begins.
 *
 * @param opens open times, ascending
 * @param closeMs end of the last bar
 * @param nowMs the present
 * @throws ProviderError when the file has no bar there
 */
export function startIndex(text: string, opens: Float64Array, closeMs: number, nowMs: number): number {
  const count = opens.length;
  const first = opens[0];
  if (first === undefined) throw new ProviderError("the file holds no bars to replay");
  if (text === "") {
    return nowMs >= first && nowMs < closeMs ? lastAtOrBefore(opens, nowMs) : Math.floor(count / 2);
  }
  if (text.endsWith("%")) return Math.min(count - 1, Math.floor((count * Number.parseFloat(text)) / 100));
  if (text.startsWith("-")) return Math.max(0, count + Number(text));
  const { timeMs } = readTime(text, "UTC");
  if (timeMs >= closeMs) {
    throw new ProviderError(
      `start = "${text}" is after the last bar, which ends ${new Date(closeMs).toISOString()}`,
      { hint: "set an earlier start in config/plugins/replay.toml" },
    );
  }
  return timeMs <= first ? 0 : lastAtOrBefore(opens, timeMs);
}
