/** What no file of the project may contain. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const listed = Bun.spawnSync(["git", "ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
});
const files = listed.stdout
  .toString()
  .split("\n")
  .filter((file) => /\.(ts|md|json|toml|sh)$/.test(file));

/** Written in pieces, so that this file does not contain what it looks for. */
const forbidden: readonly (readonly [string, RegExp])[] = [
  [
    "paths of somebody's machine",
    new RegExp(["/wo" + "rk/", "/ho" + "me/[a-z]+/", "/Us" + "ers/[a-z]"].join("|")),
  ],
  ["an open end", new RegExp("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b")],
  ["a cast to nothing", new RegExp("\\bas " + "any\\b")],
  ["a focused or skipped test", new RegExp("\\b(test|describe|it)\\.(on" + "ly|to" + "do)\\(")],
];

test.each(forbidden)("no file holds %s", (_name, pattern) => {
  const found = files
    .filter((file) => !file.startsWith("test/golden/truth/") && !file.startsWith("test/fixtures/"))
    .filter((file) => pattern.test(readFileSync(join(root, file), "utf8")));
  expect(found).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(readFileSync(join(root, "bun.lock"), "utf8")).not.toMatch(/https?:\/\//);
});

test("package.json pins every version", () => {
  const json = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const versions = Object.entries({ ...json["dependencies"], ...json["devDependencies"] });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(versions.map(([name]) => name)).toContain("bun");
});
