/** A plugin of somebody's own meets the lab's stories. */
import { expect, test } from "bun:test";

import { parseSteps, stepsText } from "../../../src/broker/lab/notation.ts";
import { pluginStage } from "../../../src/broker/lab/plugin-stage.ts";
import { scenariosFor } from "../../../src/broker/lab/scenarios/all.ts";
import { play } from "../../../src/broker/lab/story.ts";
import { walk } from "../../../src/broker/lab/walk.ts";
import make from "./own-plugin/lab.ts";

test("the stories that have names, and random ones", async () => {
  const stage = pluginStage(make);
  const stories = [
    ...scenariosFor(false).map(({ name, story }) => ({ name, steps: parseSteps(story) })),
    ...Array.from({ length: 40 }, (_, index) => ({ name: `seed ${index}`, steps: walk(index) })),
  ];
  for (const { name, steps } of stories) {
    const { violation } = await play(steps, stage);
    expect(
      violation === null
        ? "sound"
        : `${name}: ${violation.oracle}: ${violation.message}: ${stepsText(steps)}`,
    ).toBe("sound");
  }
});
