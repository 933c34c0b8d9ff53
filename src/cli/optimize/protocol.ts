import type { BarSource } from "../feeds/bar-source.ts";
import type { Outcome } from "../../optimize/results.ts";
import type { SearchJob } from "../../optimize/evaluate.ts";

/** What the process and its workers say to each other. */

/** A set and its place in the search. */
export interface Task {
  readonly ordinal: number;
  readonly set: number;
}

/** A task that is done. */
export interface Finished {
  readonly ordinal: number;
  readonly outcome: Outcome;
}

/** A script as it is imported, Pine by the module it was compiled to. */
export interface ScriptFile {
  readonly codePath: string;
  /** Where the bars of its requests are. */
  readonly source: BarSource;
}

/** To a worker; each is answered once. */
export type Request =
  | { readonly kind: "job"; readonly script: ScriptFile; readonly job: SearchJob }
  | { readonly kind: "tasks"; readonly tasks: readonly Task[] };

/** From a worker. `ready` comes first, unasked: what is sent before it would be lost. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "finished"; readonly finished: readonly Finished[] }
  | { readonly kind: "broken"; readonly message: string };
