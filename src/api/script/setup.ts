import { PyneError } from "../../kernel/errors.ts";
import type { LibraryFunction, LibraryFunctions } from "../plugins/extension-library.ts";
import type { InputSpec } from "./input-spec.ts";
import type { BoolSeries, Series, Source } from "./series.ts";
import type { TechnicalAnalysis } from "./technical-analysis.ts";

/**
 * The free functions of the script API (`ta.sma`, `input.int`, `ext.*`) reach the script being set up through one
 * slot, which the runtime fills for as long as a setup function runs. There is one at a time: setups are synchronous.
 */

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
