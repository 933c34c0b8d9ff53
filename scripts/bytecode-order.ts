/**
 * Writes `scripts/bytecode.order`: which functions the ways that pyne is mostly used need, most usual first. The build
 * lays those next to each other, so a process reads and keeps less of the executable. Functions are known by a hash of
 * their syntax: an old file still does for what has not changed since. Run it when much has: `bun run order`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { minute, VenueServer } from "../test/venues/ccxt/server.ts";
import { compile, orderFile } from "./compile.ts";

const pine = `//@version=6
strategy("Order", overlay=true)
fast = ta.ema(close, 9)
slow = ta.sma(close, 21)
if ta.crossover(fast, slow)
    strategy.entry("Long", strategy.long)
if ta.crossunder(fast, slow)
    strategy.close("Long")
strategy.exit("Out", "Long", stop=low - 5, limit=high + 5)
plot(fast, "fast")
plot(slow, "slow")
`;

/** What is recorded. */
const uses: readonly (readonly string[])[] = [
  ["run", "demo", "replay:demo@1D", "--broker", "paper"],
  ["run", "order", "replay:demo@1D", "--broker", "paper"],
  ["run", "demo", "ccxt:BYBIT:BTC/USDT:USDT@1", "--broker", "paper"],
  ["run", "order", "demo"],
  ["run", "demo", "demo"],
  ["data", "list"],
  ["--help"],
];
/** What does not end by itself is stopped after that many live bars. */
const liveBars = 20;

const folder = mkdtempSync(join(tmpdir(), "pyne-order-"));
using venue = new VenueServer("bybit");
venue.nowMs = Math.floor(Date.now() / minute - 1000) * minute;
venue.history = [[venue.nowMs - 600 * minute, venue.nowMs]];
venue.streaming = true;
try {
  const pyne = join(folder, "pyne");
  await compile(pyne, undefined, { ordered: false });
  const run = async (args: readonly string[], record?: string): Promise<void> => {
    const child = Bun.spawn([pyne, ...args], {
      cwd: folder,
      env: {
        ...{ HOME: folder, PATH: "", TZ: "UTC" },
        ...{ PYNE_CONFIG_REPLAY_SPEED: "max", PYNE_CONFIG_REPLAY_START: `-${liveBars}` },
        ...{ PYNE_CONFIG_CCXT_BYBIT_BASE_URL: venue.url, PYNE_CONFIG_CCXT_RATE_LIMIT: "0.01" },
        ...(record === undefined ? {} : { BUN_BYTECODE_ORDER_OUT: record }),
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let bars = 0;
    for await (const chunk of child.stderr) {
      bars += new TextDecoder().decode(chunk).split(" BAR ").length - 1;
      if (bars > liveBars) child.kill("SIGTERM");
    }
    console.log(`pyne ${args.join(" ")}: ${await child.exited}`);
  };
  await run(["init", "workdir"]);
  writeFileSync(join(folder, "workdir/scripts/order.pine"), pine);
  const lines = new Set<string>();
  for (const [index, args] of uses.entries()) {
    const record = join(folder, `${index}.order`);
    await run(args, record);
    for (const line of readFileSync(record, "utf8").trimEnd().split("\n")) lines.add(line);
  }
  // The version, functions and modules. The rest of a profile (what was not needed, strings) changes nothing to speak of.
  const kept = [...lines].filter((line) => /^[vFMN]/.test(line));
  writeFileSync(orderFile, `${kept.join("\n")}\n`);
  console.log(`${orderFile}: ${kept.filter((line) => line.startsWith("F")).length} functions`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
