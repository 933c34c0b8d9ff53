import type { BarColumns } from "../../../src/kernel/bar.ts";
import * as limit from "./lib.ts";

/** What the studies of the second script in `pine-scripts.ts` cost: a loop for each, the same sums as TradingView's. */
export function studiesLimit(bars: BarColumns): Float64Array[] {
  const hlc3 = bars.close.map((close, index) => (bars.high[index]! + bars.low[index]! + close) / 3);
  const { line, direction } = limit.supertrend(bars, 3, 10);
  const { plus, minus, adx } = limit.dmi(bars, 14, 14);
  const average = limit.vwap({ ...bars, close: hlc3 });
  const distance = line.map((value, index) => value - average[index]!);
  return [
    line,
    direction,
    plus,
    minus,
    adx,
    limit.linreg(bars, 100),
    limit.percentileLinear(bars, 200, 75),
    limit.percentileNearest(bars, 100, 25),
    limit.correlation(bars, 50),
    limit.pivot(bars.high, 20, 20, 1),
    limit.pivot(bars.low, 20, 20, -1),
    limit.stoch(bars, 200),
    average,
    distance,
  ];
}
