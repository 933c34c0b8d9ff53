/** What only a whole process can prove of a run at a broker: how it starts, and how it ends. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { type Outcome, Sandbox } from "./pyne.ts";
import { venue } from "./venue.ts";

const script = `//@version=6
strategy("Step", default_qty_value=1)
if bar_index % 4 == 1
    strategy.entry("L", strategy.long)
if bar_index % 4 == 3
    strategy.close("L")
`;

/** The venue, its process troubled as its symbol says. Every attempt to connect is a line on stderr. */
const troubled = `
import { AuthenticationError, ExchangeConnectionError } from "pynecore/plugin";
import Venue from "./venue.ts";

export default class Troubled extends Venue {
  static initialConnectTimeout = 60;
  attempts = 0;
  // One venue's ids are never given twice, whichever process asks.
  orders = process.pid * 1000;
  async connect() {
    console.error("attempt " + ++this.attempts);
    if (this.symbol === "FLAKY" && this.attempts === 1) throw new ExchangeConnectionError("the line was cut");
    if (this.symbol === "BROKEN")
      Object.defineProperty(this, "storeCtx", {
        get: () => null,
        set: (books) => { if (books !== null) throw new TypeError("this plugin cannot take its books"); },
      });
    if (this.symbol === "LOCKED") throw new AuthenticationError("the account is closed");
  }
  async watchOhlcv() {
    if (this.symbol === "STUCK") await new Promise(() => {});
    return super.watchOhlcv();
  }
  canShutdown() { return this.symbol !== "STUCK"; }
}
`;

async function withVenue(): Promise<Sandbox> {
  const box = await Sandbox.withWorkdir();
  const folder = box.plugin("troubled", troubled);
  box.write(join(folder, "src/venue.ts"), venue);
  box.write(join(box.workdir, "scripts/step.pine"), script);
  return box;
}

const trade = (box: Sandbox, symbol: string, ...more: string[]): Promise<Outcome> =>
  box.pyne("run", "step", `troubled:${symbol}@1`, "--broker", ...more);

interface RunRow {
  readonly run_id: string;
  readonly ended_ts_ms: number | null;
  readonly fills: number;
}

function runsOf(box: Sandbox): RunRow[] {
  using db = new Database(join(box.workdir, "output/logs/broker.sqlite"), { readonly: true });
  return db
    .query<RunRow, []>(
      `SELECT run_id, ended_ts_ms, (SELECT COUNT(*) FROM fills WHERE fills.run_id = runs.run_id) AS fills
       FROM runs ORDER BY run_instance_id`,
    )
    .all();
}

const attempts = ({ stderr }: Outcome): number => stderr.split("attempt ").length - 1;

describe("a process that trades", () => {
  test("real-pyne-run-clean-lifecycle", async () => {
    using box = await withVenue();
    const outcome = await trade(box, "FINE");
    expect(outcome.stderr).toContain("ended: no more bars; position flat");
    expect(outcome.exitCode).toBe(0);
    expect(attempts(outcome)).toBe(1);
    expect(runsOf(box)).toEqual([
      { run_id: "step@venue-1:FINE:1", ended_ts_ms: expect.any(Number), fills: 10 },
    ]);
  });

  test("real-pyne-run-transient-connect-retry", async () => {
    using box = await withVenue();
    const outcome = await trade(box, "FLAKY");
    expect(outcome.stderr).toContain("the line was cut");
    expect(attempts(outcome)).toBe(2);
    expect(outcome.exitCode).toBe(0);
    expect(runsOf(box).map(({ fills }) => fills)).toEqual([10]);
  });

  test("real-pyne-run-permanent-connect-fails-fast", async () => {
    using box = await withVenue();
    const outcome = await trade(box, "LOCKED");
    expect(outcome.stderr).toContain("error: the account is closed");
    expect(attempts(outcome)).toBe(1);
    expect([1, 2]).toContain(outcome.exitCode);
  });

  test("real-pyne-run-shutdown-timeout", async () => {
    using box = await withVenue();
    const run = box.start(["run", "step", "troubled:STUCK@1", "--broker", "--shutdown-timeout", "1"]);
    await run.until(/live after/);
    run.child.kill("SIGINT");
    const text = await run.rest();
    expect(await run.child.exited).toBe(130);
    expect(text).toContain("still has something pending after 1 s; it is left as it is");
    expect(runsOf(box)).toMatchObject([{ ended_ts_ms: expect.any(Number), fills: 0 }]);
  });

  test("real-pyne-run-startup-exception-closes-store", async () => {
    using box = await withVenue();
    const outcome = await trade(box, "BROKEN");
    expect(outcome.stderr).toContain("error: this plugin cannot take its books");
    expect(outcome.exitCode).toBe(1);
    expect(runsOf(box)).toMatchObject([{ ended_ts_ms: expect.any(Number), fills: 0 }]);
    const { stdout } = await box.pyne("broker", "runs", "--live");
    expect(stdout).not.toContain("step@");
  });

  test("two-real-pyne-runs-share-workdir-and-ohlcv-safely", async () => {
    using box = await withVenue();
    const labels = ["a", "b"];
    const download = (): Promise<Outcome> => box.pyne("data", "download", "troubled:FINE@1");
    expect((await download()).exitCode).toBe(0);
    const [again, ...outcomes] = await Promise.all([
      download(),
      ...labels.map((label) => trade(box, "FINE", "--run-label", label, "--trade", `trade-${label}.csv`)),
    ]);
    expect([0, 75]).toContain(again.exitCode);
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const runs = runsOf(box).toSorted((a, b) => (a.run_id < b.run_id ? -1 : 1));
    expect(runs).toMatchObject(
      labels.map((label) => ({ run_id: `step@venue-1:FINE:1#${label}`, ended_ts_ms: expect.any(Number) })),
    );
    for (const label of labels) expect((await box.pyne("broker", "audit", label)).exitCode).toBe(0);
    const { stdout } = await box.pyne("run", "step", "troubled_FINE_1", "--json", "--no-plot");
    expect(JSON.parse(stdout)).toMatchObject({ bars: 20 });
    const files = readdirSync(box.workdir, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => name.includes("FINE") && name.endsWith(".ohlcv"))).toHaveLength(1);
    expect(files.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
