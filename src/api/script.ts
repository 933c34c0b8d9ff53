/**
 * `pynecore`: everything a TypeScript script needs. The executable supplies the code in memory.
 */

export type { SymInfo } from "../kernel/syminfo.ts";
export type { BarStateView } from "./plugins/extension-hooks.ts";
export type { IndicatorContext, StrategyContext } from "./script/context.ts";
export {
  indicator,
  isScriptModule,
  strategy,
  type BarFunction,
  type IndicatorSettings,
  type ScriptDeclaration,
  type ScriptBody,
  type ScriptModule,
  type Setup,
  type StrategySettings,
} from "./script/declaration.ts";
export { ext, type ExtensionFunction } from "./script/ext.ts";
export {
  input,
  sourceNames,
  type InputOptions,
  type NumberInputOptions,
  type SourceName,
} from "./script/input.ts";
export type { InputSpec } from "./script/input-spec.ts";
export { isNa, na, nz } from "./script/na.ts";
export type {
  CloseAllOptions,
  CloseOptions,
  CloseOrder,
  Direction,
  EntryOptions,
  ExitOptions,
  OcaType,
  RiskCommands,
  StrategyCommands,
  StrategyFigures,
  TradeRecord,
} from "./script/orders.ts";
export type { BoolSeries, Condition, Series, Source, State } from "./script/series.ts";
export { ScriptSetupError } from "./script/setup.ts";
export { ta } from "./script/ta.ts";
export type { PivotLevels, TechnicalAnalysis } from "./script/technical-analysis.ts";
