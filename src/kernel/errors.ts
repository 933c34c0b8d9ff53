import { secrets } from "./secrets.ts";

/**
 * The root of every error that pyne raises on purpose.
 *
 * An expected failure is a `PyneError`: it has a stable `code` for programs, a message that names the rule and
 * the value found, a `hint` that a person can follow, and the exit code that the command line will use. Anything
 * else that is thrown is a bug and is reported as one.
 */

/** 0 success, 1 runtime failure, 2 usage or configuration, 75 try again later, 130 SIGINT, 143 SIGTERM. */
export type ExitCode = 0 | 1 | 2 | 75 | 130 | 143;

/** What an error may carry besides its message. */
export interface PyneErrorOptions {
  /** What to do next, as one sentence or a command; no trailing full stop is required. */
  readonly hint?: string | undefined;
  /** The failure underneath, printed with `--debug`. */
  readonly cause?: unknown;
}

/** Base class of expected failures. Subclasses fix `code` and, where it is not 1, `exitCode`. */
export abstract class PyneError extends Error {
  /** Stable identifier in SCREAMING_SNAKE_CASE; never reworded. */
  abstract readonly code: string;
  readonly exitCode: ExitCode = 1;
  readonly hint: string | undefined;

  constructor(message: string, options: PyneErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The command line or a value on it is wrong. Exit code 2. */
export class UsageError extends PyneError {
  override readonly code: string = "USAGE";
  override readonly exitCode: ExitCode = 2;
}

/** A configuration file or environment override is wrong; the file was left as it is. Exit code 2. */
export class ConfigError extends PyneError {
  override readonly code: string = "CONFIG";
  override readonly exitCode: ExitCode = 2;
}

/** A file from outside (bars, symbol information, settings) cannot be used as it is. Exit code 1. */
export class DataError extends PyneError {
  override readonly code: string = "DATA";
}

/** Something is busy or away for the moment; the same command may succeed later. Exit code 75. */
export class TryAgainLaterError extends PyneError {
  override readonly code: string = "TRY_AGAIN_LATER";
  override readonly exitCode: ExitCode = 75;
}

/** A failure that none of the narrower classes describes. Exit code 1. */
export class RuntimeFailure extends PyneError {
  override readonly code: string = "FAILED";
}

/**
 * The links of an error's `cause` chain, outermost first, each once: a chain that loops back ends there.
 */
export function* causeChain(error: unknown): Generator<unknown> {
  const seen = new Set<unknown>();
  let link = error;
  while (link !== undefined && link !== null && !seen.has(link)) {
    seen.add(link);
    yield link;
    link = link instanceof Error ? link.cause : undefined;
  }
}

/** Characters of a message that are shown: a venue may answer with a whole page. */
const longestMessage = 2_000;
/** Turn a terminal's colours, cursor or writing direction. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * The text of anything that was thrown, in one line and without secrets. Plugins throw what venues and libraries make up,
 * so nothing is expected of it: it may be no error, be huge, or steer a terminal.
 */
export function messageOf(thrown: unknown): string {
  const text = secrets
    .clean(textOf(thrown))
    .replace(/\s*\n\s*/g, " ")
    .trim()
    .replace(unprintable, "\ufffd");
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

function textOf(thrown: unknown): string {
  try {
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    const { message, name } = thrown as { message?: unknown; name?: unknown };
    for (const text of [message, thrown instanceof Error ? name : ""])
      if (typeof text === "string" && text !== "") return text;
    return JSON.stringify(thrown);
  } catch {
    // A getter of its own, a value that holds itself.
    return "something that cannot be said";
  }
}

/** The failure of writing a file, its name in it; a full disk does not say where. Expected failures stay as they are. */
export function writeFailure(path: string, error: unknown): PyneError {
  if (error instanceof PyneError) return error;
  return new RuntimeFailure(`${path} could not be written: ${messageOf(error)}`, { cause: error });
}
