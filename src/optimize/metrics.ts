import type { RunResult } from "../runtime/run.ts";
import { statisticsOf, type StrategyStatistics } from "../runtime/strategy/statistics.ts";
import type { Figures } from "./objective.ts";

/** Figures of one run, as a row of numbers. Pure. */

const ofStatistics = [
  ...["netProfit", "netProfitPercent", "grossProfit", "grossLoss", "openProfit", "maxDrawdown", "maxRunup"],
  ...[
    "closedTrades",
    "openTrades",
    "winningTrades",
    "losingTrades",
    "percentProfitable",
    "profitFactor",
    "sharpeRatio",
  ],
] as const satisfies readonly (keyof StrategyStatistics)[];

/** The columns of a row: what `pyne run --json` calls its statistics, and the Sortino ratio. */
export const metricNames = [...ofStatistics, "sortinoRatio"] as const;

export type Metric = (typeof metricNames)[number];

/** The row of a run of a strategy. */
export function metricsOf({ strategy }: RunResult): Record<Metric, number> {
  if (strategy === undefined) throw new Error("an indicator has no metrics");
  const statistics = statisticsOf(strategy.desk, strategy.equity);
  const row = Object.fromEntries(ofStatistics.map((name) => [name, statistics[name]])) as Record<
    Metric,
    number
  >;
  row.sortinoRatio = sortinoRatio(returnsOf(strategy.equity, 0, strategy.equity.length, Number.NaN));
  return row;
}

/** A stretch of bars `[from, to)`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Figures of a part of a run: trades that closed in it, and what the equity did in it, at the closes of bars. Profit and
 * drawdown are percentages, so that what a set earned before weighs nothing.
 */
export function figuresBetween(result: RunResult, { from, to }: Stretch): Figures {
  const { strategy } = result;
  if (strategy === undefined) throw new Error("an indicator has no figures");
  const { equity, closedTrades, rules } = strategy;
  // The equity curve begins at the first computed bar.
  const offset = result.bars - equity.length;
  const [first, end] = [Math.max(0, from - offset), Math.max(0, to - offset)];
  const base = first === 0 ? rules.initialCapital : (equity[first - 1] ?? Number.NaN);
  const last = end === 0 ? base : (equity[Math.min(end, equity.length) - 1] ?? Number.NaN);
  let [grossProfit, grossLoss, wins, count] = [0, 0, 0, 0];
  for (const { exitBar = -1, profit = 0 } of closedTrades) {
    if (exitBar < from || exitBar >= to) continue;
    count++;
    if (profit > 0) {
      grossProfit += profit;
      wins++;
    } else grossLoss -= profit;
  }
  let peak = base;
  let maxDrawdown = 0;
  for (let bar = first; bar < end; bar++) {
    const value = equity[bar] ?? Number.NaN;
    if (value > peak) peak = value;
    else maxDrawdown = Math.max(maxDrawdown, ((peak - value) / peak) * 100);
  }
  const returns = returnsOf(equity, first, end, base);
  return {
    netProfit: ((last - base) / base) * 100,
    grossProfit,
    grossLoss,
    maxDrawdown,
    percentProfitable: count === 0 ? 0 : (wins / count) * 100,
    closedTrades: count,
    sharpeRatio: sharpeRatio(returns),
    sortinoRatio: sortinoRatio(returns),
  };
}

/** Returns of bars; those from an equity of 0 are left out. */
function returnsOf(equity: Float64Array, from: number, to: number, base: number): Float64Array {
  const returns = new Float64Array(Math.max(0, to - from));
  let count = 0;
  let before = base;
  for (let bar = from; bar < to; bar++) {
    const value = equity[bar] ?? Number.NaN;
    if (before !== 0 && before === before) returns[count++] = (value - before) / before;
    before = value;
  }
  return returns.subarray(0, count);
}

/** Bars of a year, whatever the timeframe; no risk-free rate is subtracted. */
const year = 252;

/** Mean over sample deviation, times √252; 0 with fewer than two returns. */
function sharpeRatio(returns: Float64Array): number {
  if (returns.length < 2) return 0;
  const mean = sum(returns) / returns.length;
  let squares = 0;
  for (const value of returns) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / (returns.length - 1));
  return deviation === 0 ? 0 : (mean * year) / (deviation * Math.sqrt(year));
}

/** Mean over the root mean square of the negative returns, times √252; 0 with fewer than two of those. */
function sortinoRatio(returns: Float64Array): number {
  let [squares, losses] = [0, 0];
  for (const value of returns) {
    if (value >= 0) continue;
    squares += value * value;
    losses++;
  }
  if (losses < 2) return 0;
  const mean = sum(returns) / returns.length;
  return (mean * year) / (Math.sqrt(squares / losses) * Math.sqrt(year));
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
