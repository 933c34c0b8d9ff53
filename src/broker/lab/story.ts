import type { Clock } from "../../kernel/clock.ts";
import { UsageError } from "../../kernel/errors.ts";
import { checkAlways } from "./oracles/always.ts";
import { makePeace } from "./oracles/peace.ts";
import { checkQuiet, isQuiet } from "./oracles/quiet.ts";
import { isolate } from "./isolation.ts";
import type { BrokerMaker, LabStore } from "./lab-run.ts";
import { NotationError, type Step, stepText, Words } from "./notation.ts";
import { type LabProfile, profileOf } from "./profile.ts";
import { engineVerbs } from "./verbs/engine.ts";
import { expectVerb } from "./verbs/expect.ts";
import { scriptVerbs } from "./verbs/script.ts";
import { noteStates, type Sightings } from "./sightings.ts";
import type { Verb } from "./verbs/verb.ts";
import { venueVerbs } from "./verbs/venue.ts";
import { type OracleName, Violation } from "./violation.ts";
import { World } from "./world.ts";

/** Every verb there is. `peace` puts everything right and demands that all is well then. */
export const verbs: Readonly<Record<string, Verb>> = {
  ...scriptVerbs,
  ...engineVerbs,
  ...venueVerbs,
  expect: expectVerb,
  peace: { usage: "peace", run: ({ world }) => makePeace(world) },
};

/** Where stories are played. */
export interface Stage {
  /** A new store, empty. */
  openStore(clock: Clock): LabStore;
  makeBroker(profile: LabProfile, world: () => World): BrokerMaker;
}

/** How a story went. */
export interface Outcome {
  /** What must not be, and the step after which it was; `null`: all is well. */
  readonly violation: { readonly oracle: OracleName; readonly message: string; readonly step: string } | null;
  /** Steps that were played, requests that were made, processes that there were. */
  readonly steps: number;
  readonly calls: number;
}

/**
 * Plays a story and looks at everything after each step.
 * @param sightings told what the story meets
 * @param onStep told which step begins; `null`: its processes start
 * @throws NotationError for a step that means nothing; UsageError for a plugin that cannot trade there
 */
export async function play(
  steps: readonly Step[],
  stage: Stage,
  sightings?: Sightings,
  onStep?: (step: number | null) => void,
): Promise<Outcome> {
  const { profile, rest } = profileOf(steps);
  let world: World | null = null;
  const current = (): World => world!;
  world = new World({
    profile,
    openStore: (clock) => stage.openStore(clock),
    makeBroker: stage.makeBroker(profile, current),
    note: sightings?.note,
  });
  let [played, at] = [0, "the start"];
  const endIsolation = isolate((look) => current().watch(look));
  try {
    onStep?.(null);
    await world.open();
    check(world);
    for (const step of rest) {
      at = stepText(step);
      onStep?.(played);
      await playStep(world, step);
      check(world);
      played++;
      if (sightings !== undefined) {
        sightings.note(`step ${step.verb}`);
        noteStates(world, sightings.note);
      }
    }
    return { violation: null, steps: played, calls: world.calls.length };
  } catch (error) {
    const violation = violationOf(error);
    const { oracle, message } = violation;
    return { violation: { oracle, message, step: at }, steps: played, calls: world.calls.length };
  } finally {
    endIsolation();
    world.close();
    sightings?.endStory(world);
  }
}

async function playStep(world: World, step: Step): Promise<void> {
  const verb = verbs[step.verb];
  if (verb === undefined) throw new NotationError(`there is no verb ${step.verb}`);
  const words = new Words(step);
  await verb.run({ world, run: world.run(step.run), words });
  words.end();
}

function check(world: World): void {
  world.throwIfViolated();
  for (const run of world.runs) checkFailures(run.failures.splice(0));
  checkAlways(world);
  if (isQuiet(world)) checkQuiet(world);
}

/** A process that ended by itself has said so in a known way, or it has crashed. */
function checkFailures(failures: readonly unknown[]): void {
  for (const failure of failures) {
    if (failure instanceof UsageError) throw failure;
    const code = (failure as { readonly code?: unknown } | null)?.code;
    if (typeof code === "string" && expectedCodes.has(code)) continue;
    throw failure instanceof Violation ? failure : new Violation("no_crash", textOf(failure));
  }
}

/** A halt, and a venue that does not answer. */
const expectedCodes: ReadonlySet<string> = new Set(["BROKER_HALTED", "TRY_AGAIN_LATER"]);

function violationOf(error: unknown): Violation {
  if (error instanceof Violation) return error;
  if (error instanceof NotationError || error instanceof RangeError || error instanceof UsageError)
    throw error;
  return new Violation("no_crash", textOf(error));
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split("\n").find((line) => line.includes("src/")) ?? "";
  return `${error.name}: ${error.message} ${place.trim()}`.trim();
}
