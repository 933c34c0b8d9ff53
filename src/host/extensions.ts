import { capabilitiesOf } from "../api/plugins/capabilities.ts";
import { PluginLoadError, PluginNotFoundError } from "../api/plugins/errors.ts";
import type { OnHookError } from "../api/plugins/extension.ts";
import type {
  ExtensionHooks,
  HookContext,
  HookName,
  RunMode,
  RunPhase,
} from "../api/plugins/extension-hooks.ts";
import type { LibraryFunctions } from "../api/plugins/extension-library.ts";
import type { Plugin } from "../api/plugins/base.ts";
import { messageOf, PyneError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { RunObserver } from "../runtime/observer.ts";
import { HookQueue, mostCalls } from "./hook-queue.ts";
import type { PluginHost } from "./host.ts";
import { type AnyPluginClass, instantiate, staticOf } from "./plugin-class.ts";

/** An extension's hook threw and its class asked for that to end the run. */
export class ExtensionError extends PyneError {
  override readonly code = "EXTENSION";
}

/** Extensions that are switched on for a run. */
export interface EnabledExtensions {
  readonly observer: RunObserver;
  /** Library functions by plugin name. */
  readonly libraries: ReadonlyMap<string, LibraryFunctions>;
}

/** What extensions are switched on with. */
export interface EnableOptions {
  readonly names: readonly string[];
  /** Values of the options each plugin added to the command. */
  readonly pluginParams: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly mode: RunMode;
  readonly signal: AbortSignal;
  /** Live: longest wait at the end for hooks that are still at work, ms; 0: for ever. */
  readonly drainMs?: number;
}

type Hooks = ExtensionHooks<object>;

/**
 * Loads extensions and joins their hooks into one observer, in ascending order of their names.
 * @throws PluginNotFoundError, PluginLoadError
 */
export async function enableExtensions(host: PluginHost, options: EnableOptions): Promise<EnabledExtensions> {
  const names = [...new Set(options.names.map((name) => name.toLowerCase()))].toSorted();
  const extensions: Extension[] = [];
  const libraries = new Map<string, LibraryFunctions>();
  for (const name of names) {
    if (!host.catalog.some((entry) => entry.name === name))
      throw new PluginNotFoundError(name, await host.namesWith("extension"), "extension");
    const pluginClass = await host.load(name);
    if (!capabilitiesOf(pluginClass).includes("extension")) {
      throw new PluginLoadError(name, "it is no extension: it has no script hooks", {
        hint: "pyne plugin list --type extension shows the extensions",
      });
    }
    const library = libraryOf(name, pluginClass);
    if (Object.keys(library).length > 0) libraries.set(name, library);
    const config = host.configOf(name, pluginClass.Config);
    const pluginParams = Object.freeze({ ...options.pluginParams.get(name) });
    const instance = instantiate<Plugin<object>>(pluginClass, {
      name,
      config,
      pluginParams,
      log: host.log,
      symbol: null,
      timeframe: null,
    });
    const context: HookContext<object> = {
      config,
      pluginParams,
      log: host.log,
      phase: options.mode === "backtest" ? "history" : "warmup",
      signal: options.signal,
    };
    const onError = (staticOf(pluginClass, "onHookError") as OnHookError | undefined) ?? "disable";
    const drainMs = options.mode === "backtest" ? undefined : (options.drainMs ?? 0);
    extensions.push(
      new Extension(name, instance as Plugin<object> & Hooks, context, onError, host.log, drainMs),
    );
  }
  return { observer: joinedObserver(extensions, options.mode), libraries };
}

/** Names that would read like part of the core. */
const coreNamespaces = new Set([
  "ta",
  "math",
  "array",
  "matrix",
  "map",
  "str",
  "input",
  "strategy",
  "request",
  "color",
]);

function libraryOf(name: string, pluginClass: AnyPluginClass): LibraryFunctions {
  const library = (staticOf(pluginClass, "lib") as LibraryFunctions | undefined) ?? {};
  for (const [key, definition] of Object.entries(library)) {
    if (!/^[A-Za-z_]\w*$/.test(key) || coreNamespaces.has(key)) {
      throw new PluginLoadError(name, `its library function cannot be called "${key}"`);
    }
    try {
      structuredClone(definition.state?.());
    } catch (error) {
      throw new PluginLoadError(name, `the state of its library function "${key}" cannot be copied`, {
        cause: error,
        hint: "a live bar is executed more than once: the state must survive structuredClone",
      });
    }
  }
  return library;
}

/** One extension with its hooks behind a fence. */
class Extension {
  #disabled = false;
  /** A failure that ends the run, of a hook that nobody waited for. */
  #abort: ExtensionError | undefined;
  readonly #queue: HookQueue | undefined;
  phase: RunPhase;

  constructor(
    readonly name: string,
    readonly hooks: Plugin<object> & Hooks,
    readonly context: HookContext<object>,
    readonly onHookError: OnHookError,
    readonly log: Logger,
    /** Live: hooks may take their time, and this is the longest wait for them at the end, ms; 0: for ever. */
    readonly drainMs: number | undefined,
  ) {
    this.phase = context.phase;
    if (drainMs === undefined) return;
    this.#queue = new HookQueue(
      (error) => this.#failedLater(error),
      () =>
        log.warn(
          `extension "${name}" is slower than the feed: more than ${mostCalls} calls wait, the oldest are dropped`,
        ),
    );
  }

  has(hook: HookName): boolean {
    return typeof this.hooks[hook] === "function";
  }

  /** Calls a per-bar hook. Whatever it does wrong costs the extension, not the run, unless its class says otherwise. */
  call(hook: HookName, payload: object): void {
    if (this.#disabled) return;
    if (this.#abort !== undefined && hook !== "onError") throw this.#abort;
    const method = this.hooks[hook] as ((ctx: object) => unknown) | undefined;
    if (method === undefined) return;
    const context = Object.freeze({ ...this.context, phase: this.phase, ...payload });
    let result: unknown;
    try {
      if (this.#queue !== undefined)
        return this.#queue.push(() => (this.#disabled ? undefined : method.call(this.hooks, context)));
      result = method.call(this.hooks, context);
    } catch (error) {
      this.#failed(hook, error);
      return;
    }
    if (result instanceof Promise) {
      result.catch(() => {});
      this.#failed(hook, new Error("it returned a promise; the hooks of a backtest are synchronous"));
    }
  }

  /** Calls a hook that may take its time. */
  async callAwaited(hook: HookName, payload: object): Promise<void> {
    if (this.#disabled && hook !== "onEnd") return;
    const { drainMs } = this;
    if (this.#queue !== undefined && !(await this.#queue.drain(drainMs === 0 ? Infinity : drainMs!)))
      this.log.warn(
        `extension "${this.name}" is still at work after ${drainMs! / 1000} s; it is left behind`,
      );
    const method = this.hooks[hook] as ((ctx: object) => unknown) | undefined;
    if (method === undefined) return;
    try {
      await method.call(this.hooks, Object.freeze({ ...this.context, phase: this.phase, ...payload }));
    } catch (error) {
      this.#failed(hook, error);
    }
  }

  /** The first hook of a run may refuse it. */
  async start(payload: object): Promise<void> {
    const method = this.hooks.onScriptStart as ((ctx: object) => unknown) | undefined;
    try {
      await method?.call(this.hooks, Object.freeze({ ...this.context, ...payload }));
    } catch (error) {
      throw new ExtensionError(`the extension "${this.name}" refused the run: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  #failedLater(error: unknown): void {
    try {
      this.#failed("a hook", error);
    } catch (abort) {
      this.#abort = abort as ExtensionError;
    }
  }

  #failed(hook: HookName | "a hook", error: unknown): void {
    const message = `extension "${this.name}": ${hook} failed: ${messageOf(error)}`;
    if (this.onHookError === "abort") throw new ExtensionError(message, { cause: error });
    this.#disabled = true;
    this.log.error(`${message}; it gets no more hooks in this run`);
  }
}

/** Only hooks that somebody implements are on the observer: the run pays for no others. */
function joinedObserver(extensions: readonly Extension[], mode: RunMode): RunObserver {
  const those = (hook: HookName): readonly Extension[] =>
    extensions.filter((extension) => extension.has(hook));
  const observer: { -readonly [Key in keyof RunObserver]: RunObserver[Key] } = {};
  const starting = those("onScriptStart");
  if (starting.length > 0) {
    observer.onScriptStart = async (start) => {
      for (const extension of starting) await extension.start({ ...start, mode });
    };
  }
  const onBarStart = those("onBarStart");
  if (onBarStart.length > 0) {
    observer.onBarStart = (bar, barIndex, barState) => {
      for (const extension of onBarStart) extension.call("onBarStart", { bar, barIndex, barState });
    };
  }
  const onOrderEvent = those("onOrderEvent");
  if (onOrderEvent.length > 0) {
    observer.onOrderEvent = (event, barIndex) => {
      for (const extension of onOrderEvent) extension.call("onOrderEvent", { event, barIndex });
    };
  }
  const onTrade = those("onTrade");
  if (onTrade.length > 0) {
    observer.onTrade = (kind, trade, position, barIndex) => {
      for (const extension of onTrade) extension.call("onTrade", { kind, trade, position, barIndex });
    };
  }
  const onAlert = those("onAlert");
  if (onAlert.length > 0) {
    observer.onAlert = (message, frequency, barIndex) => {
      for (const extension of onAlert) extension.call("onAlert", { message, frequency, barIndex });
    };
  }
  const onBar = those("onBar");
  if (onBar.length > 0) {
    observer.onBar = (bar, barIndex, plots, plot) => {
      let isOpen = true;
      // A hook that takes its time is too late for the bar's row.
      const add = (title: string, value: number): void => {
        if (isOpen) plot(title, value);
      };
      for (const extension of onBar) extension.call("onBar", { bar, barIndex, plots, plot: add });
      isOpen = false;
    };
  }
  observer.onPhase = (phase) => {
    for (const extension of extensions) extension.phase = phase;
  };
  const onLive = those("onLive");
  if (onLive.length > 0) {
    observer.onLive = (lastWarmupBar) => {
      for (const extension of onLive) extension.call("onLive", { lastWarmupBar });
    };
  }
  const onTick = those("onTick");
  if (onTick.length > 0) {
    observer.onTick = (update) => {
      for (const extension of onTick) extension.call("onTick", { update });
    };
  }
  const onError = those("onError");
  if (onError.length > 0) {
    observer.onError = (error) => {
      for (const extension of onError) extension.call("onError", { error });
    };
  }
  // Live, what an extension still has to do is waited for, whether or not it wants to hear of the end.
  const onEnd = mode === "backtest" ? those("onEnd") : extensions;
  if (onEnd.length > 0) {
    observer.onEnd = async (end) => {
      for (const extension of onEnd) await extension.callAwaited("onEnd", end);
    };
  }
  return observer;
}
