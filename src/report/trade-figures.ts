import { sumOf } from "../runtime/strategy/statistics.ts";
import type { Trade } from "../runtime/strategy/trade.ts";

/**
 * Figures of some closed trades. Money in account currency; a trade that made nothing is neither won nor lost; a mean of
 * nothing is `undefined`.
 */
export class TradeFigures {
  readonly trades: readonly Trade[];
  /** The trades that made money. */
  readonly won: readonly Trade[];
  /** Those that lost some. */
  readonly lost: readonly Trade[];

  constructor(trades: readonly Trade[]) {
    this.trades = trades;
    this.won = trades.filter(({ profit }) => profit > 0);
    this.lost = trades.filter(({ profit }) => profit < 0);
  }

  get netProfit(): number {
    return sumOf(this.trades, profitOf);
  }

  get grossProfit(): number {
    return sumOf(this.won, profitOf);
  }

  /** Not above 0. */
  get grossLoss(): number {
    return sumOf(this.lost, profitOf);
  }

  /** Won trades of all, percent. */
  get winRate(): number | undefined {
    return this.trades.length === 0 ? undefined : (this.won.length / this.trades.length) * 100;
  }

  get meanProfit(): number | undefined {
    return meanOf(this.trades, profitOf);
  }

  get meanWin(): number | undefined {
    return meanOf(this.won, profitOf);
  }

  /** Below 0. */
  get meanLoss(): number | undefined {
    return meanOf(this.lost, profitOf);
  }

  /** The first of those that made most. */
  get largestWin(): Trade | undefined {
    return extremeOf(this.won, (profit, best) => profit > best);
  }

  get largestLoss(): Trade | undefined {
    return extremeOf(this.lost, (profit, worst) => profit < worst);
  }

  /** Bars from entry to exit. */
  get meanBars(): number | undefined {
    return meanOf(this.trades, barsOf);
  }

  get meanWinBars(): number | undefined {
    return meanOf(this.won, barsOf);
  }

  get meanLossBars(): number | undefined {
    return meanOf(this.lost, barsOf);
  }
}

/** The figures of all trades, of the long and of the short ones. */
export interface SideFigures {
  readonly all: TradeFigures;
  readonly long: TradeFigures;
  readonly short: TradeFigures;
}

/** Tells trades apart by their side. */
export function figuresBySide(trades: readonly Trade[]): SideFigures {
  return {
    all: new TradeFigures(trades),
    long: new TradeFigures(trades.filter(({ size }) => size > 0)),
    short: new TradeFigures(trades.filter(({ size }) => size < 0)),
  };
}

const profitOf = ({ profit }: Trade): number => profit;
const barsOf = ({ entryBar, exitBar }: Trade): number => (exitBar ?? entryBar) - entryBar;

function meanOf(trades: readonly Trade[], read: (trade: Trade) => number): number | undefined {
  return trades.length === 0 ? undefined : sumOf(trades, read) / trades.length;
}

function extremeOf(
  trades: readonly Trade[],
  isMore: (profit: number, than: number) => boolean,
): Trade | undefined {
  const [first, ...rest] = trades;
  return rest.reduce(
    (most, trade) => (most !== undefined && isMore(trade.profit, most.profit) ? trade : most),
    first,
  );
}
