import type { Draws } from "./random.ts";
import type { AccountMode } from "./venue/model.ts";
import type { Market } from "./walk-market.ts";

/** What a story borrows of the others. */
export interface LinesOf {
  readonly script: (sides: readonly string[]) => string;
  readonly whim: () => string;
}

/** Stories on accounts that keep positions side by side, and on those that hold coins. */
export function accountStory(
  draws: Draws,
  market: Market,
  mode: Exclude<AccountMode, "netting">,
  linesOf: LinesOf,
): string[] {
  const isHedging = mode === "hedging";
  const runs = isHedging ? draws.pick([1, 1, 1, 2, 3]) : 1;
  const sides = isHedging ? ["long", "short"] : ["long"];
  const lines = [isHedging ? hedgingLine(draws, runs) : spotLine(draws)];
  for (let bar = draws.between(3, 9); bar > 0; bar--)
    for (let run = 1; run <= runs; run++) {
      const ask = (): string => (isHedging && draws.chance(0.2) ? trailLine(draws) : linesOf.script(sides));
      const whims = (): string[] =>
        draws.chance(0.45)
          ? []
          : Array.from({ length: draws.between(1, 3) }, () => whimOf(draws, mode, linesOf));
      const asks = Array.from({ length: draws.below(3) }, ask);
      const own = [...asks, ...whims(), draws.chance(0.1) ? "resync" : "sync", ...whims()];
      lines.push(...own.map((line) => (run === 1 ? line : `${run}: ${line}`)));
      lines.push(
        draws.chance(0.5) ? `price ${market.move()}` : `advance ${draws.pick([50, 400, 3000, 9000, 25000])}`,
      );
    }
  return lines;
}

/** Nobody trades by hand here: whose a position or a coin is, is what these stories are about. */
function whimOf(draws: Draws, mode: AccountMode, { whim }: LinesOf): string {
  if (mode === "hedging" && draws.chance(0.1))
    return `fault ${draws.pick(["lost_request", "lost_on_the_way", "lost_ack", "hangs", "throttle"])} leg`;
  const line = whim();
  return line.startsWith("manual") ? "deliver" : line;
}

function trailLine(draws: Draws): string {
  const begin = `trail_points ${draws.between(10, 300)} trail_offset ${draws.between(20, 300)}`;
  return `exit X from ${draws.pick(["L", "S", "M"])} ${begin}${draws.chance(0.4) ? ` loss ${draws.between(50, 400)}` : ""}`;
}

function hedgingLine(draws: Draws, runs: number): string {
  return lineOf("hedging", draws, [draws.chance(0.15) ? "fees" : "", runs > 1 ? `runs ${runs}` : ""]);
}

function spotLine(draws: Draws): string {
  return lineOf("spot", draws, [
    draws.chance(0.6) ? "basefee" : "",
    draws.chance(0.5) ? `coins ${draws.pick([0.5, 5])}` : "",
  ]);
}

function lineOf(mode: AccountMode, draws: Draws, own: readonly string[]): string {
  const flags = [
    draws.chance(0.2) ? "slow" : "",
    draws.chance(0.15) ? "noamend" : "",
    draws.chance(0.15) ? "shortids" : "",
    draws.chance(0.1) ? "alias" : "",
    draws.chance(0.25) ? `cancels ${draws.pick(["re_place", "ignore", "stop_and_cancel", "halt"])}` : "",
    draws.chance(0.4) ? `pyramiding ${draws.between(2, 3)}` : "",
    ...own,
  ];
  return [`venue ${mode}`, ...flags.filter((flag) => flag !== "")].join(" ");
}
