import type { IndicatorContext, StrategyContext } from "./context.ts";
import { ScriptSetupError } from "./setup.ts";

/** What a script is and how it wants to be run. */

/** Settings of an indicator. Names are TradingView's in camelCase. */
export interface IndicatorSettings {
  readonly shortTitle?: string;
  readonly overlay?: boolean;
  /** Compute only the last so many bars; 0: all. */
  readonly calcBarsCount?: number;
}

/** Settings of a strategy. */
export interface StrategySettings extends IndicatorSettings {
  /** Most entries in one direction; 0 and 1 both mean one. */
  readonly pyramiding?: number;
  /** Money at the start, in the account's currency. */
  readonly initialCapital?: number;
  /** Currency of the account; empty: the symbol's. */
  readonly currency?: string;
  readonly defaultQtyType?: "fixed" | "cash" | "percent_of_equity";
  readonly defaultQtyValue?: number;
  /** Ticks by which every market and stop fill is worse. */
  readonly slippage?: number;
  readonly commissionType?: "percent" | "cash_per_contract" | "cash_per_order";
  readonly commissionValue?: number;
  /** Which trade an exit closes first: the oldest, or that of the entry it names. */
  readonly closeEntriesRule?: "FIFO" | "ANY";
  /** Percent of a long position that the account must be able to pay; 0: the side needs no margin. */
  readonly marginLong?: number;
  readonly marginShort?: number;
  /** Orders of a bar have a chance at its close before they wait for the next open. */
  readonly processOrdersOnClose?: boolean;
  /** Run the script again on a bar after something has filled on it. */
  readonly calcOnOrderFills?: boolean;
  /** Run it at every point of a bar's path. */
  readonly calcOnEveryHistoryTick?: boolean;
  /** Run it on every update of a live bar. */
  readonly calcOnEveryTick?: boolean;
  /** Fill orders along finer bars when the run has them. */
  readonly useBarMagnifier?: boolean;
  /** Ticks by which the price must pass a limit inside a bar before it fills. */
  readonly backtestFillLimitsAssumption?: number;
  /**
   * What alerts of its fills say, of a live run, with placeholders as on TradingView; empty: what each order says, and
   * none where it says nothing.
   */
  readonly alertMessage?: string;
}

/** Values of every setting when the script says nothing. */
export const strategyDefaults: Required<StrategySettings> = {
  shortTitle: "",
  overlay: false,
  calcBarsCount: 0,
  pyramiding: 0,
  initialCapital: 1_000_000,
  currency: "",
  defaultQtyType: "fixed",
  defaultQtyValue: 1,
  slippage: 0,
  commissionType: "percent",
  commissionValue: 0,
  closeEntriesRule: "FIFO",
  marginLong: 100,
  marginShort: 100,
  processOrdersOnClose: false,
  calcOnOrderFills: false,
  calcOnEveryHistoryTick: false,
  calcOnEveryTick: false,
  useBarMagnifier: true,
  backtestFillLimitsAssumption: 0,
  alertMessage: "",
};
export const indicatorDefaults: Required<IndicatorSettings> = {
  shortTitle: "",
  overlay: false,
  calcBarsCount: 0,
};

/** What a script says about itself. */
export interface ScriptDeclaration {
  readonly kind: "indicator" | "strategy";
  readonly title: string;
  /** Complete: what the script left out has its default. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** Runs on every bar. */
export type BarFunction = () => void;

/** What runs on every bar, of a script that keeps state the runtime does not see. */
export interface ScriptBody {
  readonly bar: BarFunction;
  /** Remembers the state at the start of a bar; called only when the bar may be executed again. */
  save(): void;
  /** Goes back to it. */
  restore(): void;
}

/** Runs once; creates series and returns what runs on every bar. */
export type Setup<Context> = (script: Context) => BarFunction;

const scriptMarker: unique symbol = Symbol.for("pyne.script") as never;

/** A script, whatever it was written in: its declaration and how to bring it to life. */
export interface ScriptModule {
  readonly [scriptMarker]: true;
  readonly declaration: ScriptDeclaration;
  /** The runtime gives a strategy a context with orders; an indicator's context has none. */
  readonly instantiate: (context: StrategyContext) => BarFunction | ScriptBody;
}

/** An indicator: plots, no orders. */
export function indicator(
  title: string,
  settings: IndicatorSettings,
  setup: Setup<IndicatorContext>,
): ScriptModule {
  requireParts("indicator", title, settings, setup);
  return scriptModule("indicator", title, { ...indicatorDefaults, ...defined(settings) }, setup);
}

/** A strategy: plots and orders. */
export function strategy(
  title: string,
  settings: StrategySettings,
  setup: Setup<StrategyContext>,
): ScriptModule {
  requireParts("strategy", title, settings, setup);
  return scriptModule("strategy", title, { ...strategyDefaults, ...defined(settings) }, setup);
}

/** Nothing checks the types of a script before it runs. @throws ScriptSetupError naming what is missing */
function requireParts(kind: string, title: unknown, settings: unknown, setup: unknown): void {
  const wrong =
    typeof title !== "string"
      ? `its title is ${kindOf(title)}, not a text`
      : typeof settings !== "object" || settings === null
        ? `its settings are ${kindOf(settings)}, not an object`
        : typeof setup !== "function"
          ? `its setup is ${kindOf(setup)}, not a function`
          : undefined;
  if (wrong === undefined) return;
  throw new ScriptSetupError(`${kind}(): ${wrong}`, {
    hint: `${kind}("Title", {}, (s) => () => { ... }), with {} for no settings`,
  });
}

const kindOf = (value: unknown): string =>
  value === undefined ? "missing" : value === null ? "null" : `of type ${typeof value}`;

/** Makes a module of settings that are complete. */
export function scriptModule(
  kind: ScriptDeclaration["kind"],
  title: string,
  settings: Readonly<Record<string, string | number | boolean>>,
  setup: (context: StrategyContext) => BarFunction | ScriptBody,
): ScriptModule {
  return { [scriptMarker]: true, declaration: { kind, title, settings }, instantiate: setup };
}

function defined<Settings extends object>(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings;
}

/** Whether something is a script module of this or any other copy of the API. */
export function isScriptModule(candidate: unknown): candidate is ScriptModule {
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    (candidate as Record<symbol, unknown>)[scriptMarker] === true
  );
}
