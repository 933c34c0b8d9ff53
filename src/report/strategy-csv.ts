import { formatFloat } from "../kernel/float.ts";
import type { RunResult } from "../runtime/run.ts";
import { marginCalls, type StrategyStatistics, sumOf } from "../runtime/strategy/statistics.ts";
import type { Trade } from "../runtime/strategy/trade.ts";

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
  const currency = strategy.desk.accountCurrency;
  const header = ["Metric", ...sideNames.flatMap((side) => [`${side} ${currency}`, `${side} %`])];
  const rows: Row[] = [
    ...moneyRows(result, strategy, statistics),
    [""],
    ...tradeRows(strategy, statistics),
    [""],
    ["Sharpe ratio", formatFloat(statistics.sharpeRatio)],
    ["Sortino ratio", formatFloat(statistics.sortinoRatio)],
    allAndLong("Profit factor", formatFloat(statistics.profitFactor)),
    marginCallRow(strategy.closedTrades),
  ];
  return [
    header,
    ...rows.map((row) => [...row, ...Array<string>(columns + 1).fill("")].slice(0, columns + 1)),
  ].map((row) => row.join(","));
}

type Outcome = NonNullable<RunResult["strategy"]>;

const isLong = ({ size }: Trade): boolean => size > 0;
const profitOf = ({ profit }: Trade): number => profit;

/** The same for all and for the long trades. */
const allAndLong = (name: string, all: string, percent = ""): Row => [name, all, percent, all, percent, zero];

function moneyRows(result: RunResult, strategy: Outcome, statistics: StrategyStatistics): Row[] {
  const { closedTrades } = strategy;
  const { initialCapital } = statistics;
  const [long, short] = [closedTrades.filter(isLong), closedTrades.filter((trade) => !isLong(trade))];
  const money = (value: number): [string, string] => [
    formatFloat(value),
    formatFloat((value / initialCapital) * 100),
  ];
  const wins = (trades: readonly Trade[]): number => sumOf(trades, ({ profit }) => Math.max(profit, 0));
  const losses = (trades: readonly Trade[]): number => sumOf(trades, ({ profit }) => Math.min(profit, 0));
  const { close } = result.columns;
  const first = close[result.bars - strategy.equity.length] ?? Number.NaN;
  const last = close[result.bars - 1] ?? Number.NaN;
  return [
    [
      "Net profit",
      ...money(statistics.netProfit),
      ...money(sumOf(long, profitOf)),
      ...money(sumOf(short, profitOf)),
    ],
    ["Gross profit", ...money(statistics.grossProfit), ...money(wins(long)), ...money(wins(short))],
    ["Gross loss", ...money(statistics.grossLoss), ...money(losses(long)), ...money(losses(short))],
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

function tradeRows({ closedTrades, desk }: Outcome, statistics: StrategyStatistics): Row[] {
  const { initialCapital, netProfit } = statistics;
  const sides = [
    closedTrades,
    closedTrades.filter(isLong),
    closedTrades.filter((trade) => !isLong(trade)),
  ] as const;
  const [all, long] = sides;
  const wins = all.filter(({ profit }) => profit > 0);
  const losses = all.filter(({ profit }) => profit < 0);
  const won = mean(wins, profitOf);
  const lost = mean(losses, profitOf);
  const ofCapital = (value: number): string => formatFloat((value / initialCapital) * 100);
  const average = (trades: readonly Trade[], profit: number): [string, string] =>
    trades.length === 0
      ? ["0.0", "0.0"]
      : [formatFloat(profit / trades.length), formatFloat(((profit / initialCapital) * 100) / trades.length)];
  const bars = ({ entryBar, exitBar }: Trade): number => (exitBar ?? entryBar) - entryBar;
  const counts = (name: string, count: (trades: readonly Trade[]) => number): Row => [
    name,
    ...sides.flatMap((trades) => [String(count(trades)), ""]),
  ];
  const winsOf = (trades: readonly Trade[]): number => trades.filter(({ profit }) => profit > 0).length;
  return [
    counts("Total trades", (trades) => trades.length),
    allAndLong("Total open trades", String(desk.openTrades.length)),
    counts("Winning trades", winsOf),
    [
      "Losing trades",
      String(statistics.losingTrades),
      "",
      ...sides.slice(1).flatMap((trades) => [String(trades.length - winsOf(trades)), ""]),
    ],
    [
      "Percent profitable",
      ...sides.flatMap((trades) => [
        "",
        trades.length === 0 ? "0.0" : formatFloat((winsOf(trades) / trades.length) * 100),
      ]),
    ],
    [
      "Avg P&L",
      ...average(all, netProfit),
      ...average(long, sumOf(long, profitOf)),
      ...average(sides[2], sumOf(sides[2], profitOf)),
    ],
    allAndLong("Avg winning trade", formatFloat(won), ofCapital(won)),
    allAndLong("Avg losing trade", formatFloat(lost), ofCapital(lost)),
    allAndLong("Ratio avg win / avg loss", formatFloat(lost === 0 ? 0 : Math.abs(won / lost))),
    ...extremeRows(
      "winning",
      sides,
      (a, b) => a.profit > b.profit,
      ({ profit }) => profit > 0,
    ),
    ...extremeRows(
      "losing",
      sides,
      (a, b) => a.profit < b.profit,
      ({ profit }) => profit < 0,
    ),
    ["Avg # bars in trades", ...sides.flatMap((trades) => [formatFloat(mean(trades, bars)), ""])],
    allAndLong("Avg # bars in winning trades", formatFloat(mean(wins, bars))),
    allAndLong("Avg # bars in losing trades", formatFloat(mean(losses, bars))),
  ];
}

/** The trade that won or lost most, in money and in percent of what it bound. */
function extremeRows(
  kind: "winning" | "losing",
  sides: readonly (readonly Trade[])[],
  isMore: (trade: Trade, than: Trade) => boolean,
  counts: (trade: Trade) => boolean,
): Row[] {
  const extremes = sides.map((trades) => {
    const [first, ...rest] = trades.filter(counts);
    return rest.reduce((most, trade) => (most !== undefined && isMore(trade, most) ? trade : most), first);
  });
  return [
    [`Largest ${kind} trade`, ...extremes.flatMap((trade) => [formatFloat(trade?.profit ?? 0), ""])],
    [
      `Largest ${kind} trade percent`,
      ...extremes.flatMap((trade) => ["", formatFloat(trade?.profitPercent ?? 0)]),
    ],
  ];
}

function marginCallRow(trades: readonly Trade[]): Row {
  const [long, short] = [trades.filter(isLong), trades.filter((trade) => !isLong(trade))];
  return ["Margin calls", ...[trades, long, short].flatMap((side) => [String(marginCalls(side)), ""])];
}

function mean(trades: readonly Trade[], read: (trade: Trade) => number): number {
  return trades.length === 0 ? 0 : sumOf(trades, read) / trades.length;
}
