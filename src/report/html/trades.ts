import type { RunResult } from "../../runtime/run.ts";
import type { Trade } from "../../runtime/strategy/trade.ts";

/** A trade as a report shows it. Bars counted from the first executed one; money in account currency. */
export interface ReportTrade {
  readonly entryBar: number;
  /** `NaN` while it is open. */
  readonly exitBar: number;
  /** Signed: below 0 is short. */
  readonly size: number;
  readonly entryPrice: number;
  /** The last close for an open trade. */
  readonly exitPrice: number;
  /** Of an open trade: what closing it at the last close would make. */
  readonly profit: number;
  readonly profitPercent: number;
  readonly cumulativeProfit: number;
  readonly runup: number;
  readonly drawdown: number;
  readonly entrySignal: string;
  readonly exitSignal: string;
}

/** Closed trades in the order in which they closed, then those still open, marked at the last close. */
export function reportTrades(result: RunResult, firstBar: number): ReportTrade[] {
  const { strategy, columns, bars } = result;
  if (strategy === undefined) return [];
  const settled = strategy.closedTrades.at(-1)?.cumulativeProfit ?? 0;
  const close = columns.close[bars - 1] ?? Number.NaN;
  // What filled on the bar that a script failed on is shown on the last bar that there is.
  const shown = (bar: number): number => Math.min(bar, bars - 1) - firstBar;
  return [
    ...strategy.closedTrades.map((trade) => ({
      ...common(trade, shown),
      exitBar: shown(trade.exitBar ?? 0),
      exitPrice: trade.exitPrice ?? Number.NaN,
      cumulativeProfit: trade.cumulativeProfit,
      exitSignal: trade.exitComment || trade.exitId || "",
    })),
    ...strategy.openTrades.map((trade) => ({
      ...common(trade, shown),
      exitBar: Number.NaN,
      exitPrice: close,
      cumulativeProfit: settled,
      exitSignal: "open",
    })),
  ];
}

function common(
  trade: Trade,
  shown: (bar: number) => number,
): Omit<ReportTrade, "exitBar" | "exitPrice" | "cumulativeProfit" | "exitSignal"> {
  return {
    entryBar: shown(trade.entryBar),
    size: trade.size,
    entryPrice: trade.entryPrice,
    profit: trade.profit,
    profitPercent: trade.profitPercent,
    runup: trade.maxRunup,
    drawdown: trade.maxDrawdown,
    entrySignal: trade.entryComment || trade.entryId,
  };
}
