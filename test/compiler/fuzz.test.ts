/** Whatever a file holds, compiling it gives diagnostics or JavaScript, never an internal error. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { compilePine } from "../../src/compiler/compile.ts";
import { Source } from "../../src/compiler/source.ts";
import * as pine from "../../src/runtime/pine.ts";
import { truth } from "../golden/case.ts";
import { check } from "./check.ts";

const scripts = readdirSync(truth, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => readFileSync(join(truth, entry.name, "script.pine"), "utf8"));

const pieces = [
  ..."( ) [ ] < > , . : ? = := += => == - * / % # \" ' \n \t a x 1 1.5 .".split(" "),
  ..."if else for to by in while switch var varip type enum method export import break not and or na true".split(
    " ",
  ),
  ...'\n    |\n  |\n        |array<float>|close[1]|f(x) =>\n|[a, b] = |\u00A0|#12345|"\\'.split("|"),
];

/** A script with a few pieces put in, taken out or moved. */
const mutated = fc
  .tuple(
    fc.constantFrom(...scripts),
    fc.array(fc.tuple(fc.nat(4000), fc.nat(12), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 6 }),
  )
  .map(([script, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + piece + text.slice(start + length);
    }, script),
  );

const javascript = new Bun.Transpiler({ loader: "js" });

test("mutated scripts", () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const { code, diagnostics } = compilePine(new Source("script.pine", text), () => undefined);
      const failed = diagnostics.some(({ severity }) => severity === "error");
      expect(code === undefined).toBe(failed);
      if (code !== undefined) javascript.transformSync(code);
    }),
    { numRuns: 400 },
  );
});

test("a variable may have any name that compiled scripts import", () => {
  for (const name of Object.keys(pine)) {
    const { code } = compilePine(
      new Source("x.pine", `//@version=6\nindicator("x")\n${name} = close\nplot(${name})`),
      () => undefined,
    );
    expect({ name, isShadowed: new RegExp(`(const|let) ${name} =`).test(code ?? "") }).toEqual({
      name,
      isShadowed: false,
    });
  }
});

test("any text at all", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      check(`//@version=6\n${text}`);
    }),
    { numRuns: 300 },
  );
});

test("nesting beyond reason is refused, not overflowed", () => {
  const deep = "(".repeat(50_000);
  expect(check(`//@version=6\nindicator("x")\nx = ${deep}`).program).toBeUndefined();
  const nots = "not ".repeat(50_000);
  expect(check(`//@version=6\nindicator("x")\nx = ${nots}true`).program).toBeUndefined();
  const endless = `1${" + 1".repeat(300_000)}`;
  expect(check(`//@version=6\nindicator("x")\nplot(${endless})`).program).toBeUndefined();
  const sums = `1${" + 1".repeat(5000)}`;
  expect(check(`//@version=6\nindicator("x")\nplot(${sums})`).diagnostics).toEqual([]);
});
