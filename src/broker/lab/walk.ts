import { parseSteps, type Step } from "./notation.ts";
import { Draws } from "./random.ts";
import type { AccountMode } from "./venue/model.ts";
import { Market } from "./walk-market.ts";
import { partsStory } from "./walk-parts.ts";
import { WalkScript } from "./walk-script.ts";
import { aimedLines, handsLines, type Temper, temperOf, whimLine } from "./walk-trouble.ts";
import { venueLine } from "./walk-venue.ts";

/**
 * Random stories. A seed is one story: what it plays on, then bars with what the script asks, the market's and the
 * venue's whims, failures at every boundary, kills and starts, and in the end peace, after which all must be well.
 */

/** Every so many are about exits of parts. */
const partsEvery = { netting: 4, hedging: 8 } as const;
/** How long a story is. */
const bars = { from: 3, to: 10 } as const;
/** How often trouble is aimed at a request that is about to be made: an entry, and the others, which are seldom. */
const aimedShares = { entry: 0.25, other: 0.45 } as const;

/** How often an operator comes in after a bar. */
const handsShare = 0.02;

/** @param mode how the account of the story keeps positions */
export function walk(seed: number, mode: AccountMode = "netting"): Step[] {
  const draws = new Draws(seed);
  const market = new Market(draws);
  const isOfParts = mode !== "spot" && seed % partsEvery[mode] === 0;
  const lines = isOfParts ? partsStory(draws, market, mode) : story(draws, market, mode);
  return parseSteps([...lines, "peace"].join("\n"));
}

function story(draws: Draws, market: Market, mode: AccountMode): string[] {
  const runs = mode === "spot" || draws.chance(mode === "netting" ? 0.8 : 0.6) ? 1 : draws.pick([2, 2, 3]);
  const lines = [venueLine(draws, { mode, runs, isOfParts: false })];
  const temper = temperOf(draws);
  // Runs on one netting account trade in one direction, and coins cannot be owed.
  const sides =
    mode === "spot" || (mode === "netting" && runs > 1) ? (["long"] as const) : (["long", "short"] as const);
  const scripts = Array.from(
    { length: runs },
    () => new WalkScript(draws, market, { sides, isHedging: mode === "hedging" }),
  );
  for (let bar = draws.between(bars.from, runs > 1 ? 6 : bars.to); bar > 0; bar--)
    for (const [index, script] of scripts.entries()) {
      const own = barLines(draws, market, script, temper);
      lines.push(...own.map((line) => (index === 0 ? line : `${index + 1}: ${line}`)));
      lines.push(
        draws.chance(0.5) ? `price ${market.move()}` : `advance ${draws.pick([50, 400, 3000, 9000, 25000])}`,
      );
    }
  return lines;
}

/** What one run does and meets on one bar. */
function barLines(draws: Draws, market: Market, script: WalkScript, temper: Temper): string[] {
  const lines: string[] = [];
  const whim = (): string => whimLine(draws, market, script, temper);
  if (draws.chance(0.4)) lines.push("start");
  for (let ask = draws.below(3); ask > 0; ask--) {
    const { before, line, requests } = script.ask();
    lines.push(...before, line);
    const share = requests[0] === "entry" ? aimedShares.entry : aimedShares.other;
    if (draws.chance(share)) lines.push(...aimedLines(draws, requests, temper));
  }
  for (let count = whims(draws); count > 0; count--) lines.push(whim());
  lines.push(draws.chance(0.1) ? "resync" : "sync");
  if (draws.chance(handsShare)) lines.push(...handsLines(draws));
  for (let count = whims(draws); count > 0; count--) lines.push(whim());
  return lines;
}

/** Mostly none, seldom many. */
const whims = (draws: Draws): number => (draws.chance(0.45) ? 0 : draws.between(1, 3));
