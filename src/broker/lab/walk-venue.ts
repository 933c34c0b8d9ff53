import { unexpectedCancelPolicies } from "../../api/broker/policies.ts";
import type { Draws } from "./random.ts";
import type { AccountMode } from "./venue/model.ts";

/** What a random story needs of what it is played on. */
export interface VenueNeeds {
  readonly mode: AccountMode;
  readonly runs: number;
  /** It is about exits of parts. */
  readonly isOfParts: boolean;
}

/** Words of the `venue` step, how often each is there, and where. */
type Flag = readonly [
  word: string | ((draws: Draws) => string),
  share: number,
  where?: (needs: VenueNeeds) => boolean,
];

const isNetting = ({ mode }: VenueNeeds): boolean => mode === "netting";
const isSpot = ({ mode }: VenueNeeds): boolean => mode === "spot";
const isHedging = ({ mode }: VenueNeeds): boolean => mode === "hedging";
const isNotOfParts = ({ isOfParts }: VenueNeeds): boolean => !isOfParts;

/** Who watches an exit of a part, or brings it: one of these at most. */
const parts: Readonly<Record<AccountMode, Readonly<Record<string, number>>>> = {
  netting: { "": 72, softparts: 5, "softparts failsafe": 6, noparts: 3, nativebracket: 14 },
  hedging: { "": 1 },
  spot: { "": 95, noparts: 5 },
};

const flags: readonly Flag[] = [
  ["slow", 0.2],
  ["keeps", 0.2, isNetting],
  ["noamend", 0.17],
  ["nostops", 0.08, isNetting],
  ["nativeoca", 0.15, isNetting],
  ["wholeoca", 0.1, isNotOfParts],
  ["nofind", 0.12, isNetting],
  ["resolves", 0.1],
  ["shortids", 0.15],
  ["alias", 0.1],
  ["intercepts", 0.05, isNotOfParts],
  ["fees", 0.15, (needs) => !isSpot(needs)],
  ["wholelegs", 0.1, isHedging],
  ["basefee", 0.6, isSpot],
  ["coinfee", 0.2, isSpot],
  [(draws) => `notional ${draws.pick([5, 20])}`, 0.15, isSpot],
  [(draws) => `coins ${draws.pick([0.5, 5])}`, 0.5, isSpot],
  ["conflicts halt", 0.1, isSpot],
  [(draws) => `cancels ${draws.pick(unexpectedCancelPolicies)}`, 0.3],
  [(draws) => `pyramiding ${draws.between(2, 3)}`, 0.4],
];

/** What a random story is played on. */
export function venueLine(draws: Draws, needs: VenueNeeds): string {
  const words = [`venue ${needs.mode}`];
  const part = draws.weighted(parts[needs.mode]);
  if (part !== "") words.push(part);
  for (const [word, share, where] of flags) {
    if (where?.(needs) === false || !draws.chance(share)) continue;
    words.push(typeof word === "string" ? word : word(draws));
  }
  if (needs.runs > 1) words.push(`runs ${needs.runs}`);
  return words.join(" ");
}
