import type { AnyCommand, PyneArg, PyneArgs } from "../api/cli-args.ts";
import type { App } from "./app.ts";
import { argumentSpecs, type ArgumentSpecs, type BuiltinArgs, type OptionSpec } from "./options.ts";

/**
 * A command as the command line runs it: a built-in one, or a plugin's citty definition brought into this form.
 */
export interface Command {
  /** Words after `pyne`. */
  readonly path: readonly string[];
  /** One line. */
  readonly summary: string;
  /** Further paragraphs of the help page. */
  readonly description?: string | undefined;
  readonly examples: readonly string[];
  readonly specs: ArgumentSpecs;
  /** Sub-commands by name, loaded when asked for. */
  readonly children: ReadonlyMap<string, ChildCommand>;
  /** Absent for a group. */
  readonly run?: ((call: CommandCall) => unknown) | undefined;
}

/** A sub-command as a group lists it. */
export interface ChildCommand {
  readonly summary: string;
  readonly hidden?: boolean | undefined;
  load(): Promise<Command>;
}

/** One invocation. */
export interface CommandCall {
  readonly app: App;
  /** `pyne` itself. */
  readonly root: Command;
  readonly command: Command;
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys that were given rather than defaulted. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
  /** The words after the command, as typed. */
  readonly rawArgs: readonly string[];
  /** Options that plugins added to this command. */
  readonly injected: readonly OptionSpec[];
}

/** The value a definition delivers. */
type ValueOf<Argument extends PyneArg> = Argument extends { parse: (text: string) => infer Parsed }
  ? Parsed
  : Argument extends { type: "boolean" }
    ? boolean
    : Argument extends { options: readonly (infer Choice)[] }
      ? Choice
      : string;

type Optional<Argument extends PyneArg> = Argument extends { default: string | boolean } | { required: true }
  ? false
  : Argument extends { type: "positional" }
    ? Argument extends { required: false }
      ? true
      : false
    : Argument extends { multiple: true }
      ? false
      : true;

/** The values of a command's own arguments by key. */
export type ValuesOf<Args extends BuiltinArgs> = {
  readonly [Key in keyof Args]: Args[Key] extends { multiple: true }
    ? ValueOf<Args[Key]>[]
    : Optional<Args[Key]> extends true
      ? ValueOf<Args[Key]> | undefined
      : ValueOf<Args[Key]>;
};

/** What a built-in command's module exports. */
export interface BuiltinDefinition<Args extends BuiltinArgs> {
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly string[];
  readonly args: Args;
  run(call: CommandCall, values: ValuesOf<Args>): unknown;
}

/** A built-in command, its values typed by its arguments. */
export type Builtin = (path: readonly string[]) => Command;

/** Defines a built-in command. */
export function defineBuiltin<const Args extends BuiltinArgs>(definition: BuiltinDefinition<Args>): Builtin {
  return (path) => ({
    path,
    summary: definition.summary,
    description: definition.description,
    examples: definition.examples,
    specs: argumentSpecs(definition.args),
    children: new Map(),
    run: (call) => definition.run(call, call.values as ValuesOf<Args>),
  });
}

/** How a group names one of its commands: a module loaded when it is invoked, or another group. */
export type BuiltinChild =
  | {
      readonly summary: string;
      /** Left out of help and completion. */
      readonly hidden?: boolean;
      readonly load: () => Promise<{ default: Builtin }>;
    }
  | { readonly group: Command };

/** A group of built-in commands. */
export function builtinGroup(
  path: readonly string[],
  summary: string,
  examples: readonly string[],
  children: Readonly<Record<string, BuiltinChild>>,
): Command {
  const child = (name: string, entry: BuiltinChild): ChildCommand =>
    "group" in entry
      ? { summary: entry.group.summary, load: () => Promise.resolve(entry.group) }
      : {
          summary: entry.summary,
          hidden: entry.hidden,
          load: async () => (await entry.load()).default([...path, name]),
        };
  return {
    path,
    summary,
    examples,
    specs: { options: [], positionals: [] },
    children: new Map(Object.entries(children).map(([name, entry]) => [name, child(name, entry)])),
  };
}

/** citty allows a value, a promise, or a function of either wherever it takes a definition. */
async function resolved<Value>(
  value: Value | Promise<Value> | (() => Value | Promise<Value>),
): Promise<Value> {
  return typeof value === "function" ? await (value as () => Value | Promise<Value>)() : await value;
}

/** A plugin's citty command in our form. */
export async function commandFromCitty(definition: AnyCommand, path: readonly string[]): Promise<Command> {
  const meta = (await resolved(definition.meta)) ?? {};
  const args = ((await resolved(definition.args)) ?? {}) as PyneArgs;
  const subCommands = (await resolved(definition.subCommands)) ?? {};
  const children = new Map<string, ChildCommand>();
  for (const [name, child] of Object.entries(subCommands)) {
    const childDefinition = (await resolved(child)) as AnyCommand;
    const childMeta = (await resolved(childDefinition.meta)) ?? {};
    children.set(name, {
      summary: childMeta.description ?? "",
      hidden: childMeta.hidden,
      load: () => commandFromCitty(childDefinition, [...path, name]),
    });
  }
  return {
    path,
    summary: meta.description ?? "",
    examples: [],
    specs: argumentSpecs(args),
    children,
    run:
      definition.run === undefined && definition.setup === undefined
        ? undefined
        : (call) => runCitty(definition, call),
  };
}

/** Runs a leaf as citty would: setup, run, and cleanup whatever happened. */
async function runCitty(definition: AnyCommand, call: CommandCall): Promise<void> {
  const { cittyArgs } = await import("./argv.ts");
  const context = {
    rawArgs: [...call.rawArgs],
    args: cittyArgs(call) as never,
    cmd: definition,
    data: await call.app.pluginCommandData(call.command.path[0] ?? ""),
  };
  try {
    await definition.setup?.(context);
    await definition.run?.(context);
  } finally {
    await definition.cleanup?.(context);
  }
}
