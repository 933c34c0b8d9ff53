import { writeSync } from "node:fs";

import type { Sighted } from "../../broker/lab/sightings.ts";

/** A story that went wrong. */
export interface Failure {
  readonly name: string;
  readonly seed: number | null;
  readonly oracle: string;
  readonly message: string;
  readonly steps: string;
}

/** What sort of story it is: one that has a name, a random one, or one that was given as text. */
export type StoryKind = "scenario" | "seed" | "steps";

/** A story that has begun. */
export interface Beginning {
  readonly kind: StoryKind;
  readonly name: string;
  readonly seed: number | null;
  readonly steps: string;
}

/**
 * What a process that plays stories tells the one that watches it, a line each. It says what it begins before it begins
 * it: of a plugin that does something for ever in one turn nothing is heard any more.
 */
export type PartWord =
  | { readonly begins: Beginning }
  /** Which step begins; `null`: the start of the processes. Only where a story is played alone. */
  | { readonly step: number | null }
  | { readonly failure: Failure }
  | { readonly coverage: readonly Sighted[] }
  | { readonly over: true };

/** Says so at once: what waits to be written would never be. */
export const sayToWatcher = (word: PartWord): void => {
  writeSync(1, `${JSON.stringify(word)}\n`);
};

/** @returns `undefined`: somebody else has written this line */
export function readWord(line: string): PartWord | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as PartWord;
  } catch {
    return undefined;
  }
}

/** The environment variable that makes of `pyne broker lab` a process that is watched. */
export const partVariable = "PYNE_LAB_PART";
