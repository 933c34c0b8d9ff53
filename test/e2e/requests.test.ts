/** Requests for other symbols and timeframes through the binary. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";

import { Sandbox } from "./pyne.ts";

let box: Sandbox;
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  data("OTHER_60", "EX:OTHER", "60", 72, 60);
  data("chart_30", "EX:CHART", "30", 144, 30);
});
afterAll(() => box[Symbol.dispose]());

/** Bars in the data folder whose close is their number. */
function data(name: string, symbol: string, period: string, bars: number, minutes: number): void {
  const [prefix, ticker] = symbol.split(":");
  const rows = Array.from({ length: bars }, (_, index) => {
    const time = new Date(Date.UTC(2024, 0, 1) + index * minutes * 60_000).toISOString();
    return `${time},${index},${index + 1},${index - 1},${index},1`;
  });
  box.write(`project/workdir/data/${name}.csv`, `time,open,high,low,close,volume\n${rows.join("\n")}\n`);
  box.write(
    `project/workdir/data/${name}.toml`,
    `[symbol]\nprefix = "${prefix}"\nticker = "${ticker}"\ndescription = "Test"\ncurrency = "USD"\nperiod = "${period}"\ntype = "crypto"\nmintick = 0.01\npricescale = 100\nminmove = 1\npointvalue = 1\ntimezone = "UTC"\n`,
  );
}

const script = (name: string, ...lines: string[]): string =>
  box.write(
    `project/workdir/scripts/${name}.pine`,
    `//@version=6\nindicator("${name}")\n${lines.join("\n")}\n`,
  );
/** The last value of a run's last plot. */
const last = (name: string): string =>
  box.read(`project/workdir/output/${name}.csv`).trimEnd().split("\n").at(-1)!.split(",").at(-1)!;

test("a longer timeframe is merged from the chart's bars, those before the window included", async () => {
  script("day", 'plot(request.security(syminfo.tickerid, "D", close))');
  const { exitCode, stderr } = await box.pyne("run", "day", "chart_30", "--from", "2024-01-03");
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const [, first] = box.read("project/workdir/output/day.csv").split("\n");
  expect(first!.split(",").at(-1)).toBe("95.0");
});

test("a chart of a longer timeframe finds its own finer bars", async () => {
  script("inner", 'a = request.security_lower_tf(syminfo.tickerid, "30", close)', "plot(a.size())");
  const { exitCode, stderr } = await box.pyne("run", "inner", "chart_30", "--timeframe", "240");
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(last("inner")).toBe("8.0");
});

test("a symbol that is missing: what to type, then --security, the symbol map, the data folder", async () => {
  script("cross", 'plot(request.security("EX:OTHER", "D", close))');
  const missing = await box.pyne("run", "cross", "chart_30");
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain("there are no bars of EX:OTHER in 1D");
  expect(missing.stderr).toContain("--security EX:OTHER:1D=FILE");

  expect((await box.pyne("run", "cross", "chart_30", "--security", "EX:OTHER=OTHER_60")).exitCode).toBe(0);
  expect(last("cross")).toBe("71.0");
  // The file has been converted by now: it is the symbol's, and finer than a day.
  expect((await box.pyne("run", "cross", "chart_30")).exitCode).toBe(0);
  expect(last("cross")).toBe("71.0");

  await box.pyne("data", "map", "EX:OTHER", "demo:NOTHING");
  const mapped = await box.pyne("run", "cross", "chart_30");
  expect(mapped.exitCode).toBe(1);
  expect(mapped.stderr).toContain("pyne data download demo:NOTHING@1D");
  await box.pyne("data", "map", "--remove", "EX:OTHER");
});

test("what is logged on other bars goes to a file, when one is named", async () => {
  script(
    "talks",
    "f() =>",
    '    log.info("at {0}", close)',
    "    close",
    'plot(request.security(syminfo.tickerid, "D", f()))',
  );
  const quiet = await box.pyne("run", "talks", "chart_30");
  expect(quiet.stderr).not.toContain("at ");
  const env = { PYNE_SECURITY_LOG: "contexts.log" };
  expect((await box.pyneWith({ env }, "run", "talks", "chart_30")).exitCode).toBe(0);
  const [first] = box.read("project/contexts.log").split("\n");
  expect(first).toBe("EX:CHART 1D [2024-01-01 00:00:00+0000] bar:      0 INFO    at 47");
});

test("--list-data says what a script asks for", async () => {
  script(
    "needs",
    'plot(request.security(syminfo.tickerid, "D", close))',
    'plot(request.security(syminfo.tickerid, "1", close))',
    'plot(request.security("NO:SUCH", "60", close))',
    'plot(request.security(bar_index < 5 ? syminfo.tickerid : "EX:LATER", "60", close))',
  );
  const { exitCode, stdout } = await box.pyne("run", "needs", "chart_30", "--list-data", "--json");
  expect(exitCode).toBe(0);
  const needs = JSON.parse(stdout) as Record<string, { symbol: string; timeframe: string; status: string }[]>;
  const brief = (group: string): string[] =>
    needs[group]!.map(({ symbol, timeframe, status }) => `${symbol} ${timeframe} ${status}`);
  expect(brief("same_symbol")).toEqual(["EX:CHART 1D merged", "EX:CHART 1 missing", "EX:CHART 60 merged"]);
  expect(brief("cross_symbol")).toEqual(["NO:SUCH 60 missing"]);
  expect(brief("dynamic")).toEqual(["EX:LATER 60 missing"]);

  const text = await box.pyne("run", "needs", "chart_30", "--list-data");
  expect(text.exitCode).toBe(0);
  expect(text.stdout).toContain("EX:CHART 1D  merged from the chart's bars");
});

test.each([
  ["no key", ["--security", "=chart_30"], 2, "is not KEY=DATA"],
  ["no data", ["--security", "EX:OTHER"], 2, "is not KEY=DATA"],
  ["data that is not there", ["--security", "EX:OTHER=nothing"], 2, 'there is no data "nothing"'],
  ["a key twice", ["-s", "D=chart_30", "-s", "1D=chart_30"], 2, "is given twice"],
  ["coarser data", ["-s", "EX:OTHER:15=OTHER_60"], 1, "the bars of EX:OTHER are of 60: coarser than 15"],
])("%s", async (_what, options, code, message) => {
  script("wrong", 'plot(request.security("EX:OTHER", "15", close))');
  const { exitCode, stderr } = await box.pyne("run", "wrong", "chart_30", ...options);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(code);
});

test("a list of names is no guess: two files of one symbol and timeframe", async () => {
  data("twin_A", "EX:TWIN", "30", 10, 30);
  data("twin_B", "EX:TWIN", "30", 10, 30);
  for (const name of ["twin_A", "twin_B"])
    await box.pyne("data", "convert-from", join("workdir/data", `${name}.csv`));
  script("twins", 'plot(request.security("EX:TWIN", "30", close))');
  const { stderr } = await box.pyne("run", "twins", "chart_30");
  expect(stderr).toContain("could be twin_A or twin_B");
  expect(stderr).toContain("--security EX:TWIN:30=twin_A");
});
