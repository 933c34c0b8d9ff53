import { parseSteps, type Step } from "./notation.ts";
import { Draws } from "./random.ts";
import type { AccountMode } from "./venue/model.ts";
import { accountLine } from "./walk-accounts.ts";
import { Market } from "./walk-market.ts";
import { partsStory } from "./walk-parts.ts";
import { WalkScript } from "./walk-script.ts";
import { aimedLines, whimLine } from "./walk-trouble.ts";

/**
 * Random stories. A seed is one story: what it plays on, then bars with what the script asks, the market's and the
 * venue's whims, failures at every boundary, kills and starts, and in the end peace, after which all must be well.
 */

/** Every so many are about exits of parts. */
const partsEvery = { netting: 4, hedging: 8 } as const;
/** Every so many are on a venue that cannot be asked what became of an order. */
const unaskedEvery = 8;
/** Of every so many those with several runs are on a venue that attaches brackets to entries. */
const attachedEvery = 4;
/** How long a story is. */
const bars = { from: 3, to: 10 } as const;
/** How often trouble is aimed at a request that is about to be made: an entry, and the others, which are seldom. */
const aimedShares = { entry: 0.25, other: 0.45 } as const;

/** @param mode how the account of the story keeps positions */
export function walk(seed: number, mode: AccountMode = "netting"): Step[] {
  const draws = new Draws(seed);
  const market = new Market(draws);
  const isOfParts = mode !== "spot" && seed % partsEvery[mode] === 0;
  const lines = isOfParts ? partsStory(draws, market, mode) : story(draws, market, mode);
  if (mode === "netting" && seed % unaskedEvery === 1) lines[0] += " nofind";
  if (seed % attachedEvery === 2 && lines[0]!.startsWith("venue netting") && / runs /.test(lines[0]!))
    lines[0] += " nativebracket";
  return parseSteps([...lines, "peace"].join("\n"));
}

function story(draws: Draws, market: Market, mode: AccountMode): string[] {
  const runs = mode === "spot" || draws.chance(mode === "netting" ? 0.85 : 0.6) ? 1 : draws.pick([2, 2, 3]);
  const lines = [mode === "netting" ? nettingLine(draws, runs) : accountLine(draws, mode, runs)];
  // Runs on one netting account trade in one direction, and coins cannot be owed.
  const sides =
    mode === "spot" || (mode === "netting" && runs > 1) ? (["long"] as const) : (["long", "short"] as const);
  const scripts = Array.from(
    { length: runs },
    () => new WalkScript(draws, market, { sides, isHedging: mode === "hedging" }),
  );
  for (let bar = draws.between(bars.from, runs > 1 ? 6 : bars.to); bar > 0; bar--)
    for (const [index, script] of scripts.entries()) {
      const own = barLines(draws, market, script, mode);
      lines.push(...own.map((line) => (index === 0 ? line : `${index + 1}: ${line}`)));
      lines.push(
        draws.chance(0.5) ? `price ${market.move()}` : `advance ${draws.pick([50, 400, 3000, 9000, 25000])}`,
      );
    }
  return lines;
}

function nettingLine(draws: Draws, runs: number): string {
  const watchesParts = draws.chance(0.1);
  const flags = [
    draws.chance(0.2) ? "slow" : "",
    draws.chance(0.2) ? "keeps" : "",
    draws.chance(0.15) ? "noamend" : "",
    draws.chance(0.08) ? "nostops" : "",
    watchesParts ? draws.pick(["softparts", "softparts failsafe"]) : "",
    runs === 1 && !watchesParts && draws.chance(0.15) ? "nativebracket" : "",
    draws.chance(0.15) ? "nativeoca" : "",
    draws.chance(0.15) ? "shortids" : "",
    draws.chance(0.15) ? "fees" : "",
    draws.chance(0.1) ? "alias" : "",
    draws.chance(0.25) ? `cancels ${draws.pick(["re_place", "ignore", "stop_and_cancel", "halt"])}` : "",
    draws.chance(0.4) ? `pyramiding ${draws.between(2, 3)}` : "",
    runs > 1 ? `runs ${runs}` : "",
  ];
  return ["venue netting", ...flags.filter((flag) => flag !== "")].join(" ");
}

/** What one run does and meets on one bar. */
function barLines(draws: Draws, market: Market, script: WalkScript, mode: AccountMode): string[] {
  const lines: string[] = [];
  const whim = (): string => {
    const line = whimLine(draws, market, script);
    // Whose a position or a coin is, is what stories on these accounts are about: nobody trades by hand there.
    return mode !== "netting" && line.startsWith("manual") ? "deliver" : line;
  };
  if (draws.chance(0.4)) lines.push("start");
  for (let ask = draws.below(3); ask > 0; ask--) {
    const { before, line, requests } = script.ask();
    lines.push(...before, line);
    const share = requests[0] === "entry" ? aimedShares.entry : aimedShares.other;
    if (draws.chance(share)) lines.push(...aimedLines(draws, requests));
  }
  for (let count = whims(draws); count > 0; count--) lines.push(whim());
  lines.push(draws.chance(0.1) ? "resync" : "sync");
  for (let count = whims(draws); count > 0; count--) lines.push(whim());
  return lines;
}

/** Mostly none, seldom many. */
const whims = (draws: Draws): number => (draws.chance(0.45) ? 0 : draws.between(1, 3));
