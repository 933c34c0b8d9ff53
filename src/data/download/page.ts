import type { Bar } from "../../kernel/bar.ts";
import { priceFault } from "../ohlcv/record.ts";
import type { RefusedBar } from "../provenance-file.ts";

/** One page of a provider's answer, put in order. Pure; nothing that a plugin sends is believed. */

const fields = ["open", "high", "low", "close", "volume"] as const;

/** A page in order. */
export interface Page {
  /** Ascending, one per time. */
  readonly bars: readonly Bar[];
  /** Rows that no file may hold. */
  readonly refused: readonly RefusedBar[];
}

/** Sorts a page; of rows with one time the last one counts, whatever the ones before it were. */
export function readPage(rows: readonly unknown[], withExtra: boolean): Page {
  const byTime = new Map<number, Bar | RefusedBar>();
  const refused: RefusedBar[] = [];
  for (const row of rows) {
    const timeMs = (row as Partial<Bar> | null | undefined)?.openTimeMs;
    const reason = refusalOf(row);
    if (typeof timeMs !== "number" || !Number.isSafeInteger(timeMs))
      refused.push({ timeMs: Number.NaN, reason: reason ?? "it has no time" });
    else byTime.set(timeMs, reason === undefined ? barOf(row as Bar, withExtra) : { timeMs, reason });
  }
  const bars: Bar[] = [];
  for (const entry of byTime.values()) {
    if ("reason" in entry) refused.push(entry);
    else bars.push(entry);
  }
  if (bars.some((bar, index) => bar.openTimeMs < (bars[index - 1]?.openTimeMs ?? -Infinity)))
    bars.sort((a, b) => a.openTimeMs - b.openTimeMs);
  return { bars, refused };
}

/** Why a row cannot be stored, `undefined` when it can. */
function refusalOf(row: unknown): string | undefined {
  if (typeof row !== "object" || row === null) return `it is ${row === null ? "null" : typeof row}, no bar`;
  const bar = row as Bar;
  if (typeof bar.openTimeMs !== "number") return `its time is ${describe(bar.openTimeMs)}, no number`;
  for (const field of fields)
    if (typeof bar[field] !== "number") return `its ${field} is ${describe(bar[field])}, no number`;
  const { openTimeMs, open, high, low, close, volume } = bar;
  if (!Number.isSafeInteger(openTimeMs)) return `its time ${openTimeMs} is no whole number of milliseconds`;
  if (high < low) return `its high ${high} is below its low ${low}`;
  return priceFault(open, high, low, close, volume);
}

function describe(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 40);
}

/** The bar alone: no getter, no further property of a plugin's object goes on. */
function barOf(bar: Bar, withExtra: boolean): Bar {
  const { openTimeMs, open, high, low, close, volume, extra } = bar;
  const plain = { openTimeMs, open, high, low, close, volume };
  return withExtra && extra !== undefined && Object.keys(extra).length > 0
    ? { ...plain, extra: { ...extra } }
    : plain;
}

/** How a message names a bar. */
export function barName({ timeMs }: Pick<RefusedBar, "timeMs">): string {
  return Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15
    ? `the bar at ${new Date(timeMs).toISOString()}`
    : "a bar without a time";
}
