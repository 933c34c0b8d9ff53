import type { SymInfo } from "../../kernel/syminfo.ts";
import type { BarStateView } from "../plugins/extension-hooks.ts";
import type { CloseOrder, StrategyCommands, StrategyFigures } from "./orders.ts";
import type { BoolSeries, Series, State } from "./series.ts";

/** What a script works with; the same object in setup and on every bar. */
export interface IndicatorContext {
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  readonly volume: Series;
  readonly hl2: Series;
  readonly hlc3: Series;
  readonly ohlc4: Series;
  readonly hlcc4: Series;
  /** Open time of the bar, epoch ms. */
  readonly time: Series;
  /** 0 on the first bar. */
  readonly barIndex: number;
  /** Index and open time (epoch ms) of the last bar of the run. */
  readonly lastBarIndex: number;
  readonly lastBarTime: number;
  readonly barstate: BarStateView;
  readonly syminfo: SymInfo;
  /** Timeframe of the chart, TradingView notation. */
  readonly timeframe: string;

  /** A further numeric column of the data, by its name in the source file; all `NaN` when there is none. */
  extra(name: string): Series;
  /** A series computed by your own expression, once per bar, before the bar function. */
  series(expression: () => number): Series;
  /** The same for a condition. */
  condition(expression: () => boolean): BoolSeries;
  /** A cell that keeps its value over bars, like Pine's `var`. A plain `let` behaves like `varip`. */
  state<Value>(initial: Value): State<Value>;

  /** Adds a value to this bar's row of the plot output. */
  plot(title: string, value: number | boolean): void;
  alert(message: string, frequency?: "all" | "once_per_bar" | "once_per_bar_close"): void;
  /** Ends the run with this message. */
  runtimeError(message: string): never;
}

/** What a strategy works with. Market orders are filled at the next bar's open. */
export interface StrategyContext extends IndicatorContext, StrategyCommands, StrategyFigures {
  /** The closing price; called, an order: `s.close("Long")` closes what the entry "Long" opened. */
  readonly close: Series & CloseOrder;
}
