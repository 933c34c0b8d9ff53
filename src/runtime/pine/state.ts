import { RuntimeFailure } from "../../kernel/errors.ts";
import type { Kernel } from "../lib/kernel.ts";

/** Passes of all loops of one bar together; more is a loop that does not end. */
export const defaultLoopLimit = 100_000_000;

/** One state for each pass of a loop: the n-th pass of a bar always meets the same one. */
export class Passes<State> {
  readonly #make: () => State;
  readonly #states: State[] = [];
  #next = 0;

  constructor(make: () => State) {
    this.#make = make;
  }

  /** The state of the next pass. */
  take(): State {
    const index = this.#next++;
    const state = this.#states[index];
    if (state !== undefined) return state;
    const made = this.#make();
    this.#states.push(made);
    return made;
  }

  /** Begins an execution of the script. */
  begin(): void {
    this.#next = 0;
  }
}

/** Everything a script keeps from bar to bar. */
export class ScriptState {
  readonly #kept: Kernel[] = [];
  readonly #passes: Passes<unknown>[] = [];
  readonly loopLimit: number;
  #spent = 0;

  constructor(loopLimit: number) {
    this.loopLimit = loopLimit;
  }

  /** Saves and restores this with everything else. */
  keep<Kept extends Kernel>(kernel: Kept): Kept {
    // One that is born on a bar which is taken back goes back to how it was born.
    kernel.save();
    this.#kept.push(kernel);
    return kernel;
  }

  passes<State>(make: () => State): Passes<State> {
    const passes = new Passes(make);
    this.#passes.push(passes);
    return passes;
  }

  /** Begins an execution of the script. */
  begin(): void {
    this.#spent = 0;
    for (let index = 0; index < this.#passes.length; index++) this.#passes[index]!.begin();
  }

  /**
   * Pays for passes of loops.
   * @throws RuntimeFailure when a bar has used up its budget
   */
  spend(passes: number): void {
    if (passes > 0) this.#spent += passes;
    if (this.#spent <= this.loopLimit) return;
    throw new RuntimeFailure(
      `the loops of this bar take more than ${this.loopLimit.toLocaleString("en")} steps`,
      {
        hint: "a loop does not end, or it does far too much; PYNE_LOOP_LIMIT raises the limit",
      },
    );
  }

  /** Remembers the state at the start of a bar. */
  save(): void {
    for (const kept of this.#kept) kept.save();
  }

  /** Goes back to it. */
  restore(): void {
    for (const kept of this.#kept) kept.restore();
  }
}
