/** Random stories on the lab's own venue, in portions: the runner spreads files over processes. */
import { expect, test } from "bun:test";

import { KeptStores } from "../../../src/broker/lab/kept-stores.ts";
import { stepsText } from "../../../src/broker/lab/notation.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { Sightings } from "../../../src/broker/lab/sightings.ts";
import { play } from "../../../src/broker/lab/story.ts";
import type { AccountMode } from "../../../src/broker/lab/venue/model.ts";
import { walk } from "../../../src/broker/lab/walk.ts";

/** What two hundred stories must have met, on every account: who never meets something proves nothing about it. */
const everywhere = [
  ...[
    "amend of the entry: open",
    "amend of the entry: filled in part",
    "cancel of the entry: filled in part",
  ],
  ...[
    "kill between steps",
    "kill before commit",
    "kill after commit",
    "kill after entry",
    "kill before entry",
  ],
  ...["kill after commit, while it starts", "kill before history, while it starts"],
  ...["story: two kills", "story: three kills and more"],
  ...["entry while the clock is ahead", "entry while the clock is behind"],
  ...["write entry: throttle", "write entry: lost_ack", "write entry: lost_on_the_way", "write entry: hangs"],
  ...["write cancel: lost_ack", "read position: throttle", "read history: throttle"],
  ...["event lost: filled", "event twice: filled", "event held: filled", "fill of the entry: answer lost"],
  ...["order: entry stop-limit", "owed: verify", "owed: cancel", "intent: unknown", "engine: quarantined"],
] as const;

/** And on one kind. */
const only: Readonly<Record<AccountMode, readonly string[]>> = {
  netting: [
    ...["manual: more", "manual: to flat", "owed: reopen", "watch: partial_sl armed"],
    ...["amend of the tp: open", "cancel of the sl: open", "kill after exit", "write exit: lost_ack"],
    ...[
      "order: trail trailing",
      "order: sl trailing beside a stop",
      "write modify: done",
      "write close: lost_ack",
    ],
  ],
  hedging: [
    "write leg: lost_ack",
    "write close: lost_ack",
    "kill after leg",
    "owed: protection",
    "watch: partial_trail armed",
  ],
  spot: ["order: sl stop", "cancel of the sl: open", "write exit: lost_ack", "event lost: partial"],
};

/**
 * Plays the seeds from one on; a failure names the seed, and `pyne broker lab reference --venue V --seed N` shortens it.
 */
export function walks(from: number, count: number, venue: AccountMode = "netting"): void {
  test(`${venue}, seeds ${from} to ${from + count - 1}: nothing is ordered twice, lost or left naked`, async () => {
    using stores = new KeptStores();
    const stage = referenceStage(stores.open);
    const sightings = new Sightings();
    for (let seed = from; seed < from + count; seed++) {
      const steps = walk(seed, venue);
      const { violation } = await play(steps, stage, sightings);
      if (violation !== null)
        expect(`seed ${seed}, after ${violation.step}: ${violation.oracle}: ${violation.message}`).toBe(
          `no violation of ${stepsText(steps)}`,
        );
    }
    const met = new Set(sightings.list().map(({ what }) => what));
    expect([...everywhere, ...only[venue]].filter((what) => !met.has(what))).toEqual([]);
  });
}
