import type { Draws } from "./random.ts";
import type { RequestKind } from "./venue/line.ts";
import type { Market } from "./walk-market.ts";
import type { WalkScript } from "./walk-script.ts";

/** What goes wrong in random stories, and what else nobody has asked for. */

const writeKinds = ["write", "entry", "exit", "close", "cancel", "modify"] as const;
const readKinds = ["read", "read", "orders", "position", "history", "find"] as const;
const lost = [
  "lost_request",
  "lost_on_the_way",
  "lost_ack",
  "lost_ack",
  "hangs",
  "broken",
  "throttle",
  "throttle_long",
] as const;
const refused = ["reject", "half_refused", "margin", "id_spent", "skip"] as const;

/** What may happen in a story at all: some of it excuses a run from much of what is looked at otherwise. */
export interface Temper {
  /** Orders are refused. */
  readonly refuses: boolean;
  /** People trade on the account, and touch orders. */
  readonly meddles: boolean;
}

export const temperOf = (draws: Draws): Temper => ({
  refuses: draws.chance(0.4),
  meddles: draws.chance(0.3),
});

/** Trouble with a request that is about to be made, or the end of the process right there. */
export function aimedLines(draws: Draws, requests: readonly RequestKind[], temper: Temper): string[] {
  const kind = draws.chance(0.7) ? requests[0]! : draws.pick(requests);
  const fault = (): string => `fault ${draws.pick(lost)} ${kind}`;
  const kill = (): string =>
    draws.chance(0.7)
      ? `kill_at ${draws.pick(["before", "after", "after"])} ${kind}`
      : `kill_at ${draws.pick(["before", "after"])} commit ${draws.between(1, 4)}`;
  switch (
    draws.weighted({
      ...{
        fault: 5,
        kill: 4,
        both: 1.5,
        refuse: temper.refuses ? 3 : 0,
        slow: 1.5,
        events: 1.5,
        skew: 1,
        blind: 1,
      },
      ...{ unsafe: 0.2, cut: 0.5 },
    })
  ) {
    case "fault":
      return [fault()];
    case "kill":
      return [kill()];
    // Nobody knows what became of it, and who asks next dies as well, or is refused.
    case "both":
      return [
        fault(),
        draws.chance(0.5) ? kill() : `fault throttle ${draws.pick(readKinds)} ${draws.between(1, 3)}`,
      ];
    case "refuse":
      return [`fault ${draws.pick(refused)} ${kind} ${draws.between(1, 3)}`];
    case "slow":
      return [`latency ${draws.pick([80, 700, 4000])}`];
    case "events":
      return [draws.pick(["hold", "drop_events", "drop_events 2", "duplicate_event 2", "reorder_events 2"])];
    case "skew":
      return [`skew ${draws.pick([-90_000, -4000, 9000, 90_000])}`];
    // Credentials that are not taken any more, or an account that is not what it was: the run ends.
    case "unsafe":
      return [`fault unsafe ${kind}`];
    case "cut":
      return ["disconnect"];
    case "blind":
      return [
        `fault ${draws.pick(["lost_request", "throttle", "hangs", "lost_ack"])} find ${draws.between(1, 3)}`,
        fault(),
      ];
  }
}

/** Something of which nobody knows what it meets. */
export function whimLine(draws: Draws, market: Market, script: WalkScript, temper: Temper): string {
  const kind = draws.weighted({
    fault: 8,
    refuse: temper.refuses ? 3 : 0,
    read: 3,
    events: 6,
    time: 4,
    price: 5,
    fill: 4,
    depth: 2,
    kill: 4,
    restart: 4,
    link: 3,
    meddle: temper.meddles ? 5 : 0,
    stale: 1,
    hands: temper.meddles ? 3 : 0.3,
    operator: 1,
    end: 0.5,
  });
  switch (kind) {
    case "fault":
      return `fault ${draws.pick(lost)} ${draws.pick(writeKinds)}`;
    case "refuse":
      return `fault ${draws.pick(refused)} ${draws.pick(["entry", "entry", "write"])} ${draws.between(1, 4)}`;
    case "read":
      return draws.chance(0.3)
        ? `read_error ${draws.between(1, 3)}`
        : `fault ${draws.pick(["lost_ack", "hangs", "throttle", "throttle_long", "lost_request"])} ${draws.pick(readKinds)} ${draws.chance(0.15) ? 12 : draws.between(1, 3)}`;
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
      return draws.chance(0.6) ? script.piece() : `fill * ${draws.pick([0.25, 0.5, 1, 10])}`;
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
        "manual buy 0.5",
        "manual flat",
      ]);
    case "stale":
      return draws.pick(["stale_position", "fresh_position", "skew -4000", "skew 9000", "skew 0"]);
    case "hands":
      return handLine(draws, market, script, temper);
    case "operator":
      return draws.pick(["pause", "resume", "flatten"]);
    case "end":
      return draws.pick([
        ...["shutdown", "stop", "suspect", "fault unsafe"],
        ...(temper.refuses ? ["fault reject write 30"] : []),
        ...(temper.meddles ? ["session_end"] : []),
      ]);
  }
}

/** Somebody at the venue, or the venue itself, does something to an order, or to what trading costs. */
function handLine(draws: Draws, market: Market, script: WalkScript, { refuses, meddles }: Temper): string {
  switch (draws.weighted({ amend: meddles ? 3 : 0, reject: refuses ? 3 : 0, fee: 1 })) {
    case "amend":
      return `venue_amend ${script.order()} ${draws.pick([
        `qty ${draws.pick([0.5, 1, 2, 3])}`,
        `limit ${market.around(draws.pick([1, -1]))}`,
        `stop ${market.around(draws.pick([1, -1]))}`,
      ])}`;
    case "reject":
      return `venue_reject ${script.order()}`;
    case "fee":
      return `fee ${draws.pick([0, 0.0005, 0.002])}`;
  }
}

/** A person takes the run in hand in the middle of something, and that meets trouble. */
export function handsLines(draws: Draws): string[] {
  return [
    draws.chance(0.5) ? "" : `fault ${draws.pick(lost)} ${draws.pick(["close", "cancel", "leg", "write"])}`,
    draws.chance(0.2) ? "latency 700" : "",
    draws.chance(0.2) ? `kill ${draws.between(1, 12)}` : "",
    draws.pick(["flatten", "flatten", "pause", "stop"]),
    draws.chance(0.5) ? "start" : "",
    draws.chance(0.6) ? "resume" : "",
  ].filter((line) => line !== "");
}
