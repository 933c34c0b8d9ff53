import { marginCallSignal } from "./margin.ts";
import type { StrategyDesk } from "./strategy-desk.ts";
import type { Trade } from "./trade.ts";

/** What a strategy achieved. Money in account currency, `...Percent` of the initial capital. */
export interface StrategyStatistics {
  readonly initialCapital: number;
  readonly netProfit: number;
  readonly netProfitPercent: number;
  readonly grossProfit: number;
  /** Positive. */
  readonly grossLoss: number;
  readonly openProfit: number;
  readonly maxDrawdown: number;
  readonly maxRunup: number;
  /** Of closed trades. */
  readonly commissionPaid: number;
  readonly closedTrades: number;
  readonly openTrades: number;
  readonly winningTrades: number;
  readonly losingTrades: number;
  readonly marginCalls: number;
  /** Of the closed trades, in percent; 0 without any. */
  readonly percentProfitable: number;
  /** Gross profit over gross loss; 0 when nothing was lost. */
  readonly profitFactor: number;
  /** Mean over sample deviation of the bars' returns, times √252. 0 with fewer than two. */
  readonly sharpeRatio: number;
  /** The same over the deviation of the losing bars alone, from 0. 0 with fewer than two of them. */
  readonly sortinoRatio: number;
}

/** @param equity at the end of each bar */
export function statisticsOf(desk: StrategyDesk, equity: Float64Array): StrategyStatistics {
  const { initialCapital } = desk.rules;
  const closed = desk.closedTrades.length;
  const returns = returnsOf(equity);
  return {
    initialCapital,
    netProfit: desk.netProfit,
    netProfitPercent: (desk.netProfit / initialCapital) * 100,
    grossProfit: desk.grossProfit,
    grossLoss: desk.closedLoss,
    openProfit: desk.openProfit,
    maxDrawdown: desk.maxDrawdown,
    maxRunup: desk.maxRunup,
    commissionPaid: sumOf(desk.closedTrades, ({ commission }) => commission),
    closedTrades: closed,
    openTrades: desk.openTrades.length,
    winningTrades: desk.winTrades,
    losingTrades: desk.lossTrades,
    marginCalls: marginCalls(desk.closedTrades),
    percentProfitable: closed === 0 ? 0 : (desk.winTrades / closed) * 100,
    profitFactor: desk.closedLoss === 0 ? 0 : desk.grossProfit / desk.closedLoss,
    sharpeRatio: sharpeRatio(returns),
    sortinoRatio: sortinoRatio(returns),
  };
}

/** Sum over trades, oldest first. */
export function sumOf(trades: readonly Trade[], read: (trade: Trade) => number): number {
  return trades.reduce((sum, trade) => sum + read(trade), 0);
}

/** Trades that were closed for want of margin. */
export function marginCalls(trades: readonly Trade[]): number {
  return trades.filter(({ exitId }) => exitId === marginCallSignal).length;
}

/** Relative change of the equity from bar to bar; a bar that begins with nothing has none. */
function returnsOf(equity: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1));
  let count = 0;
  for (let index = 1; index < equity.length; index++) {
    const before = equity[index - 1]!;
    if (before !== 0) returns[count++] = (equity[index]! - before) / before;
  }
  return returns.subarray(0, count);
}

/** Annual by the 252 days of a year of stocks, whatever the bars are: as TradingView's tables have it. */
const year = 252;

function sharpeRatio(returns: Float64Array): number {
  if (returns.length < 2) return 0;
  const mean = meanOf(returns);
  let squares = 0;
  for (const value of returns) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / (returns.length - 1));
  return deviation === 0 ? 0 : (mean * year) / (deviation * Math.sqrt(year));
}

function sortinoRatio(returns: Float64Array): number {
  const losses = returns.filter((value) => value < 0);
  if (losses.length < 2) return 0;
  let squares = 0;
  for (const value of losses) squares += value ** 2;
  return (meanOf(returns) * year) / (Math.sqrt(squares / losses.length) * Math.sqrt(year));
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
