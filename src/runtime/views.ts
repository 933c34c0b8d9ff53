import type { PositionView, TradeView } from "../api/plugins/extension-hooks.ts";
import type { Bar, BarColumns } from "../kernel/bar.ts";
import type { StrategyDesk } from "./strategy/strategy-desk.ts";
import type { Trade } from "./strategy/trade.ts";

/** What observers of a run are shown: frozen copies. */

export function barView(columns: BarColumns, index: number): Bar {
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  return Object.freeze({
    openTimeMs: at(columns.openTimeMs),
    open: at(columns.open),
    high: at(columns.high),
    low: at(columns.low),
    close: at(columns.close),
    volume: at(columns.volume),
    ...(columns.extra.size === 0
      ? {}
      : {
          extra: Object.freeze(
            Object.fromEntries([...columns.extra].map(([name, column]) => [name, column[index] ?? ""])),
          ),
        }),
  });
}

export function positionView(desk: StrategyDesk): PositionView {
  return Object.freeze({
    size: desk.positionSize,
    averagePrice: desk.positionAveragePrice,
    openProfit: desk.openProfit,
    equity: desk.equity,
  });
}

export function tradeView(trade: Trade): TradeView {
  return Object.freeze({
    entryId: trade.entryId,
    position: trade.size > 0 ? "long" : "short",
    quantity: Math.abs(trade.size),
    entryPrice: trade.entryPrice,
    entryTimeMs: trade.entryTimeMs,
    entryBarIndex: trade.entryBar,
    ...(trade.exitId === undefined ? {} : { exitId: trade.exitId }),
    ...(trade.exitPrice === undefined ? {} : { exitPrice: trade.exitPrice }),
    ...(trade.exitTimeMs === undefined ? {} : { exitTimeMs: trade.exitTimeMs }),
    ...(trade.exitBar === undefined ? {} : { exitBarIndex: trade.exitBar }),
    ...(trade.profit === undefined ? {} : { profit: trade.profit }),
  });
}
