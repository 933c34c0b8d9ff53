import type { RunResult } from "../../runtime/run.ts";
import { type StrategyStatistics, statisticsOf } from "../../runtime/strategy/statistics.ts";
import { figuresBySide, type TradeFigures } from "../trade-figures.ts";

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

type Figure = readonly [
  label: string,
  unit: Unit,
  signed: boolean,
  of: (figures: TradeFigures) => number | undefined,
];

const ratio = (above: number, below: number): number | undefined =>
  below === 0 ? undefined : Math.abs(above / below);

/** Figures of closed trades, whichever are looked at. */
const tradeFigures: readonly Figure[] = [
  ["Closed trades", "count", false, ({ trades }) => trades.length],
  ["Winning trades", "count", false, ({ won }) => won.length],
  ["Losing trades", "count", false, ({ lost }) => lost.length],
  ["Win rate", "percent", false, ({ winRate }) => winRate],
  ["Profit factor", "ratio", false, ({ grossProfit, grossLoss }) => ratio(grossProfit, grossLoss)],
  ["Gross profit", "money", true, ({ grossProfit }) => grossProfit],
  ["Gross loss", "money", true, ({ grossLoss }) => grossLoss],
  ["Expectancy (mean of a trade)", "money", true, ({ meanProfit }) => meanProfit],
  ["Mean of a winning trade", "money", true, ({ meanWin }) => meanWin],
  ["Mean of a losing trade", "money", true, ({ meanLoss }) => meanLoss],
  ["Mean win / mean loss", "ratio", false, ({ meanWin, meanLoss }) => ratio(meanWin ?? 0, meanLoss ?? 0)],
  ["Largest win", "money", true, ({ largestWin }) => largestWin?.profit],
  ["Largest loss", "money", true, ({ largestLoss }) => largestLoss?.profit],
  ["Mean bars in a trade", "bars", false, ({ meanBars }) => meanBars],
  ["Mean bars in a winning trade", "bars", false, ({ meanWinBars }) => meanWinBars],
  ["Mean bars in a losing trade", "bars", false, ({ meanLossBars }) => meanLossBars],
];

/** The figures of a strategy's run. */
export function performanceOf(
  strategy: NonNullable<RunResult["strategy"]>,
  closes: Float64Array,
): Performance {
  const { closedTrades, openTrades, desk, equity } = strategy;
  const statistics = statisticsOf(desk, equity);
  const { all, long, short } = figuresBySide(closedTrades);
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
    expectancy: all.meanProfit,
    rows: [
      {
        ...row("Net profit", "money", true, statistics.netProfit),
        long: long.netProfit,
        short: short.netProfit,
      },
      row("Net profit of the initial capital", "percent", true, statistics.netProfitPercent),
      row("Open profit", "money", true, statistics.openProfit),
      row("Buy and hold", "money", true, buyAndHold(closes, statistics.initialCapital)),
      row("Largest drawdown", "money", false, statistics.maxDrawdown),
      row("Largest run-up", "money", false, statistics.maxRunup),
      row("Sharpe ratio", "ratio", true, statistics.sharpeRatio),
      ...tradeFigures.map(([label, unit, signed, of]) => ({
        ...{ label, unit, signed },
        ...{ all: of(all), long: of(long), short: of(short) },
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
