import { parseSteps, type Step, stepsText, stepText } from "../../broker/lab/notation.ts";
import { shrink } from "../../broker/lab/shrink.ts";
import type { Outcome } from "../../broker/lab/story.ts";
import type { OracleName } from "../../broker/lab/violation.ts";
import { failureOf } from "./part.ts";
import type { PartEnd } from "./watch.ts";
import type { Beginning, Failure, PartWord } from "./words.ts";

/** Plays that making it shorter may take: each that hangs as well takes all the patience there is. */
const mostPlays = 24;

/** Plays one story in a process of its own, as it is. */
export type WatchedPlay = (text: string, onWord: (word: PartWord) => void) => Promise<PartEnd>;

/**
 * A story that has not ended is played again, alone, to see at which step that is, and made shorter. One that ends this
 * time was only slow.
 *
 * @returns `null`: nothing is wrong with it
 */
export async function examine(
  { name, seed, steps: text }: Beginning,
  play: WatchedPlay,
): Promise<Failure | null> {
  const again = (steps: readonly Step[]): Promise<Outcome> => outcomeOf(steps, play);
  const steps = parseSteps(text);
  const outcome = await again(steps);
  if (outcome.violation === null) return null;
  const short = await shrink(steps, outcome, again, mostPlays);
  return failureOf(name, seed, short.outcome, short.steps);
}

async function outcomeOf(steps: readonly Step[], play: WatchedPlay): Promise<Outcome> {
  let found: Failure | undefined;
  let at: number | null = null;
  const end = await play(stepsText(steps), (word) => {
    if ("failure" in word) found = word.failure;
    if ("step" in word) at = word.step;
  });
  const played = steps.filter(({ verb }, index) => index > 0 || verb !== "venue");
  if (end.kind !== "hung") {
    const violation =
      found === undefined
        ? null
        : { oracle: found.oracle as OracleName, message: found.message, step: placeOf(played, at) };
    return { violation, steps: at ?? 0, calls: 0 };
  }
  const step = placeOf(played, at);
  return {
    violation: {
      oracle: "comes_to_rest",
      message: `"${step}" does not end, and no virtual time goes by: the plugin, or the engine, does something for ever in one turn`,
      step,
    },
    steps: at ?? 0,
    calls: 0,
  };
}

const placeOf = (played: readonly Step[], at: number | null): string =>
  at === null ? "the start" : stepText(played[at]!);
