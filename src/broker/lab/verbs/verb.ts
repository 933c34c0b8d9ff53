import type { LabRun } from "../lab-run.ts";
import type { Words } from "../notation.ts";
import type { World } from "../world.ts";

/** What a verb works with. */
export interface VerbCall {
  readonly world: World;
  /** The run that the step is about. */
  readonly run: LabRun;
  /** What stands behind the verb. */
  readonly words: Words;
}

export interface Verb {
  /** How it is written. */
  readonly usage: string;
  /** @throws NotationError for words that mean nothing; Violation */
  run(call: VerbCall): void | Promise<void>;
}
