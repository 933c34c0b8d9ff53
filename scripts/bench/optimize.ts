/** How long a thousand sets of inputs take over 23,054 real bars, by the executable, on one core and on all. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

import { compile, root } from "../compile.ts";

const cross = `//@version=6
strategy("Cross", initial_capital = 10000, default_qty_type = strategy.percent_of_equity, default_qty_value = 50)
fast = input.int(24, "Fast", minval = 1)
slow = input.int(120, "Slow", minval = 1)
if ta.crossover(ta.ema(close, fast), ta.ema(close, slow))
    strategy.entry("Long", strategy.long)
if ta.crossunder(ta.ema(close, fast), ta.ema(close, slow))
    strategy.entry("Short", strategy.short)
`;

/** Prints sets per second. */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  try {
    const pyne = join(root, "dist", "pyne");
    await compile(pyne);
    const run = (...words: string[]): ReturnType<typeof Bun.spawnSync> =>
      Bun.spawnSync([pyne, ...words], { cwd: folder, env: { HOME: folder, PATH: "" }, stderr: "inherit" });
    run("init");
    const truth = join(root, "test/golden/truth/strat-macd");
    copyFileSync(join(truth, "data.csv"), join(folder, "workdir/data/EURUSD_60.csv"));
    copyFileSync(join(truth, "syminfo.toml"), join(folder, "workdir/data/EURUSD_60.toml"));
    writeFileSync(join(folder, "workdir/scripts/cross.pine"), cross);
    run("run", "cross", "EURUSD_60", "--no-plot");
    for (const jobs of new Set([1, 2, availableParallelism()])) {
      const started = performance.now();
      const { stdout, resourceUsage } = run(
        ...["optimize", "cross", "EURUSD_60", "--input", "fast=5..44", "--input", "slow=60..180:5"],
        ...["--jobs", String(jobs), "--json"],
      );
      const seconds = (performance.now() - started) / 1000;
      const { sets, bars } = JSON.parse(String(stdout)) as { sets: number; bars: number };
      const processor = Number(resourceUsage?.cpuTime?.total ?? 0) / 1e6;
      const megabytes = (resourceUsage?.maxRSS ?? 0) / 1e6;
      console.log(
        `${sets} sets over ${bars} bars, ${jobs} jobs: ${seconds.toFixed(1)} s (processor ${processor.toFixed(1)} s), ${Math.round(sets / seconds)} sets/s, ${megabytes.toFixed(0)} MB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
