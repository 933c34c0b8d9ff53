/** Stories that never give their turn back: what is made of one by playing it in processes that can be ended. */
import { expect, test } from "bun:test";

import { parseSteps } from "../../../src/broker/lab/notation.ts";
import { examine, type WatchedPlay } from "../../../src/cli/lab/hung.ts";

const beginning = (steps: string) => ({ kind: "seed", name: "seed 7", seed: 7, steps }) as const;

/** A plugin that hangs at the first `sync` after an entry. */
const hangs: WatchedPlay = async (text, onWord) => {
  let isAsked = false;
  const steps = parseSteps(text).filter(({ verb }) => verb !== "venue");
  onWord({ step: null });
  for (const [index, { verb }] of steps.entries()) {
    onWord({ step: index });
    isAsked ||= verb === "entry";
    if (isAsked && verb === "sync") return { kind: "hung", story: beginning(text), step: index };
  }
  return { kind: "over" };
};

test("the step that does not end is named, and what leads there is made as short as it can be", async () => {
  const found = await examine(
    beginning("venue spot basefee; sync; advance 50; entry L long 1; price 99; sync; close L; sync; peace"),
    hangs,
  );
  expect(found).toEqual({
    name: "seed 7",
    seed: 7,
    oracle: "comes_to_rest",
    message:
      '"sync" does not end, and no virtual time goes by: the plugin, or the engine, does something for ever in one turn',
    steps: "venue spot; entry L long 1; sync",
  });
});

test("one that ends when it is played again was only slow", async () => {
  expect(await examine(beginning("sync; peace"), hangs)).toBeNull();
});

test("what else is wrong with it is told", async () => {
  const play: WatchedPlay = async (text, onWord) => {
    const failure = { name: "steps", seed: null, oracle: "ends", message: "it waits", steps: text };
    onWord({ step: null });
    onWord({ failure });
    return { kind: "over" };
  };
  expect(await examine(beginning("sync"), play)).toMatchObject({ oracle: "ends", message: "it waits" });
});
