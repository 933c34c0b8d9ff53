import type { Bar, BarUpdate } from "../../kernel/bar.ts";
import type { Logger } from "../../kernel/log.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { PluginParams } from "./base.ts";

/** Where in a run a hook fires. */
export type RunPhase = "history" | "warmup" | "live";
/** How the script is run: over stored bars, on a live feed, or with a broker. */
export type RunMode = "backtest" | "live" | "broker";
/** Why a run ended. */
export type EndReason = "completed" | "interrupted" | "failed";

/** What every hook knows. All views are frozen. */
export interface HookContext<C extends object> {
  readonly config: Readonly<C>;
  /** Values of the options this plugin added to the command. */
  readonly pluginParams: PluginParams;
  readonly log: Logger;
  readonly phase: RunPhase;
  /** Aborted when the run is being stopped. */
  readonly signal: AbortSignal;
}

/** What the script says about itself. */
export interface ScriptMetadata {
  readonly kind: "indicator" | "strategy" | "library";
  readonly title: string;
  readonly overlay: boolean;
  /** Declaration settings by name, after the settings file was applied. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Pine's `barstate`. */
export interface BarStateView {
  readonly isfirst: boolean;
  readonly islast: boolean;
  readonly ishistory: boolean;
  readonly isrealtime: boolean;
  readonly isnew: boolean;
  readonly isconfirmed: boolean;
  readonly islastconfirmedhistory: boolean;
}

export interface ScriptStartContext<C extends object> extends HookContext<C> {
  readonly script: ScriptMetadata;
  /** Input values by name, as the script will see them. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly symInfo: SymInfo;
  readonly mode: RunMode;
}

export interface BarStartContext<C extends object> extends HookContext<C> {
  readonly bar: Bar;
  readonly barIndex: number;
  readonly barState: BarStateView;
}

/** One change in the life of an order. Quantities are positive, in Pine units; prices absolute. */
export interface OrderHookEvent {
  readonly kind: "created" | "amended" | "filled" | "partial" | "cancelled" | "rejected";
  /** The id the script gave. */
  readonly orderId: string;
  readonly fromEntry?: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  /** Fill price, or the level of a resting order; absent for a market order that has not filled. */
  readonly price?: number;
  readonly source: "sim" | "broker";
}

export interface OrderEventContext<C extends object> extends HookContext<C> {
  readonly barIndex: number;
  readonly event: OrderHookEvent;
}

/** A trade as the trade list shows it. Money is in the account currency. */
export interface TradeView {
  readonly entryId: string;
  readonly position: "long" | "short";
  readonly quantity: number;
  readonly entryPrice: number;
  readonly entryTimeMs: number;
  readonly entryBarIndex: number;
  readonly exitId?: string;
  readonly exitPrice?: number;
  readonly exitTimeMs?: number;
  readonly exitBarIndex?: number;
  /** Absent while the trade is open. */
  readonly profit?: number;
}

/** A position: `size` is signed, 0 when flat. */
export interface PositionView {
  readonly size: number;
  /** `NaN` when flat. */
  readonly averagePrice: number;
  readonly openProfit: number;
  readonly equity: number;
}

export interface TradeContext<C extends object> extends HookContext<C> {
  readonly kind: "open" | "close";
  readonly barIndex: number;
  readonly trade: TradeView;
  readonly position: PositionView;
}

export interface AlertContext<C extends object> extends HookContext<C> {
  readonly barIndex: number;
  readonly message: string;
  readonly frequency: "all" | "once_per_bar" | "once_per_bar_close";
}

export interface BarContext<C extends object> extends HookContext<C> {
  readonly bar: Bar;
  readonly barIndex: number;
  /** The script's plots of this bar by title. */
  readonly plots: Readonly<Record<string, number | boolean>>;
  /** Adds a column to the plot output; the same title on every bar. */
  plot(title: string, value: number): void;
}

export interface TickContext<C extends object> extends HookContext<C> {
  readonly update: BarUpdate;
}

export interface LiveContext<C extends object> extends HookContext<C> {
  readonly lastWarmupBar: Bar;
}

export interface ErrorContext<C extends object> extends HookContext<C> {
  readonly error: unknown;
}

export interface EndContext<C extends object> extends HookContext<C> {
  readonly reason: EndReason;
  /** Absent for an indicator. */
  readonly position?: PositionView;
  /** Statistics of a strategy by name. */
  readonly statistics?: Readonly<Record<string, number>>;
}

/**
 * The hooks of an extension; implement those you need. None fires inside a requested security's own context. In a
 * backtest the per-bar hooks are synchronous: one that returns a promise disables its extension. `onScriptStart` and
 * `onEnd` are awaited.
 */
export interface ExtensionHooks<C extends object> {
  /** After the script is loaded, before bar 0. Throwing vetoes the run. */
  onScriptStart?(ctx: ScriptStartContext<C>): void | Promise<void>;
  /** Bar values are set, orders not yet processed. */
  onBarStart?(ctx: BarStartContext<C>): void;
  onOrderEvent?(ctx: OrderEventContext<C>): void;
  onTrade?(ctx: TradeContext<C>): void;
  /** After the body, obeying the alert's frequency. */
  onAlert?(ctx: AlertContext<C>): void;
  /** After body, fills at close and margin checks, before output rows are written. Closed bars only. */
  onBar?(ctx: BarContext<C>): void;
  /** Live only: after each execution inside a bar. */
  onTick?(ctx: TickContext<C>): void | Promise<void>;
  /** The transition from warm-up to live. */
  onLive?(ctx: LiveContext<C>): void | Promise<void>;
  /** An uncaught error of script or runner. */
  onError?(ctx: ErrorContext<C>): void;
  /** Always last, also after errors. */
  onEnd?(ctx: EndContext<C>): void | Promise<void>;
}

/** Every hook's name, exactly once. */
export const hookNames = [
  "onScriptStart",
  "onBarStart",
  "onOrderEvent",
  "onTrade",
  "onAlert",
  "onBar",
  "onTick",
  "onLive",
  "onError",
  "onEnd",
] as const satisfies readonly (keyof ExtensionHooks<object>)[];
export type HookName = (typeof hookNames)[number];
