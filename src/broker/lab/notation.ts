/**
 * A story as text: steps, one a line or between semicolons, each a verb and its words. A number and a colon in front
 * name the run that it is about; without one it is the first. What stands behind `#` is for people.
 *
 *     entry L long 1 limit 99    # the script asks
 *     sync                       # its bar closes
 *     fill L                     # the venue fills
 *     2: expect position 0       # the other run has nothing of it
 */

/** One step. */
export interface Step {
  /** Which run, from 1. */
  readonly run: number;
  readonly verb: string;
  readonly words: readonly string[];
}

/** Steps that cannot be read. */
export class NotationError extends Error {
  override readonly name = "NotationError";
}

/** @throws NotationError */
export function parseSteps(text: string): Step[] {
  return text
    .split(/[;\n]/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .map(parseStep);
}

function parseStep(line: string): Step {
  const match = /^(?:(\d+):\s*)?(\S+)(?:\s+(.*))?$/.exec(line);
  if (match === null) throw new NotationError(`this is no step: ${line}`);
  const [, run = "1", verb = "", rest = ""] = match;
  return { run: Number(run), verb, words: rest.split(/\s+/).filter((word) => word !== "") };
}

export function stepText({ run, verb, words }: Step): string {
  return `${run === 1 ? "" : `${run}: `}${[verb, ...words].join(" ")}`;
}

/** All on one line, as a command takes them. */
export function stepsText(steps: readonly Step[]): string {
  return steps.map(stepText).join("; ");
}

/** The words of a step, taken one by one. */
export class Words {
  readonly #step: Step;
  readonly #left: string[];

  constructor(step: Step) {
    this.#step = step;
    this.#left = [...step.words];
  }

  get isEmpty(): boolean {
    return this.#left.length === 0;
  }

  /** The next word, which stays. */
  get peek(): string | undefined {
    return this.#left[0];
  }

  /** @throws NotationError when there is none, or another one than those */
  word<W extends string = string>(what: string, oneOf?: readonly W[]): W {
    const word = this.#left.shift();
    if (word === undefined) this.#fail(`${what} is missing`);
    if (oneOf !== undefined && !oneOf.includes(word as W))
      this.#fail(`${what} is one of ${oneOf.join(", ")}, not ${word}`);
    return word as W;
  }

  /** @throws NotationError */
  number(what: string): number {
    const word = this.word(what);
    const value = Number(word);
    if (!Number.isFinite(value)) this.#fail(`${what} is a number, not ${word}`);
    return value;
  }

  /** The next word if it is a number. */
  maybeNumber(): number | undefined {
    const value = Number(this.#left[0] ?? "x");
    if (!Number.isFinite(value)) return undefined;
    this.#left.shift();
    return value;
  }

  maybeWord(): string | undefined {
    return this.#left.shift();
  }

  /** Pairs of a name and a value until the end. @throws NotationError */
  options<N extends string>(names: readonly N[]): Partial<Record<N, string>> {
    const options: Partial<Record<N, string>> = {};
    while (!this.isEmpty) {
      const name = this.word("an option", names);
      options[name] = this.word(name);
    }
    return options;
  }

  /** Nothing may be left. @throws NotationError */
  end(): void {
    if (!this.isEmpty) this.#fail(`nobody knows what ${this.#left.join(" ")} is for`);
  }

  #fail(message: string): never {
    throw new NotationError(`${stepText(this.#step)}: ${message}`);
  }
}
