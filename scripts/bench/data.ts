/** How fast bars get into a data file and out of it, beside a hand-written loop that does only that. */
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { aggregateFile } from "../../src/data/aggregate/file.ts";
import { convertFile } from "../../src/data/import/convert.ts";
import { loadBars } from "../../src/data/load.ts";
import { readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { convertByHand } from "./limit/convert.ts";
import { readByHand } from "./limit/read.ts";
import { median } from "./measure.ts";
import { syntheticBars } from "./synthetic.ts";

const runs = 9;

/** Prints medians in ms for a million one-minute bars, and what the same work costs by hand. */
export function bench(): void {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  try {
    const csv = join(folder, "BENCH.csv");
    writeCsv(csv, 1_000_000);
    const [minutes, hours] = [join(folder, "by-hand.ohlcv"), join(folder, "by-hand-60.ohlcv")];
    compare(
      `CSV of ${(statSync(csv).size / 1e6).toFixed(0)} MB to bars and hours`,
      () => void convertAndAggregate(csv),
      () => void convertByHand(csv, minutes, hours),
      // Without its symbol file a text is looked at as if for the first time.
      () => [minutes, hours, ...madeFrom(csv)].forEach((name) => rmSync(name, { force: true })),
    );
    const path = csv.replace(/\.csv$/, ".ohlcv");
    compare(
      "1,000,000 bars into columns",
      () => void readOhlcv(path),
      () => void readByHand(path),
    );
    for (const count of [1000, 1_000_000])
      print(`append a bar to ${count.toLocaleString("en")}`, append(folder, count));
    if (process.platform === "linux") {
      const [ours, byHand] = [peakMemory("pyne", csv), peakMemory("hand", csv)];
      console.log(`${"peak memory of CSV to bars and hours".padEnd(44)}${ours.padStart(8)} MB`);
      console.log(`${"  by hand".padEnd(44)}${byHand.padStart(8)} MB`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function madeFrom(csv: string): string[] {
  const stem = csv.replace(/\.csv$/, "");
  return [`${stem}.ohlcv`, `${stem}.toml`, `${stem}_60.ohlcv`, `${stem}_60.toml`];
}

function peakMemory(who: "pyne" | "hand", csv: string): string {
  const child = Bun.spawnSync([process.execPath, join(import.meta.dir, "peak-memory.ts"), who, csv]);
  if (child.exitCode !== 0) throw new Error(child.stderr.toString());
  return child.stdout.toString().trim();
}

/** What `data convert-from` and `data aggregate` do. */
export function convertAndAggregate(csv: string): number {
  const { ohlcvPath } = convertFile(csv);
  return aggregateFile(loadBars(ohlcvPath), parseTimeframe("60"), csv.replace(/\.csv$/, "_60.ohlcv")).bars;
}

function writeCsv(path: string, count: number): void {
  writeFileSync(path, "time,open,high,low,close,volume\n");
  const bars = syntheticBars(count);
  for (let from = 0; from < count; from += 50_000) {
    const rows = bars
      .slice(from, from + 50_000)
      .map((bar) => `${bar.openTimeMs},${bar.open},${bar.high},${bar.low},${bar.close},${bar.volume}\n`);
    appendFileSync(path, rows.join(""));
  }
}

/** Opening, one bar, closing. */
function append(folder: string, count: number): number {
  const path = join(folder, `append-${count}.ohlcv`);
  const bars = syntheticBars(count);
  const timeframe = parseTimeframe("1");
  {
    using writer = OhlcvWriter.create(path, { timeframe, grid: { minmove: 1, pricescale: 100 } });
    writer.append(bars);
  }
  let { openTimeMs } = bars.at(-1)!;
  return medianOf(() => {
    using writer = OhlcvWriter.open(path, { timeframe });
    writer.append([{ ...bars[0]!, openTimeMs: (openTimeMs += 60_000) }]);
  });
}

/** Both in turn, so that a busy moment of the machine meets both. */
function compare(name: string, ours: () => void, byHand: () => void, prepare = (): void => {}): void {
  const [mine, limit]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    prepare();
    limit.push(timed(byHand));
    mine.push(timed(ours));
  }
  print(name, median(mine));
  const ratio = median(mine) / median(limit);
  console.log(
    `${"  by hand".padEnd(44)}${median(limit).toFixed(1).padStart(8)} ms, ratio ${ratio.toFixed(2)}`,
  );
}

function medianOf(action: () => void): number {
  return median(Array.from({ length: runs }, () => timed(action)));
}

function timed(action: () => void): number {
  const started = performance.now();
  action();
  return performance.now() - started;
}

function print(name: string, ms: number): void {
  console.log(`${name.padEnd(44)}${ms.toFixed(1).padStart(8)} ms`);
}
