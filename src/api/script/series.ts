/** A number per bar. Inside the bar function `now` is this bar's value and `at(n)` the value n bars ago. */
export interface Series {
  /** The value on the current bar; `NaN` is "not available". */
  readonly now: number;
  /** The value `barsAgo` bars ago; `NaN` before the first bar. A fraction is truncated. */
  at(barsAgo: number): number;
}

/** A yes or no per bar; never "not available". */
export interface BoolSeries {
  readonly now: boolean;
  /** The value `barsAgo` bars ago; `false` before the first bar. */
  at(barsAgo: number): boolean;
}

/** What an indicator can be computed from: a series, a constant, or an expression evaluated on every bar. */
export type Source = Series | number | (() => number);

/** What a function that wants a yes or no can be given: a series, or an expression evaluated on every bar. */
export type Condition = BoolSeries | (() => boolean);

/** A value that keeps over bars and, when a live bar is executed again, goes back to what it was at the bar's start. */
export interface State<Value> {
  value: Value;
}
