/** A bar that is executed twice leaves no trace of the first time: every truth case, each bar executed twice. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { truth } from "./case.ts";
import { pending } from "./pending.ts";
import { readDefinition, runCase } from "./run-case.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-rollback-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const names = readdirSync(truth, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !pending.has(entry.name))
  .map(({ name }) => name)
  .filter((name) => readDefinition(join(truth, name)).kind === "indicator")
  // Orders go back with the run, which is not what is tested here.
  .filter((name) => !/^strategy\(/m.test(readFileSync(join(truth, name, "script.pine"), "utf8")));

test.each(names)("%s", async (name) => {
  const { wrong, compared } = await runCase(join(truth, name), cache, (module) => ({
    ...module,
    instantiate(context) {
      const made = module.instantiate(context);
      if (typeof made === "function") return made;
      const { bar, save, restore } = made;
      return () => {
        save();
        bar();
        restore();
        bar();
      };
    },
  }));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(compared).toBeGreaterThan(0);
});
