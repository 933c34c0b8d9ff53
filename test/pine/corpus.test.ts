/** Every script of the corpus compiles, runs over real bars, and gives what it gave when somebody last looked. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { charts, expectedFile, type Kept, keep, names } from "./corpus.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-corpus-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const over = charts();
const expected = JSON.parse(readFileSync(expectedFile, "utf8")) as Readonly<Record<string, Kept>>;

/** What was not supported when somebody last looked may have come since. */
function withoutUnsupported(kept: Kept, before: Kept): Kept {
  const runs = Object.entries(kept.runs).filter(([chart]) => {
    const run = before.runs[chart];
    return run === undefined || !("failed" in run) || !run.failed.endsWith("not supported yet");
  });
  return { ...kept, runs: Object.fromEntries(runs) };
}

test("there is an expectation for every script and no other", () => {
  expect(Object.keys(expected)).toEqual([...names]);
});

// `bun run corpus` writes down what they give now; look at the difference before it is committed.
describe("scripts", () => {
  test.each([...names])("%s", async (name) => {
    const now = await keep(name, over, cache);
    expect(withoutUnsupported(now, expected[name]!)).toEqual(
      withoutUnsupported(expected[name]!, expected[name]!),
    );
  });
});
