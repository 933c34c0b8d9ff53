/** How fast bars get into a data file and out of it. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { convertFile } from "../../src/data/import/convert.ts";
import { readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { syntheticBars } from "./synthetic.ts";

/** Prints seconds for a million one-minute bars. */
export function bench(): void {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  const time = (name: string, action: () => void): void => {
    const started = performance.now();
    action();
    console.log(`${name.padEnd(36)}${((performance.now() - started) / 1000).toFixed(3).padStart(8)} s`);
  };
  try {
    const bars = syntheticBars(1_000_000);
    const path = join(folder, "bench.ohlcv");
    time("write 1,000,000 bars", () => {
      using writer = OhlcvWriter.create(path, {
        timeframe: parseTimeframe("1"),
        grid: { minmove: 1, pricescale: 100 },
      });
      writer.append(bars);
    });
    time("read them into columns", () => void readOhlcv(path));
    time("read them again", () => void readOhlcv(path));
    time("append one bar", () => {
      using writer = OhlcvWriter.open(path, { timeframe: parseTimeframe("1") });
      writer.append([{ ...bars[0]!, openTimeMs: bars.at(-1)!.openTimeMs + 60_000 }]);
    });
    const rows = bars.map(
      (bar) => `${bar.openTimeMs},${bar.open},${bar.high},${bar.low},${bar.close},${bar.volume}`,
    );
    const csv = join(folder, "BENCH.csv");
    writeFileSync(csv, `time,open,high,low,close,volume\n${rows.join("\n")}\n`);
    time(`import ${(statSync(csv).size / 1e6).toFixed(0)} MB of CSV`, () => void convertFile(csv));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
