/**
 * `pynecore/plugin`: everything a plugin author needs. The executable supplies the code in memory; the npm package of
 * the same name carries these types and a shim for tests.
 */

export * as v from "valibot";

export type { Bar, BarColumns, BarUpdate, ExtraColumn } from "../kernel/bar.ts";
export type { Clock } from "../kernel/clock.ts";
export { PyneError, type ExitCode, type PyneErrorOptions } from "../kernel/errors.ts";
export type { Logger } from "../kernel/log.ts";
export {
  symbolTypes,
  volumeTypes,
  type OpeningHours,
  type SessionCorrection,
  type SessionHours,
  type SessionSchedule,
  type SessionTime,
  type SymbolType,
  type SymInfo,
  type VolumeType,
} from "../kernel/syminfo.ts";
export {
  formatTimeframe,
  parseTimeframe,
  timeframeSeconds,
  type Timeframe,
  type TimeframeUnit,
} from "../kernel/timeframe.ts";
export { redacted } from "./redacted.ts";
export { readTime, type ReadTime } from "../kernel/timestamps.ts";
export { parseDelimited } from "../kernel/delimited.ts";
export { Grid, type GridSymbol } from "../kernel/grid.ts";
export {
  atLimitOrBetter,
  fallingLevel,
  partBetween,
  pathOf,
  risesFirst,
  risingLevel,
  slipped,
  triggerAt,
  type PathPoint,
  type PriceBar,
  type Side as OrderDirection,
  type Trigger as FillTrigger,
} from "../kernel/price-path.ts";
export { seedTrailing, trailAlong, trailFrom, type TrailingStop } from "../kernel/trailing-stop.ts";
export {
  price,
  quantity,
  timestampMs,
  timestampSeconds,
  type Price,
  type Quantity,
  type TimestampMs,
  type TimestampSeconds,
} from "../kernel/units.ts";

export type { AnyCommand, PyneArg, PyneArgs } from "./cli-args.ts";
export { ensureConfig } from "./config/ensure.ts";
export {
  defineConfig,
  field,
  LiveProviderConfig,
  multiline,
  secret,
  type ConfigField,
  type ConfigSchema,
  type InferConfig,
} from "./config/fields.ts";

export {
  Plugin,
  type NoConfig,
  type PluginBase,
  type PluginOptions,
  type PluginParams,
  type PluginStatics,
} from "./plugins/base.ts";
export { capabilities, capabilitiesOf, isPluginClass, type Capability } from "./plugins/capabilities.ts";
export { CLIPlugin, pluggablePaths, WithCLI, type CLIStatics, type PluggablePath } from "./plugins/cli.ts";
export type { DataFile, DataFiles } from "./plugins/data-files.ts";
export {
  FeedEndedError,
  isProviderError,
  isRetryableProviderError,
  NotSupportedError,
  PluginIncompatibleError,
  PluginLoadError,
  PluginNameConflictError,
  PluginNotFoundError,
  ProviderError,
  TransientProviderError,
  type TransientProviderErrorOptions,
} from "./plugins/errors.ts";
export {
  ExtensionPlugin,
  WithExtension,
  type ExtensionStatics,
  type OnHookError,
} from "./plugins/extension.ts";
export {
  hookNames,
  type AlertContext,
  type BarContext,
  type BarStartContext,
  type BarStateView,
  type EndContext,
  type EndReason,
  type ErrorContext,
  type ExtensionHooks,
  type HookContext,
  type HookName,
  type LiveContext,
  type OrderEventContext,
  type OrderHookEvent,
  type PositionView,
  type RunMode,
  type RunPhase,
  type ScriptMetadata,
  type ScriptStartContext,
  type TickContext,
  type TradeContext,
  type TradeView,
} from "./plugins/extension-hooks.ts";
export {
  defineFunction,
  type LibraryFunction,
  type LibraryFunctions,
  type LibraryType,
  type LibraryTypes,
} from "./plugins/extension-library.ts";
export { LiveProviderPlugin, type PluginSymbol } from "./plugins/live.ts";
export {
  ProviderPlugin,
  type BrokerListEntry,
  type DownloadRequest,
  type ProviderOptions,
  type RateLimit,
  type SymbolMapEntry,
  type TimeframeTable,
} from "./plugins/provider.ts";

export type { BracketAttachRejectContext } from "./broker/brackets.ts";
export {
  capabilityLevels,
  capabilityNames,
  exchangeCapabilities,
  type CapabilityLevel,
  type CapabilityName,
  type ExchangeCapabilities,
} from "./broker/capabilities.ts";
export {
  disappearanceGraceMs,
  DisappearanceTracker,
  type Disappearance,
  type DisappearanceHooks,
  type DisappearedFill,
  type TrackedChange,
  type TrackedOrder,
  type VenuePresence,
} from "./broker/disappearance.ts";
export {
  AuthenticationError,
  BracketAttachAfterFillRejectedError,
  BrokerError,
  ClientOrderIdSpentError,
  ExchangeCapabilityError,
  ExchangeConnectionError,
  ExchangeOrderRejectedError,
  ExchangeRateLimitError,
  InsufficientMarginError,
  ManualInterventionError,
  OrderDispositionUnknownError,
  OrderSkippedError,
  OrderSyncError,
  skipReasons,
  SpotInventoryConflictError,
  UnexpectedCancelError,
  type SkipReason,
} from "./broker/errors.ts";
export type {
  CancelIntent,
  CloseIntent,
  DispatchEnvelope,
  EntryIntent,
  ExitIntent,
  Intent,
  OcaType,
  OrderIdKind,
  SyntheticCloseKind,
} from "./broker/intents.ts";
export type { InterceptorResult } from "./broker/interceptor.ts";
export type { ExchangeOrder, LegType, OrderEvent, OrderStatus, Side } from "./broker/orders.ts";
export {
  cancelOutcomes,
  inventoryConflictPolicies,
  unexpectedCancelPolicies,
  type CancelOutcome,
  type InventoryConflictPolicy,
  type UnexpectedCancelPolicy,
} from "./broker/policies.ts";
export type {
  ExchangePosition,
  LegBracket,
  PositionLeg,
  PositionPort,
  SpotExecution,
  SpotExecutionPage,
  SpotInventoryPort,
} from "./broker/position.ts";
export type { OrderChanges, RiskLevels, RunContext, StoredOrder } from "./broker/store.ts";
export { BrokerPlugin, type ObservedMarket } from "./plugins/broker.ts";
