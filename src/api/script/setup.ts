import { PyneError } from "../../kernel/errors.ts";
import type { LibraryFunction } from "../plugins/extension-library.ts";
import type { InputSpec } from "./input-spec.ts";
import type { BoolSeries, Series, Source } from "./series.ts";

/**
 * The free functions of the script API (`ta.sma`, `input.int`, `ext.*`) reach the script being set up through one
 * slot, which the runtime fills for as long as a setup function runs. There is one at a time: setups are synchronous.
 */

/** Technical analysis: each call creates one series with its own state. Lengths are in bars, at least 1. */
export interface TechnicalAnalysis {
  sma(source: Source, length: number): Series;
  ema(source: Source, length: number): Series;
  rma(source: Source, length: number): Series;
  wma(source: Source, length: number): Series;
  rsi(source: Source, length: number): Series;
  macd(
    source: Source,
    fast: number,
    slow: number,
    signal: number,
  ): { macd: Series; signal: Series; histogram: Series };
  tr(handleNa?: boolean): Series;
  atr(length: number): Series;
  bb(source: Source, length: number, multiplier: number): { middle: Series; upper: Series; lower: Series };
  stdev(source: Source, length: number, biased?: boolean): Series;
  highest(source: Source, length: number): Series;
  lowest(source: Source, length: number): Series;
  change(source: Source, length?: number): Series;
  crossover(a: Source, b: Source): BoolSeries;
  crossunder(a: Source, b: Source): BoolSeries;
}

/** What the runtime offers while a script is set up. */
export interface SetupPort {
  readonly ta: TechnicalAnalysis;
  /** The value of an input: the user's, else the default. */
  input(spec: InputSpec): number | boolean | string;
  /** The price series a source input names. */
  priceSeries(name: string): Series;
  /** The library function of an extension that is switched on. */
  library(plugin: string, name: string): LibraryFunction | undefined;
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
