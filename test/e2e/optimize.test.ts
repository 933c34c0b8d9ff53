/** `pyne optimize` through the binary: workers, kills, resuming, and what it refuses. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary, Sandbox } from "./pyne.ts";

const cross = `//@version=6
strategy("Cross", initial_capital = 10000)
fast = input.int(5, "Fast", minval = 1, maxval = 100)
slow = input.int(20, "Slow", minval = 1)
mode = input.string("both", "Mode", options = ["both", "long"])
if ta.crossover(ta.sma(close, fast), ta.sma(close, slow))
    strategy.entry("Long", strategy.long)
if ta.crossunder(ta.sma(close, fast), ta.sma(close, slow))
    if mode == "both"
        strategy.entry("Short", strategy.short)
    else
        strategy.close("Long")
`;

/** From the twentieth set on it waits until there is a file, so that a search can be met while it runs. */
const gated = (gate: string): string => `import { existsSync } from "node:fs";
import { input, strategy } from "pynecore";
export default strategy("Gated", {}, (s) => {
  const work = input.int("Work", 1);
  while (work > 20 && !existsSync(${JSON.stringify(gate)})) Bun.sleepSync(2);
  return () => {
    if (s.barIndex % 20 === work % 20) s.entry("L", "long");
    if (s.barIndex % 20 === 10) s.close("L");
  };
});
`;

let box: Sandbox;
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  box.write("project/workdir/scripts/cross.pine", cross);
  box.write("project/workdir/scripts/gated.ts", gated(gate()));
});
afterAll(() => box[Symbol.dispose]());

const gate = (): string => join(box.root, "gate");
const openGate = (): void => writeFileSync(gate(), "");
const closeGate = (): void => rmSync(gate(), { force: true });
const output = (name: string): string => join(box.workdir, "output", name);
const read = (name: string): string => readFileSync(output(name), "utf8");
const optimize = (...words: string[]) => box.pyne("optimize", ...words);
const grid = ["cross", "demo", "-i", "fast=2..8:2", "-i", "slow=10..40:10", "-i", "mode=both,long"];

describe("a search", () => {
  test("lists the best sets, and leaves all of them", async () => {
    const { exitCode, stdout, stderr } = await optimize(...grid, "--objective", "sharpe", "--top", "3");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("sets              32 of 32\n");
    expect(stdout.match(/^\d  /gm)).toHaveLength(3);
    const [header, ...rows] = read("cross_optimize.csv").trimEnd().split("\n");
    expect(header).toStartWith("fast,slow,mode,netProfit,netProfitPercent,");
    const sharpe = header!.split(",").indexOf("sharpeRatio");
    const values = rows.map((row) => Number(row.split(",")[sharpe]));
    expect(values).toHaveLength(32);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(existsSync(output("cross_optimize.csv.partial"))).toBe(false);
  });

  test("finds the same, byte by byte, on one thread and on several", async () => {
    for (const jobs of ["1", "2", "3"]) {
      const { exitCode } = await optimize(
        ...grid,
        "--jobs",
        jobs,
        "--output",
        `jobs${jobs}`,
        "--order",
        "grid",
      );
      expect(exitCode).toBe(0);
    }
    expect(read("jobs2.csv")).toBe(read("jobs1.csv"));
    expect(read("jobs3.csv")).toBe(read("jobs1.csv"));
  });

  test("says of a set what a run with it says", async () => {
    const { stdout } = await optimize(...grid, "--json");
    const { best } = JSON.parse(stdout);
    const inputs = Object.entries(best.inputs as Record<string, unknown>);
    box.write(
      "project/workdir/scripts/cross.toml",
      inputs.map(([key, value]) => `[inputs.${key}]\nvalue = ${JSON.stringify(value)}\n`).join("\n"),
    );
    const run = JSON.parse((await box.pyne("run", "cross", "demo", "--json")).stdout);
    expect(best.statistics).toMatchObject({
      netProfit: run.statistics.netProfit,
      sharpeRatio: run.statistics.sharpeRatio,
    });
    expect(run.statistics.closedTrades).toBeGreaterThan(0);
    await Bun.file(join(box.workdir, "scripts/cross.toml")).delete();
  });

  test("draws by a seed; conditions, heat map and windows", async () => {
    const words = [
      ...grid,
      "--where",
      "fast * 5 <= slow",
      "--random",
      "6",
      "--seed",
      "3",
      "--heatmap",
      "--walk-forward",
      "4",
      "--json",
    ];
    const first = JSON.parse((await optimize(...words)).stdout);
    const second = JSON.parse((await optimize(...words, "--jobs", "1")).stdout);
    expect(second.top).toEqual(first.top);
    expect(first).toMatchObject({ sets: 6, done: 6, failed: 0, reason: "completed" });
    for (const { inputs } of first.top) expect(inputs.fast * 5).toBeLessThanOrEqual(inputs.slow);
    expect(second.walk_forward).toEqual(first.walk_forward);
    expect(first.walk_forward.windows[0].in_sample.from).toBe("2020-01-01T00:00:00.000Z");
    expect(first.walk_forward.windows.at(-1).out_of_sample.to).toBe("2025-06-22T00:00:00.000Z");
    expect(read("cross_heatmap.html")).toContain("<h2>fast across, slow down</h2>");
    expect(read("cross_optimize_windows.csv").trimEnd().split("\n")).toHaveLength(
      first.walk_forward.windows.length + 1,
    );
  });

  test("answers what scripts ask of other timeframes, on every thread", async () => {
    box.write(
      "project/workdir/scripts/asks.pine",
      `//@version=6
strategy("Asks")
length = input.int(3)
weekly = request.security(syminfo.tickerid, "1W", ta.sma(close, length))
if ta.crossover(close, weekly)
    strategy.entry("L", strategy.long)
if ta.crossunder(close, weekly)
    strategy.close("L")
`,
    );
    for (const jobs of ["1", "2"])
      expect(
        (await optimize("asks", "demo", "-i", "length=2..9", "--jobs", jobs, "--output", `asks${jobs}`))
          .exitCode,
      ).toBe(0);
    expect(read("asks2.csv")).toBe(read("asks1.csv"));
    const trades = read("asks1.csv")
      .split("\n")
      .slice(1, -1)
      .map((row) => row.split(",")[8]);
    expect(new Set(trades).size).toBeGreaterThan(3);
  });

  test("goes on where a script fails, and says with what", async () => {
    box.write(
      "project/workdir/scripts/fails.pine",
      `//@version=6\nstrategy("Fails")\nn = input.int(1)\nif bar_index == 3 and n == 2\n    runtime.error("not two")\nif bar_index % 10 == n\n    strategy.entry("L", strategy.long)\nif bar_index % 10 == 9\n    strategy.close("L")\n`,
    );
    const { exitCode, stdout } = await optimize("fails", "demo", "-i", "n=1..3", "--order", "grid");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("failed            1; the results file says why");
    expect(read("fails_optimize.csv").split("\n")[2]).toMatch(/^2,+"?fails\.pine:5: not two \(bar 3/);
    const all = await optimize("fails", "demo", "-i", "n=2");
    expect(all).toMatchObject({ exitCode: 1, stdout: "" });
    expect(all.stderr).toContain("the script fails with every set of inputs: fails.pine:5: not two");
  });
});

const search = ["gated", "demo", "-i", "work=1..60"];

test("a script that ends its thread ends the search, not silently", async () => {
  box.write(
    "project/workdir/scripts/exits.ts",
    `import { input, strategy } from "pynecore";
export default strategy("Exits", {}, () => {
  if (input.int("N", 1) === 5) process.exit(0);
  return () => {};
});
`,
  );
  const { exitCode, stderr, stdout } = await optimize("exits", "demo", "-i", "n=2..40", "--jobs", "2");
  expect(stderr).toContain("a worker of the search ended before its work was done");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
});

/** Starts a search that cannot end, and waits until some of its results are on disk. */
async function started(file: string, ...words: string[]) {
  closeGate();
  const child = Bun.spawn([binary, "optimize", ...search, "--output", file, ...words], {
    cwd: box.folder,
    env: box.environment(),
    stdout: "ignore",
    stderr: "pipe",
  });
  const partial = output(`${file}.csv.partial`);
  while (!existsSync(partial) || readFileSync(partial, "utf8").split("\n").length <= 2) {
    expect(child.exitCode).toBeNull();
    await Bun.sleep(5);
  }
  return { child, partial };
}

describe("an unfinished search", () => {
  let whole: string;
  beforeAll(async () => {
    openGate();
    expect((await optimize(...search, "--output", "whole")).exitCode).toBe(0);
    whole = read("whole.csv");
  });

  test.each(["1", "2"])("that was killed goes on, and ends as if nothing had been; %s jobs", async (jobs) => {
    const file = `killed${jobs}`;
    const { child, partial } = await started(file, "--jobs", jobs);
    child.kill("SIGKILL");
    await child.exited;
    openGate();
    const before = readFileSync(partial, "utf8");
    const known = before.split("\n").length - 2;
    expect(known).toBeLessThan(60);
    // What a kill in the middle of a write would have left.
    writeFileSync(partial, `${before}59,1.5,`);
    const words = [...search, "--output", file, "--jobs", jobs];

    const refused = await optimize(...words);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain(`${file}.csv.partial holds an unfinished search`);
    const other = await optimize("gated", "demo", "-i", "work=1..50", "--output", file, "--resume");
    expect(other).toMatchObject({ exitCode: 2, stdout: "" });
    expect(other.stderr).toContain("ranges, conditions, inputs or settings changed since");
    const shorter = await optimize(...words, "--resume", "--to", "2024-01-01");
    expect(shorter.stderr).toContain("is of another search: the data changed since");

    const { exitCode, stdout } = await optimize(...words, "--resume", "--json");
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 0, resumed: known, done: 60 });
    expect(read(`${file}.csv`)).toBe(whole);
    expect(existsSync(partial)).toBe(false);
  });

  test.each([
    ["SIGINT", 130, "2"],
    ["SIGTERM", 143, "1"],
  ] as const)("that got %s leaves whole files", async (signal, code, jobs) => {
    const file = `ended-${signal}`;
    const { child, partial } = await started(file, "--jobs", jobs);
    child.kill(signal);
    // A search on its own thread hears of it after the set it is at.
    if (jobs === "1") openGate();
    expect(await child.exited).toBe(code);
    openGate();
    expect(await new Response(child.stderr).text()).toMatch(/interrupted: --resume goes on from \d+ sets/);
    const rows = read(`${file}.csv`).trimEnd().split("\n");
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows.slice(1)) expect(whole).toContain(`${row}\n`);
    expect(readFileSync(partial, "utf8")).toEndWith("\n");
    expect((await optimize(...search, "--output", file, "--resume")).exitCode).toBe(0);
    expect(read(`${file}.csv`)).toBe(whole);
  });

  test("keeps another one off its file", async () => {
    const { child } = await started("busy");
    const { exitCode, stderr } = await optimize(...search, "--output", "busy", "--restart");
    child.kill("SIGKILL");
    await child.exited;
    expect(exitCode).toBe(75);
    expect(stderr).toContain("another search is writing");
  });
});

describe("is refused before anything runs", () => {
  test.each([
    [["-i", "fsat=1..3"], 'cross has no input "fsat"', "did you mean fast? inputs: fast, slow, mode"],
    [["-i", "fast=1..3:0"], "the step is 0", ""],
    [["-i", "fast=3..1:1"], "the step 1 leads away from 1", "3..1:-1"],
    [["-i", "fast=0..3"], 'input fast ("Fast") is at least 1, not 0', ""],
    [["-i", "fast=90..110"], 'input fast ("Fast") is at most 100, not 101', ""],
    [["-i", "mode=short"], "is one of both, long", ""],
    [["-i", "fast"], '--input: "fast" names no input and its values', ""],
    [["-i", "slow=1..1000000"], "these are 1,000,000 values", ""],
    [["-i", "fast=1..100", "-i", "slow=1..2000"], "these are 200,000 sets of inputs", "--yes tries them all"],
    [["-i", "fast=1..100", "-i", "slow=1..20000", "--yes"], "a search may try 1,000,000", ""],
    [["-i", "fast=1..3", "-i", "fast=5"], "--input names fast twice", ""],
    [["-i", "fast=1..3", "--where", "fast >"], '"the end" is not expected here', ""],
    [["-i", "fast=1..3", "--where", "fast > 9"], "no set of inputs satisfies --where", ""],
    [["-i", "fast=1..3", "--jobs", "0"], '--jobs: a whole number from 1 on is wanted, not "0"', ""],
    [["-i", "fast=1..3", "--walk-forward", "900"], "make out-of-sample parts of 2", ""],
    [["-i", "fast=1..3", "--anchored"], "--anchored is about --walk-forward", ""],
    [["-i", "fast=1..3", "--resume", "--restart"], "contradict each other", ""],
    [[], "no input is varied", "--input fast=5..50:5"],
  ])("%j", async (words, message, hint) => {
    const { exitCode, stdout, stderr } = await optimize("cross", "demo", "--output", "refused", ...words);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(existsSync(output("refused.csv.partial"))).toBe(false);
  });

  test("an indicator", async () => {
    box.write("project/workdir/scripts/line.pine", '//@version=6\nindicator("Line")\nplot(close)\n');
    const { exitCode, stderr } = await optimize("line", "demo", "-i", "x=1");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("line is an indicator: a search compares what strategies earn");
  });
});
