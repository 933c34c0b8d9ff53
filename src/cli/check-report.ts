import { basename } from "node:path";

import type { CheckedHole, CheckReport } from "../data/check/check.ts";
import type { CheckedProvenance } from "../data/check/provenance.ts";
import { missingBars } from "../data/holes.ts";
import { utcIso, utcMinute } from "./time-text.ts";
import { counted, grouped } from "../kernel/counted.ts";

/** What a person and a script read about a checked data file. Pure. */

/** Holes, and stretches of one source, that a person is shown; `--json` has them all. */
const shownHoles = 20;
const shownRanges = 10;

/** One word or two for the state of a file. */
export function checkState({ faults, holes, provenance }: CheckReport): string {
  if (faults.length > 0) return "broken";
  const missing = missingBars(holes.filter((hole) => !hole.venueHasNone));
  if (missing > 0) return `${counted(missing, "bar")} missing`;
  return (provenance?.changedMonths.length ?? 0) > 0 ? "changed" : "ok";
}

/** The lines about a file: its state and size, then what is to be said about it, indented. */
export function checkLines(report: CheckReport, width = 0): string[] {
  const { path, timeframe, firstMs, lastMs, faults, holes, remarks } = report;
  const name = basename(path).replace(/\.ohlcv$/i, "");
  const covers =
    firstMs === undefined
      ? "no bars"
      : `${counted(report.bars, "bar")} of ${timeframe ?? "?"}, ${utcMinute(firstMs)} to ${utcMinute(lastMs)} UTC`;
  return [
    `${name.padEnd(width)}  ${[checkState(report), ...(faults.length > 0 && firstMs === undefined ? [] : [covers])].join(": ")}`,
    ...[
      ...faults.map((fault) => `broken: ${fault}`),
      ...holeLines(holes),
      ...remarks.map((remark) => `note: ${remark}`),
      ...provenanceLines(report.provenance),
    ].map((line) => `  ${line}`),
  ];
}

function holeLines(holes: readonly CheckedHole[]): string[] {
  const lines = holes
    .slice(0, shownHoles)
    .map(
      ({ fromMs, toMs, bars: count, venueHasNone }) =>
        `missing: ${utcMinute(fromMs)} to ${utcMinute(toMs)} UTC, ${counted(count, "bar")}${venueHasNone ? "; the venue has none" : ""}`,
    );
  const rest = holes.slice(shownHoles);
  if (rest.length > 0)
    lines.push(
      `missing: ${counted(missingBars(rest), "bar")} in ${grouped(rest.length)} more stretches (--json has them)`,
    );
  return lines;
}

function provenanceLines(provenance: CheckedProvenance | undefined): string[] {
  if (provenance === undefined) return [];
  const { ranges, changedMonths, revisions, olderRevisions, refused, olderRefused } = provenance;
  const lines = ranges.slice(-shownRanges).map(({ source, fromMs, toMs }) => {
    // Both ends are inclusive; the end of a minute reads better as the beginning of the next.
    const endMs = (toMs + 1) % 60_000 === 0 ? toMs + 1 : toMs;
    return `source: ${source}, ${utcMinute(fromMs)} to ${utcMinute(endMs)} UTC`;
  });
  if (ranges.length > shownRanges)
    lines.unshift(`source: ${grouped(ranges.length - shownRanges)} older stretches (--json has them)`);
  if (provenance.interrupted) lines.push("note: writing was interrupted; the next writer sorts it out");
  if (changedMonths.length > 0)
    lines.push(
      `changed since it was recorded: ${changedMonths.join(", ")}; not by a download of this program`,
    );
  const last = revisions.at(-1);
  if (last !== undefined) {
    lines.push(
      `revised by the venue: ${grouped(revisions.length + olderRevisions)} values, the last one the ${last.field} at ${utcMinute(last.timeMs)} UTC, ${last.before} to ${last.after}`,
    );
  }
  const lastRefused = refused.at(-1);
  if (lastRefused !== undefined) {
    lines.push(
      `refused: ${counted(refused.length + olderRefused, "bar")}, the last one at ${utcMinute(lastRefused.timeMs)} UTC: ${lastRefused.reason}`,
    );
  }
  return lines;
}

/** The object of a file for `--json`. */
export function checkObject(report: CheckReport): object {
  const { provenance } = report;
  return {
    file: report.path,
    state: report.faults.length > 0 ? "broken" : "ok",
    bars: report.bars,
    timeframe: report.timeframe ?? null,
    from: utcIso(report.firstMs),
    to: utcIso(report.lastMs),
    faults: report.faults,
    remarks: report.remarks,
    missing: missingBars(report.holes),
    holes: report.holes.map((hole) => ({
      from: utcIso(hole.fromMs),
      to: utcIso(hole.toMs),
      bars: hole.bars,
      venue_has_none: hole.venueHasNone,
    })),
    provider: report.provider ?? null,
    provenance:
      provenance === undefined
        ? null
        : {
            hash: provenance.hash,
            changed_months: provenance.changedMonths,
            interrupted: provenance.interrupted,
            ranges: provenance.ranges.map(({ fromMs, toMs, source }) => ({
              from: utcIso(fromMs),
              to: utcIso(toMs),
              source,
            })),
            revisions: provenance.revisions.map(({ timeMs, field, before, after, atMs }) => ({
              time: utcIso(timeMs),
              field,
              before,
              after,
              at: utcIso(atMs),
            })),
            older_revisions: provenance.olderRevisions,
            refused: provenance.refused.map(({ timeMs, reason }) => ({ time: utcIso(timeMs), reason })),
            older_refused: provenance.olderRefused,
          },
  };
}
