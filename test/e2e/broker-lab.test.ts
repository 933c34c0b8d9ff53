/** The lab as its user meets it: a plugin that never gives its turn back does not hang the command. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";

import { Sandbox } from "./pyne.ts";

let box: Sandbox;
beforeAll(() => (box = new Sandbox()));
afterAll(() => box[Symbol.dispose]());

const ownPlugin = join(import.meta.dir, "../broker/lab/own-plugin/lab.ts");

test("a plugin that loops is ended, and the step at which it does is printed", async () => {
  box.write(
    join(box.folder, "loops/lab.ts"),
    `import make from ${JSON.stringify(ownPlugin)};
export default (bench) => {
  console.log("made");
  const plugin = make(bench);
  plugin.executeEntry = () => { for (;;); };
  return plugin;
};
`,
  );
  const { exitCode, stdout, stderr } = await box.pyne(
    ...["broker", "lab", "./loops", "--steps", "entry L long 1; sync", "--patience", "2"],
  );
  expect(stdout).toContain("comes_to_rest");
  expect(stdout).toContain("does not end, and no virtual time goes by");
  expect(stderr).toContain("made");
  expect(exitCode).toBe(1);
}, 120_000);

test("steps that mean nothing are said once", async () => {
  const { exitCode, stdout, stderr } = await box.pyne("broker", "lab", "reference", "--steps", "entri L");
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr.split("there is no verb entri").length).toBe(2);
});
