import type { Draws } from "./random.ts";
import type { AccountMode } from "./venue/model.ts";

/** What stories are played on whose accounts keep positions side by side, or hold coins. */
export function accountLine(draws: Draws, mode: Exclude<AccountMode, "netting">, runs: number): string {
  const flags = [
    draws.chance(0.2) ? "slow" : "",
    draws.chance(0.15) ? "noamend" : "",
    draws.chance(0.15) ? "shortids" : "",
    draws.chance(0.1) ? "alias" : "",
    draws.chance(0.25) ? `cancels ${draws.pick(["re_place", "ignore", "stop_and_cancel", "halt"])}` : "",
    draws.chance(0.4) ? `pyramiding ${draws.between(2, 3)}` : "",
    ...(mode === "hedging" ? hedgingFlags(draws, runs) : spotFlags(draws)),
  ];
  return [`venue ${mode}`, ...flags.filter((flag) => flag !== "")].join(" ");
}

const hedgingFlags = (draws: Draws, runs: number): string[] => [
  draws.chance(0.15) ? "fees" : "",
  draws.chance(0.1) ? "wholelegs" : "",
  runs > 1 ? `runs ${runs}` : "",
];

const spotFlags = (draws: Draws): string[] => [
  draws.chance(0.6) ? "basefee" : "",
  draws.chance(0.5) ? `coins ${draws.pick([0.5, 5])}` : "",
];
