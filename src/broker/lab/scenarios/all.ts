import { controls } from "./controls.ts";
import { coreScenarios } from "./core.ts";
import { hedgingScenarios } from "./hedging.ts";
import { pairwise } from "./pairwise.ts";
import { spotScenarios } from "./spot.ts";
import type { Scenario } from "./scenario.ts";

/** Every story that has a name. */
export function scenarios(): readonly Scenario[] {
  return [...coreScenarios, ...hedgingScenarios, ...spotScenarios, ...controls, ...pairwise()];
}

/** Those that a broker can meet: controls break the lab's own, and some stories count how that one does it. */
export function scenariosFor(isReference: boolean): readonly Scenario[] {
  if (isReference) return scenarios();
  return scenarios().filter(({ violates, isReferences }) => violates === undefined && isReferences !== true);
}
