/**
 * The limit of a whole run: a program that knows the file, the script and its lengths in advance, computes the plots
 * in loops over arrays and, when an output is named, writes the same rows. `WORKLOAD DATA.ohlcv [OUT.csv]`
 */
import { closeSync, openSync, writeSync } from "node:fs";

import type { BarColumns } from "../../../src/kernel/bar.ts";
import { arraysLimit } from "./arrays.ts";
import { functionsLimit } from "./functions.ts";
import { indicatorsLimit } from "./indicators.ts";
import { readByHand } from "./read.ts";
import { studiesLimit } from "./studies.ts";

const workloads: Readonly<Record<string, (bars: BarColumns) => Float64Array[]>> = {
  a: indicatorsLimit,
  b: studiesLimit,
  c: (bars) => [functionsLimit(bars)],
  d: arraysLimit,
};

const [workload = "", data = "", out] = process.argv.slice(2);
const columns = readByHand(data) as [
  Float64Array,
  Float64Array,
  Float64Array,
  Float64Array,
  Float64Array,
  Float64Array,
];
const [openTimeMs, open, high, low, close, volume] = columns;
for (let index = 0; index < open.length; index++) {
  high[index] = Math.round((open[index]! + high[index]!) * 100) / 100;
  low[index] = Math.round((open[index]! + low[index]!) * 100) / 100;
  close[index] = Math.round((open[index]! + close[index]!) * 100) / 100;
}
const bars = { length: open.length, openTimeMs, open, high, low, close, volume, extra: new Map() };
const plots = workloads[workload]!(bars);
if (out === undefined) console.log(plots.length, plots.at(-1)?.at(-1));
else writeByHand(out, columns, plots);

function writeByHand(path: string, [times, ...prices]: readonly Float64Array[], plots: Float64Array[]): void {
  const file = openSync(path, "w");
  const columns = [...prices, ...plots];
  let text = "";
  for (let index = 0; index < times!.length; index++) {
    text += `${new Date(times![index]!).toISOString().slice(0, 19)}+00:00`;
    for (const column of columns) text += `,${column[index]!}`;
    text += "\n";
    if (text.length < 1 << 20) continue;
    writeSync(file, text);
    text = "";
  }
  writeSync(file, text);
  closeSync(file);
}
