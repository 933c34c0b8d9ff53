import type {
  BarStateView,
  EndReason,
  OrderHookEvent,
  PositionView,
  ScriptMetadata,
  TradeView,
} from "../api/plugins/extension-hooks.ts";
import type { Bar } from "../kernel/bar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";

/**
 * Somebody who watches a run. Every method is optional; what nobody implements costs nothing. An exception of an
 * observer ends the run: an observer that must not do that catches its own.
 */
export interface RunObserver {
  /** Before bar 0. */
  onScriptStart?(start: {
    readonly script: ScriptMetadata;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly symInfo: SymInfo;
  }): void | Promise<void>;
  onBarStart?(bar: Bar, barIndex: number, barState: BarStateView): void;
  onOrderEvent?(event: OrderHookEvent, barIndex: number): void;
  onTrade?(kind: "open" | "close", trade: TradeView, position: PositionView, barIndex: number): void;
  onAlert?(message: string, frequency: AlertFrequency, barIndex: number): void;
  /** After the body; `plot` adds a column to the output. */
  onBar?(
    bar: Bar,
    barIndex: number,
    plots: Readonly<Record<string, number | boolean>>,
    plot: (title: string, value: number) => void,
  ): void;
  onError?(error: unknown): void;
  /** Always last, also after errors. */
  onEnd?(end: {
    readonly reason: EndReason;
    readonly position?: PositionView;
    readonly statistics?: Readonly<Record<string, number>>;
  }): void | Promise<void>;
}

export type AlertFrequency = "all" | "once_per_bar" | "once_per_bar_close";
