/** The file of a search: what a kill leaves of it, and what it refuses. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Results } from "../../src/optimize/results.ts";
import { SearchLog } from "../../src/optimize/search-log.ts";

const identity = { script: "s", data: "d", settings: "i" };
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyne-search-"));
  path = join(folder, "out", "x.partial");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(): string {
  using log = SearchLog.create(path, identity);
  log.add(2, Float64Array.of(1.5, NaN));
  log.add(0, 'the "length"\nis 0');
  log.add(1, Float64Array.of(-Infinity, 1e-7));
  log.commit();
  return readFileSync(path, "utf8");
}

const resumed = (results = new Results(4, 2), who = identity): Results => {
  SearchLog.resume(path, who, results)[Symbol.dispose]();
  return results;
};

test("what was written is read", () => {
  written();
  const results = resumed();
  expect([results.done, results.failed]).toEqual([3, 1]);
  expect([0, 1, 2, 3].map((ordinal) => results.isDone(ordinal))).toEqual([true, true, true, false]);
  expect([[...results.row(1)], [...results.row(2)]]).toEqual([
    [-Infinity, 1e-7],
    [1.5, NaN],
  ]);
  expect([results.failure(0), results.failure(1)]).toEqual(['the "length" is 0', ""]);
});

test("a file that a kill tore off anywhere is whole up to its last line, and goes on from there", () => {
  const text = written();
  for (let length = 0; length <= text.length; length++) {
    writeFileSync(path, text);
    truncateSync(path, length);
    const results = new Results(4, 2);
    {
      using log = SearchLog.resume(path, identity, results);
      expect(results.done).toBe(Math.max(0, text.slice(0, length).split("\n").length - 2));
      log.add(3, Float64Array.of(7, 8));
      log.commit();
    }
    const again = resumed();
    expect([again.done, ...again.row(3)]).toEqual([results.done + 1, 7, 8]);
  }
});

describe("is refused when it", () => {
  test.each([
    [{ ...identity, script: "x" }, "the script changed since"],
    [{ ...identity, data: "x" }, "the data changed since"],
    [
      { script: "s", data: "x", settings: "x" },
      "the data, ranges, conditions, inputs or settings changed since",
    ],
  ])("is of another search: %j", (who, message) => {
    written();
    expect(() => resumed(new Results(4, 2), who)).toThrow(message);
  });

  test.each([
    ["is no such file", "hello\n", "is not the file of a search"],
    ["is of another kind", "[]\n", "is not the file of a search"],
    ["holds a set that there is not", `${JSON.stringify({ search: 1, ...identity })}\n9,1,2\n`, "is damaged"],
    ["holds too few numbers", `${JSON.stringify({ search: 1, ...identity })}\n1,1\n`, "is damaged"],
    ["holds garbage", `${JSON.stringify({ search: 1, ...identity })}\n\u0000\n`, "is damaged"],
  ])("%s", (_name, text, message) => {
    written();
    writeFileSync(path, text);
    expect(() => resumed()).toThrow(message);
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});
