import type { BarColumns } from "../../kernel/bar.ts";
import type { InputValue } from "../../optimize/candidates.ts";
import { metricNames } from "../../optimize/metrics.ts";
import { type Objective, ranking, type Scored } from "../../optimize/objective.ts";
import type { Results } from "../../optimize/results.ts";
import type { ParameterSpace } from "../../optimize/space.ts";
import { efficiencyOf, type PartFigures, partsIn, type Split } from "../../optimize/walk-forward.ts";

/** What came of a walk-forward test. Pure. */

/** One window: the best set of its in-sample part, and what that did afterwards. */
export interface WindowOutcome {
  readonly split: Split;
  readonly values: Readonly<Record<string, InputValue>>;
  readonly inSample: PartFigures;
  readonly outOfSample: PartFigures;
  /** `undefined` where nothing was earned in-sample. */
  readonly efficiency: number | undefined;
}

/** All windows together. */
export interface WalkForward {
  /** Windows in which some set had trades enough. */
  readonly windows: readonly WindowOutcome[];
  /** Windows without such a set. */
  readonly empty: number;
  /** Out-of-sample parts one after another, percent. */
  readonly profitPercent: number;
  /** Out-of-sample parts that earned something. */
  readonly profitable: number;
  readonly efficiency: number | undefined;
}

const msPerYear = 365.25 * 86_400_000;

/** Chooses the best set of every in-sample part and judges it by the part that follows. */
export function walkForward(
  splits: readonly Split[],
  {
    space,
    sets,
    results,
    objective,
    minTrades,
    columns,
  }: {
    readonly space: ParameterSpace;
    readonly sets: readonly number[];
    readonly results: Results;
    readonly objective: Objective;
    readonly minTrades: number;
    readonly columns: BarColumns;
  },
): WalkForward {
  const better = ranking(objective, minTrades);
  const years = (from: number, to: number): number =>
    ((columns.openTimeMs[to - 1] ?? 0) - (columns.openTimeMs[from] ?? 0)) / msPerYear;
  const windows: WindowOutcome[] = [];
  let earned = { profitPercent: 0, years: 0 };
  let kept = { profitPercent: 0, years: 0 };
  let growth = 1;
  for (const [index, split] of splits.entries()) {
    let best: Scored | undefined;
    for (let ordinal = 0; ordinal < sets.length; ordinal++) {
      const { value, closedTrades } = partsIn(results.row(ordinal), metricNames.length, index).inSample;
      if (Number.isNaN(value) || closedTrades < minTrades) continue;
      const scored = { ordinal, value, closedTrades };
      if (best === undefined || better(scored, best) < 0) best = scored;
    }
    if (best === undefined) continue;
    const { inSample, outOfSample } = partsIn(results.row(best.ordinal), metricNames.length, index);
    const before = {
      profitPercent: inSample.profitPercent,
      years: years(split.inSample.from, split.inSample.to),
    };
    const after = {
      profitPercent: outOfSample.profitPercent,
      years: years(split.outOfSample.from, split.outOfSample.to),
    };
    earned = {
      profitPercent: earned.profitPercent + before.profitPercent,
      years: earned.years + before.years,
    };
    kept = { profitPercent: kept.profitPercent + after.profitPercent, years: kept.years + after.years };
    growth *= 1 + outOfSample.profitPercent / 100;
    windows.push({
      split,
      values: space.values(sets[best.ordinal] ?? 0),
      inSample,
      outOfSample,
      efficiency: efficiencyOf(before, after),
    });
  }
  return {
    windows,
    empty: splits.length - windows.length,
    profitPercent: (growth - 1) * 100,
    profitable: windows.filter(({ outOfSample }) => outOfSample.profitPercent > 0).length,
    efficiency: windows.length === 0 ? undefined : efficiencyOf(earned, kept),
  };
}
