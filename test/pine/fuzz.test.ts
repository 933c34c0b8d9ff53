/**
 * Scripts of the corpus with a few tokens deleted, doubled, swapped or replaced: compiling gives diagnostics and never
 * an internal error, and what compiles all the same runs to its end or stops with one of our own errors.
 */
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PyneError } from "../../src/kernel/errors.ts";
import { runScript } from "../../src/runtime/run.ts";
import { type Chart, charts, compileText, names, textOf } from "./corpus.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-pine-fuzz-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const chart = firstBars(charts().at(-1)!, 60);

function firstBars({ name, columns, symInfo }: Chart, length: number): Chart {
  const { openTimeMs, open, high, low, close, volume } = columns;
  const [time, o, h, l, c, v] = [openTimeMs, open, high, low, close, volume].map((column) =>
    column.slice(0, length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return {
    name,
    symInfo,
    columns: { length, openTimeMs: time, open: o, high: h, low: l, close: c, volume: v, extra: new Map() },
  };
}

/** Pieces that join to the text again: comments, strings, words, numbers, blanks and signs. */
function tokensOf(text: string): string[] {
  return (
    text.match(
      /\/\/[^\n]*|"[^"\n]*"|'[^'\n]*'|[A-Za-z_][\w.]*|\d+\.?\d*|[ \t]+|\r?\n|[:=!<>+\-*/%]=|=>|./gs,
    ) ?? []
  );
}

const corpus = names.map((name) => tokensOf(textOf(name)));

/** Values to put where a number or a name was. */
const values = [
  "0",
  "1",
  "-1",
  "na",
  "close",
  "bar_index",
  "true",
  '""',
  "1e300",
  "-1.5",
  "high[1]",
  "color.red",
];

type Edit =
  | { readonly how: "delete" | "double" | "truncate"; readonly at: number }
  | { readonly how: "swap"; readonly at: number; readonly with: number }
  | { readonly how: "rename"; readonly at: number; readonly with: number }
  | { readonly how: "value"; readonly at: number; readonly value: string }
  | { readonly how: "insert"; readonly at: number; readonly text: string };

const place = fc.nat(100_000);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ how: fc.constantFrom("delete", "double"), at: place }) },
  { weight: 1, arbitrary: fc.record({ how: fc.constant("truncate" as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ how: fc.constant("swap" as const), at: place, with: place }) },
  { weight: 4, arbitrary: fc.record({ how: fc.constant("rename" as const), at: place, with: place }) },
  {
    weight: 6,
    arbitrary: fc.record({
      how: fc.constant("value" as const),
      at: place,
      value: fc.constantFrom(...values),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant("insert" as const),
      at: place,
      text: fc.string({ unit: "binary", maxLength: 3 }),
    }),
  },
);

function mutate(tokens: readonly string[], edits: readonly Edit[]): string {
  const result = [...tokens];
  const isName = (token: string): boolean => /^[A-Za-z_]/.test(token);
  /** The first token from a place on that is of a kind. */
  const find = (from: number, test: (token: string) => boolean): number => {
    for (let step = 0; step < result.length; step++) {
      const at = (from + step) % result.length;
      if (test(result[at]!)) return at;
    }
    return 0;
  };
  for (const one of edits) {
    const at = result.length === 0 ? 0 : one.at % result.length;
    switch (one.how) {
      case "delete":
        result.splice(at, 1);
        break;
      case "double":
        result.splice(at, 0, result[at] ?? "");
        break;
      case "truncate":
        result.length = at;
        break;
      case "swap": {
        const other = result.length === 0 ? 0 : one.with % result.length;
        [result[at], result[other]] = [result[other] ?? "", result[at] ?? ""];
        break;
      }
      case "rename":
        result[find(at, isName)] = result[find(one.with % Math.max(1, result.length), isName)] ?? "";
        break;
      case "value":
        result[find(at, (token) => /^\w/.test(token))] = one.value;
        break;
      case "insert":
        result.splice(at, 0, one.text);
    }
  }
  return result.join("");
}

test("mutated scripts", async () => {
  const mutant = fc
    .tuple(fc.constantFrom(...corpus), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([tokens, edits]) => mutate(tokens, edits));
  await fc.assert(
    fc.asyncProperty(mutant, async (text) => {
      const { module, errors } = await compileText("mutant", text, cache);
      expect(module === undefined).toBe(errors.length > 0);
      if (module === undefined) return;
      const { columns, symInfo } = chart;
      try {
        await runScript(module, { columns, symInfo, timeframe: symInfo.period, loopLimit: 20_000 });
      } catch (error) {
        if (!(error instanceof PyneError)) throw error;
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("scripts of five thousand lines", async () => {
  const lines = (make: (index: number) => string): string =>
    Array.from({ length: 5000 }, (_, i) => make(i)).join("\n");
  const compile = (body: string): ReturnType<typeof compileText> =>
    compileText("long", `//@version=6\nindicator("x")\n${body}\nplot(close)`, cache);
  expect(
    (await compile(lines((i) => `v${i} = close[${i % 9}] + ${i > 0 ? `v${i - 1}` : "0"}`))).errors,
  ).toEqual([]);
  expect((await compile(`x = switch bar_index\n${lines((i) => `    ${i} => ${i * 2}`)}`)).errors).toEqual([]);
  // No more is said than anybody reads, and the rest costs no time.
  expect((await compile(lines((i) => `v${i} = clsoe + ${i}`))).errors).toHaveLength(20);
  expect((await compile(lines((i) => `v${i} = = ${i}`))).errors).toHaveLength(20);
  expect((await compile(`x = (1 +\n${lines((i) => `v${i} = ${i}`)}`)).errors).toHaveLength(1);
}, 60_000);

test("chains are no nesting", async () => {
  const chain = Array.from({ length: 800 }, (_, i) => `bar_index == ${i} ? ${i} : `).join("");
  const elses = Array.from({ length: 800 }, (_, i) => `else if bar_index == ${i}\n    x := ${i}`).join("\n");
  const text = `//@version=6\nindicator("x")\nvar x = 0\nif bar_index < 0\n    x := 1\n${elses}\nplot(${chain}x)`;
  const { module, errors } = await compileText("chains", text, cache);
  expect(errors).toEqual([]);
  const { columns, symInfo } = chart;
  const result = await runScript(module!, { columns, symInfo, timeframe: symInfo.period });
  expect([...result.plots[0]!.values].slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
});
