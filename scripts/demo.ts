/**
 * The main job, offline: builds pyne, creates a workdir, imports bundled real bars, runs a strategy over them, leaves a
 * report; then trades it at the paper exchange, once in peace and once killed on the way, and compares the books.
 */
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
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

/**
 * Trades the newest bars on paper.
 *
 * @param account its name; the same one goes on where it was
 * @param kill executions after which the process is killed, as `kill -9` does; absent: it trades to the end
 * @returns the list of its trades
 */
async function tradingSession(account: string, kill?: number): Promise<string> {
  const args = ["run", "ma-cross", "paper:EURUSD@60", "--broker", "--no-log-ohlcv"];
  console.log(`\n$ PYNE_CONFIG_PAPER_ACCOUNT=${account} pyne ${args.join(" ")}`);
  const child = Bun.spawn([binary, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      PYNE_HOME: join(folder, "home"),
      PYNE_CONFIG_PAPER_ACCOUNT: account,
      PYNE_CONFIG_PAPER_START: "-3000",
      // Every order of a strategy that trades its whole equity needs room for the next open.
      PYNE_CONFIG_PAPER_LEVERAGE: "2",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let [text, fills] = ["", 0];
  for await (const chunk of child.stderr) {
    text += new TextDecoder().decode(chunk);
    fills = text.split("FILL").length - 1;
    if (kill === undefined || fills < kill) continue;
    child.kill("SIGKILL");
    break;
  }
  const code = await child.exited;
  const lines = text.trimEnd().split("\n");
  for (const line of lines.filter((one) => !/SEND|ACK|VENUE|FILL/.test(one))) console.log(line);
  if (kill !== undefined) {
    console.log(`[kill -9 after ${fills} executions]`);
  } else {
    console.log(`[${fills} executions]`);
    if (code !== 0) process.exit(code);
  }
  return readFileSync(join(workdir, "output/ma-cross_trade.csv"), "utf8");
}

/** The same strategy at a simulated exchange: a process that dies twice ends with the books of one that does not. */
async function tradeOnPaper(): Promise<void> {
  const whole = await tradingSession("calm");
  for (const executions of [25, 15]) await tradingSession("killed", executions);
  const pieced = await tradingSession("killed");
  if (pieced !== whole) {
    console.error("the books differ: this is a bug of pyne");
    process.exit(1);
  }
  console.log(
    `\nkilled twice and restarted, the same ${whole.trimEnd().split("\n").length - 1} lines of trades`,
  );
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
await tradeOnPaper();
console.log(
  `\nEverything is in ${workdir}\nOpen the report in a browser: ${join(workdir, "output", "ma-cross.html")}`,
);
