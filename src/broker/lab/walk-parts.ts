import type { Draws } from "./random.ts";
import type { Market } from "./walk-market.ts";
import { WalkScript } from "./walk-script.ts";
import { aimedLines, temperOf, whimLine } from "./walk-trouble.ts";
import { venueLine } from "./walk-venue.ts";

/**
 * Stories about exits of parts: entries fill in pieces while several exits share them out, are changed and taken back,
 * and processes end in between.
 */
export function partsStory(draws: Draws, market: Market, mode: "netting" | "hedging"): string[] {
  const isHedging = mode === "hedging";
  const lines = [venueLine(draws, { mode, runs: 1, isOfParts: true })];
  const script = new WalkScript(draws, market, { sides: ["long"], isHedging });
  const temper = temperOf(draws);
  const whimOf = (): string => whimLine(draws, market, script, temper);
  // Most entries keep their size: what is a part of them is known to the contract then.
  const sizesOf = draws.chance(0.7) ? [draws.pick(sizes)] : sizes;
  for (let bar = draws.between(4, 10); bar > 0; bar--) {
    if (draws.chance(0.25)) lines.push("start");
    for (let ask = draws.below(3); ask > 0; ask--) lines.push(...scriptLines(draws, market, sizesOf));
    if (draws.chance(0.15))
      lines.push(
        ...aimedLines(draws, isHedging ? ["leg", "entry"] : ["exit", "modify", "entry", "cancel"], temper),
      );
    if (draws.chance(0.4)) lines.push(draws.chance(0.6) ? pieceLine(draws, market) : whimOf());
    lines.push("sync");
    for (let piece = draws.below(4); piece > 0; piece--)
      lines.push(draws.chance(0.75) ? pieceLine(draws, market) : whimOf());
  }
  return lines;
}

const entries = ["L", "M"] as const;
const sizes = [1, 2, 3, 0.37, 0.05] as const;
/** How exits share an entry out: each of them with its name and what it takes. */
const schemes = [
  ["X qtypercent 50"],
  ["X qtypercent 50", "Y"],
  ["X qtypercent 30", "Y qtypercent 70"],
  ["X qtypercent 33", "Y qtypercent 33", "Z"],
  ["X qty 0.5"],
  ["X qty 0.3", "Y qty 0.7"],
  ["X qty 1", "Y"],
  ["X qty 0.02", "Y qtypercent 50"],
] as const;

function scriptLines(draws: Draws, market: Market, sizesOf: readonly number[]): string[] {
  const id = draws.pick(entries);
  switch (draws.weighted({ entry: 4, exits: 6, amend: 2, close: 1, cancel: 0.5 })) {
    case "entry":
      return [
        draws.chance(0.3)
          ? `entry ${id} long ${draws.pick(sizesOf)}`
          : `entry ${id} long ${draws.pick(sizesOf)} limit ${market.around(draws.chance(0.5) ? 1 : -1)}`,
      ];
    case "exits":
      return exitLines(draws, market, id);
    case "amend":
      return [
        draws.chance(0.4)
          ? `amend ${id} ${draws.pick(sizesOf)}`
          : `amend_exit X from ${id} limit ${market.around(1)}`,
      ];
    case "close":
      return [draws.chance(0.5) ? `close_percent ${id} 50` : "close_all"];
    case "cancel":
      return [`cancel ${draws.chance(0.7) ? id : "X"}`];
  }
}

/** Of one entry, or of all that there are. */
function exitLines(draws: Draws, market: Market, id: string): string[] {
  const from = draws.chance(0.75) ? ` from ${id}` : "";
  const stop = market.around(-1);
  return draws.pick(schemes).map((exit) => {
    const [name, ...share] = exit.split(" ");
    const levels = draws.chance(0.15)
      ? `profit ${draws.between(50, 400)} loss ${draws.between(50, 400)}`
      : `limit ${market.around(1)} stop ${stop}`;
    return `exit ${name}${from} ${[...share, levels].join(" ")}`;
  });
}

/** Pieces of orders fill, and the process may end at any write. */
function pieceLine(draws: Draws, market: Market): string {
  switch (draws.weighted({ fill: 6, exit: 2, depth: 2, price: 2, kill: 3, restart: 2, time: 1 })) {
    case "fill":
      return `fill ${draws.pick(entries)} entry ${draws.pick([0.01, 0.1, 0.25, 0.5, 1])}`;
    case "exit":
      return `fill ${draws.pick(["X", "Y"])} ${draws.pick(["tp", "sl"])} ${draws.pick([0.01, 0.1, 0.25, 0.5])}`;
    case "depth":
      return `depth ${draws.pick(["0.1", "0.3", "1", "all"])}`;
    case "price":
      return `price ${market.move()}`;
    case "kill":
      return draws.chance(0.3) ? "kill" : `kill ${draws.between(1, 12)}`;
    case "restart":
      return draws.chance(0.6) ? "restart" : `restart ${draws.between(1, 14)}`;
    case "time":
      return `advance ${draws.pick([50, 400, 3000])}`;
  }
}
