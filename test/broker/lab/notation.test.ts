/** Stories as text, and what is made of one that fails. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { NotationError, parseSteps, stepsText } from "../../../src/broker/lab/notation.ts";
import { profileOf } from "../../../src/broker/lab/profile.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { shrink } from "../../../src/broker/lab/shrink.ts";
import { play } from "../../../src/broker/lab/story.ts";
import { VirtualTime } from "../../../src/broker/lab/time.ts";
import { walk } from "../../../src/broker/lab/walk.ts";

test("a random story is the same for its seed, and its text reads back to it", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const steps = walk(seed);
      expect(walk(seed)).toEqual(steps);
      expect(parseSteps(stepsText(steps))).toEqual(steps);
      expect(profileOf(steps).rest.length).toBe(steps.length - 1);
    }),
  );
});

test("a story is played twice in the same way", async () => {
  const steps = walk(7);
  expect(await play(steps, referenceStage())).toEqual(await play(steps, referenceStage()));
});

describe("a step that means nothing is named", () => {
  test.each([
    ["entri L long 1", "there is no verb entri"],
    ["entry L up 1", "the side is one of long, short, not up"],
    ["entry L long 1 at 5", "an option is one of qty, limit, stop, oca, reduce, not at"],
    ["advance soon", "how long is a number, not soon"],
    ["venue barter", "how the account keeps positions is one of netting, hedging, spot, not barter"],
    ["expect luck 7", "luck is nothing that can be expected"],
    ["sync 100 200", "nobody knows what 200 is for"],
  ])("%s", async (text, message) => {
    const playing = play(parseSteps(text), referenceStage());
    expect(await playing.catch((error: unknown) => error)).toBeInstanceOf(NotationError);
    expect(String(await playing.catch((error: unknown) => error))).toContain(message);
  });
});

describe("a story that fails is made shorter", () => {
  const shortened = async (text: string): Promise<string> => {
    const stage = referenceStage();
    const steps = parseSteps(text);
    const short = await shrink(steps, await play(steps, stage), (some) => play(some, stage));
    return stepsText(short.steps);
  };

  test("to what it takes to fail", async () => {
    const text = await shortened(
      "venue netting fees break off_grid; sync; advance 500; entry L long 1 limit 95; duplicate_event; sync; price 99; peace",
    );
    expect(text).toBe("venue netting break off_grid; entry L long 1 limit 95; sync");
  });

  test("but an expectation keeps what leads to it", async () => {
    expect(await shortened("duplicate_event; entry L long 2; sync; advance 5; expect position 3; sync")).toBe(
      "entry L long 2; sync; advance 5; expect position 3",
    );
  });
});

test("virtual time runs what is due in its order, and what one sets off before the next", async () => {
  const time = new VirtualTime();
  const told: string[] = [];
  const later = time.schedule(20, () => told.push("never"));
  time.schedule(10, () => {
    told.push("b");
    void Promise.resolve().then(() => told.push("b's"));
  });
  time.schedule(5, () => told.push("a"));
  time.schedule(10, () => told.push("c"));
  later();
  await time.advance(30);
  expect(told).toEqual(["a", "b", "b's", "c"]);
  expect(time.nowMs).toBe(1_700_000_000_030);
});
