import { messageOf, UsageError } from "../kernel/errors.ts";
import { camelCase, kebabCase } from "../kernel/spelling.ts";
import type { ArgumentSpecs, OptionSpec, PositionalSpec } from "./options.ts";
import { nearest } from "../kernel/nearest.ts";

/**
 * The grammar of the command line, pure: tokens and specifications in, values or a `UsageError` out.
 *
 * `--name value`, `--name=value`, `-n value`, `-nvalue`, bundled flags `-abc`, `--no-name` for flags, `--` ends the
 * options. A value may begin with a dash unless it is itself an option of the command. An unknown option is an error.
 */

/** The values of one command line. */
export interface ParsedArgv {
  /** By key: given, else from the environment, else the default; absent keys had none of these. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys that were given on the command line or in the environment. */
  readonly given: ReadonlySet<string>;
  /** Positionals as typed. */
  readonly positionals: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @throws UsageError for an unknown option, a missing or extra argument, a value outside its choices, or one that
 *   the option's `parse` refuses
 */
export function parseArgv(
  tokens: readonly string[],
  specs: ArgumentSpecs,
  env: Environment = {},
  help = "pyne --help",
): ParsedArgv {
  const reader = new Reader(specs, help);
  reader.read(tokens);
  return reader.finish(env);
}

/** Whether `token` is one of these options, in whatever spelling; used to find a command among global options. */
export function findOption(
  token: string,
  options: readonly OptionSpec[],
): { option: OptionSpec; inline: string | undefined; negated: boolean } | undefined {
  if (token.startsWith("--")) {
    const equals = token.indexOf("=");
    const name = equals < 0 ? token.slice(2) : token.slice(2, equals);
    const inline = equals < 0 ? undefined : token.slice(equals + 1);
    const direct = options.find((option) => option.names.includes(name));
    if (direct !== undefined) return { option: direct, inline, negated: false };
    const positive = name.startsWith("no-") ? name.slice(3) : undefined;
    const negated = options.find(
      (option) => option.type === "boolean" && positive !== undefined && option.names.includes(positive),
    );
    return negated === undefined ? undefined : { option: negated, inline, negated: true };
  }
  if (/^-[^-]/.test(token)) {
    const letter = token.slice(1, 2);
    const option = options.find((candidate) => candidate.letters.includes(letter));
    if (option === undefined) return undefined;
    const rest = token.slice(2);
    return { option, inline: rest === "" ? undefined : rest.replace(/^=/, ""), negated: false };
  }
  return undefined;
}

class Reader {
  readonly #raw = new Map<OptionSpec, (string | boolean)[]>();
  readonly #positionals: string[] = [];
  /** Where an option that may stand bare has taken the word behind it. */
  #taken: { readonly option: OptionSpec; readonly text: string; readonly at: number } | undefined;

  constructor(
    readonly specs: ArgumentSpecs,
    readonly help: string,
  ) {}

  read(tokens: readonly string[]): void {
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index] ?? "";
      if (token === "--") {
        this.#positionals.push(...tokens.slice(index + 1));
        return;
      }
      if (token === "-" || !token.startsWith("-")) {
        this.#positionals.push(token);
        continue;
      }
      if (this.#flags(token)) continue;
      const found = findOption(token, this.specs.options);
      if (found === undefined) throw this.#unknown(token);
      const { option, inline, negated } = found;
      if (option.type === "boolean") {
        this.#add(option, negated ? false : flagValue(token, inline));
        continue;
      }
      if (inline !== undefined) {
        this.#add(option, inline);
        continue;
      }
      const next = tokens[index + 1];
      if (option.bare !== undefined && (next === undefined || !option.bare.test(next))) {
        this.#add(option, "");
        continue;
      }
      if (
        next === undefined ||
        (next.startsWith("-") &&
          findOption(next, this.specs.options)?.inline === undefined &&
          findOption(next, this.specs.options) !== undefined)
      ) {
        throw new UsageError(`${token} needs a value`, { hint: this.help });
      }
      if (option.bare !== undefined) this.#taken = { option, text: next, at: this.#positionals.length };
      this.#add(option, next);
      index++;
    }
  }

  /** A word that an option could have done without is an argument where one is missing. */
  #giveBack(): void {
    const taken = this.#taken;
    const required = this.specs.positionals.filter((spec) => spec.required && spec.default === undefined);
    if (taken === undefined || this.#positionals.length >= required.length) return;
    this.#positionals.splice(taken.at, 0, taken.text);
    const values = this.#raw.get(taken.option)!;
    values[values.lastIndexOf(taken.text)] = "";
  }

  /** `-abc` where a, b and c are flags. */
  #flags(token: string): boolean {
    if (!/^-[a-zA-Z]{2,}$/.test(token)) return false;
    const options = [...token.slice(1)].map((letter) =>
      this.specs.options.find((option) => option.type === "boolean" && option.letters.includes(letter)),
    );
    if (options.some((option) => option === undefined)) return false;
    for (const option of options) if (option !== undefined) this.#add(option, true);
    return true;
  }

  #add(option: OptionSpec, value: string | boolean): void {
    const values = this.#raw.get(option);
    if (values === undefined) this.#raw.set(option, [value]);
    else values.push(value);
  }

  finish(env: Environment): ParsedArgv {
    this.#giveBack();
    const values: Record<string, unknown> = {};
    const given = new Set<string>();
    for (const option of this.specs.options) {
      const raw = this.#raw.get(option) ?? fromEnvironment(option, env);
      if (raw !== undefined) {
        given.add(option.key);
        const read = raw.map((value) => valueOf(option, value));
        values[option.key] = option.multiple ? read : read.at(-1);
      } else if (option.default !== undefined) {
        values[option.key] =
          typeof option.default === "string" ? valueOf(option, option.default) : option.default;
      } else if (option.multiple) {
        values[option.key] = [];
      } else if (option.required) {
        throw new UsageError(`--${option.names[0] ?? option.key} is required`, { hint: this.help });
      }
    }
    this.#assignPositionals(values, given);
    return { values, given, positionals: this.#positionals };
  }

  #assignPositionals(values: Record<string, unknown>, given: Set<string>): void {
    const left = [...this.#positionals];
    for (const positional of this.specs.positionals) {
      const name = `argument ${positional.valueHint}`;
      if (positional.multiple) {
        if (left.length === 0 && positional.required) throw this.#missing(positional);
        values[positional.key] = left.splice(0).map((text) => parsed(name, positional.parse, text));
        continue;
      }
      const text = left.shift();
      if (text !== undefined) {
        given.add(positional.key);
        values[positional.key] = parsed(name, positional.parse, text);
      } else if (positional.default !== undefined) {
        values[positional.key] = parsed(name, positional.parse, positional.default);
      } else if (positional.required) {
        throw this.#missing(positional);
      }
    }
    if (left[0] !== undefined) {
      throw new UsageError(`unexpected argument "${left[0]}"`, { hint: this.help });
    }
  }

  #missing(positional: PositionalSpec): UsageError {
    const what = positional.description.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
    return new UsageError(`${positional.valueHint} is missing: ${what}`, {
      hint: this.help,
    });
  }

  #unknown(token: string): UsageError {
    const name = token.split("=")[0] ?? token;
    const candidates = this.specs.options.flatMap((option) => [
      ...option.names.map((long) => `--${long}`),
      ...option.letters.map((letter) => `-${letter}`),
    ]);
    const near = name.startsWith("--") ? nearest(name, candidates) : undefined;
    return new UsageError(`unknown option ${name}`, {
      hint: near === undefined ? this.help : `did you mean ${near}?`,
    });
  }
}

function flagValue(token: string, inline: string | undefined): boolean {
  if (inline === undefined) return true;
  const value = truthOf(inline);
  if (value === undefined) throw new UsageError(`${token} is a flag: it takes no value but true or false`);
  return value;
}

function truthOf(text: string): boolean | undefined {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  return /^(0|false|no|off|)$/i.test(text) ? false : undefined;
}

function fromEnvironment(option: OptionSpec, env: Environment): (string | boolean)[] | undefined {
  const text = option.env === undefined ? undefined : env[option.env];
  if (text === undefined || option.env === undefined) return undefined;
  if (option.type !== "boolean") return [text];
  const value = truthOf(text);
  if (value === undefined) throw new UsageError(`${option.env} is true or false, not "${text}"`);
  return [value];
}

function valueOf(option: OptionSpec, value: string | boolean): unknown {
  if (typeof value === "boolean") return value;
  const name = `--${option.names[0] ?? option.key}`;
  if (option.choices !== undefined && !option.choices.includes(value)) {
    throw new UsageError(`${name} is one of ${option.choices.join(", ")}, not "${value}"`);
  }
  return parsed(name, option.parse, value);
}

function parsed(name: string, parse: ((text: string) => unknown) | undefined, text: string): unknown {
  if (parse === undefined) return text;
  try {
    return parse(text);
  } catch (error) {
    const message = messageOf(error);
    throw new UsageError(message.startsWith(`${name}:`) ? message : `${name}: ${message}`, {
      cause: error,
      ...(error instanceof UsageError && error.hint !== undefined ? { hint: error.hint } : {}),
    });
  }
}

/**
 * Values as citty hands them to a command: by key, in both spellings, and the positionals under `_`.
 */
export function cittyArgs(parsedArgv: ParsedArgv): Record<string, unknown> {
  const args: Record<string, unknown> = { _: [...parsedArgv.positionals] };
  for (const [key, value] of Object.entries(parsedArgv.values)) {
    args[key] = value;
    args[camelCase(key)] ??= value;
    args[kebabCase(key)] ??= value;
  }
  return args;
}
