import { csvCell } from "../report/text-file.ts";
import { metricNames } from "./metrics.ts";
import type { Results } from "./results.ts";
import type { ParameterSpace } from "./space.ts";

/**
 * The lines of the results file: the varied inputs, every metric as `pyne run --json` calls it, and why a script failed
 * with a set. Numbers as JavaScript writes them.
 *
 * @param ordinals the sets to list, in the order wanted
 */
export function* resultsCsvLines(
  space: ParameterSpace,
  sets: readonly number[],
  results: Results,
  ordinals: Iterable<number>,
): Generator<string> {
  yield [...space.dimensions.map(({ key }) => csvCell(key)), ...metricNames, "error"].join(",");
  for (const ordinal of ordinals) {
    const failure = results.failure(ordinal);
    const row = results.row(ordinal);
    const inputs = Object.values(space.values(sets[ordinal] ?? 0)).map((value) => csvCell(String(value)));
    const figures = metricNames.map((_, index) => (failure === "" ? String(row[index] ?? Number.NaN) : ""));
    yield [...inputs, ...figures, csvCell(failure)].join(",");
  }
}
