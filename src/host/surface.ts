import type { PyneArg } from "../api/cli-args.ts";
import { kebabCase } from "../kernel/spelling.ts";
import type { ArgumentFacts } from "./facts.ts";

/**
 * Which options of plugins a command gets, pure. First come, first served; plugins register in name order, so the
 * result is stable. A refused option costs one warning; the plugin's other options still register.
 */

/** What a plugin wants to add to one command. */
export interface OptionRequest {
  readonly plugin: string;
  readonly options: Readonly<Record<string, ArgumentFacts>>;
}

/** An option that was accepted. */
export interface AcceptedOption extends ArgumentFacts {
  readonly plugin: string;
  readonly key: string;
}

/** What is already taken on a command. */
export interface TakenNames {
  /** Keys of the command's own options and positionals. */
  readonly keys: readonly string[];
  /** Every spelling of the command's own options, negations included: `--plot`, `-f`, `--no-plot`. */
  readonly spellings: readonly string[];
  /** Every spelling of the global options. */
  readonly globals: readonly string[];
}

/** The spellings that belong to the host on every command. */
export const reservedSpellings: readonly string[] = [
  "--help",
  "-h",
  "--no-help",
  "--version",
  "--no-version",
];

const argumentName = /^[a-z][a-zA-Z0-9-]+$/;

/** @param commandPath for messages: `run`, `data download` */
export function acceptOptions(
  commandPath: string,
  taken: TakenNames,
  requests: readonly OptionRequest[],
): { accepted: AcceptedOption[]; warnings: string[] } {
  const accepted: AcceptedOption[] = [];
  const warnings: string[] = [];
  const ownKeys = new Set(taken.keys.map(plain));
  const keyOwners = new Map<string, string>();
  const spellingOwners = new Map<string, string>([
    ...taken.spellings.map((spelling) => [spelling, `pyne ${commandPath}`] as const),
    ...taken.globals.map((spelling) => [spelling, "pyne (a global option)"] as const),
    ...reservedSpellings.map((spelling) => [spelling, "pyne (reserved on every command)"] as const),
  ]);

  for (const { plugin, options } of requests.toSorted((a, b) => (a.plugin < b.plugin ? -1 : 1))) {
    for (const [key, facts] of Object.entries(options)) {
      const reason =
        invalidity(key, facts.argument) ??
        clash(key, facts.argument, ownKeys, keyOwners, spellingOwners, commandPath);
      if (reason !== undefined) {
        warnings.push(
          `plugin "${plugin}": the option ${long(key)} was not added to "pyne ${commandPath}": ${reason}`,
        );
        continue;
      }
      keyOwners.set(plain(key), plugin);
      for (const spelling of spellings(key, facts.argument))
        spellingOwners.set(spelling, `plugin "${plugin}"`);
      accepted.push({ plugin, key, ...facts });
    }
  }
  return { accepted, warnings };
}

function clash(
  key: string,
  argument: PyneArg,
  ownKeys: ReadonlySet<string>,
  keyOwners: ReadonlyMap<string, string>,
  spellingOwners: ReadonlyMap<string, string>,
  commandPath: string,
): string | undefined {
  for (const spelling of spellings(key, argument)) {
    const owner = spellingOwners.get(spelling);
    if (owner !== undefined) return `${spelling} belongs to ${owner}`;
  }
  if (ownKeys.has(plain(key))) return `"${key}" is an argument of pyne ${commandPath}`;
  const owner = keyOwners.get(plain(key));
  return owner === undefined ? undefined : `"${key}" was added by plugin "${owner}"`;
}

/** Why a definition cannot be an option at all. */
function invalidity(key: string, argument: PyneArg): string | undefined {
  if (argument.type === "positional") return "a positional cannot be added to a command";
  if (!argumentName.test(key)) return `its name must match ${argumentName.source}`;
  for (const alias of aliases(argument)) {
    if (!/^[a-zA-Z]$/.test(alias) && !argumentName.test(alias)) {
      return `the alias "${alias}" is neither one letter nor a name`;
    }
  }
  if (argument.type === "boolean" && argument.required === true) return "a flag cannot be required";
  if (argument.type === "boolean" && argument.multiple === true) return "a flag cannot be repeatable";
  const options = (argument as { options?: readonly unknown[] }).options;
  if (options !== undefined && argument.default !== undefined && !options.includes(argument.default)) {
    return `its default "${String(argument.default)}" is not among its options`;
  }
  return undefined;
}

function spellings(key: string, argument: PyneArg): string[] {
  const names = [...new Set([kebabCase(key), key, ...aliases(argument).filter((alias) => alias.length > 1)])];
  const negations = argument.type === "boolean" ? names.map((name) => `--no-${name}`) : [];
  const letters = aliases(argument).filter((alias) => alias.length === 1);
  return [...names.map((name) => `--${name}`), ...letters.map((letter) => `-${letter}`), ...negations];
}

function aliases(argument: PyneArg): readonly string[] {
  const alias = (argument as { alias?: string | readonly string[] }).alias;
  return alias === undefined ? [] : typeof alias === "string" ? [alias] : alias;
}

function long(key: string): string {
  return `--${kebabCase(key)}`;
}

/** `timeFrom`, `time-from` and `time_from` are one key. */
function plain(key: string): string {
  return key.replace(/[-_]/g, "").toLowerCase();
}
