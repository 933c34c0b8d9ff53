import { parseSteps, type Step } from "./notation.ts";
import { Draws } from "./random.ts";
import type { AccountMode } from "./venue/model.ts";
import { accountStory } from "./walk-accounts.ts";
import { Market } from "./walk-market.ts";
import { partsStory } from "./walk-parts.ts";

/**
 * Random stories. A seed is one story: what it plays on, then bars with what the script asks, the market's and the
 * venue's whims, failures at every boundary, kills and starts, and in the end peace, after which all must be well. Every
 * fourth is about exits of parts.
 */

/** How long a story is. */
const bars = { from: 3, to: 10 } as const;

/** @param mode how the account of the story keeps positions: each has stories of its own */
export function walk(seed: number, mode: AccountMode = "netting"): Step[] {
  const draws = new Draws(seed);
  if (mode !== "netting") {
    const market = new Market(draws);
    const story = accountStory(draws, market, mode, {
      script: (sides) => scriptLine(draws, sides, market),
      whim: () => whimLine(draws, market),
    });
    return parseSteps([...story, "peace"].join("\n"));
  }
  if (seed % 4 === 0) {
    const market = new Market(draws);
    return parseSteps([...partsStory(draws, market, () => whimLine(draws, market)), "peace"].join("\n"));
  }
  const runs = draws.chance(0.12) ? 2 : 1;
  const lines = [venueLine(draws, runs)];
  const market = new Market(draws);
  for (let bar = draws.between(bars.from, bars.to); bar > 0; bar--)
    lines.push(...barLines(draws, runs, market));
  lines.push("peace");
  return parseSteps(lines.join("\n"));
}

function venueLine(draws: Draws, runs: number): string {
  const flags = [
    draws.chance(0.2) ? "slow" : "",
    draws.chance(0.2) ? "keeps" : "",
    draws.chance(0.15) ? "noamend" : "",
    runs === 1 && draws.chance(0.15) ? "nativebracket" : "",
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

function barLines(draws: Draws, runs: number, market: Market): string[] {
  const lines: string[] = [];
  for (let run = 1; run <= runs; run++) {
    const of = (line: string): string => (run === 1 ? line : `${run}: ${line}`);
    // Two runs on a netting account trade in one direction.
    const sides = runs > 1 ? (["long"] as const) : (["long", "short"] as const);
    for (let ask = draws.below(3); ask > 0; ask--) lines.push(of(scriptLine(draws, sides, market)));
    for (let whim = whims(draws); whim > 0; whim--) lines.push(of(whimLine(draws, market)));
    lines.push(of(draws.chance(0.1) ? "resync" : "sync"));
    for (let whim = whims(draws); whim > 0; whim--) lines.push(of(whimLine(draws, market)));
    lines.push(
      draws.chance(0.5) ? `price ${market.move()}` : `advance ${draws.pick([50, 400, 3000, 9000, 25000])}`,
    );
  }
  return lines;
}

/** Mostly none, seldom many. */
const whims = (draws: Draws): number => (draws.chance(0.45) ? 0 : draws.between(1, 3));

const entries = ["L", "S", "M"] as const;

function scriptLine(draws: Draws, sides: readonly string[], market: Market): string {
  const id = draws.pick(entries);
  // Names keep their side, as scripts do; now and then one does not.
  const side =
    sides.length === 1 ? sides[0]! : draws.chance(0.9) ? (id === "S" ? "short" : "long") : draws.pick(sides);
  const qty = draws.pick([1, 1, 2, 0.5, 3, 0.37]);
  const kind = draws.weighted({
    market: 5,
    resting: 4,
    exit: 6,
    close: 3,
    cancel: 2,
    amend: 2,
    amend_exit: 2,
    all: 1,
    group: 1,
  });
  const sign = side === "long" ? 1 : -1;
  switch (kind) {
    case "market":
      return `${draws.chance(0.1) ? "order" : "entry"} ${id} ${side} ${qty}`;
    case "resting": {
      const way = draws.weighted({ limit: 5, stop: 4, both: 1 });
      const limit = way === "stop" ? "" : ` limit ${market.around(-sign as 1 | -1)}`;
      const stop = way === "limit" ? "" : ` stop ${market.around(sign as 1 | -1)}`;
      return `entry ${id} ${side} ${qty}${limit}${stop}`;
    }
    case "exit": {
      const way = draws.weighted({ both: 5, limit: 2, stop: 2, ticks: 1 });
      if (way === "ticks")
        return `exit X from ${id} profit ${draws.between(50, 400)} loss ${draws.between(50, 400)}`;
      const limit = way === "stop" ? "" : ` limit ${market.around(sign as 1 | -1)}`;
      const stop = way === "limit" ? "" : ` stop ${market.around(-sign as 1 | -1)}`;
      const part = draws.chance(0.12) ? ` qty ${draws.pick([0.5, 0.25])}` : "";
      return `exit ${draws.chance(0.85) ? "X" : "Y"} from ${id}${part}${limit}${stop}`;
    }
    case "close":
      return draws.chance(0.4) ? `close ${id}` : `close_percent ${id} ${draws.pick([25, 50, 70, 100])}`;
    case "cancel":
      return `cancel ${draws.pick([id, "X"])}`;
    case "amend":
      return `amend ${id} ${draws.chance(0.3) ? `${draws.pick([1, 2])} ` : ""}limit ${market.around(-sign as 1 | -1)}`;
    case "amend_exit":
      return `amend_exit X from ${id} ${draws.chance(0.5) ? "limit" : "stop"} ${market.around(draws.pick([1, -1] as const))}`;
    case "all":
      return draws.pick(["close_all", "cancel_all"]);
    case "group":
      return `entry ${id} ${side} ${qty} limit ${market.around(-sign as 1 | -1)} ${draws.pick(["oca", "reduce"])} G`;
  }
}

const writeKinds = ["write", "entry", "exit", "close", "cancel", "modify"] as const;

function whimLine(draws: Draws, market: Market): string {
  const kind = draws.weighted({
    fault: 10,
    refuse: 2,
    read: 3,
    events: 6,
    time: 4,
    price: 5,
    fill: 3,
    depth: 2,
    kill: 5,
    restart: 4,
    link: 3,
    meddle: 1,
    stale: 1,
    operator: 0.5,
  });
  switch (kind) {
    case "fault":
      return `fault ${draws.pick(["lost_request", "lost_on_the_way", "lost_ack", "lost_ack", "lost_ack", "hangs", "broken", "throttle"])} ${draws.pick(writeKinds)}`;
    case "refuse":
      return `fault ${draws.pick(["reject", "margin", "id_spent", "skip"])} ${draws.pick(["entry", "entry", "write"])} ${draws.between(1, 4)}`;
    case "read":
      return draws.chance(0.5)
        ? `read_error ${draws.between(1, 3)}`
        : `fault ${draws.pick(["lost_ack", "hangs", "throttle", "lost_request"])} read ${draws.between(1, 3)}`;
    case "events":
      return draws.pick([
        "hold",
        "deliver",
        "duplicate_event 2",
        "reorder_events",
        "reorder_events 2",
        "drop_events",
        "drop_events 2",
        "duplicate_event",
      ]);
    case "time":
      return draws.pick([
        "latency 80",
        "latency 700",
        "latency 0",
        "delayed_deliver 150",
        "delayed_deliver 2000",
        "delayed_deliver 0",
        "advance 1000",
        "advance 31000",
        "advance 125000",
      ]);
    case "price":
      return `price ${market.move()}`;
    case "fill":
      return `fill * ${draws.pick([0.25, 0.5, 1, 10])}`;
    case "depth":
      return `depth ${draws.pick(["0.3", "1", "all"])}`;
    case "kill":
      return draws.chance(0.3) ? "kill" : `kill ${draws.between(1, 12)}`;
    case "restart":
      return draws.chance(0.6) ? "restart" : `restart ${draws.between(1, 14)}`;
    case "link":
      return draws.pick(["disconnect", "reconnect", "reconnect", "stream_death", "stream_back"]);
    case "meddle":
      return draws.pick([
        "venue_cancel *",
        "venue_cancel L",
        "venue_cancel X<L sl",
        "manual sell 1",
        "manual buy 1",
      ]);
    case "stale":
      return draws.pick(["stale_position", "fresh_position", "skew -4000", "skew 9000", "skew 0"]);
    case "operator":
      return draws.pick(["pause", "resume", "flatten"]);
  }
}
