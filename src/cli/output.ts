import { causeChain, messageOf, PyneError } from "../kernel/errors.ts";
import { secrets } from "../kernel/secrets.ts";
import { StandardStream } from "./standard-stream.ts";

/**
 * What a person and a pipe see: results on stdout, everything else on stderr; colours only on a terminal.
 */

/** Colours one stream may use; every function returns its text unchanged where colours are off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly inverse: (text: string) => string;
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  inverse: [7, 27],
} as const;

/** The colours for a stream that is a terminal (`enabled`) or not. */
export function styleFor(enabled: boolean): Style {
  const paint =
    ([on, off]: readonly [number, number]) =>
    (text: string): string =>
      enabled ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(codes.bold),
    dim: paint(codes.dim),
    red: paint(codes.red),
    green: paint(codes.green),
    yellow: paint(codes.yellow),
    cyan: paint(codes.cyan),
    inverse: paint(codes.inverse),
  };
}

/** Remarks that are kept while a screen is up. */
const heldRemarks = 200;

/** How much is said on stderr, and whether failures show their stack. */
export interface OutputOptions {
  quiet: boolean;
  debug: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The two streams of a command. */
export class Output {
  readonly options: OutputOptions = { quiet: false, debug: false };
  /** Colours for stdout. */
  readonly style: Style;
  /** Colours for stderr. */
  readonly errorStyle: Style;
  /** Whether a progress line may be redrawn. */
  readonly interactive: boolean;
  // `pyne ... | head -1`: the reader is gone, so there is nobody left to tell.
  readonly #stdout = new StandardStream(1, (error) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  // Nobody reads the remarks; the work itself goes on.
  readonly #stderr = new StandardStream(2, () => {});
  #progressShown = false;
  /** Remarks kept back while a screen is drawn on stderr. */
  #held: string[] | undefined;

  constructor(env: Environment) {
    const showsStyle = env["TERM"] !== "dumb";
    const colours = (stream: StandardStream): boolean => stream.isTerminal && !env["NO_COLOR"] && showsStyle;
    this.style = styleFor(colours(this.#stdout));
    this.errorStyle = styleFor(colours(this.#stderr));
    this.interactive = this.#stderr.isTerminal && showsStyle;
  }

  /** Whether results are seen by a person rather than read by a program. */
  get isSeen(): boolean {
    return this.#stdout.isTerminal;
  }

  /** Whether a person sees the remarks. */
  get isWatched(): boolean {
    return this.#stderr.isTerminal;
  }

  /** A line of the result. */
  print(line = ""): void {
    this.#stdout.write(`${line}\n`);
  }

  /** The one result object of a command run with `--json`. */
  json(value: unknown): void {
    const clean = secrets.cleanValue(value);
    this.#stdout.write(`${JSON.stringify(clean, null, this.isSeen ? 2 : undefined)}\n`);
  }

  /** Whether everything printed so far has been read. */
  get isRead(): boolean {
    return this.#stdout.isRead;
  }

  /** Something worth knowing; silent with `--quiet`. */
  note(line: string): void {
    if (!this.options.quiet) this.#remark(line);
  }

  /** What a script says; it speaks on stderr, also with `--quiet`. */
  message(line: string): void {
    this.#remark(line);
  }

  warn(message: string): void {
    this.#remark(`${this.errorStyle.yellow("warning:")} ${message}`);
  }

  debug(message: string): void {
    if (this.options.debug) this.#remark(this.errorStyle.dim(message));
  }

  /** A failure: its message and its hint. Stack traces only with `--debug`. */
  error(error: unknown): void {
    const style = this.errorStyle;
    if (error instanceof PyneError || isForeignPyneError(error)) {
      this.#remark(`${style.red("error:")} ${error.message}`);
      if (error.hint !== undefined) this.#remark(`${style.dim("hint:")} ${error.hint}`);
    } else {
      const [line = ""] = (error instanceof Error ? String(error.message) : messageOf(error)).split("\n");
      this.#remark(`${style.red("error:")} ${messageOf(line)}`);
    }
    if (this.options.debug) this.#remark(style.dim(stackOf(error)));
  }

  /** Redraws the progress line; does nothing off a terminal. `endProgress` removes it. */
  progress(line: string): void {
    if (!this.interactive || this.options.quiet || this.#held !== undefined) return;
    this.#stderr.write(`\r\u001b[K${line}`);
    this.#progressShown = true;
  }

  endProgress(): void {
    if (!this.#progressShown) return;
    this.#stderr.write("\r\u001b[K");
    this.#progressShown = false;
  }

  /**
   * Keeps remarks back while a screen is drawn on stderr; the newest `heldRemarks` of them are printed when the
   * returned function is called.
   */
  hold(): () => void {
    this.endProgress();
    this.#held = [];
    return () => {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const line of held) this.#remark(line);
    };
  }

  #remark(line: string): void {
    if (this.#held !== undefined) {
      this.#held.push(line);
      if (this.#held.length > heldRemarks) this.#held.shift();
      return;
    }
    this.endProgress();
    this.#stderr.write(`${line}\n`);
  }
}

/** An error of the same family made by a second copy of the API. */
function isForeignPyneError(error: unknown): error is PyneError {
  return (
    error instanceof Error &&
    typeof (error as Partial<PyneError>).code === "string" &&
    typeof (error as Partial<PyneError>).exitCode === "number"
  );
}

/** The stack with those of its causes, and of the errors it gathers. It shows no values of variables and no secrets. */
export function stackOf(error: unknown): string {
  const stacks = [...causeChain(error)].map((link) => {
    if (!(link instanceof Error)) return messageOf(link);
    const own = link.stack ?? `${link.name}: ${link.message}`;
    const gathered =
      link instanceof AggregateError ? link.errors.map((one) => `\none of ${messageOf(one)}`) : [];
    return own + gathered.join("");
  });
  return secrets.clean(stacks.join("\ncaused by "));
}
