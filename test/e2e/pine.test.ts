/** Pine Script through the binary: check, compile, run. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Sandbox } from "./pyne.ts";

let box: Sandbox;
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
});
afterAll(() => box[Symbol.dispose]());

const script = (name: string, text: string): string =>
  box.write(`project/workdir/scripts/${name}.pine`, text);
const lines = (path: string): string[] => box.read(`project/workdir/output/${path}`).trimEnd().split("\n");

const averages = `//@version=6
indicator("Averages")
length = input.int(3, "Length", minval = 1)
source = input.source(close, "Source")
var int count = 0
count += 1
plot(ta.sma(source, length), "sma")
plot(count, "count")
plotshape(close > open, "up")
`;

describe("run", () => {
  test("an indicator: inputs, state, plots", async () => {
    script("averages", averages);
    const { exitCode, stderr } = await box.pyne("run", "averages", "demo");
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const [header, , , third] = lines("averages.csv");
    expect(header).toBe("time,open,high,low,close,volume,sma,count,up");
    expect(third).toMatch(/,3\.0,[01]\.0$/);
  });

  test("inputs are set by the name of their variable", async () => {
    script("set", averages);
    box.write(
      "project/workdir/scripts/set.toml",
      `[inputs.length]\nvalue = 1\n\n[inputs.source]\nvalue = "hl2"\n`,
    );
    expect((await box.pyne("run", "set", "demo")).exitCode).toBe(0);
    const [, first] = lines("set.csv");
    const [, , high, low, , , sma] = first!.split(",").map(Number);
    expect(sma).toBe((high! + low!) / 2);
  });

  test("a strategy trades on the simulator", async () => {
    script(
      "cross",
      `//@version=6
strategy("Cross", initial_capital = 10000)
fast = ta.sma(close, 5)
slow = ta.sma(close, 20)
if ta.crossover(fast, slow)
    strategy.entry("Long", strategy.long)
if ta.crossunder(fast, slow)
    strategy.close("Long")
`,
    );
    const { exitCode, stdout } = await box.pyne("run", "cross", "demo", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "strategy", script: "Cross" });
    expect(lines("cross_trade.csv").length).toBeGreaterThan(10);
  });

  test("messages of the script go to stderr, with the time of their bar", async () => {
    script(
      "says",
      `//@version=6\nindicator("Says")\nif bar_index == 2\n    log.warning("careful")\n    alert("look")\n`,
    );
    const { stdout, stderr } = await box.pyne("run", "says", "demo");
    expect(stderr).toContain("[2020-01-03 00:00:00+0000] bar:      2 WARNING careful\n🚨 ALERT: look\n");
    expect(stdout).not.toContain("careful");
  });

  test.each([
    [
      "a length that is 0",
      `n = bar_index > 3 ? 0 : 2\nplot(ta.sma(close, n))`,
      "bad.pine:4: ta.sma: the length is at least 1, not 0 (bar 4, 2020-01-05T00:00:00Z)",
    ],
    [
      "a field of na",
      `type P\n    float v\nf() =>\n    P p = na\n    y = bar_index > 1 ? p.v : 0.0\n    y\nplot(f())`,
      "bad.pine:7: `v` of an object that is na (bar 2, 2020-01-03T00:00:00Z)",
    ],
    [
      "a look into the future",
      `k = bar_index - 3\nplot(close[k])`,
      "bad.pine:4: a history offset is at least 0, not -3",
    ],
    ["its own error", `runtime.error("no luck")`, "bad.pine:3: no luck (bar 0"],
    [
      "a loop without an end",
      `x = 0\nwhile true\n    x += 1\nplot(x)`,
      "bad.pine:4: the loops of this bar take more than",
    ],
  ])("%s names the line", async (_name, text, message) => {
    script("bad", `//@version=6\nindicator("Bad")\n${text}\n`);
    const env = { PYNE_LOOP_LIMIT: "100_000" };
    const { exitCode, stderr } = await box.pyneWith({ env }, "run", "bad", "demo");
    expect(stderr).toContain(message);
    expect(exitCode).toBe(1);
  });

  test("what a script shows goes to a file of its own", async () => {
    script(
      "shown",
      `//@version=6\nindicator("Shown", overlay = true)\nplot(close, "c")\nif bar_index == 1\n    label.new(bar_index, high, "here")\n`,
    );
    const { exitCode, stdout } = await box.pyne("run", "shown", "demo", "--viz-journal", "--json");
    const { bars, files } = JSON.parse(stdout) as { bars: number; files: Record<string, string> };
    const shown = lines("shown_viz.ndjson").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect({ exitCode, file: files["viz"] }).toEqual({
      exitCode: 0,
      file: join(box.workdir, "output/shown_viz.ndjson"),
    });
    expect(shown.filter(({ t }) => t === "bar")).toHaveLength(bars);
    expect(shown.filter(({ t }) => t === "ev")).toMatchObject([{ i: 1, op: "create", obj: "label" }]);
    expect(shown.at(-1)).toEqual({ t: "end", bars });
  });

  test("a script that fails on a bar leaves what came before it, and says that it is incomplete", async () => {
    script(
      "fails",
      `//@version=6
strategy("Fails", calc_on_order_fills = true)
if bar_index == 1
    strategy.entry("L", strategy.long)
    label.new(bar_index, high, "here")
if bar_index == 4
    strategy.close("L")
plot(close, "c")
if bar_index == 7
    runtime.error("no luck")
`,
    );
    const options = ["--viz", "--equity", "--report", "--json"];
    const { exitCode, stdout, stderr } = await box.pyne("run", "fails", "demo", ...options);
    const told = JSON.parse(stdout) as { files: Record<string, string> };
    expect(exitCode).toBe(1);
    const time = "2020-01-08T00:00:00";
    expect(told).toMatchObject({
      reason: "failed",
      bars: 7,
      failure: { message: `fails.pine:10: no luck (bar 7, ${time}Z)`, bar: 7, time: `${time}.000Z` },
    });
    expect(Object.keys(told.files)).toEqual(["plot", "trade", "statistics", "equity", "viz", "report"]);
    expect(stderr.trimEnd().split("\n")).toEqual([
      ...Object.values(told.files).map(
        (path) =>
          `warning: ${path} is incomplete: it ends before bar 7 (${time}Z), on which the script failed`,
      ),
      `error: fails.pine:10: no luck (bar 7, ${time}Z)`,
    ]);
    expect(lines("fails.csv")).toHaveLength(1 + 7);
    expect(lines("fails_equity.csv")).toHaveLength(1 + 7);
    expect(lines("fails_trade.csv").slice(1)).toMatchObject([
      expect.stringMatching(/^1,2,Entry long,L,/),
      expect.stringMatching(/^1,5,Exit long,/),
    ]);
    const shown = lines("fails_viz.ndjson").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(shown.filter(({ t }) => t === "bar")).toHaveLength(7);
    expect(shown.at(-1)).toEqual({ t: "end", bars: 7 });
    expect(readFileSync(join(box.workdir, "output/fails.html"), "utf8")).toContain(
      "The script failed: this covers the bars up to 2020-01-07",
    );
  });

  test("one that fails on its first bar leaves nothing, and a file that cannot be written says so", async () => {
    script("never", `//@version=6\nindicator("Never")\nplot(close)\nruntime.error("no")\n`);
    const never = await box.pyne("run", "never", "demo", "--viz", "--json");
    expect([never.exitCode, never.stdout]).toEqual([1, ""]);
    const left = readdirSync(join(box.workdir, "output")).filter((name) => name.includes("never"));
    expect(left).toEqual([]);
    script(
      "late",
      `//@version=6\nindicator("Late")\nif bar_index == 3\n    runtime.error("no")\nplot(close)\n`,
    );
    box.write("project/file", "");
    const taken = join(box.workdir, "../file");
    const { exitCode, stderr } = await box.pyne("run", "late", "demo", "--viz-path", `${taken}/x.ndjson`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${taken}/x.ndjson could not be written`);
    script("fine", `//@version=6\nindicator("Fine")\nplot(close)\n`);
    const folder = join(box.workdir, "output", "folder.csv");
    box.write("project/workdir/output/folder.csv/file", "");
    for (const option of ["--viz-path", "--plot"]) {
      const onto = await box.pyne("run", "fine", "demo", option, folder);
      expect(onto.exitCode).toBe(1);
      expect(onto.stderr).toContain(`${folder} could not be written`);
    }
    expect(readdirSync(join(box.workdir, "output")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("a library is imported from the lib folder, and can be run by itself", async () => {
    box.write(
      "project/workdir/scripts/lib/Me/Tools/1.pine",
      `//@version=6\nlibrary("Tools")\nexport const float half = 0.5\nexport middle(float a, float b) => (a + b) * half\nplot(middle(high, low), "own")\n`,
    );
    script(
      "imports",
      `//@version=6\nindicator("Imports")\nimport Me/Tools/1 as t\nplot(t.middle(high, low) - hl2, "difference")\n`,
    );
    expect((await box.pyne("run", "imports", "demo")).exitCode).toBe(0);
    expect(lines("imports.csv")[1]).toMatch(/,0\.0$/);
    const { exitCode } = await box.pyne(
      "run",
      "./workdir/scripts/lib/Me/Tools/1.pine",
      "demo",
      "--plot",
      "tools.csv",
    );
    expect(exitCode).toBe(0);
    expect(lines("tools.csv")[0]).toEndWith(",own");
  });

  test("a script with errors is not run, and leaves nothing behind", async () => {
    script("faulty", `//@version=6\nindicator("Faulty")\nplot(clsoe)\n`);
    const { exitCode, stderr } = await box.pyne("run", "faulty", "demo");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "faulty.pine:3:6: error: cannot find the variable `clsoe`; did you mean `close`?",
    );
    expect(existsSync(join(box.workdir, "output/faulty.csv"))).toBe(false);
  });

  test("two processes that compile the same script do not disturb each other", async () => {
    script("twice", averages);
    const both = await Promise.all(
      [1, 2].map((number) => box.pyne("run", "twice", "demo", "--plot", `twice${number}.csv`)),
    );
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(lines("twice1.csv")).toEqual(lines("twice2.csv"));
    const kept = readdirSync(join(box.workdir, "cache/pine")).filter((name) => name.startsWith("twice"));
    expect(kept).toHaveLength(1);
  });
});

test("compile writes the module that run runs", async () => {
  script("module", averages);
  expect((await box.pyne("run", "module", "demo")).exitCode).toBe(0);
  const direct = lines("module.csv");
  const { exitCode, stdout } = await box.pyne("compile", "module");
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: `${join(box.workdir, "scripts/module.js")}\n`,
  });
  expect(
    (await box.pyne("run", "./workdir/scripts/module.js", "demo", "--plot", "written.csv")).exitCode,
  ).toBe(0);
  expect(lines("written.csv")).toEqual(direct);
});

describe("check", () => {
  test("prints frames, and fails when there is an error", async () => {
    script("wrong", `//@version=6\nindicator("Wrong")\nx = ta.sma(close, lenght)\n`);
    const { exitCode, stdout } = await box.pyne("check", "wrong");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("workdir/scripts/wrong.pine:3:19: error: cannot find the variable `lenght`");
    expect(stdout).toContain("      |                   ^~~~~~\n");
  });

  test("--json has places as numbers", async () => {
    const { stdout } = await box.pyne("check", "wrong", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      errors: 1,
      diagnostics: [{ code: "unknown-name", line: 3, column: 19, endColumn: 25, severity: "error" }],
    });
  });

  test("a script without errors", async () => {
    script("right", averages);
    const { exitCode, stderr } = await box.pyne("check", "right");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "no errors\n" });
  });

  test("a file that is not there", async () => {
    const { exitCode, stderr } = await box.pyne("check", "nowhere");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no Pine script "nowhere"');
  });
});
