/** A plugin of somebody's own meets the lab's stories, on every kind of account. */
import { expect, test } from "bun:test";

import { KeptStores } from "../../../src/broker/lab/kept-stores.ts";
import { parseSteps, stepsText } from "../../../src/broker/lab/notation.ts";
import { pluginStage } from "../../../src/broker/lab/plugin-stage.ts";
import { scenariosFor } from "../../../src/broker/lab/scenarios/all.ts";
import { play } from "../../../src/broker/lab/story.ts";
import { accountModes } from "../../../src/broker/lab/venue/model.ts";
import { walk } from "../../../src/broker/lab/walk.ts";
import make from "./own-plugin/lab.ts";

test.each(accountModes)("the stories that have names, and random ones, on a %s account", async (mode) => {
  using stores = new KeptStores();
  const stage = pluginStage(make, stores.open);
  const named = scenariosFor(mode).map(({ name, story }) => ({ name, steps: parseSteps(story) }));
  expect(named.length).toBeGreaterThan(5);
  const random = Array.from({ length: 30 }, (_, seed) => ({ name: `seed ${seed}`, steps: walk(seed, mode) }));
  for (const { name, steps } of [...named, ...random]) {
    const { violation } = await play(steps, stage);
    expect(
      violation === null
        ? "sound"
        : `${name}: ${violation.oracle}: ${violation.message}: ${stepsText(steps)}`,
    ).toBe("sound");
  }
});

test("one that has no port for such an account is told so", async () => {
  const bare = pluginStage((bench) => {
    const plugin = make(bench);
    plugin.positionPort = null;
    return plugin;
  });
  await expect(play(parseSteps("venue hedging; sync"), bare)).rejects.toThrow(
    "own has no positionPort: it cannot trade on a hedging account",
  );
});
