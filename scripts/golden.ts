/**
 * `bun scripts/golden.ts DIR... [--only FAMILY]`: runs every case below the folders, prints a line for each that fails
 * and at the end `N passed, N failed`. The exit code is 1 when one fails.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { messageOf } from "../src/kernel/errors.ts";
import { readDefinition, runCase } from "../test/golden/run-case.ts";

const words = process.argv.slice(2);
const option = words.indexOf("--only");
const only = option < 0 ? undefined : words[option + 1];
const folders = option < 0 ? words : words.toSpliced(option, 2);
if (folders.length === 0 || (option >= 0 && only === undefined)) {
  console.error("usage: bun scripts/golden.ts DIR... [--only FAMILY]");
  process.exit(2);
}

const isCase = (folder: string): boolean => existsSync(join(folder, "case.json"));
const cases = folders
  .flatMap((folder) =>
    isCase(folder)
      ? [folder]
      : readdirSync(folder)
          .map((name) => join(folder, name))
          .filter(isCase),
  )
  .filter((folder) => only === undefined || readDefinition(folder).family === only)
  .toSorted();

const cache = mkdtempSync(join(tmpdir(), "pyne-golden-"));
const failures = new Map<string, number>();
let passed = 0;
for (const folder of cases) {
  const { name, family } = readDefinition(folder);
  let problem: string | undefined;
  try {
    const { wrong, compared } = await runCase(folder, cache);
    if (wrong.length > 0) problem = `${wrong.length} of ${compared} differ: ${wrong[0]}`;
    else if (compared === 0) problem = "nothing was compared";
  } catch (error) {
    problem = messageOf(error);
  }
  if (problem === undefined) passed++;
  else {
    failures.set(family, (failures.get(family) ?? 0) + 1);
    console.log(`${family.padEnd(12)} ${name}: ${problem}`);
  }
}
rmSync(cache, { recursive: true, force: true });
const failed = cases.length - passed;
if (failures.size > 0) console.log([...failures].map(([family, count]) => `${family} ${count}`).join(", "));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
