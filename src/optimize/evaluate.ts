import type { ScriptModule } from "../api/script/declaration.ts";
import type { BarColumns } from "../kernel/bar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { InputValues } from "../runtime/inputs.ts";
import { type RunOptions, type RunResult, runScript } from "../runtime/run.ts";
import type { Feeds } from "../runtime/security/feeds.ts";
import type { SettingValues } from "../runtime/settings.ts";
import { figuresBetween, metricNames, metricsOf } from "./metrics.ts";
import { objectives, type ObjectiveName } from "./objective.ts";
import { type Dimension, ParameterSpace } from "./space.ts";
import { numbersPerSplit, type Split } from "./walk-forward.ts";

/** One search as a worker receives it: plain data, the numbers of its bars shared. */
export interface SearchJob {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  /** Inputs that are not varied and differ from the script's defaults. */
  readonly inputs: InputValues;
  readonly settings: SettingValues;
  readonly loopLimit: number | undefined;
  readonly dimensions: readonly Dimension[];
  readonly objective: ObjectiveName;
  /** Empty without a walk-forward test. */
  readonly splits: readonly Split[];
}

/** Numbers in the row of a set: the metrics, then those of the splits. */
export function rowWidth(splits: readonly Split[]): number {
  return metricNames.length + splits.length * numbersPerSplit;
}

/** Runs sets of one search. */
export class Evaluator {
  readonly #module: ScriptModule;
  readonly #job: SearchJob;
  readonly #space: ParameterSpace;

  readonly #feeds: Feeds;

  /** @param feeds the bars of other symbols and timeframes */
  constructor(module: ScriptModule, job: SearchJob, feeds: Feeds) {
    this.#module = module;
    this.#job = job;
    this.#feeds = feeds;
    this.#space = new ParameterSpace(job.dimensions);
  }

  /**
   * The row of a set.
   * @throws whatever the script throws with these inputs
   */
  async evaluate(set: number): Promise<Float64Array> {
    const { splits, objective, inputs } = this.#job;
    const result = await runScript(this.#module, {
      ...runOptions(this.#job),
      feeds: this.#feeds,
      inputs: { ...inputs, ...this.#space.values(set) },
    });
    const row = new Float64Array(rowWidth(splits));
    const metrics = metricsOf(result);
    for (const [index, name] of metricNames.entries()) row[index] = metrics[name];
    for (const [index, split] of splits.entries())
      row.set(splitNumbers(result, split, objective), metricNames.length + index * numbersPerSplit);
    return row;
  }
}

/** What is the same for every set. */
function runOptions({ columns, symInfo, timeframe, settings, loopLimit }: SearchJob): RunOptions {
  return { columns, symInfo, timeframe, settings, ...(loopLimit === undefined ? {} : { loopLimit }) };
}

function splitNumbers(result: RunResult, { inSample, outOfSample }: Split, name: ObjectiveName): number[] {
  return [inSample, outOfSample].flatMap((part) => {
    const figures = figuresBetween(result, part);
    return [figures.netProfit, figures.closedTrades, objectives[name].of(figures)];
  });
}

/** Columns whose numbers lie in memory that workers share instead of copying. */
export function sharedColumns(columns: BarColumns): BarColumns {
  const shared = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    return copy;
  };
  return {
    length: columns.length,
    openTimeMs: shared(columns.openTimeMs),
    open: shared(columns.open),
    high: shared(columns.high),
    low: shared(columns.low),
    close: shared(columns.close),
    volume: shared(columns.volume),
    extra: new Map(
      [...columns.extra].map(([name, column]) => [
        name,
        column instanceof Float64Array ? shared(column) : column,
      ]),
    ),
  };
}
