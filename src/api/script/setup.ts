import { PyneError } from "../../kernel/errors.ts";
import type { LibraryFunction, LibraryFunctions } from "../plugins/extension-library.ts";
import type { InputSpec } from "./input-spec.ts";
import type { BoolSeries, Series, Source } from "./series.ts";

/**
 * The free functions of the script API (`ta.sma`, `input.int`, `ext.*`) reach the script being set up through one
 * slot, which the runtime fills for as long as a setup function runs. There is one at a time: setups are synchronous.
 */

/**
 * Technical analysis: each call creates one series with its own state. Lengths are in bars, at least 1, fractions
 * truncated; a length that is a series or an expression may change from bar to bar.
 */
export interface TechnicalAnalysis {
  /** Simple moving average. */
  sma(source: Source, length: Source): Series;
  /** Exponential moving average. */
  ema(source: Source, length: Source): Series;
  /** Wilder's moving average. */
  rma(source: Source, length: Source): Series;
  /** Weighted moving average. */
  wma(source: Source, length: Source): Series;
  /** Relative strength index, 0 to 100. */
  rsi(source: Source, length: Source): Series;
  /** Moving average convergence divergence. */
  macd(
    source: Source,
    fast: number,
    slow: number,
    signal: number,
  ): { macd: Series; signal: Series; histogram: Series };
  /** True range; `NaN` on the first bar unless `handleNa`. */
  tr(handleNa?: boolean): Series;
  /** Average true range. */
  atr(length: Source): Series;
  /** Bollinger bands, `multiplier` deviations wide on either side. */
  bb(source: Source, length: Source, multiplier: number): { middle: Series; upper: Series; lower: Series };
  /** Standard deviation. */
  stdev(source: Source, length: Source, biased?: boolean): Series;
  /** Variance. */
  variance(source: Source, length: Source, biased?: boolean): Series;
  /** Greatest value of the last bars. */
  highest(source: Source, length: Source): Series;
  /** Smallest value of the last bars. */
  lowest(source: Source, length: Source): Series;
  /** The value less the one `length` bars ago; default 1. */
  change(source: Source, length?: Source): Series;
  /** Either way. */
  cross(a: Source, b: Source): BoolSeries;
  /** `a` rises above `b`. */
  crossover(a: Source, b: Source): BoolSeries;
  /** `a` falls below `b`. */
  crossunder(a: Source, b: Source): BoolSeries;
}

/** What the runtime offers while a script is set up. */
export interface SetupPort {
  readonly ta: TechnicalAnalysis;
  /** The value of an input: the user's, else the default. */
  input(spec: InputSpec): number | boolean | string;
  /** The price series a source input names. */
  priceSeries(name: string): Series;
  /** The library functions of an extension that is switched on. */
  library(plugin: string): LibraryFunctions | undefined;
  /** A series that calls a library function on every bar. */
  librarySeries(definition: LibraryFunction, args: readonly Source[]): Series | BoolSeries;
}

/** A function of the API was called at a time when it cannot work. */
export class ScriptSetupError extends PyneError {
  override readonly code = "SCRIPT_SETUP";
}

let active: SetupPort | undefined;

/** Runs a setup function with its port in place. */
export function withSetupPort<Result>(port: SetupPort, action: () => Result): Result {
  const before = active;
  active = port;
  try {
    return action();
  } finally {
    active = before;
  }
}

/** @param caller for the message: `ta.sma` */
export function setupPort(caller: string): SetupPort {
  if (active === undefined) {
    throw new ScriptSetupError(`${caller} was called outside the setup of a script`, {
      hint: "create series and read inputs in the setup function, before the function that runs on every bar",
    });
  }
  return active;
}
