/** Which stretch of a data file came from where. Pure. */

/**
 * `download`, `backfill`, `repair`: the venue's own bars, as it gave them when asked for the stretch. `import`: a
 * file of somebody's. `aggregate`: made from another data file. `unknown`: nobody kept a record.
 */
export const barSources = ["download", "backfill", "repair", "import", "aggregate", "unknown"] as const;
export type BarSource = (typeof barSources)[number];

/** A stretch of time, both ends inclusive, epoch ms. It need not have a bar at its ends: it is what was asked for. */
export interface SourceRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly source: BarSource;
}

/** Ranges that one file may have; beyond it the oldest become one of unknown source. */
export const maxSourceRanges = 10_000;

/**
 * The ranges with one more, which takes the place of whatever was there. Neighbours of one source become one.
 * @param ranges ascending, without overlaps; so is the result
 */
export function assignRange(ranges: readonly SourceRange[], added: SourceRange): SourceRange[] {
  if (added.toMs < added.fromMs) return [...ranges];
  const rest = ranges.flatMap((range): SourceRange[] => {
    if (range.toMs < added.fromMs || range.fromMs > added.toMs) return [range];
    const left = { ...range, toMs: added.fromMs - 1 };
    const right = { ...range, fromMs: added.toMs + 1 };
    return [left, right].filter((piece) => piece.fromMs <= piece.toMs);
  });
  const result: SourceRange[] = [];
  for (const range of [...rest, added].toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last !== undefined && last.source === range.source && last.toMs + 1 >= range.fromMs)
      result[result.length - 1] = { ...last, toMs: range.toMs };
    else result.push(range);
  }
  return bounded(result);
}

function bounded(ranges: SourceRange[]): SourceRange[] {
  const surplus = ranges.length - maxSourceRanges;
  if (surplus <= 0) return ranges;
  const [first, last] = [ranges[0], ranges[surplus]];
  if (first === undefined || last === undefined) return ranges;
  return [
    { fromMs: first.fromMs, toMs: last.toMs, source: "unknown" as const },
    ...ranges.slice(surplus + 1),
  ];
}
