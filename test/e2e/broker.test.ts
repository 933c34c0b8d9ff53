/** Runs at a broker through the compiled binary: a simulated exchange, and a venue that misbehaves. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { type Outcome, Sandbox } from "./pyne.ts";
import { venue } from "./venue.ts";

const turn = `//@version=6
strategy("Turn", default_qty_value=1, pyramiding=2)
var int held = 0
held := strategy.position_size != 0 ? held + 1 : 0
if bar_index % 10 == 2
    strategy.entry("Long", strategy.long, qty=2, comment="up " + str.tostring(bar_index))
if bar_index % 10 == 7
    strategy.entry("Short", strategy.short, stop=low - 0.3)
strategy.exit("Half", "Long", qty_percent=50, profit=150, comment="half")
strategy.exit("Rest", "Long", loss=250, profit=400, comment_loss="lost", comment_profit="won")
if held > 6
    strategy.close_all("late")
plot(held, "held")
plot(strategy.position_size, "size")
plot(strategy.equity, "equity")
`;

async function withTurn(paper: Readonly<Record<string, string | number>> = {}): Promise<Sandbox> {
  const box = await Sandbox.withWorkdir();
  box.write(join(box.workdir, "scripts/turn.pine"), turn);
  const lines = Object.entries({ start: "-300", ...paper }).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  );
  box.write(join(box.workdir, "config/plugins/paper.toml"), `${lines.join("\n")}\n`);
  return box;
}

const trade = (box: Sandbox, ...more: string[]): Promise<Outcome> =>
  box.pyne("run", "turn", "paper:demo@1D", "--broker", "--no-log-ohlcv", ...more);

const output = (box: Sandbox, name: string): string => box.read(join(box.workdir, "output", name));

/** Starts a run and kills it when it has said something so many times. */
async function killAfter(box: Sandbox, what: string, times: number): Promise<void> {
  const run = box.start(["run", "turn", "paper:demo@1D", "--broker", "--no-log-ohlcv"]);
  await run.until((heard) => heard.split(what).length > times);
  run.child.kill("SIGKILL");
  await run.child.exited;
  expect(run.child.signalCode).toBe("SIGKILL");
}

describe("a paper session", () => {
  test("that is killed again and again ends with the books of one that was not", async () => {
    using calm = await withTurn();
    const { exitCode, stderr } = await trade(calm);
    expect(stderr).toContain("trading demo on paper-demo-1D as turn@paper-demo-1D:demo:1D");
    expect(exitCode).toBe(0);
    expect(output(calm, "turn_trade.csv").split("\n").length).toBeGreaterThan(60);

    using killed = await withTurn();
    await killAfter(killed, "SEND", 3);
    await killAfter(killed, "FILL", 2);
    await killAfter(killed, "ACK", 5);
    await killAfter(killed, "VENUE", 12);
    const last = await trade(killed);
    expect(last.exitCode).toBe(0);
    expect(output(killed, "turn_trade.csv")).toBe(output(calm, "turn_trade.csv"));
    expect(output(killed, "turn.csv")).toBe(output(calm, "turn.csv"));

    interface Run {
      readonly orders: number;
      readonly fills: number;
    }
    const runs = async (box: Sandbox): Promise<Run[]> =>
      (JSON.parse((await box.pyne("broker", "runs", "--json")).stdout) as { runs: Run[] }).runs;
    const [whole] = await runs(calm);
    const parts = await runs(killed);
    const sum = (of: (run: Run) => number): number => parts.reduce((total, run) => total + of(run), 0);
    expect(parts.length).toBe(5);
    expect(parts.every(({ orders }) => orders > 0)).toBe(true);
    expect(sum(({ fills }) => fills)).toBe(whole!.fills);
    // One that a kill has kept from the venue may be sent under the next id.
    expect(sum(({ orders }) => orders)).toBeGreaterThanOrEqual(whole!.orders);
  });

  test("over another provider's feed fills from what that feed tells", async () => {
    using own = await withTurn();
    await trade(own);
    using other = await withTurn();
    const replay = 'speed = "max"\nstart = "-300"\n';
    other.write(join(other.workdir, "config/plugins/replay.toml"), replay);
    const run = ["run", "turn", "replay:demo@1D", "--broker", "paper", "--from", "2020-01-01", "--json"];
    const { exitCode, stdout } = await other.pyne(...run);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).statistics.closedTrades).toBeGreaterThan(60);
    // The feed tells of whole bars, so that the fills within one have its end for a time.
    const prices = (box: Sandbox): string[] =>
      output(box, "turn_trade.csv")
        .split("\n")
        .map((line) => line.split(",").slice(2, 4).concat(line.split(",").slice(5, 7)).join());
    expect(prices(other).slice(0, 20)).toEqual(prices(own).slice(0, 20));
  });

  test("sends nothing when it is only to say what it would send", async () => {
    using box = await withTurn();
    const { exitCode, stderr } = await trade(box, "--dry-run");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("would send: entry Long buy 2");
    expect(stderr).not.toContain("SEND");
    expect(stderr).toContain("position flat");
    expect(existsSync(join(box.workdir, "output/logs/broker.sqlite"))).toBe(false);
  });

  test.each([
    [["run", "turn", "demo", "--broker"], 2, '"demo" is a file, which has no live feed'],
    [["run", "turn", "replay:demo@1D", "--broker"], 2, "--broker paper trades replay:demo@1D"],
    [["run", "turn", "paper:demo@1D", "--run-label", "a"], 2, "--run-label is for --broker"],
    [["run", "turn", "paper:demo@1D", "--broker", "--run-label", "a b"], 2, "--run-label is up to 40"],
    [["run", "turn", "paper:demo@1D", "--dry-run"], 2, "--dry-run is for --broker"],
    [["run", "--broker", "turn", "paper:demo@1D", "--to", "2024-01-01"], 2, "--to ends a run over history"],
    [["run", "turn", "paper:demo@1D", "--broker", "nobody"], 2, 'no broker is called "nobody"'],
    [["run", "turn", "paper:demo@1D", "--broker", "replay"], 2, "brokers that are installed: paper"],
  ])("%p is refused", async (args, code, message) => {
    using box = await withTurn();
    const { exitCode, stderr } = await box.pyne(...args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
  });
});

describe("a venue", () => {
  const script = `//@version=6
strategy("Step", default_qty_value=1)
if bar_index % 4 == 1
    strategy.entry("L", strategy.long)
if bar_index % 4 == 3
    strategy.close("L")
`;
  async function at(symbol: string, code = script, given?: Sandbox): Promise<Outcome> {
    using own = given === undefined ? await Sandbox.withWorkdir() : undefined;
    const box = given ?? own!;
    box.plugin("venue", venue);
    box.write(join(box.workdir, "scripts/step.pine"), code);
    return await box.pyne("run", "step", `venue:${symbol}@1`, "--broker", "--json");
  }

  /** A run that is live and waits for bars. */
  async function untilLive(box: Sandbox, ...more: string[]): Promise<Bun.Subprocess> {
    const run = box.start(["run", "step", "venue:SLOW@1", "--broker", ...more]);
    await run.until(/live after/);
    return run.child;
  }

  /** How the row of the run says that it ended; absent: it was not opened. */
  const endings: Readonly<Record<string, string>> = {
    UNSAFE: " halted ",
    NOANSWER: " halted ",
    NOLIST: " failed ",
    TEXTPRICE: " ended ",
    REFUSES: " ended ",
  };

  test("that is fine trades, and the report is made of its fills", async () => {
    const { exitCode, stdout, stderr } = await at("FINE");
    expect(stderr).toContain("SEND    entry L buy 1");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      reason: "completed",
      statistics: { closedTrades: 5, openTrades: 0 },
    });
  });

  test.each([
    ["UNSAFE", 1, "the run was halted: two positions where one should be"],
    ["WRONGKEY", 2, "the key"],
    ["AWAY", 75, "could not be reached within 1 s"],
    ["NAMELESS", 1, 'accountId is "default"'],
    ["NOCAPS", 1, "venue cannot trade: getCapabilities says nothing"],
    [
      "NOLIST",
      1,
      "venue broke its contract: the open orders: Invalid type: Expected Array but received undefined",
    ],
    [
      "NOANSWER",
      1,
      "the run was halted: venue broke its contract: the answer of executeEntry: Invalid type: Expected Array",
    ],
    ["TEXTPRICE", 0, "venue broke its contract: an order event: fillPrice: Invalid type: Expected number"],
    ["REFUSES", 0, "entry L was refused and is tried again: not today"],
  ])("that is %s ends the run with %i", async (symbol, code, message) => {
    using box = await Sandbox.withWorkdir();
    const { exitCode, stderr } = await at(symbol, script, box);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
    const runs = await box.pyne("broker", "runs");
    expect(runs.stdout + runs.stderr).toContain(endings[symbol] ?? "nothing has been traded");
  });

  test("without short selling refuses a script that may go short, before anything is sent", async () => {
    const { exitCode, stderr } = await at("LONGONLY", script.replace("strategy.long", "strategy.short"));
    expect(stderr).toContain(
      "venue does not have what the script needs: short positions (shortSelling is unsupported; strategy.short at step.pine:4)",
    );
    expect(exitCode).toBe(1);
  });

  test("whose stream dies gets no new positions, and the run goes on", async () => {
    const { exitCode, stderr } = await at("DEAF");
    expect(stderr).toContain(
      "no new positions are opened: the stream of order events ended: the socket closed",
    );
    expect(exitCode).toBe(0);
  });

  test("is live once under a name; a label makes another name", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("venue", venue);
    box.write(join(box.workdir, "scripts/step.pine"), script);
    const first = await untilLive(box);
    const second = await box.pyne("run", "step", "venue:SLOW@1", "--broker");
    expect(second.stderr).toContain("step@venue-1:SLOW:1 is live");
    expect(second.stderr).toContain("--run-label");
    expect(second.exitCode).toBe(75);
    const third = await untilLive(box, "--run-label", "b");
    for (const child of [first, third]) child.kill("SIGINT");
    expect(await Promise.all([first.exited, third.exited])).toEqual([130, 130]);
    const last = await untilLive(box);
    last.kill("SIGTERM");
    expect(await last.exited).toBe(143);
  });

  test("obeys its operator, who reaches the process through the books", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("venue", venue);
    box.write(join(box.workdir, "scripts/step.pine"), script);
    const child = await untilLive(box);
    const paused = await box.pyne("broker", "pause", "step");
    expect(paused.stdout).toContain("step@venue-1:SLOW:1: paused, nothing new is opened until it is resumed");
    const db = new Database(join(box.workdir, "output/logs/broker.sqlite"));
    db.run(
      `INSERT INTO commands (run_id, run_instance_id, command, created_ts_ms)
       SELECT run_id, run_instance_id, 'stop', 0 FROM runs WHERE ended_ts_ms IS NULL`,
    );
    db.close();
    expect(await child.exited).toBe(0);
    const { stdout } = await box.pyne("broker", "runs");
    expect(stdout).not.toContain(" live ");
  });

  test("is not for indicators", async () => {
    const { exitCode, stderr } = await at("FINE", '//@version=6\nindicator("x")\nplot(close)\n');
    expect(stderr).toContain("step is an indicator, and has no orders");
    expect(exitCode).toBe(2);
  });
});
