/** Random stories on the lab's own venue, in portions: the runner spreads files over processes. */
import { expect, test } from "bun:test";

import { KeptStores } from "../../../src/broker/lab/kept-stores.ts";
import { stepsText } from "../../../src/broker/lab/notation.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { play } from "../../../src/broker/lab/story.ts";
import type { AccountMode } from "../../../src/broker/lab/venue/model.ts";
import { walk } from "../../../src/broker/lab/walk.ts";

/** Plays the seeds from one on; a failure names the seed, and `pyne broker lab reference --venue V --seed N` shortens it. */
export function walks(from: number, count: number, venue: AccountMode = "netting"): void {
  test(`${venue}, seeds ${from} to ${from + count - 1}: nothing is ordered twice, lost or left naked`, async () => {
    using stores = new KeptStores();
    const stage = referenceStage(stores.open);
    for (let seed = from; seed < from + count; seed++) {
      const steps = walk(seed, venue);
      const { violation } = await play(steps, stage);
      if (violation !== null)
        expect(`seed ${seed}, after ${violation.step}: ${violation.oracle}: ${violation.message}`).toBe(
          `no violation of ${stepsText(steps)}`,
        );
    }
  });
}
