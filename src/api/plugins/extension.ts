import { type NoConfig, Plugin, type PluginBase } from "./base.ts";
import { extensionMarker } from "./capabilities.ts";
import type * as Hooks from "./extension-hooks.ts";
import type { ExtensionHooks } from "./extension-hooks.ts";
import type { LibraryFunctions } from "./extension-library.ts";

/** What happens when a hook throws: no more hooks of this extension, or the end of the run. */
export type OnHookError = "disable" | "abort";

/** The statics that a plugin with hooks or library functions has. */
export interface ExtensionStatics {
  readonly [extensionMarker]: true;
  /** Default `"disable"`: logged once, no more hooks, the run goes on. */
  onHookError: OnHookError;
  /** Functions that scripts reach as `ext.<plugin>.<name>(...)`; made with `defineFunction`. */
  lib: LibraryFunctions;
}

/** The config type of a plugin class. */
type ConfigOf<Base extends PluginBase> =
  InstanceType<Base> extends Plugin<infer C> ? (C extends object ? C : NoConfig) : NoConfig;

/** The hooks as a mixin's constructor: TypeScript intersects it with the base's own. */
// oxlint-disable-next-line typescript/no-explicit-any -- a mixin constructor must take any[]
type HooksOf<Base extends PluginBase> = abstract new (...args: any[]) => ExtensionHooks<ConfigOf<Base>>;

/** Adds script hooks and library functions to any plugin class; the type of `this.config` stays. */
export function WithExtension<Base extends PluginBase>(base: Base): Base & HooksOf<Base> & ExtensionStatics {
  abstract class ExtensionCapable extends base {
    static readonly [extensionMarker] = true;
    static onHookError: OnHookError = "disable";
    static lib: LibraryFunctions = {};
  }
  return ExtensionCapable as unknown as Base & HooksOf<Base> & ExtensionStatics;
}

/**
 * Observes a script run, may add plot columns, and may offer library functions; for plugins without data. It cannot
 * place, change or block orders.
 */
export abstract class ExtensionPlugin<C extends object = NoConfig>
  extends Plugin<C>
  implements ExtensionHooks<C>
{
  static readonly [extensionMarker] = true;
  static onHookError: OnHookError = "disable";
  static lib: LibraryFunctions = {};

  onScriptStart?(ctx: Hooks.ScriptStartContext<C>): void | Promise<void>;
  onBarStart?(ctx: Hooks.BarStartContext<C>): void;
  onOrderEvent?(ctx: Hooks.OrderEventContext<C>): void;
  onTrade?(ctx: Hooks.TradeContext<C>): void;
  onAlert?(ctx: Hooks.AlertContext<C>): void;
  onBar?(ctx: Hooks.BarContext<C>): void;
  onTick?(ctx: Hooks.TickContext<C>): void | Promise<void>;
  onLive?(ctx: Hooks.LiveContext<C>): void | Promise<void>;
  onError?(ctx: Hooks.ErrorContext<C>): void;
  onEnd?(ctx: Hooks.EndContext<C>): void | Promise<void>;
}
