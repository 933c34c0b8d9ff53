import { parseSteps } from "../notation.ts";
import { profileOf } from "../profile.ts";
import type { AccountMode } from "../venue/model.ts";
import { controls } from "./controls.ts";
import { coreScenarios } from "./core.ts";
import { exitScenarios } from "./exits.ts";
import { handScenarios } from "./hands.ts";
import { hedgingScenarios } from "./hedging.ts";
import { pairwise } from "./pairwise.ts";
import { sharedScenarios } from "./shared.ts";
import { spotScenarios } from "./spot.ts";
import type { Scenario } from "./scenario.ts";

/** Every story that has a name. */
export function scenarios(): readonly Scenario[] {
  return [
    ...coreScenarios,
    ...exitScenarios,
    ...sharedScenarios,
    ...handScenarios,
    ...hedgingScenarios,
    ...spotScenarios,
    ...controls,
    ...pairwise(),
  ];
}

/**
 * Those that somebody's own broker can meet on an account of a kind: controls break the lab's own, and some stories count
 * how that one does it.
 */
export function scenariosFor(mode: AccountMode): readonly Scenario[] {
  return scenarios().filter(
    ({ violates, isReferences, story }) =>
      violates === undefined &&
      isReferences !== true &&
      profileOf(parseSteps(story)).profile.rules.mode === mode,
  );
}
