import type { PyneArg } from "../api/cli-args.ts";
import { kebabCase } from "../kernel/spelling.ts";

/**
 * Options and positionals as the parser, the help page and the completion see them: one flat description made from
 * citty's argument definitions, whoever wrote those.
 */

/** An argument of a built-in command. */
export type BuiltinArg = PyneArg & {
  /** The long spelling, where it is not the key's: `from` for `timeFrom`. */
  readonly name?: string;
  /** The option may stand alone, which means `""`; the word after it is its value only when it matches. */
  readonly bare?: RegExp;
};

export type BuiltinArgs = Readonly<Record<string, BuiltinArg>>;

/** An option of a command. */
export interface OptionSpec {
  /** The key under which the value is delivered. */
  readonly key: string;
  readonly type: "boolean" | "string" | "enum";
  /** Long spellings without dashes: `kebab-case` first, then the key itself where it differs. */
  readonly names: readonly string[];
  /** Letters without the dash. */
  readonly letters: readonly string[];
  readonly description: string;
  readonly valueHint?: string | undefined;
  /** May stand alone, which means `""`; the word after it is its value only when it matches. */
  readonly bare?: RegExp | undefined;
  readonly multiple: boolean;
  readonly required: boolean;
  readonly default?: unknown;
  readonly choices?: readonly string[] | undefined;
  readonly env?: string | undefined;
  readonly parse?: ((text: string) => unknown) | undefined;
  /** The plugin that added it; absent for the command's own. */
  readonly plugin?: string | undefined;
}

/** A positional of a command. */
export interface PositionalSpec {
  readonly key: string;
  readonly description: string;
  readonly valueHint: string;
  readonly required: boolean;
  /** Takes all that is left; the last positional only. */
  readonly multiple: boolean;
  readonly default?: string | undefined;
  readonly parse?: ((text: string) => unknown) | undefined;
}

/** All that a command accepts. */
export interface ArgumentSpecs {
  readonly options: readonly OptionSpec[];
  readonly positionals: readonly PositionalSpec[];
}

/** Reads citty definitions. Options keep their order, positionals theirs. */
export function argumentSpecs(args: BuiltinArgs, plugin?: string): ArgumentSpecs {
  const options: OptionSpec[] = [];
  const positionals: PositionalSpec[] = [];
  for (const [key, argument] of Object.entries(args)) {
    if (argument.type === "positional") positionals.push(positionalSpec(key, argument));
    else options.push(optionSpec(key, argument, plugin));
  }
  return { options, positionals };
}

/** One option from its citty definition. */
export function optionSpec(key: string, argument: BuiltinArg, plugin?: string): OptionSpec {
  const aliases = listOf("alias" in argument ? argument.alias : undefined);
  const own = argument.name === undefined ? [kebabCase(key), key] : [argument.name];
  const long = [...own, ...aliases.filter((alias) => alias.length > 1)];
  return {
    key,
    type: argument.type === "boolean" || argument.type === "enum" ? argument.type : "string",
    names: [...new Set(long)],
    letters: aliases.filter((alias) => alias.length === 1),
    description: argument.description ?? "",
    valueHint: argument.valueHint,
    bare: argument.bare,
    multiple: argument.multiple === true,
    required: argument.required === true,
    default: argument.default,
    choices: "options" in argument ? (argument.options as readonly string[] | undefined) : undefined,
    env: argument.env,
    parse: argument.parse,
    plugin,
  };
}

function positionalSpec(key: string, argument: PyneArg): PositionalSpec {
  return {
    key,
    description: argument.description ?? "",
    valueHint: argument.valueHint ?? kebabCase(key).toUpperCase(),
    required: argument.required ?? argument.default === undefined,
    multiple: argument.multiple === true,
    default: argument.default as string | undefined,
    parse: argument.parse,
  };
}

/** Every spelling on the command line that an option answers to, negations included: `--plot`, `-p`, `--no-plot`. */
export function spellingsOf(option: OptionSpec): string[] {
  return [
    ...option.names.map((name) => `--${name}`),
    ...option.letters.map((letter) => `-${letter}`),
    ...(option.type === "boolean" ? option.names.map((name) => `--no-${name}`) : []),
  ];
}

function listOf(alias: string | readonly string[] | undefined): readonly string[] {
  return alias === undefined ? [] : typeof alias === "string" ? [alias] : alias;
}
