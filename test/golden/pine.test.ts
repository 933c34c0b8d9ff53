/** Pine scripts against values exported from TradingView. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { truth } from "./case.ts";
import { pending } from "./pending.ts";
import { runCase } from "./run-case.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-golden-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const names = readdirSync(truth, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

test.each(names.filter((name) => !pending.has(name)))("%s", async (name) => {
  const { wrong, compared } = await runCase(join(truth, name), cache);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(compared).toBeGreaterThan(0);
});

test("every pending case exists", () => {
  expect([...pending].filter((name) => !names.includes(name))).toEqual([]);
});
