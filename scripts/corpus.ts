/**
 * `bun run corpus [NAME...]`: writes down what the scripts of the corpus give now, all of them or those named. The
 * difference to what was kept is for a person to judge.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { writeFileAtomic } from "../src/config/atomic-write.ts";
import { charts, expectedFile, type Kept, keep, names } from "../test/pine/corpus.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`there is no script ${unknown.join(", ")} in the corpus`);
  process.exit(2);
}
const before = existsSync(expectedFile)
  ? (JSON.parse(readFileSync(expectedFile, "utf8")) as Record<string, Kept>)
  : {};
const cache = mkdtempSync(join(tmpdir(), "pyne-corpus-"));
const over = charts();
const now: Record<string, Kept> = {};
let changed = 0;
for (const name of names) {
  const known = before[name];
  if (wanted.length > 0 && !wanted.includes(name) && known !== undefined) {
    now[name] = known;
    continue;
  }
  const kept = await keep(name, over, cache);
  now[name] = kept;
  if (Bun.deepEquals(kept, known)) continue;
  changed++;
  console.log(`${known === undefined ? "new    " : "changed"} ${name}`);
  for (const [chart, run] of Object.entries(kept.runs))
    if ("failed" in run) console.log(`        fails on ${chart}: ${run.failed}`);
}
rmSync(cache, { recursive: true, force: true });
writeFileAtomic(expectedFile, `${JSON.stringify(now, null, 2)}\n`);
console.log(`${changed} of ${names.length} changed`);
