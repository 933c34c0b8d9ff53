import type { EngineState } from "../engine/state.ts";
import type { Fact } from "../engine/facts.ts";
import type { Step } from "../engine/step.ts";

/** A step of the engine, as it is committed: one transaction, before anything of it is carried out. */
export interface Commit {
  readonly fact: Fact;
  readonly journal: Step["journal"];
  readonly fills: Step["fills"];
  /** What was committed last. */
  readonly before: EngineState;
  readonly after: EngineState;
  /** It must survive a power cut: something is sent because of it, or something has filled. */
  readonly durable: boolean;
}
