import { formatFloat } from "../kernel/float.ts";
import type { RunResult } from "../runtime/run.ts";
import { marginCalls, type StrategyStatistics, sumOf } from "../runtime/strategy/statistics.ts";
import type { Trade } from "../runtime/strategy/trade.ts";
import { figuresBySide, type SideFigures, type TradeFigures } from "./trade-figures.ts";

/** Money and percent, of all trades, the long and the short ones; an empty cell is empty. */
type Row = readonly [name: string, ...cells: string[]];

/** A literal zero: of short trades nobody computes this. */
const zero = "0";
const columns = 6;
const sideNames = ["All", "Long", "Short"];

/**
 * The lines of the statistics file. Layout and formulas are those of the files people already have: the columns of long
 * trades repeat those of all where no figure of their own is kept, and their gross loss is negative.
 */
export function strategyCsvLines(result: RunResult, statistics: StrategyStatistics): string[] {
  const { strategy } = result;
  if (strategy === undefined) return [];
  const sides = figuresBySide(strategy.closedTrades);
  const currency = strategy.desk.accountCurrency;
  const header = ["Metric", ...sideNames.flatMap((side) => [`${side} ${currency}`, `${side} %`])];
  const rows: Row[] = [
    ...moneyRows(result, strategy, statistics, sides),
    [""],
    ...tradeRows(strategy, statistics, sides),
    [""],
    ["Sharpe ratio", formatFloat(statistics.sharpeRatio)],
    ["Sortino ratio", formatFloat(statistics.sortinoRatio)],
    allAndLong("Profit factor", formatFloat(statistics.profitFactor)),
    marginCallRow(sides),
  ];
  return [
    header,
    ...rows.map((row) => [...row, ...Array<string>(columns + 1).fill("")].slice(0, columns + 1)),
  ].map((row) => row.join(","));
}

type Outcome = NonNullable<RunResult["strategy"]>;

/** The same for all and for the long trades. */
const allAndLong = (name: string, all: string, percent = ""): Row => [name, all, percent, all, percent, zero];

function moneyRows(
  result: RunResult,
  strategy: Outcome,
  statistics: StrategyStatistics,
  { long, short }: SideFigures,
): Row[] {
  const { initialCapital } = statistics;
  const money = (value: number): [string, string] => [
    formatFloat(value),
    formatFloat((value / initialCapital) * 100),
  ];
  const { close } = result.columns;
  const first = close[result.bars - strategy.equity.length] ?? Number.NaN;
  const last = close[result.bars - 1] ?? Number.NaN;
  return [
    ["Net profit", ...money(statistics.netProfit), ...money(long.netProfit), ...money(short.netProfit)],
    [
      "Gross profit",
      ...money(statistics.grossProfit),
      ...money(long.grossProfit),
      ...money(short.grossProfit),
    ],
    ["Gross loss", ...money(statistics.grossLoss), ...money(long.grossLoss), ...money(short.grossLoss)],
    allAndLong("Commission paid", formatFloat(statistics.commissionPaid)),
    ["Buy & hold return", ...money((initialCapital / first) * last - initialCapital)],
    ["Max equity run-up", ...money(statistics.maxRunup)],
    ["Max equity drawdown", ...money(statistics.maxDrawdown)],
    allAndLong("Max contracts held", formatFloat(maxContracts(strategy))),
  ];
}

/** The largest sum of sizes of trades that were open when one of them was entered. */
function maxContracts({ closedTrades, openTrades }: Outcome): number {
  const trades = [...closedTrades, ...openTrades].toSorted((a, b) => a.entryTimeMs - b.entryTimeMs);
  let held: Trade[] = [];
  let most = 0;
  for (const trade of trades) {
    held = [
      ...held.filter(({ exitTimeMs }) => exitTimeMs === undefined || exitTimeMs > trade.entryTimeMs),
      trade,
    ];
    most = Math.max(
      most,
      sumOf(held, ({ size }) => Math.abs(size)),
    );
  }
  return most;
}

function tradeRows(
  { desk }: Outcome,
  statistics: StrategyStatistics,
  { all, long, short }: SideFigures,
): Row[] {
  const { initialCapital, netProfit } = statistics;
  const sides = [all, long, short];
  const won = all.meanWin ?? 0;
  const lost = all.meanLoss ?? 0;
  const ofCapital = (value: number): string => formatFloat((value / initialCapital) * 100);
  const average = ({ trades }: TradeFigures, profit: number): [string, string] =>
    trades.length === 0
      ? ["0.0", "0.0"]
      : [formatFloat(profit / trades.length), formatFloat(((profit / initialCapital) * 100) / trades.length)];
  const counts = (name: string, count: (figures: TradeFigures) => number): Row => [
    name,
    ...sides.flatMap((figures) => [String(count(figures)), ""]),
  ];
  const notWon = ({ trades, won: wins }: TradeFigures): string => String(trades.length - wins.length);
  return [
    counts("Total trades", ({ trades }) => trades.length),
    allAndLong("Total open trades", String(desk.openTrades.length)),
    counts("Winning trades", ({ won: wins }) => wins.length),
    ["Losing trades", String(statistics.losingTrades), "", notWon(long), "", notWon(short), ""],
    ["Percent profitable", ...sides.flatMap(({ winRate }) => ["", formatFloat(winRate ?? 0)])],
    [
      "Avg P&L",
      ...average(all, netProfit),
      ...average(long, long.netProfit),
      ...average(short, short.netProfit),
    ],
    allAndLong("Avg winning trade", formatFloat(won), ofCapital(won)),
    allAndLong("Avg losing trade", formatFloat(lost), ofCapital(lost)),
    allAndLong("Ratio avg win / avg loss", formatFloat(lost === 0 ? 0 : Math.abs(won / lost))),
    ...extremeRows(
      "winning",
      sides.map(({ largestWin }) => largestWin),
    ),
    ...extremeRows(
      "losing",
      sides.map(({ largestLoss }) => largestLoss),
    ),
    ["Avg # bars in trades", ...sides.flatMap(({ meanBars }) => [formatFloat(meanBars ?? 0), ""])],
    allAndLong("Avg # bars in winning trades", formatFloat(all.meanWinBars ?? 0)),
    allAndLong("Avg # bars in losing trades", formatFloat(all.meanLossBars ?? 0)),
  ];
}

/** The trades that won or lost most, in money and in percent of what they bound. */
function extremeRows(kind: "winning" | "losing", extremes: readonly (Trade | undefined)[]): Row[] {
  return [
    [`Largest ${kind} trade`, ...extremes.flatMap((trade) => [formatFloat(trade?.profit ?? 0), ""])],
    [
      `Largest ${kind} trade percent`,
      ...extremes.flatMap((trade) => ["", formatFloat(trade?.profitPercent ?? 0)]),
    ],
  ];
}

function marginCallRow({ all, long, short }: SideFigures): Row {
  return ["Margin calls", ...[all, long, short].flatMap(({ trades }) => [String(marginCalls(trades)), ""])];
}
