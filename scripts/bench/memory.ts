/**
 * What live runs take of a machine's memory: runs that wait for a bar, runs whose bars close every five seconds, runs at
 * an exchange of ccxt with an update a second. Resident is what the system counts for a process, the file's pages that
 * all of them share included; `Pss` divides those by how many share them. Linux only.
 *
 * `bun run bench memory --runs=10 --seconds=60`
 */
import { readFileSync } from "node:fs";

import { Sandbox, type Started } from "../../test/e2e/pyne.ts";
import { minute, rowAt, VenueServer } from "../../test/venues/ccxt/server.ts";
import { median } from "./measure.ts";

interface Kind {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function kinds(venue: VenueServer): readonly Kind[] {
  return [
    {
      name: "waits for a bar",
      args: ["replay:demo@1D", "--broker", "paper"],
      env: { PYNE_CONFIG_REPLAY_START: "50%" },
    },
    {
      name: "a bar every five seconds",
      args: ["paper:demo@1D", "--broker"],
      env: { PYNE_CONFIG_PAPER_START: "50%", PYNE_CONFIG_PAPER_SPEED: String(86_400 / 5) },
    },
    {
      name: "ccxt, an update a second",
      args: ["ccxt:BYBIT:BTC/USDT:USDT@1", "--broker", "paper"],
      env: { PYNE_CONFIG_CCXT_BYBIT_BASE_URL: venue.url, PYNE_CONFIG_CCXT_RATE_LIMIT: "0.01" },
    },
  ];
}

/** A minute that forms, from now on. @returns what ends it */
function stream(venue: VenueServer): () => void {
  const from = Math.floor(Date.now() / minute) * minute - 1000 * minute;
  const timer = setInterval(() => {
    const start = Math.floor(Date.now() / minute) * minute;
    venue.history = [[from, start]];
    const [, open, high, low, close, volume] = rowAt(start);
    const data = { start, open, high, low, close, volume, confirm: false };
    venue.push({ topic: "kline.1.BTCUSDT", type: "snapshot", ts: Date.now(), data: [data] });
  }, 1000);
  venue.history = [[from, from + 1000 * minute]];
  return () => clearInterval(timer);
}

export async function bench(options: ReadonlyMap<string, string> = new Map()): Promise<void> {
  const count = Number(options.get("runs") ?? 10);
  const seconds = Number(options.get("seconds") ?? 60);
  using venue = new VenueServer("bybit");
  const end = stream(venue);
  for (const { name, args, env } of kinds(venue)) {
    using box = await Sandbox.withWorkdir();
    const runs: Started[] = [];
    for (let number = 0; number < count; number++) {
      const own = { ...env, PYNE_CONFIG_PAPER_ACCOUNT: `bench${number}` };
      const run = box.start(["run", "demo", ...args, "--no-log-ohlcv", "--no-plot"], own);
      await run.until(/live after/);
      runs.push(run);
    }
    await Bun.sleep(seconds * 1000);
    const pids = runs.map(({ child }) => child.pid);
    const of = (file: string, pattern: RegExp): number[] => pids.map((pid) => ofProc(pid, file, pattern));
    const resident = of("status", /^VmRSS:\s+(\d+)/gm);
    const peak = of("status", /^VmHWM:\s+(\d+)/gm);
    const shares = of("smaps_rollup", /^Pss:\s+(\d+)/gm).reduce((sum, mb) => sum + mb, 0);
    console.log(
      `${name.padEnd(26)} ${median(resident).toFixed(0)} MB resident ` +
        `(${Math.min(...resident).toFixed(0)} to ${Math.max(...resident).toFixed(0)}), ${median(peak).toFixed(0)} MB ` +
        `at its start; ${count} runs ${shares.toFixed(0)} MB together`,
    );
    for (const { child } of runs) child.kill("SIGTERM");
    await Promise.all(runs.map(({ child }) => child.exited));
  }
  end();
}

const ofProc = (pid: number, file: string, pattern: RegExp): number =>
  readFileSync(`/proc/${pid}/${file}`, "utf8")
    .matchAll(pattern)
    .reduce((sum, [, kb]) => sum + Number(kb), 0) / 1024;
