/** The pages of built-ins are what the compiler's table says. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { docsFolder, pinePages } from "../../scripts/pine-docs.ts";
import { tables } from "../../src/compiler/builtins/registry.ts";
import { stubs } from "../../src/compiler/builtins/stubs.ts";

const pages = pinePages();

test("there is a page for every namespace and no other", () => {
  expect(readdirSync(docsFolder).toSorted(), "run: bun run docs").toEqual([...pages.keys()].toSorted());
});

test.each([...pages.keys()])("docs/pine/%s is up to date", (name) => {
  const path = join(docsFolder, name);
  const written = existsSync(path) ? readFileSync(path, "utf8") : "";
  expect(written === pages.get(name), `docs/pine/${name} is old; run: bun run docs`).toBe(true);
});

describe("what is accepted without effect", () => {
  const names = new Set(tables.flat().map(({ name }) => name));

  test("is the name of a built-in", () => {
    expect([...stubs.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  test("is marked on its page", () => {
    expect(pages.get("global.md")).toContain("**Accepted without effect:** always na: bars hold no quotes.");
  });
});

test("every built-in has a line of documentation, constants their value", () => {
  const silent = tables.flat().filter(({ kind, doc }) => kind !== "constant" && doc.trim() === "");
  expect(silent.map(({ name }) => name)).toEqual([]);
});
