/** The main job, offline: builds pyne, creates a workdir, imports bundled real bars, runs a strategy over them, leaves a report. */
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compile, root } from "./compile.ts";

const binary = join(root, "dist", process.platform === "win32" ? "pyne.exe" : "pyne");
const folder = mkdtempSync(join(tmpdir(), "pyne-demo-"));
const workdir = join(folder, "workdir");

/** Runs pyne as a user would, its output on this terminal. */
async function pyne(...args: string[]): Promise<void> {
  console.log(`\n$ pyne ${args.join(" ")}`);
  const child = Bun.spawn([binary, ...args], {
    cwd: folder,
    env: { ...process.env, PYNE_HOME: join(folder, "home") },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await child.exited;
  if (code !== 0) process.exit(code);
}

console.log("building dist/pyne");
await compile(binary);
await pyne("--version");
await pyne("init");
cpSync(join(root, "scripts/demo/ma-cross.ts"), join(workdir, "scripts/ma-cross.ts"));
// Hourly EURUSD of Capital.com, January 2022 to September 2025, as exported from a TradingView chart.
const bars = join(root, "test/golden/truth/strat-macd");
cpSync(join(bars, "data.csv"), join(workdir, "data/EURUSD_60.csv"));
cpSync(join(bars, "syminfo.toml"), join(workdir, "data/EURUSD_60.toml"));
await pyne("data", "convert-from", "EURUSD_60.csv");
await pyne("data", "info", "EURUSD_60");
await pyne("run", "ma-cross", "EURUSD_60", "--report");
console.log(
  `\nEverything is in ${workdir}\nOpen the report in a browser: ${join(workdir, "output", "ma-cross.html")}`,
);
