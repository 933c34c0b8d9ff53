import { afterAll, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeLines } from "../../src/report/text-file.ts";

const root = mkdtempSync(join(tmpdir(), "pyne-text-"));
afterAll(() => rmSync(root, { recursive: true }));

let number = 0;
const folder = (): string => {
  const path = join(root, String(number++));
  mkdirSync(path);
  return path;
};

test.each([
  ["nothing", (_path: string): void => {}],
  ["a small file", (path: string) => writeFileSync(path, "old")],
  ["a large file", (path: string) => writeFileSync(path, "old\n".repeat(1 << 20))],
  ["a link", (path: string) => symlinkSync("elsewhere", path)],
])("lines take the place of %s, and nothing else is left", (_what, prepare) => {
  for (const isDurable of [false, true]) {
    const place = folder();
    const path = join(place, "out.csv");
    prepare(path);
    writeLines(path, ["new"], { isDurable });
    expect(readFileSync(path, "utf8")).toBe("new\n");
    expect(readdirSync(place)).toEqual(["out.csv"]);
  }
});

test("a folder of that name stays, with what is in it", () => {
  const place = folder();
  const path = join(place, "out.csv");
  mkdirSync(path);
  writeFileSync(join(path, "inside"), "kept");
  expect(() => writeLines(path, ["new"])).toThrow(path);
  expect(readdirSync(place)).toEqual(["out.csv"]);
  expect(readFileSync(join(path, "inside"), "utf8")).toBe("kept");
});

test("a failure in the middle leaves what was there", () => {
  const place = folder();
  const path = join(place, "out.csv");
  writeFileSync(path, "old\n".repeat(1 << 20));
  const failing = function* (): Generator<string> {
    yield "new";
    throw new Error("out of ideas");
  };
  expect(() => writeLines(path, failing())).toThrow("out of ideas");
  expect(readdirSync(place)).toEqual(["out.csv"]);
  expect(readFileSync(path, "utf8")).toStartWith("old\nold\n");
});
