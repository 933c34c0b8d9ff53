/** Runs straight from a provider and live runs, through the compiled binary. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { configure } from "./live-process.ts";
import { Sandbox } from "./pyne.ts";
import { keys, TerminalRun } from "./terminal.ts";

const indicator = `
import { indicator, ta } from "pynecore";
export default indicator("Average", {}, (s) => {
  const average = ta.ema(s.close, 9);
  const bars = s.state(0);
  return () => {
    bars.value++;
    s.plot("average", average.now);
    s.plot("bars", bars.value);
  };
});
`;

async function withScript(): Promise<Sandbox> {
  const box = await Sandbox.withWorkdir();
  box.write(join(box.workdir, "scripts/average.ts"), indicator);
  return box;
}

const rows = (box: Sandbox, name: string): string[] =>
  box
    .read(join(box.workdir, "output", name))
    .trimEnd()
    .split("\n");

describe("a run straight from a provider", () => {
  test("takes the newest bars, keeps them in the cache and leaves the data folder alone", async () => {
    using box = await withScript();
    const source = join(box.workdir, "data/demo.ohlcv");
    const before = { files: readdirSync(join(box.workdir, "data")), time: statSync(source).mtimeMs };
    const { exitCode, stdout } = await box.pyne("run", "average", "replay:demo@1D", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: "replay:demo@1D", bars: 500, reason: "completed" });
    expect(readdirSync(join(box.workdir, "data"))).toEqual(before.files);
    expect(statSync(source).mtimeMs).toBe(before.time);
    expect(readdirSync(join(box.workdir, "cache/warmup"))).toContain("replay_DEMO_1D.ohlcv");
  });

  test("agrees with a run over the file", async () => {
    using box = await withScript();
    const window = ["--from", "2024-01-01", "--to", "2024-06-30", "--json"];
    await box.pyne("run", "average", "demo", ...window);
    const file = rows(box, "average.csv");
    const { exitCode } = await box.pyne("run", "average", "replay:demo@1D", ...window);
    expect(exitCode).toBe(0);
    expect(rows(box, "average.csv")).toEqual(file);
    expect(file.length).toBe(183);
  });

  test("says why there are fewer bars than were asked for", async () => {
    using box = await withScript();
    const { exitCode, stderr, stdout } = await box.pyne(
      "run",
      "average",
      "replay:demo@1D",
      "--from",
      "-3000",
      "--json",
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bars: 2000 });
    expect(stderr).toContain(
      "3,000 bars were asked for, 2,000 came: the venue has none before 2020-01-01 00:00 UTC",
    );
  });

  test.each([
    ["bars back in a file", ["demo", "--from", "-500"], 2, "counts bars back, which only a provider can do"],
    ["no timeframe", ["replay:demo"], 2, "names no timeframe"],
    ["a timeframe that is none", ["replay:demo@7H"], 2, '"7H" is not a timeframe'],
    ["two timeframes", ["replay:demo@1D", "--timeframe", "60"], 2, "the timeframe is given twice"],
    ["no such provider", ["nobody:demo@1D"], 2, 'no provider is called "nobody"'],
    ["no such symbol", ["replay:nope@1D"], 1, 'no data file "nope"'],
    [
      "an empty window",
      ["replay:demo@1D", "--from", "2019-01-01", "--to", "2019-02-01"],
      1,
      "no closed bars",
    ],
    ["a file that is to be live", ["demo", "--live"], 2, "is a file, which has no live feed"],
    ["a provider that is not live", ["http-csv:x@60", "--live"], 2, "has no live feed, only history"],
    [
      "an end of a live run",
      ["replay:demo@1D", "--live", "--to", "2024-01-01"],
      2,
      "goes on until it is stopped",
    ],
    ["an option of live runs alone", ["demo", "--no-log-ohlcv"], 2, "--no-log-ohlcv is for --live"],
    [
      "a wait that is no number",
      ["demo", "--live", "--shutdown-timeout", "soon"],
      2,
      'error: --shutdown-timeout: "soon" is not a whole number',
    ],
  ])("%s is refused in one line", async (_name, args, code, message) => {
    using box = await withScript();
    const { exitCode, stderr, stdout } = await box.pyne("run", "average", ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    const errors = stderr.split("\n").filter((line) => line.startsWith("error:"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });
});

describe("a live run", () => {
  test("over a replay with every fault writes what a run over the file does", async () => {
    using box = await withScript();
    configure(box, {
      speed: "max",
      start: "-300",
      updates_per_bar: 3,
      gap_chance: 0.05,
      late_chance: 0.1,
      disconnect_chance: 0.05,
      seed: 5,
    });
    const live = await box.pyne("run", "average", "replay:demo@1D", "--live", "--no-log-ohlcv", "--json");
    expect(live).toMatchObject({ exitCode: 0 });
    const { bars, reason, from } = JSON.parse(live.stdout) as Record<string, string | number>;
    expect({ bars, reason }).toEqual({ bars: 800, reason: "completed" });
    expect(live.stderr).toContain("live after 500 bars of history");
    expect(live.stderr).toContain("the feed is lost");
    expect(live.stderr).toContain("the feed is back");
    expect(live.stderr).toContain("ended: demo ends here: there is nothing left to replay");
    const written = rows(box, "average.csv");
    await box.pyne("run", "average", "demo", "--from", String(from), "--json");
    expect(written).toEqual(rows(box, "average.csv"));
    // Nothing of the history stays behind.
    expect(readdirSync(join(box.workdir, "cache/warmup"))).toEqual([]);
  });

  test("of a strategy tells bars, fills, and at the end position and equity", async () => {
    using box = await Sandbox.withWorkdir();
    configure(box, { speed: "max", start: "-200" });
    const { exitCode, stderr, stdout } = await box.pyne("run", "demo", "replay:demo@1D", "--live");
    expect(exitCode).toBe(0);
    expect(stderr.match(/ BAR {5}O /g)).toHaveLength(200);
    expect(stderr).toMatch(/ FILL {4}ENTRY long Long 1 @ \d/);
    expect(stderr).toMatch(/ FILL {4}EXIT long \S.* 1 [\d.]+ [\d.]+ -?[\d.]+\n/);
    expect(stderr).toMatch(/^ended: .*; position (long 1 @ [\d.]+|flat); equity [\d,.]+ USD$/m);
    expect(stdout).toContain("net profit");
    expect(rows(box, "demo_trade.csv").length).toBeGreaterThan(3);
  });

  // A day of the market takes 20 ms.
  const slow = { speed: "4320000", start: "-1000" };

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends it with whole files and a line that says so", async (signal, code) => {
    using box = await Sandbox.withWorkdir();
    configure(box, slow);
    const { child, until, rest } = box.start(["run", "demo", "replay:demo@1D", "--live"]);
    await until(/ BAR {5}/);
    child.kill(signal);
    const stderr = await rest();
    expect(await child.exited).toBe(code);
    expect(stderr).toMatch(/^stopped; position .*; equity [\d,.]+ USD$/m);
    expect(stderr).toContain("interrupted: the files hold everything up to there");
    const told = stderr.match(/ BAR {5}/g)!.length;
    const trades = rows(box, "demo_trade.csv");
    const columns = new Set(trades.map((row) => row.split(",").length));
    expect([...columns]).toHaveLength(1);
    const plots = rows(box, "demo.csv");
    const history = Number(/live after (\d+) bars/.exec(stderr)![1]);
    expect(plots.length).toBe(1 + history + told);
  });

  test("kill -9 leaves whole files", async () => {
    using box = await withScript();
    configure(box, slow);
    const { child, until, rest } = box.start(["run", "average", "replay:demo@1D", "--live"]);
    const stderr = await until(/ BAR {5}(.*\n)+.* BAR {5}/);
    child.kill("SIGKILL");
    await rest();
    expect(await child.exited).not.toBe(0);
    const written = rows(box, "average.csv");
    expect(written.length).toBeGreaterThanOrEqual(500 + stderr.match(/ BAR {5}/g)!.length);
    expect([...new Set(written.map((row) => row.split(",").length))]).toEqual([8]);
    expect(readFileSync(join(box.workdir, "output/average.csv"), "utf8").endsWith("\n")).toBe(true);
  });

  test("off a terminal it says now and then that it is alive", async () => {
    using box = await withScript();
    configure(box, slow);
    const { child, until, rest } = box.start(
      ["run", "average", "replay:demo@1D", "--live", "--no-log-ohlcv"],
      { PYNE_HEARTBEAT_INTERVAL: "0.05" },
    );
    const stderr = await until(/^live {2}.* bars? .*\n/m);
    expect(stderr).toMatch(
      /^live {2}2022-\d\d-\d\d 00:00:00\+0000 {2}0:00:0\d {2}\d+ bars? {2}price [\d.]+$/m,
    );
    child.kill("SIGINT");
    await rest();
    expect(await child.exited).toBe(130);
  });

  test("on a terminal one line says how it stands, and Ctrl+C ends it", async () => {
    using box = await Sandbox.withWorkdir();
    configure(box, slow);
    await using run = new TerminalRun(box, ["run", "demo", "replay:demo@1D", "--live", "--no-log-ohlcv"], {
      width: 140,
    });
    const status =
      /202\d-\d\d-\d\d 00:00:00\+0000 {2}0:00:\d\d {2}\d+ bars? {2}price [\d.]+ {2}equity [\d,.]+ USD {2}(flat|long)/;
    await run.until(() => status.test(run.plain));
    run.type(keys.interrupt);
    expect(await run.ended()).toBe(130);
  });

  test("shows what it drew and reports, as a run over history does", async () => {
    using box = await Sandbox.withWorkdir();
    configure(box, { speed: "max", start: "-20" });
    const { exitCode, stdout } = await box.pyne(
      "run",
      "demo",
      "replay:demo@1D",
      "--live",
      "--viz",
      "--report",
      "--no-log-ohlcv",
      "--json",
    );
    expect(exitCode).toBe(0);
    const { bars, files } = JSON.parse(stdout) as { bars: number; files: Record<string, string> };
    expect(bars).toBe(520);
    const records = readFileSync(files["viz"]!, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { t: string });
    expect(records.filter(({ t }) => t === "bar")).toHaveLength(520);
    expect(records.at(-1)).toMatchObject({ t: "end", bars: 520 });
    expect(readFileSync(files["report"]!, "utf8")).toContain("<html");
  });

  test("stopped before it is live it writes nothing", async () => {
    using box = await withScript();
    box.plugin(
      "stuck",
      `import { LiveProviderPlugin, TransientProviderError } from "pynecore/plugin";
export default class Stuck extends LiveProviderPlugin {
  static timeframes = { "1D": "1d" };
  static initialConnectTimeout = 600;
  get isConnected() { return false; }
  async getAvailableSymbols() { return []; }
  async getSymbolInfo() { throw new Error("nothing"); }
  async *download() {}
  async connect() { throw new TransientProviderError("the venue is away"); }
  async disconnect() {}
  async watchOhlcv() { throw new Error("nothing"); }
}`,
    );
    const { child, until, rest } = box.start(["run", "average", "stuck:X@1D", "--live"]);
    await until(/the venue is away; connecting again/);
    child.kill("SIGINT");
    expect(await rest()).toContain("stopped before the run went live");
    expect(await child.exited).toBe(130);
    expect(existsSync(join(box.workdir, "output/average.csv"))).toBe(false);
  });

  test("an extension hears of phases, ticks and bars, and may take its time", async () => {
    using box = await withScript();
    const heard = join(box.root, "heard.txt");
    appendFileSync(heard, "");
    box.plugin(
      "ear",
      `import { appendFileSync } from "node:fs";
import { ExtensionPlugin } from "pynecore/plugin";
const say = (line) => appendFileSync(${JSON.stringify(heard)}, line + "\\n");
export default class Ear extends ExtensionPlugin {
  onScriptStart(ctx) { say("start " + ctx.mode + " " + ctx.phase); }
  async onLive(ctx) { await new Promise((resolve) => setTimeout(resolve, 20)); say("live " + ctx.phase); }
  onTick(ctx) { say("tick " + ctx.phase + " " + ctx.update.isClosed); }
  onBar(ctx) { say("bar " + ctx.phase); ctx.plot("ear", 1); }
  onEnd(ctx) { say("end " + ctx.reason); }
}`,
    );
    configure(box, { speed: "max", start: "-5", updates_per_bar: 2 });
    const { exitCode, stderr } = await box.pyne(
      "run",
      "average",
      "replay:demo@1D",
      "--live",
      "--from",
      "-3",
      "--ext",
      "ear",
      "--no-log-ohlcv",
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const lines = readFileSync(heard, "utf8").trimEnd().split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "start live warmup",
      "bar warmup",
      "bar warmup",
      "bar warmup",
      "live live",
    ]);
    expect(lines.slice(5)).toEqual([
      ...Array.from({ length: 5 }, () => ["tick live false", "tick live false", "bar live"]).flat(),
      "end completed",
    ]);
  });
});
