import { zoneOffset } from "../../kernel/zone.ts";
import type { RunResult } from "../../runtime/run.ts";
import type { OffsetChange } from "./wire/embedded.ts";

/** The columns that are drawn; equally long. */
export interface ReportBars {
  readonly length: number;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** At least one bar has a volume. */
  readonly hasVolume: boolean;
  /** Distances from UTC in the exchange's zone. */
  readonly offsets: readonly OffsetChange[];
}

/** The executed bars of a run, from bar `first` on. */
export function barsOf(result: RunResult, first: number, timezone: string): ReportBars {
  const { columns, bars } = result;
  const cut = (column: Float64Array): Float64Array => column.subarray(first, bars);
  const openTimeMs = cut(columns.openTimeMs);
  const volume = cut(columns.volume);
  return {
    length: bars - first,
    openTimeMs,
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume,
    hasVolume: volume.some((value) => value > 0),
    offsets: offsetsOf(openTimeMs, timezone),
  };
}

function offsetsOf(openTimeMs: Float64Array, timezone: string): OffsetChange[] {
  const offset = zoneOffset(timezone) ?? ((): number => 0);
  const changes: OffsetChange[] = [];
  let current = Number.NaN;
  for (let bar = 0; bar < openTimeMs.length; bar++) {
    const now = offset(openTimeMs[bar] ?? 0);
    if (now === current) continue;
    current = now;
    changes.push([bar, now]);
  }
  return changes;
}
