import type { Simulator } from "./simulator.ts";

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
  readonly closedTrades: number;
  readonly openTrades: number;
  readonly winningTrades: number;
  readonly losingTrades: number;
  /** Of the closed trades, in percent; 0 without any. */
  readonly percentProfitable: number;
  /** Gross profit over gross loss; 0 when nothing was lost. */
  readonly profitFactor: number;
  /** Mean over sample deviation of the bars' returns, times √252. 0 with fewer than two. */
  readonly sharpeRatio: number;
}

/** @param equity at the end of each bar */
export function statisticsOf(simulator: Simulator, equity: Float64Array): StrategyStatistics {
  const { initialCapital } = simulator.rules;
  const closed = simulator.closedTrades.length;
  return {
    initialCapital,
    netProfit: simulator.netProfit,
    netProfitPercent: (simulator.netProfit / initialCapital) * 100,
    grossProfit: simulator.grossProfit,
    grossLoss: simulator.closedLoss,
    openProfit: simulator.openProfit,
    maxDrawdown: simulator.maxDrawdown,
    maxRunup: simulator.maxRunup,
    closedTrades: closed,
    openTrades: simulator.openTrades.length,
    winningTrades: simulator.winTrades,
    losingTrades: simulator.lossTrades,
    percentProfitable: closed === 0 ? 0 : (simulator.winTrades / closed) * 100,
    profitFactor: simulator.closedLoss === 0 ? 0 : simulator.grossProfit / simulator.closedLoss,
    sharpeRatio: sharpeRatio(equity),
  };
}

function sharpeRatio(equity: Float64Array): number {
  const returns: number[] = [];
  for (let index = 1; index < equity.length; index++) {
    const before = equity[index - 1] ?? 0;
    if (before !== 0) returns.push(((equity[index] ?? 0) - before) / before);
  }
  if (returns.length < 2) return 0;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return variance === 0 ? 0 : (mean * 252) / (Math.sqrt(variance) * Math.sqrt(252));
}
