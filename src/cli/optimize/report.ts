import type { BarColumns } from "../../kernel/bar.ts";
import { type Metric, metricNames } from "../../optimize/metrics.ts";
import { type Objective, ranking, type Scored } from "../../optimize/objective.ts";
import type { Results } from "../../optimize/results.ts";
import type { ParameterSpace } from "../../optimize/space.ts";
import { tableLines } from "../table.ts";
import { setText } from "./search.ts";
import type { WalkForward, WindowOutcome } from "./windows.ts";

/** What a search says in the end, as lines and as objects. Pure. */

/** The figure of an objective in the row of a whole run. */
export function objectiveOf(objective: Objective, row: Float64Array): number {
  const at = (name: Metric): number => row[metricNames.indexOf(name)] ?? Number.NaN;
  if (Number.isNaN(at("netProfit"))) return Number.NaN;
  return objective.of({
    netProfit: at("netProfit"),
    grossProfit: at("grossProfit"),
    grossLoss: at("grossLoss"),
    maxDrawdown: at("maxDrawdown"),
    percentProfitable: at("percentProfitable"),
    closedTrades: at("closedTrades"),
    sharpeRatio: at("sharpeRatio"),
    sortinoRatio: at("sortinoRatio"),
  });
}

/** Sets that are done, the best first. */
export function ranked(results: Results, objective: Objective, minTrades: number): Scored[] {
  const scored: Scored[] = [];
  const trades = metricNames.indexOf("closedTrades");
  for (let ordinal = 0; ordinal < results.count; ordinal++) {
    if (!results.isDone(ordinal)) continue;
    const row = results.row(ordinal);
    scored.push({ ordinal, value: objectiveOf(objective, row), closedTrades: row[trades] ?? Number.NaN });
  }
  return scored.toSorted(ranking(objective, minTrades));
}

/** The table of the best sets. */
export function topLines(
  space: ParameterSpace,
  sets: readonly number[],
  results: Results,
  best: readonly Scored[],
  objective: Objective,
): string[] {
  const figures: readonly [string, Metric, (value: number) => string][] = [
    ["net profit", "netProfit", money],
    ["trades", "closedTrades", (value) => value.toLocaleString("en")],
    ["profitable", "percentProfitable", percent],
    ["profit factor", "profitFactor", (value) => value.toFixed(3)],
    ["max drawdown", "maxDrawdown", money],
    ["sharpe", "sharpeRatio", (value) => value.toFixed(3)],
  ];
  const keys = space.dimensions.map(({ key }) => key);
  const shown = figures.filter(([, metric]) => metric !== metricOf[objective.name]);
  const header = ["", ...keys, objective.title, ...shown.map(([title]) => title)];
  const rows = best.map(({ ordinal, value }, index) => {
    const row = results.row(ordinal);
    return [
      String(index + 1),
      ...Object.values(space.values(sets[ordinal] ?? 0)).map(String),
      objectiveText(objective, value),
      ...shown.map(([, metric, text]) => text(row[metricNames.indexOf(metric)] ?? Number.NaN)),
    ];
  });
  return tableLines(
    [header, ...rows],
    header.map((_, index) => index),
  );
}

/** The metric that is an objective itself. */
const metricOf: Readonly<Record<Objective["name"], Metric>> = {
  "net-profit": "netProfit",
  sharpe: "sharpeRatio",
  sortino: "sortinoRatio",
  "profit-factor": "profitFactor",
  "max-drawdown": "maxDrawdown",
  "win-rate": "percentProfitable",
};

function objectiveText({ name }: Objective, value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-";
  if (name === "net-profit" || name === "max-drawdown") return money(value);
  return name === "win-rate" ? percent(value) : value.toFixed(3);
}

const money = (value: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = (value: number): string => `${value.toFixed(2)} %`;
const day = (timeMs: number | undefined): string =>
  timeMs === undefined ? "-" : new Date(timeMs).toISOString().slice(0, 10);

/** A walk-forward test, a line for each window. */
export function walkForwardLines(test: WalkForward, columns: BarColumns, objective: Objective): string[] {
  const { windows, empty, profitPercent, profitable, efficiency } = test;
  const header = [
    "",
    "in-sample",
    "out-of-sample",
    "best inputs",
    `${objective.title} in`,
    "out",
    "profit in",
    "out",
    "efficiency",
  ];
  const span = ({ from, to }: { from: number; to: number }): string =>
    `${day(columns.openTimeMs[from])} to ${day(columns.openTimeMs[to - 1])}`;
  const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : "∞");
  const rows = windows.map(({ split, values, inSample, outOfSample, efficiency: own }, index) => [
    String(index + 1),
    span(split.inSample),
    span(split.outOfSample),
    setText(values),
    ratio(inSample.value),
    ratio(outOfSample.value),
    percent(inSample.profitPercent),
    percent(outOfSample.profitPercent),
    own === undefined ? "-" : `${Math.round(own * 100)} %`,
  ]);
  return [
    ...tableLines([header, ...rows], [4, 5, 6, 7, 8]),
    `out of sample: ${percent(profitPercent)} in all, ${profitable} of ${windows.length} windows profitable, efficiency ${efficiency === undefined ? "-" : `${Math.round(efficiency * 100)} %`}`,
    ...(empty === 0 ? [] : [`${empty} windows had no set with trades enough`]),
  ];
}

/** Its file. */
export function* walkForwardCsvLines(
  test: WalkForward,
  columns: BarColumns,
  space: ParameterSpace,
): Generator<string> {
  const keys = space.dimensions.map(({ key }) => key);
  yield [
    ...["window", "inSampleFrom", "inSampleTo", "outOfSampleFrom", "outOfSampleTo", ...keys],
    ...[
      "objectiveIn",
      "objectiveOut",
      "profitPercentIn",
      "profitPercentOut",
      "tradesIn",
      "tradesOut",
      "efficiency",
    ],
  ].join(",");
  for (const [index, window] of test.windows.entries()) {
    const { inSample, outOfSample, values, efficiency } = window;
    yield [
      String(index + 1),
      ...timesOf(window, columns),
      ...keys.map((key) => String(values[key])),
      ...[inSample.value, outOfSample.value, inSample.profitPercent, outOfSample.profitPercent].map(String),
      ...[inSample.closedTrades, outOfSample.closedTrades].map(String),
      efficiency === undefined ? "" : String(efficiency),
    ].join(",");
  }
}

function timesOf({ split: { inSample, outOfSample } }: WindowOutcome, { openTimeMs }: BarColumns): string[] {
  return [inSample.from, inSample.to - 1, outOfSample.from, outOfSample.to - 1].map((bar) =>
    new Date(openTimeMs[bar] ?? 0).toISOString(),
  );
}

/** One set as `--json` shows it; numbers that JSON has not are null. */
export function setObject(
  space: ParameterSpace,
  sets: readonly number[],
  results: Results,
  { ordinal, value }: Scored,
): object {
  const row = results.row(ordinal);
  return {
    inputs: space.values(sets[ordinal] ?? 0),
    objective: Number.isFinite(value) ? value : null,
    statistics: Object.fromEntries(metricNames.map((name, index) => [name, row[index] ?? null])),
  };
}

/** A walk-forward test as `--json` shows it. */
export function walkForwardObject(test: WalkForward, columns: BarColumns): object {
  return {
    profit_percent: test.profitPercent,
    profitable_windows: test.profitable,
    empty_windows: test.empty,
    efficiency: test.efficiency ?? null,
    windows: test.windows.map((window) => {
      const [inFrom, inTo, outFrom, outTo] = timesOf(window, columns);
      const part = ({ profitPercent, closedTrades, value }: WindowOutcome["inSample"]): object => ({
        profit_percent: profitPercent,
        trades: closedTrades,
        objective: Number.isFinite(value) ? value : null,
      });
      return {
        inputs: window.values,
        in_sample: { from: inFrom, to: inTo, ...part(window.inSample) },
        out_of_sample: { from: outFrom, to: outTo, ...part(window.outOfSample) },
        efficiency: window.efficiency ?? null,
      };
    }),
  };
}
