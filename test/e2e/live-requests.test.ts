/** Requests of live runs, through the compiled binary. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { configure } from "./live-process.ts";
import { Sandbox } from "./pyne.ts";

let box: Sandbox;
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  await data("CHART_30", "EX:CHART", "30", 600, 30);
  await data("CHART_5", "EX:CHART", "5", 3600, 5);
  await data("OTHER_60", "EX:OTHER", "60", 300, 60);
  await data("SHORT_60", "EX:SHORT", "60", 240, 60);
  await data("TOKYO_1D", "TSE:TOKYO", "1D", 13, 1440, "Asia/Tokyo", Date.UTC(2023, 11, 31, 15));
  script(
    "many",
    'plot(request.security(syminfo.tickerid, "240", ta.sma(close, 3)), "longer")',
    'plot(request.security(syminfo.tickerid, "D", close[1], lookahead = barmerge.lookahead_on), "yesterday")',
    'plot(request.security("EX:OTHER", "60", ta.ema(close, 5)), "other")',
    'a = request.security_lower_tf(syminfo.tickerid, "5", close)',
    'plot(a.size(), "shorter")',
    'plot(array.sum(a), "their sum")',
  );
});
afterAll(() => box[Symbol.dispose]());

/** Bars in the data folder, a saw that climbs. */
async function data(
  name: string,
  symbol: string,
  period: string,
  bars: number,
  minutes: number,
  timezone = "UTC",
  from = Date.UTC(2024, 0, 1),
): Promise<void> {
  const [prefix, ticker] = symbol.split(":");
  const rows = Array.from({ length: bars }, (_, index) => {
    const time = new Date(from + index * minutes * 60_000).toISOString();
    const close = 100 + ((index * 7) % 23) + index / 100;
    return `${time},${close - 1},${close + 2},${close - 3},${close},1`;
  });
  box.write(`project/workdir/data/${name}.csv`, `time,open,high,low,close,volume\n${rows.join("\n")}\n`);
  box.write(
    `project/workdir/data/${name}.toml`,
    `[symbol]\nprefix = "${prefix}"\nticker = "${ticker}"\ndescription = "Test"\ncurrency = "USD"\nperiod = "${period}"\ntype = "crypto"\nmintick = 0.01\npricescale = 100\nminmove = 1\npointvalue = 1\ntimezone = "${timezone}"\n`,
  );
  await box.pyne("data", "convert-from", `workdir/data/${name}.csv`);
}

const script = (name: string, ...lines: string[]): string =>
  box.write(
    `project/workdir/scripts/${name}.pine`,
    `//@version=6\nindicator("${name}")\n${lines.join("\n")}\n`,
  );
const written = (name: string): string[] =>
  box.read(`project/workdir/output/${name}.csv`).trimEnd().split("\n");
const live = (...args: string[]): ReturnType<Sandbox["pyne"]> =>
  box.pyne("run", ...args, "--live", "--no-log-ohlcv");

test("a replay with every fault writes what a run over the files does", async () => {
  await box.pyne("run", "many", "CHART_30");
  const batch = written("many");
  configure(box, {
    speed: "max",
    start: "-200",
    updates_per_bar: 3,
    gap_chance: 0.05,
    late_chance: 0.1,
    disconnect_chance: 0.05,
    seed: 5,
  });
  const { exitCode, stderr } = await live("many", "replay:CHART@30");
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain("replay:OTHER@60: ");
  expect(stderr).toContain("replay:CHART@5: ");
  expect(stderr).toContain("ended: CHART ends here: there is nothing left to replay");
  expect(written("many")).toEqual(batch);
});

test("kill -9 leaves whole files", async () => {
  // An hour of the market takes 10 ms.
  configure(box, { speed: "360000", start: "-200", updates_per_bar: 4 });
  const { child, until, rest } = box.start(["run", "many", "replay:CHART@30", "--live"]);
  await until(/ BAR {5}(.*\n)+.* BAR {5}/);
  child.kill("SIGKILL");
  await rest();
  expect(await child.exited).not.toBe(0);
  const rows = written("many");
  expect(rows.length).toBeGreaterThan(401);
  expect([...new Set(rows.map((row) => row.split(",").length))]).toEqual([11]);
  await box.pyne("run", "many", "CHART_30");
  expect(rows).toEqual(written("many").slice(0, rows.length));
});

describe("what is named by --security", () => {
  const values = async (name: string, ...args: string[]): Promise<{ stderr: string; rows: string[] }> => {
    const { exitCode, stderr } = await live(name, "replay:CHART@30", ...args);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return { stderr, rows: written(name) };
  };

  test("is a stream or a file; a file ends where it ends", async () => {
    configure(box, { speed: "max", start: "-200", updates_per_bar: 2 });
    script("far", 'plot(request.security("FAR:AWAY", "60", close))');
    await box.pyne("run", "far", "CHART_30", "--security", "FAR:AWAY=SHORT_60");
    const batch = written("far");
    const file = await values("far", "--security", "FAR:AWAY=SHORT_60");
    expect(file.stderr.match(/is a file: its last bar ends 2024-01-11 00:00 UTC/g)).toHaveLength(1);
    expect(file.rows).toEqual(batch);
    const stream = await values("far", "--security", "FAR:AWAY=replay:SHORT@60");
    expect(stream.stderr).toContain("replay:SHORT@60: SHORT ends here");
    expect(stream.rows).toEqual(batch);
  });

  test("is of another zone", async () => {
    script("zone", 'plot(request.security("TSE:TOKYO", "D", close))');
    await box.pyne("run", "zone", "CHART_30", "--security", "TSE:TOKYO=TOKYO_1D");
    const batch = written("zone");
    expect((await values("zone", "--security", "TSE:TOKYO=replay:TOKYO@1D")).rows).toEqual(batch);
  });

  test("is a rate, and so is a file of the pair", async () => {
    script("rate", 'plot(request.currency_rate("EUR", "USD"))');
    await data("EURUSD_1D", "FX:EURUSD", "1D", 13, 1440);
    await data("BASED_1D", "FX:EURUSD", "1D", 13, 1440, 'UTC"\nbasecurrency = "EUR');
    await box.pyne("run", "rate", "CHART_30");
    const batch = written("rate");
    expect(batch.at(-1)!.split(",").at(-1)).toBe("108.11");
    const file = await values("rate");
    expect(file.stderr).toContain("BASED_1D.ohlcv is a file: its last bar ends 2024-01-14 00:00 UTC");
    expect(file.rows).toEqual(batch);
    const stream = await values("rate", "--security", "FX:EURUSD=replay:EURUSD@1D");
    expect(stream.stderr).toContain("replay:EURUSD@1D: ");
    expect(stream.rows).toEqual(batch);
  });

  test("is found by the symbol map as well", async () => {
    await box.pyne("data", "map", "FAR:AWAY", "replay:SHORT");
    expect((await values("far")).stderr).toContain("replay:SHORT@60: ");
    await box.pyne("data", "map", "--remove", "FAR:AWAY");
  });
});

test("a symbol that is asked for when the run is live is opened then", async () => {
  configure(box, { speed: "max", start: "-50", updates_per_bar: 1 });
  script(
    "late",
    "x = 0.0",
    "if barstate.isrealtime",
    '    x := request.security("EX:OTHER", "60", ta.cum(1))',
    "plot(x)",
  );
  const { exitCode, stderr } = await live("late", "replay:CHART@30");
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain("EX:OTHER 60 is asked for now: na until its bars are here");
  expect(written("late").at(-1)!.split(",").at(-1)).toBe("300.0");
});

test.each([
  [
    "a symbol that the provider does not have",
    ["cross", "replay:CHART@30"],
    1,
    /NO:SUCH in 60 cannot be streamed: there is no data file "NO:SUCH"[^]*--security NO:SUCH:60=FILE[^]*pyne data map NO:SUCH replay:SYMBOL/,
  ],
  [
    "a provider that only has history",
    ["cross", "replay:CHART@30", "--security", "NO:SUCH=http-csv:X@60"],
    1,
    /NO:SUCH in 60 cannot be streamed: http-csv has no live feed, only history/,
  ],
  [
    "a provider that is none",
    ["cross", "replay:CHART@30", "--security", "NO:SUCH=nobody:X"],
    1,
    /NO:SUCH in 60 cannot be streamed: no provider is called "nobody"/,
  ],
  [
    "a stream that is coarser than what is asked for",
    ["cross", "replay:CHART@30", "--security", "NO:SUCH=replay:TOKYO@1D"],
    1,
    /the bars of TSE:TOKYO are of 1D: coarser than 60/,
  ],
  [
    "another market of an account",
    ["other", "paper:CHART_30@30"],
    1,
    /EX:OTHER in 60 cannot be streamed: paper streams one market, that of its account[^]*--security EX:OTHER:60=provider:SYMBOL/,
  ],
  [
    "a stream that is not spelled as one",
    ["cross", "replay:CHART@30", "--security", "NO:SUCH=replay:@60"],
    2,
    /"replay:@60" is not a provider string: the symbol before @ is empty/,
  ],
  [
    "data that is neither file nor stream",
    ["cross", "replay:CHART@30", "--security", "NO:SUCH=nothing"],
    2,
    /there is no data "nothing"[^]*a provider's stream is named provider:SYMBOL/,
  ],
])("%s is refused with what can be done", async (_what, args, code, message) => {
  configure(box, { speed: "max", start: "-50" });
  script("cross", 'plot(request.security("NO:SUCH", "60", close))');
  script("other", 'plot(request.security("EX:OTHER", "60", close))');
  const { exitCode, stderr } = await live(...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(code);
});

test("with ignore_invalid_symbol it is na", async () => {
  script("tolerant", 'plot(request.security("NO:SUCH", "60", close, ignore_invalid_symbol = true))');
  const { exitCode } = await live("tolerant", "replay:CHART@30");
  expect(exitCode).toBe(0);
  expect(written("tolerant").at(-1)!.split(",").at(-1)).toBe("NaN");
});
