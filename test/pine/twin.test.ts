/** What a script computes on the bars of another symbol is what it computes on the chart when the bars are the same. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { barAt, columnsOf } from "../../src/kernel/bar.ts";
import { runScript } from "../../src/runtime/run.ts";
import type { Feed, Feeds } from "../../src/runtime/security/feeds.ts";
import { charts, compileText, textOf } from "./corpus.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-twin-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Enough for every pattern that the scripts look for. */
const bars = 400;
const { columns: all, symInfo } = charts()[0]!;
const columns = columnsOf(Array.from({ length: bars }, (_, index) => barAt(all, index)));
const timeframe = symInfo.period;
const twin: Feed = { columns, symInfo: { ...symInfo, prefix: "X", ticker: "TWIN" }, timeframe };
const feeds: Feeds = {
  named: ({ symbol }) => (symbol.includes("TWIN") ? twin : undefined),
  find: () => ({ missing: "there is only the twin", hint: undefined }),
  rate: () => undefined,
};

/** Requests of a script: each runs what it needs of the script once more. */
const mostRequests = 6;

/** Scripts that change collections and objects in loops, branches and functions. */
const names = [
  "divergence-many",
  "fib-retracement",
  "levels-book-v6",
  "liquidity-sweeps",
  "lorentzian-knn",
  "map-lab",
  "matrix-maps",
  "perceptron",
  "queue-stack-udt",
  "scalper-heatmap",
  "smart-money",
];

test.each(names)("%s", async (name) => {
  const text = textOf(name);
  const shown = plottedIn(text).slice(0, mostRequests);
  expect(shown.length).toBeGreaterThan(1);
  const asked = shown.flatMap((expression, index) => [
    `there${index} = request.security("X:TWIN", timeframe.period, ${expression})`,
    `here${index} = ${expression}`,
    `plotchar(there${index}, "there ${index}"), plotchar(here${index}, "here ${index}")`,
  ]);
  const { module, errors } = await compileText(`${name}-twin`, [text, ...asked, ""].join("\n"), cache);
  expect(errors).toEqual([]);
  const { plots } = await runScript(module!, { columns, symInfo, timeframe, feeds });
  const values = (title: string): Float64Array => plots.find((plot) => plot.title === title)!.values;
  for (const [index, expression] of shown.entries()) {
    const [there, here] = [values(`there ${index}`), values(`here ${index}`)];
    const bar = here.findIndex((value, at) => !Object.is(value, there[at]));
    expect({ expression, bar }).toEqual({ expression, bar: -1 });
  }
});

/** The first arguments of a script's plots, as far as they stand on the line. */
function plottedIn(text: string): string[] {
  const lines = text.split("\n").filter((line) => /^\S/.test(line) && !line.includes("//"));
  const found = lines.flatMap((line) =>
    [...line.matchAll(/\bplot\(/g)].map(({ index }) => firstArgument(line.slice(index + "plot(".length))),
  );
  return [...new Set(found.filter((argument) => argument !== undefined))];
}

function firstArgument(line: string): string | undefined {
  let depth = 0;
  for (const [at, character] of [...line].entries()) {
    if (depth === 0 && (character === "," || character === ")")) return line.slice(0, at);
    if (character === "(" || character === "[") depth++;
    if (character === ")" || character === "]") depth--;
  }
  return undefined;
}
