import type { AnyCommand, PyneArg, PyneArgs } from "../api/cli-args.ts";
import { type Capability, capabilitiesOf } from "../api/plugins/capabilities.ts";
import { type PluggablePath, pluggablePaths } from "../api/plugins/cli.ts";
import { newConfigText } from "../config/heal.ts";
import { messageOf } from "../kernel/errors.ts";
import { kebabCase } from "../kernel/spelling.ts";
import { type AnyPluginClass, staticOf, summaryOf } from "./plugin-class.ts";

/**
 * What the host knows of a plugin without loading it: read once from the class, kept in the index, enough for help,
 * completion, option parsing and the birth of configuration files. Everything here survives JSON.
 */
export interface PluginFacts {
  readonly capabilities: readonly Capability[];
  /** Name shown to people; empty: the registered name. */
  readonly displayName: string;
  /** First paragraph of the class's documentation; empty without. */
  readonly summary: string;
  /** The command group, or `null`. */
  readonly group: CommandFacts | null;
  /** Options for built-in commands, by command path. */
  readonly options: Partial<Record<PluggablePath, Readonly<Record<string, ArgumentFacts>>>>;
  /** Text of a new configuration file; `null`: the plugin has no configuration. */
  readonly configText: string | null;
  /** What failed in `cli()` or `cliParams()`; the plugin registers nothing more then. */
  readonly failure?: string;
}

/** A command as help and completion need it. */
export interface CommandFacts {
  readonly summary: string;
  /** Long options without dashes, kebab-case. */
  readonly options: readonly string[];
  readonly children: Readonly<Record<string, CommandFacts>>;
}

/** An argument definition without its functions. */
export interface ArgumentFacts {
  readonly argument: PyneArg;
  /** Its `parse` must be fetched from the class when the option is used. */
  readonly hasParse: boolean;
}

/** Reads the facts from a loaded class; never throws. */
export async function factsOf(pluginClass: AnyPluginClass): Promise<PluginFacts> {
  const capabilities = capabilitiesOf(pluginClass);
  let group: CommandFacts | null = null;
  const options: Partial<Record<PluggablePath, Record<string, ArgumentFacts>>> = {};
  let failure: string | undefined;
  if (capabilities.includes("cli")) {
    try {
      const definition = commandGroupOf(pluginClass);
      group = definition === null ? null : await commandFacts(definition);
    } catch (error) {
      failure = `cli() failed: ${messageOf(error)}`;
    }
    for (const path of failure === undefined ? pluggablePaths : []) {
      try {
        const args = Object.entries(optionsOf(pluginClass, path));
        if (args.length > 0)
          options[path] = Object.fromEntries(args.map(([key, arg]) => [key, argumentFacts(arg)]));
      } catch (error) {
        failure = `cliParams("${path}") failed: ${messageOf(error)}`;
        break;
      }
    }
  }
  return {
    capabilities,
    displayName: pluginClass.pluginName,
    summary: summaryOf(pluginClass.doc),
    group,
    options,
    configText: pluginClass.Config === null ? null : newConfigText(pluginClass.Config),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The result of a class's `cli()`. */
export function commandGroupOf(pluginClass: AnyPluginClass): AnyCommand | null {
  const cli = staticOf(pluginClass, "cli") as (() => AnyCommand | null) | undefined;
  return cli?.call(pluginClass) ?? null;
}

/** The result of a class's `cliParams(path)`. */
export function optionsOf(pluginClass: AnyPluginClass, path: PluggablePath): PyneArgs {
  const cliParams = staticOf(pluginClass, "cliParams") as ((path: PluggablePath) => PyneArgs) | undefined;
  return cliParams?.call(pluginClass, path) ?? {};
}

function argumentFacts(argument: PyneArg): ArgumentFacts {
  const { parse, ...data } = argument;
  return { argument: data as PyneArg, hasParse: parse !== undefined };
}

async function commandFacts(definition: AnyCommand, depth = 0): Promise<CommandFacts> {
  const meta = await valueOf(definition.meta);
  const args = ((await valueOf(definition.args)) ?? {}) as PyneArgs;
  const children: Record<string, CommandFacts> = {};
  // A group that contains itself would have no end.
  if (depth < 5) {
    for (const [name, child] of Object.entries((await valueOf(definition.subCommands)) ?? {})) {
      children[name] = await commandFacts((await valueOf(child)) as AnyCommand, depth + 1);
    }
  }
  return {
    summary: meta?.description ?? "",
    options: Object.entries(args)
      .filter(([, argument]) => argument.type !== "positional")
      .map(([key]) => kebabCase(key)),
    children,
  };
}

/** citty takes a value, a promise, or a function of either. */
async function valueOf<Value>(
  value: Value | Promise<Value> | (() => Value | Promise<Value>),
): Promise<Value> {
  return typeof value === "function" ? await (value as () => Value | Promise<Value>)() : await value;
}
