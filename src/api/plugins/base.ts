import { systemClock, type Clock } from "../../kernel/clock.ts";
import { silentLogger, type Logger } from "../../kernel/log.ts";
import type { ConfigSchema } from "../config/fields.ts";
import { pluginMarker } from "./capabilities.ts";

/** The configuration of a plugin that has none. */
export type NoConfig = Record<string, never>;

/** Values of the command-line options a plugin added to a command, by the key of their definition. */
export type PluginParams = Readonly<Record<string, unknown>>;

/** What the host hands to every plugin instance. */
export interface PluginOptions<C extends object> {
  /** Parsed, validated and frozen; a schema's defaults are already in. */
  readonly config: Readonly<C>;
  /** The registered name; defaults to the empty string in a unit test. */
  readonly name?: string;
  readonly pluginParams?: PluginParams;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/**
 * The root of all plugins.
 *
 * Name, version, summary and the range of host versions come from the package's `package.json`, never from here.
 * The type parameter is the type of `this.config`.
 */
export abstract class Plugin<C extends object = NoConfig> {
  static readonly [pluginMarker] = true;

  /** Schema of `config/plugins/<name>.toml`, made with `defineConfig`; `null`: no configuration. */
  static Config: ConfigSchema | null = null;

  /** Name shown to people; empty: the registered name is shown. */
  static pluginName = "";

  /** Documentation in Markdown. Its first paragraph is the one-line summary. */
  static doc = "";

  readonly config: Readonly<C>;
  /** The name under which the package registered this plugin. */
  readonly name: string;
  /** Set before the plugin is used; `{}` when it injected no options. */
  readonly pluginParams: PluginParams;
  protected readonly log: Logger;
  protected readonly clock: Clock;

  constructor(options: PluginOptions<C>) {
    this.config = options.config;
    this.name = options.name ?? "";
    this.pluginParams = options.pluginParams ?? {};
    this.log = options.log ?? silentLogger;
    this.clock = options.clock ?? systemClock;
  }
}

/** The statics of any plugin class, abstract or not. */
export interface PluginStatics {
  readonly [pluginMarker]: true;
  Config: ConfigSchema | null;
  pluginName: string;
  doc: string;
}

/** A class that a mixin can wrap or a host can hold: abstract or concrete, with the statics of `Plugin`. */
// oxlint-disable-next-line typescript/no-explicit-any -- TypeScript requires any[] in the constructor of a mixin base
export type PluginBase = (abstract new (...args: any[]) => Plugin<any>) & PluginStatics;
