import { KeptStores } from "../../broker/lab/kept-stores.ts";
import { NotationError, parseSteps, type Step, stepsText } from "../../broker/lab/notation.ts";
import type { Scenario } from "../../broker/lab/scenarios/scenario.ts";
import { shrink } from "../../broker/lab/shrink.ts";
import { Sightings } from "../../broker/lab/sightings.ts";
import { type Outcome, play, type Stage } from "../../broker/lab/story.ts";
import type { AccountMode } from "../../broker/lab/venue/model.ts";
import { walk } from "../../broker/lab/walk.ts";
import { UsageError } from "../../kernel/errors.ts";
import type { Failure, PartWord } from "./words.ts";

/** Makes a stage, on stores of some kind. */
export type StageMaker = (open?: Stage["openStore"]) => Stage;

/** What a process that plays stories is given. */
export interface PartOptions {
  readonly makeStage: StageMaker;
  readonly say: (word: PartWord) => void;
  readonly signal: AbortSignal;
}

/** Stories that have names. */
export async function playScenarios(
  all: readonly Scenario[],
  { makeStage, say, signal }: PartOptions,
): Promise<void> {
  const stage = makeStage();
  for (const { name, story, violates } of all) {
    signal.throwIfAborted();
    const parsed = parseSteps(story);
    const steps = stepsText(parsed);
    say({ begins: { kind: "scenario", name, seed: null, steps } });
    const { violation } = await play(parsed, stage);
    const found = violation?.oracle;
    if (found === violates) continue;
    const message = violation?.message ?? `nobody has seen the ${violates} that this story brings about`;
    say({ failure: { name, seed: null, oracle: found ?? "control", message, steps } });
  }
}

/** Random stories from a seed on. */
export interface Seeds {
  readonly venue: AccountMode;
  readonly from: number;
  readonly count: number;
  /** What they meet is counted. */
  readonly isCounted: boolean;
}

/** Many in a row are played on stores that stay open; one that fails is played again, and made shorter, on new ones. */
export async function playSeeds(
  { venue, from, count, isCounted }: Seeds,
  { makeStage, say, signal }: PartOptions,
): Promise<void> {
  using stores = new KeptStores();
  const [stage, anew] = [makeStage(stores.open), makeStage()];
  const sightings = isCounted ? new Sightings() : undefined;
  const again = tried(anew, say);
  for (let seed = from; seed < from + count; seed++) {
    signal.throwIfAborted();
    const steps = walk(seed, venue);
    const name = `seed ${seed}`;
    say({ begins: { kind: "seed", name, seed, steps: stepsText(steps) } });
    const outcome = await play(steps, stage, sightings);
    if (outcome.violation !== null) say({ failure: await shortened(name, seed, steps, outcome, again) });
  }
  if (sightings !== undefined) say({ coverage: sightings.list() });
}

/**
 * One story.
 * @param isBare it is not made shorter
 * @throws UsageError for steps that mean nothing
 */
export async function playText(
  name: string,
  seed: number | null,
  text: string,
  isBare: boolean,
  { makeStage, say }: PartOptions,
): Promise<void> {
  try {
    const [stage, steps] = [makeStage(), parseSteps(text)];
    say({ begins: { kind: seed === null ? "steps" : "seed", name, seed, steps: text } });
    const outcome = await play(steps, stage, undefined, (step) => say({ step }));
    if (outcome.violation === null) return;
    say({
      failure: isBare
        ? failureOf(name, seed, outcome, steps)
        : await shortened(name, seed, steps, outcome, tried(stage, say)),
    });
  } catch (error) {
    if (!(error instanceof NotationError) && !(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { hint: "docs/broker-lab.md lists the verbs" });
  }
}

/** Plays what may be shorter, and is heard of meanwhile. */
const tried =
  (stage: Stage, say: PartOptions["say"]) =>
  (steps: readonly Step[]): Promise<Outcome> => {
    say({ step: null });
    return play(steps, stage);
  };

async function shortened(
  name: string,
  seed: number | null,
  steps: readonly Step[],
  outcome: Outcome,
  again: (steps: readonly Step[]) => Promise<Outcome>,
): Promise<Failure> {
  const short = await shrink(steps, outcome, again);
  return failureOf(name, seed, short.outcome, short.steps);
}

export const failureOf = (
  name: string,
  seed: number | null,
  { violation }: Outcome,
  steps: readonly Step[],
): Failure => ({
  name,
  seed,
  oracle: violation?.oracle ?? "",
  message: violation?.message ?? "",
  steps: stepsText(steps),
});
