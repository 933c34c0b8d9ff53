import type { RunResult } from "../../runtime/run.ts";
import type { Trade } from "../../runtime/strategy/trade.ts";
import { type StrategyStatistics, statisticsOf } from "../../runtime/strategy/statistics.ts";

/** What a strategy achieved, in all and by side, as the rows of a table. */

/** How a figure reads. Money is in account currency. */
export type Unit = "money" | "percent" | "ratio" | "count" | "bars";

/** One row; a figure that is not told by side, or that does not exist, is `undefined`. */
export interface PerformanceRow {
  readonly label: string;
  readonly unit: Unit;
  /** Rows with a sign are coloured by it. */
  readonly signed: boolean;
  readonly all: number | undefined;
  readonly long: number | undefined;
  readonly short: number | undefined;
}

/** All figures. */
export interface Performance {
  readonly statistics: StrategyStatistics;
  /** Mean profit of the closed trades, money. */
  readonly expectancy: number | undefined;
  readonly rows: readonly PerformanceRow[];
}

type Figures = readonly [
  label: string,
  unit: Unit,
  signed: boolean,
  of: (trades: readonly Trade[]) => number | undefined,
];

const profit = (trade: Trade): number => trade.profit;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : sum(values) / values.length;
const extreme = (values: readonly number[], pick: (a: number, b: number) => number): number | undefined =>
  values.length === 0 ? undefined : values.reduce((a, b) => pick(a, b));
const won = (trades: readonly Trade[]): number[] => trades.map(profit).filter((value) => value > 0);
const lost = (trades: readonly Trade[]): number[] => trades.map(profit).filter((value) => value < 0);
const bars = (trades: readonly Trade[]): number[] =>
  trades.map((trade) => (trade.exitBar ?? 0) - trade.entryBar);
const ratio = (above: number, below: number): number | undefined =>
  below === 0 ? undefined : Math.abs(above / below);

/** Figures of closed trades, whichever are looked at. */
const tradeFigures: readonly Figures[] = [
  ["Closed trades", "count", false, (trades) => trades.length],
  ["Winning trades", "count", false, (trades) => won(trades).length],
  ["Losing trades", "count", false, (trades) => lost(trades).length],
  [
    "Win rate",
    "percent",
    false,
    (trades) => (trades.length === 0 ? undefined : (won(trades).length / trades.length) * 100),
  ],
  ["Profit factor", "ratio", false, (trades) => ratio(sum(won(trades)), sum(lost(trades)))],
  ["Gross profit", "money", true, (trades) => sum(won(trades))],
  ["Gross loss", "money", true, (trades) => sum(lost(trades))],
  ["Expectancy (mean of a trade)", "money", true, (trades) => mean(trades.map(profit))],
  ["Mean of a winning trade", "money", true, (trades) => mean(won(trades))],
  ["Mean of a losing trade", "money", true, (trades) => mean(lost(trades))],
  [
    "Mean win / mean loss",
    "ratio",
    false,
    (trades) => ratio(mean(won(trades)) ?? 0, mean(lost(trades)) ?? 0),
  ],
  ["Largest win", "money", true, (trades) => extreme(won(trades), Math.max)],
  ["Largest loss", "money", true, (trades) => extreme(lost(trades), Math.min)],
  ["Mean bars in a trade", "bars", false, (trades) => mean(bars(trades))],
  [
    "Mean bars in a winning trade",
    "bars",
    false,
    (trades) => mean(bars(trades.filter((trade) => profit(trade) > 0))),
  ],
  [
    "Mean bars in a losing trade",
    "bars",
    false,
    (trades) => mean(bars(trades.filter((trade) => profit(trade) < 0))),
  ],
];

/** The figures of a strategy's run. */
export function performanceOf(
  strategy: NonNullable<RunResult["strategy"]>,
  closes: Float64Array,
): Performance {
  const { closedTrades, openTrades, desk, equity } = strategy;
  const statistics = statisticsOf(desk, equity);
  const sides = [
    closedTrades,
    closedTrades.filter((trade) => trade.size > 0),
    closedTrades.filter((trade) => trade.size < 0),
  ] as const;
  const row = (label: string, unit: Unit, signed: boolean, all: number | undefined): PerformanceRow => ({
    label,
    unit,
    signed,
    all,
    long: undefined,
    short: undefined,
  });
  const openBy = (side: number): number =>
    openTrades.filter((trade) => Math.sign(trade.size) === side).length;
  return {
    statistics,
    expectancy: mean(closedTrades.map(profit)),
    rows: [
      {
        ...row("Net profit", "money", true, statistics.netProfit),
        long: sum(sides[1].map(profit)),
        short: sum(sides[2].map(profit)),
      },
      row("Net profit of the initial capital", "percent", true, statistics.netProfitPercent),
      row("Open profit", "money", true, statistics.openProfit),
      row("Buy and hold", "money", true, buyAndHold(closes, statistics.initialCapital)),
      row("Largest drawdown", "money", false, statistics.maxDrawdown),
      row("Largest run-up", "money", false, statistics.maxRunup),
      row("Sharpe ratio", "ratio", true, statistics.sharpeRatio),
      ...tradeFigures.map(([label, unit, signed, of]) => ({
        ...{ label, unit, signed },
        ...{ all: of(sides[0]), long: of(sides[1]), short: of(sides[2]) },
      })),
      { ...row("Open trades", "count", false, openTrades.length), long: openBy(1), short: openBy(-1) },
    ],
  };
}

/** What the initial capital would have made from the first close to the last. */
function buyAndHold(closes: Float64Array, initialCapital: number): number | undefined {
  const first = closes.find((close) => close > 0);
  const last = closes.findLast((close) => close > 0);
  return first === undefined || last === undefined
    ? undefined
    : (initialCapital / first) * last - initialCapital;
}
