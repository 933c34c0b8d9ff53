import { Violation } from "./violation.ts";

/**
 * The most requests, events and committed facts that an instant, and that a whole story may have: at least five times
 * what the longest of thousands of random ones had.
 */
const most = { atOnce: 1_000, inAll: 20_000 } as const;
/** How far back is looked for what repeats. */
const looksBack = 200;

/**
 * How much the runs of a story do. Who asks for the same again and again, or whose every fact brings the next, never
 * lets time go by: nobody else comes to his turn then, and the story has to be ended from within.
 */
export class Pace {
  readonly #nowMs: () => number;
  #instantMs = Number.NaN;
  #atOnce = 0;
  #inAll = 0;
  /** What was done last; where the next goes is overwritten first. */
  readonly #last: string[] = [];

  /** @param nowMs the story's true time */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A run has done something. @throws Violation when it is too much */
  note(what: string): void {
    this.#last[this.#inAll % looksBack] = what;
    this.#inAll++;
    const nowMs = this.#nowMs();
    this.#atOnce = nowMs === this.#instantMs ? this.#atOnce + 1 : 1;
    this.#instantMs = nowMs;
    if (this.#atOnce > most.atOnce)
      throw this.violation(`${most.atOnce} requests and facts have come at one instant`);
    if (this.#inAll > most.inAll) throw this.violation(`there were ${most.inAll} requests and facts`);
  }

  /** @param what there was too much of */
  violation(what: string): Violation {
    const counts = new Map<string, number>();
    for (const one of this.#last) counts.set(one, (counts.get(one) ?? 0) + 1);
    const [first] = [...counts].toSorted(([, a], [, b]) => b - a);
    return new Violation(
      "comes_to_rest",
      `${what}, and it is not over${first === undefined ? "" : `; most of the last: ${first[0]}`}`,
    );
  }
}
