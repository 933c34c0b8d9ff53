import type { RunResult } from "../runtime/run.ts";

/** A trade on the bars of a chart, whoever made it. */
export interface PlacedTrade {
  /** Its number in its own list, from 1. */
  readonly number: number;
  readonly side: "long" | "short";
  /** -1: outside the data. */
  readonly entryBar: number;
  readonly exitBar: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Positive; NaN where nobody says. */
  readonly quantity: number;
  readonly entrySignal: string;
  readonly exitSignal: string;
  readonly isOpen: boolean;
}

/** What two trades must share to be the same but for their prices. */
export function tradeKey({ side, entryBar, exitBar }: PlacedTrade): string {
  return `${side} ${entryBar} ${exitBar}`;
}

/** The trades of a run: the closed ones in the order in which they closed, then the open ones. */
export function tradesOfRun(result: RunResult): PlacedTrade[] {
  const { closedTrades = [], openTrades = [] } = result.strategy ?? {};
  const last = result.bars - 1;
  return [...closedTrades, ...openTrades].map((trade, index): PlacedTrade => {
    const isOpen = index >= closedTrades.length;
    return {
      number: index + 1,
      side: trade.size > 0 ? "long" : "short",
      entryBar: trade.entryBar,
      exitBar: isOpen ? last : (trade.exitBar ?? last),
      entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice ?? Number.NaN,
      quantity: Math.abs(trade.size),
      entrySignal: trade.entryComment === "" ? trade.entryId : trade.entryComment,
      exitSignal: (trade.exitComment === "" ? trade.exitId : trade.exitComment) ?? "",
      isOpen,
    };
  });
}
