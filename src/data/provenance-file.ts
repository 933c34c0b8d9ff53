import { readFileSync } from "node:fs";
import * as v from "valibot";

import { writeFileAtomic } from "../config/atomic-write.ts";
import { secrets } from "../kernel/secrets.ts";
import { type BarSource, barSources, type SourceRange } from "./provenance-ranges.ts";

/**
 * `<stem>.provenance.json` beside a data file: where its bars came from, what the venue changed afterwards, and what
 * the bars hash to. It is an index: without it nothing is lost but that knowledge.
 */

/** A value that the venue gave differently later. The file holds `after`. */
export interface Revision {
  readonly timeMs: number;
  readonly field: "open" | "high" | "low" | "close" | "volume";
  readonly before: number;
  readonly after: number;
  /** When it was noticed. */
  readonly atMs: number;
}

/** A bar that the provider sent and no file may hold. */
export interface RefusedBar {
  /** `NaN` when it is its time that is wrong. */
  readonly timeMs: number;
  readonly reason: string;
}

/** Writing that has begun: should it end in a crash, the bars of this stretch came from there. */
export interface UnderWay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly source: BarSource;
}

/** All that the index says. */
export interface ProvenanceRecord {
  /** The state of the data file it describes. */
  readonly bars: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly ranges: readonly SourceRange[];
  /** Content hash of each month (UTC) by `yyyy-MM`, ascending. */
  readonly months: ReadonlyMap<string, string>;
  /** The latest, oldest first. */
  readonly revisions: readonly Revision[];
  /** How many more there were. */
  readonly olderRevisions: number;
  readonly refused: readonly RefusedBar[];
  readonly olderRefused: number;
  readonly underWay: UnderWay | undefined;
}

/** Revisions, and refused bars, that are kept in full. */
export const maxNotes = 200;

const version = 1;

/** Where the index of a data file is. */
export function provenancePath(ohlcvPath: string): string {
  return `${ohlcvPath.replace(/\.ohlcv$/i, "")}.provenance.json`;
}

const time = v.pipe(
  v.nullable(v.string()),
  v.transform((text) => (text === null ? Number.NaN : Date.parse(text))),
);
const definiteTime = v.pipe(
  time,
  v.check((ms) => Number.isSafeInteger(ms)),
);
const value = v.pipe(
  v.nullable(v.number()),
  v.transform((number) => number ?? Number.NaN),
);
const range = v.pipe(
  v.object({ from: definiteTime, to: definiteTime, source: v.picklist(barSources) }),
  v.transform(({ from, to, source }) => ({ fromMs: from, toMs: to, source })),
);
const schema = v.object({
  version: v.literal(version),
  bars: v.pipe(v.number(), v.integer(), v.minValue(0)),
  first: time,
  last: time,
  ranges: v.array(range),
  months: v.record(
    v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/)),
    v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  ),
  revisions: v.array(
    v.object({
      time: definiteTime,
      field: v.picklist(["open", "high", "low", "close", "volume"]),
      before: value,
      after: value,
      at: definiteTime,
    }),
  ),
  older_revisions: v.number(),
  refused: v.array(v.object({ time, reason: v.string() })),
  older_refused: v.number(),
  under_way: v.nullable(range),
});

/** Reads the index of a data file; `undefined` when there is none, or none that can be understood. */
export function readProvenance(ohlcvPath: string): ProvenanceRecord | undefined {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(provenancePath(ohlcvPath), "utf8"));
  } catch {
    return undefined;
  }
  const { success, output } = v.safeParse(schema, found);
  if (!success) return undefined;
  const months = Object.entries(output.months).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    bars: output.bars,
    firstMs: output.first,
    lastMs: output.last,
    ranges: output.ranges,
    months: new Map(months),
    revisions: output.revisions.map(({ time: timeMs, at: atMs, ...rest }) => ({ timeMs, atMs, ...rest })),
    olderRevisions: output.older_revisions,
    refused: output.refused.map((bar) => ({ timeMs: bar.time, reason: bar.reason })),
    olderRefused: output.older_refused,
    underWay: output.under_way ?? undefined,
  };
}

/** Writes the index of a data file as a whole. */
export function writeProvenance(ohlcvPath: string, record: ProvenanceRecord, hash: string): void {
  const rangeOut = (one: SourceRange): object => ({
    from: iso(one.fromMs),
    to: iso(one.toMs),
    source: one.source,
  });
  const document = {
    version,
    bars: record.bars,
    first: iso(record.firstMs),
    last: iso(record.lastMs),
    hash,
    ranges: record.ranges.map(rangeOut),
    months: Object.fromEntries(record.months),
    revisions: record.revisions.map(({ timeMs, field, before, after, atMs }) => ({
      time: iso(timeMs),
      field,
      before,
      after,
      at: iso(atMs),
    })),
    older_revisions: record.olderRevisions,
    refused: record.refused.map(({ timeMs, reason }) => ({ time: iso(timeMs), reason })),
    older_refused: record.olderRefused,
    under_way: record.underWay === undefined ? null : rangeOut(record.underWay),
  };
  writeFileAtomic(provenancePath(ohlcvPath), `${JSON.stringify(secrets.cleanValue(document), null, 1)}\n`, {
    mode: 0o644,
  });
}

function iso(timeMs: number): string | null {
  return Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : null;
}
