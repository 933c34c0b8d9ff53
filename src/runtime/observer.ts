import type {
  BarStateView,
  EndReason,
  OrderHookEvent,
  PositionView,
  RunPhase,
  ScriptMetadata,
  TradeView,
} from "../api/plugins/extension-hooks.ts";
import type { Bar, BarUpdate } from "../kernel/bar.ts";
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
  /** A live run passes from warm-up to live bars. */
  onPhase?(phase: RunPhase): void;
  /** The history is over. */
  onLive?(lastWarmupBar: Bar): void;
  /** The script was executed inside a live bar. */
  onTick?(update: BarUpdate): void;
  onError?(error: unknown): void;
  /** Always last, also after errors. */
  onEnd?(end: {
    readonly reason: EndReason;
    readonly position?: PositionView;
    readonly statistics?: Readonly<Record<string, number>>;
  }): void | Promise<void>;
}

export type AlertFrequency = "all" | "once_per_bar" | "once_per_bar_close";

/** Every hook, exactly once. */
const hooks: Readonly<Record<keyof RunObserver, true>> = {
  onScriptStart: true,
  onBarStart: true,
  onOrderEvent: true,
  onTrade: true,
  onAlert: true,
  onBar: true,
  onPhase: true,
  onLive: true,
  onTick: true,
  onError: true,
  onEnd: true,
};

/** Several observers as one, told in their order; what nobody implements is not there. */
export function joinObservers(observers: readonly RunObserver[]): RunObserver {
  const joined: Record<string, (...args: unknown[]) => unknown> = {};
  for (const name of Object.keys(hooks) as (keyof RunObserver)[]) {
    const those = observers.filter((observer) => observer[name] !== undefined);
    const call = (observer: RunObserver, args: unknown[]): unknown =>
      (observer[name] as (...args: unknown[]) => unknown).apply(observer, args);
    if (those.length === 0) continue;
    joined[name] =
      name === "onScriptStart" || name === "onEnd"
        ? async (...args) => {
            for (const observer of those) await call(observer, args);
          }
        : (...args) => {
            for (const observer of those) call(observer, args);
          };
  }
  return joined as RunObserver;
}
