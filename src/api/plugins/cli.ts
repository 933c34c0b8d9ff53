import type { AnyCommand, PyneArgs } from "../cli-args.ts";
import { type NoConfig, Plugin, type PluginBase } from "./base.ts";
import { cliMarker } from "./capabilities.ts";

/** The commands to which a plugin may add options. */
export const pluggablePaths = ["run", "data download"] as const;
export type PluggablePath = (typeof pluggablePaths)[number];

/** The statics that a plugin with commands has. */
export interface CLIStatics {
  readonly [cliMarker]: true;
  /** The command group that becomes `pyne <plugin name> ...`; `null`: none. */
  cli(): AnyCommand | null;
  /** Options to merge into the command at `commandPath`; `{}`: none. Positionals may not be added. */
  cliParams(commandPath: PluggablePath): PyneArgs;
}

/** Adds commands and options to any plugin class; the type of `this.config` stays. */
export function WithCLI<Base extends PluginBase>(base: Base): Base & CLIStatics {
  abstract class CLICapable extends base {
    static readonly [cliMarker] = true;
    static cli(): AnyCommand | null {
      return null;
    }
    static cliParams(_commandPath: PluggablePath): PyneArgs {
      return {};
    }
  }
  return CLICapable;
}

/** Commands and extra options, for plugins without data. */
export abstract class CLIPlugin<C extends object = NoConfig> extends Plugin<C> {
  static readonly [cliMarker] = true;

  static cli(): AnyCommand | null {
    return null;
  }

  static cliParams(_commandPath: PluggablePath): PyneArgs {
    return {};
  }
}
