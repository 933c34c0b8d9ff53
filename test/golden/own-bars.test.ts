/**
 * A value that is requested on the chart's own bars is the value itself, whatever it is made of: every plot of every
 * case is asked for in this way, and must still be what TradingView exported.
 */
import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { truth } from "./case.ts";
import { pending } from "./pending.ts";
import { readDefinition, runCase } from "./run-case.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-own-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** The end of a call's first argument that begins at `from`. */
function firstArgumentEnd(text: string, from: number): number {
  let depth = 0;
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== "") {
      if (char === quote && text[at - 1] !== "\\") quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (/[([]/.test(char)) depth++;
    else if (/[)\]]/.test(char) && depth-- === 0) return at;
    else if (char === "," && depth === 0) return at;
  }
  return text.length;
}

/** `plot(x, "t")` is `plot(request.security("", "", x), "t")`. */
function asking(script: string): string {
  return script.replace(/^plot\((?!series *=).*$/gm, (line) => {
    const end = firstArgumentEnd(line, 5);
    return `plot(request.security("", "", ${line.slice(5, end)})${line.slice(end)}`;
  });
}

/** What is drawn on other bars is not on the chart. */
const readsDrawings: ReadonlySet<string> = new Set(["drawing-registries"]);

const names = readdirSync(truth, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter(
    (name) =>
      !readsDrawings.has(name) &&
      !pending.has(name) &&
      readDefinition(join(truth, name)).kind === "indicator",
  )
  .filter((name) => {
    const script = readFileSync(join(truth, name, "script.pine"), "utf8");
    // Orders are given by the chart alone.
    return /^indicator\(/m.test(script) && asking(script) !== script && !script.includes("request.");
  })
  .toSorted();

test.each(names)("%s", async (name) => {
  const folder = join(cache, name);
  cpSync(join(truth, name), folder, { recursive: true });
  const script = join(folder, "script.pine");
  writeFileSync(script, asking(readFileSync(script, "utf8")));
  const { wrong, compared } = await runCase(folder, cache);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(compared).toBeGreaterThan(0);
});
