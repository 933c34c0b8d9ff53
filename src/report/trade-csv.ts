import { formatFloat } from "../kernel/float.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { RunResult } from "../runtime/run.ts";
import type { Trade } from "../runtime/strategy/trade.ts";
import { csvCell } from "./text-file.ts";
import { zonedFormatter } from "../kernel/zone.ts";

/**
 * The lines of the trade file: two rows a trade, entry and exit, in the order in which trades closed; then those
 * still open, marked at the last close. Dates in the exchange's zone, percentages with two decimals.
 */
export function* tradeCsvLines(result: RunResult, symbol: SymInfo): Generator<string> {
  const { strategy, columns } = result;
  const money = strategy?.desk.accountCurrency ?? symbol.currency;
  yield [
    ...["Trade #", "Bar Index", "Type", "Signal", "Date/Time", `Price ${symbol.currency}`, "Contracts"],
    ...[`Profit ${money}`, "Profit %", `Cumulative profit ${money}`, "Cumulative profit %"],
    ...[`Run-up ${money}`, "Run-up %", `Drawdown ${money}`, "Drawdown %"],
  ].join(",");
  if (strategy === undefined) return;
  const date = zonedFormatter(symbol.timezone);
  let number = 0;
  for (const trade of strategy.closedTrades) {
    number++;
    const side = trade.size > 0 ? "long" : "short";
    const contracts = formatFloat(Math.abs(trade.size));
    const figures = [
      ...amounts(trade.profit, trade.profitPercent),
      ...amounts(trade.cumulativeProfit, trade.cumulativeProfitPercent),
      ...amounts(trade.maxRunup, trade.maxRunupPercent),
      ...amounts(trade.maxDrawdown, trade.maxDrawdownPercent),
    ];
    const entry = [
      trade.entryBar,
      `Entry ${side}`,
      signal(trade.entryComment, trade.entryId),
      date(trade.entryTimeMs),
    ];
    const exit = [
      trade.exitBar ?? 0,
      `Exit ${side}`,
      signal(trade.exitComment ?? "", trade.exitId ?? ""),
      date(trade.exitTimeMs ?? 0),
    ];
    yield [number, ...entry, formatFloat(trade.entryPrice), contracts, ...figures].join(",");
    yield [number, ...exit, formatFloat(trade.exitPrice ?? Number.NaN), contracts, ...figures].join(",");
  }
  for (const trade of strategy.openTrades) {
    number++;
    // Orders fill before the script runs: one that fails has a trade of the bar that it failed on.
    const last = Math.max(result.bars - 1, trade.entryBar);
    yield* openTradeLines(
      trade,
      number,
      symbol,
      last,
      columns.openTimeMs[last] ?? 0,
      columns.close[last] ?? Number.NaN,
      date,
    );
  }
}

function openTradeLines(
  trade: Trade,
  number: number,
  symbol: SymInfo,
  bar: number,
  timeMs: number,
  close: number,
  date: (timeMs: number) => string,
): string[] {
  const side = trade.size > 0 ? "long" : "short";
  const contracts = formatFloat(Math.abs(trade.size));
  const profit = trade.size * (close - trade.entryPrice) * symbol.pointvalue;
  const invested = Math.abs(trade.size) * trade.entryPrice * symbol.pointvalue;
  const percent = (value: number): number => (invested === 0 ? 0 : (value / invested) * 100);
  const nothing = amounts(0, 0);
  const marked = amounts(profit, percent(profit));
  const entry = [
    trade.entryBar,
    `Entry ${side}`,
    csvCell(trade.entryId),
    date(trade.entryTimeMs),
    formatFloat(trade.entryPrice),
  ];
  const exit = [bar, `Exit ${side}`, "Open", date(timeMs), formatFloat(close)];
  const [up, down] = [Math.max(0, profit), Math.max(0, -profit)];
  return [
    [number, ...entry, contracts, ...nothing, ...nothing, ...nothing, ...nothing].join(","),
    [
      number,
      ...exit,
      contracts,
      ...marked,
      ...marked,
      ...amounts(up, percent(up)),
      ...amounts(down, percent(down)),
    ].join(","),
  ];
}

function amounts(money: number | undefined, percent: number | undefined): [string, string] {
  return [formatFloat(money ?? Number.NaN), (percent ?? Number.NaN).toFixed(2)];
}

function signal(comment: string, id: string): string {
  return csvCell(comment === "" ? id : comment);
}
