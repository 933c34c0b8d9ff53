import type { BarColumns } from "../../kernel/bar.ts";
import { combinedHash, monthHashes } from "../content-hash.ts";
import type { Hole } from "../holes.ts";
import { type ProvenanceRecord, readProvenance, type RefusedBar, type Revision } from "../provenance-file.ts";
import type { SourceRange } from "../provenance-ranges.ts";

/** What is known about where the bars of a file came from, compared with the bars that are there. */
export interface CheckedProvenance {
  /** Content hash of the bars as they are. */
  readonly hash: string;
  readonly ranges: readonly SourceRange[];
  /** Months (`yyyy-MM`) whose bars are not those that were recorded; their source is not known any more. */
  readonly changedMonths: readonly string[];
  /** Writing that was under way and never reported back. */
  readonly interrupted: boolean;
  readonly revisions: readonly Revision[];
  readonly olderRevisions: number;
  readonly refused: readonly RefusedBar[];
  readonly olderRefused: number;
}

/** Compares the index of a data file with its bars; `undefined` when there is no index. */
export function checkProvenance(
  path: string,
  columns: Omit<BarColumns, "extra">,
): CheckedProvenance | undefined {
  const record = readProvenance(path);
  if (record === undefined) return undefined;
  const found = monthHashes(columns);
  const months = new Set([...record.months.keys(), ...found.keys()]);
  return {
    hash: combinedHash(found.values()),
    ranges: record.ranges,
    changedMonths: [...months].filter((month) => record.months.get(month) !== found.get(month)).toSorted(),
    interrupted: record.underWay !== undefined,
    revisions: record.revisions,
    olderRevisions: record.olderRevisions,
    refused: record.refused,
    olderRefused: record.olderRefused,
  };
}

/**
 * Whether the venue was asked for this very hole before and had nothing to put into it. Bars that it sent and that were
 * refused are another matter: it may correct them.
 */
export function venueHasNone(
  { fromMs, toMs }: Hole,
  record: Pick<ProvenanceRecord, "ranges" | "refused"> | undefined,
): boolean {
  if (record === undefined) return false;
  const asked = record.ranges.some(
    (range) => range.source === "repair" && range.fromMs <= fromMs && range.toMs >= toMs - 1,
  );
  return asked && !record.refused.some(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
}
