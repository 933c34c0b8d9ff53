/** Stories of a stop behind those that are only watched: a plugin of its own has no say in whether parts are watched. */
import { expect, test } from "bun:test";

import { parseSteps } from "../../../src/broker/lab/notation.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { play } from "../../../src/broker/lab/story.ts";

test.each([
  [
    "it shrinks with the position, is taken over at a restart, and goes with what it stands behind",
    `venue netting softparts failsafe; entry L long 4; sync; exit X from L qty 1 limit 120 stop 90; sync
     expect open_orders 1; close_percent L 50; sync; expect position 2; expect open_orders 1; restart; sync; expect open_orders 1
     price 120; sync; expect position 1; expect open_orders 0; peace`,
  ],
  [
    "the price falls while nobody watches: the position is closed, once, and the next process knows",
    `venue netting softparts failsafe; entry L long 4; sync; exit X from L qty 1 limit 120 stop 90; sync
     expect open_orders 1; kill; price 80; restart; sync; expect position 0; expect engine_position 0
     expect script_position 0; expect closed_trades 1; peace; expect position 0`,
  ],
  [
    "where the account is shared what is watched closes as well",
    `venue netting softparts failsafe runs 2; entry L long 2; sync; 2: entry L long 2; 2: sync
     exit X from L qty 1 stop 90; sync; price 89.5; sync; expect position 1; peace`,
  ],
])("%s", async (_, story) => {
  const { violation } = await play(parseSteps(story), referenceStage());
  expect(violation === null ? "well" : `${violation.oracle}: ${violation.message}`).toBe("well");
});
