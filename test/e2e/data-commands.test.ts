/** The data commands as a person types them. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { tryLock } from "../../src/config/file-lock.ts";
import { dataFileLock } from "../../src/data/file-lock.ts";
import { readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { barAt } from "../../src/kernel/bar.ts";
import { Sandbox } from "./pyne.ts";

/** Takes bars out of a data file, as nobody but a test would. */
function without(path: string, from: number, to: number): void {
  const { columns, timeframe, grid } = readOhlcv(path);
  using writer = OhlcvWriter.create(path, { timeframe: timeframe!, grid });
  const kept = Array.from({ length: columns.length }, (_, index) => index).filter(
    (index) => index < from || index >= to,
  );
  writer.append(kept.map((index) => barAt(columns, index)));
}

describe("data convert-to", () => {
  test("writes CSV or JSON beside the data file, and again over its own", async () => {
    using box = await Sandbox.withWorkdir();
    const csv = join(box.workdir, "data/demo.csv");
    for (let time = 0; time < 2; time++) {
      expect(await box.pyne("data", "convert-to", "demo")).toEqual({
        exitCode: 0,
        stdout: `2,000 bars: ${csv}\n`,
        stderr: "",
      });
    }
    expect(readFileSync(csv, "utf8")).toStartWith("timestamp,open,high,low,close,volume\r\n1577836800000,");
    expect((await box.pyne("data", "convert-to", "demo", "-d")).exitCode).toBe(0);
    expect(readFileSync(csv, "utf8")).toContain("\r\n2020-01-02 00:00:00+00:00,");
    const json = await box.pyne("data", "convert-to", "demo", "--format", "json", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ bars: 2000, format: "json", left_out: [] });
    expect(JSON.parse(readFileSync(join(box.workdir, "data/demo.json"), "utf8"))).toHaveLength(2000);
  });

  test("an export is not imported again by a run over it", async () => {
    using box = await Sandbox.withWorkdir();
    await box.pyne("data", "convert-to", "demo");
    const run = await box.pyne("run", "demo", "demo.csv", "--no-plot");
    expect([run.exitCode, run.stderr]).toEqual([0, ""]);
  });

  test("never destroys an imported source of the same name", async () => {
    using box = await Sandbox.withWorkdir();
    const rows = [0, 1, 2].map((day) => `${1_600_000_000 + day * 86_400},1,2,0.5,1.5,3,${day}`);
    const text = `time,open,high,low,close,volume,mood\n${rows.join("\n")}\n`;
    const source = box.write("project/workdir/data/MINE.csv", text);
    expect((await box.pyne("data", "convert-from", "MINE.csv")).exitCode).toBe(0);
    const refused = await box.pyne("data", "convert-to", "MINE");
    expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toBe(
      `error: ${source} is there already and is not an unchanged export of pyne\nhint: move it away, or overwrite it with --yes\n`,
    );
    expect(readFileSync(source, "utf8")).toBe(text);
    const forced = await box.pyne("data", "convert-to", "MINE", "--yes");
    expect([forced.exitCode, forced.stderr]).toEqual([0, "further columns are not part of it: mood\n"]);
    expect(readFileSync(source, "utf8")).toContain("timestamp,open");
  });

  test.each([
    [["data", "convert-to"], 2, "FILE is missing"],
    [["data", "convert-to", "nothing"], 1, `there is no data file "nothing"`],
    [["data", "convert-to", "demo", "--format", "xml"], 2, `--format is one of csv, json, not "xml"`],
    [["data", "convert-to", "broken"], 1, "is damaged"],
  ] as const)("%j", async (words, code, message) => {
    using box = await Sandbox.withWorkdir();
    writeFileSync(
      join(box.workdir, "data/broken.ohlcv"),
      readFileSync(join(box.workdir, "data/demo.ohlcv")).subarray(0, 300),
    );
    const { exitCode, stdout, stderr } = await box.pyne(...words);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr).toContain(message);
    expect(existsSync(join(box.workdir, "data/broken.csv"))).toBe(false);
  });
});

describe("data convert-from", () => {
  test("finds out what it can, and runs over what it made", async () => {
    using box = await Sandbox.withWorkdir();
    const rows = Array.from({ length: 40 }, (_, day) => {
      const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
      return `${date} 00:00:00-05:00,1.1,1.2,1.0,1.1${day % 9},${day}`;
    });
    box.write(
      "project/workdir/data/OANDA_EURUSD.csv",
      `date,open,high,low,close,volume\n${rows.join("\n")}\n`,
    );
    const made = await box.pyne("data", "convert-from", "OANDA_EURUSD.csv", "--json");
    expect(made.exitCode).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ bars: 40, symbol: "EURUSD", timeframe: "1D" });
    expect(box.read("project/workdir/data/OANDA_EURUSD.toml")).toContain(`timezone = "US/Eastern"`);
    const info = JSON.parse((await box.pyne("data", "info", "OANDA_EURUSD", "--json")).stdout);
    expect(info).toMatchObject({ sources: ["import"], tick_grid: "1/100", missing: 0 });
    expect((await box.pyne("run", "demo", "OANDA_EURUSD", "--no-plot")).exitCode).toBe(0);
  });

  test.each([
    [["nothing.csv"], 1, `there is no file "nothing.csv"`],
    [["BAD.csv"], 1, "BAD.csv: there is no time column among: a, b"],
    [["BAD.csv", "--timezone", "Mars"], 2, `--timezone: the time zone "Mars" is not known`],
    [["12.csv"], 1, "the symbol cannot be told from the name 12.csv"],
    [["ONE.csv"], 1, "ONE.csv: the timeframe cannot be told from 1 bars"],
  ] as const)("%j", async (words, code, message) => {
    using box = await Sandbox.withWorkdir();
    box.write("project/workdir/data/BAD.csv", "a,b\n1,2\n");
    const one = "time,open,high,low,close,volume\n60,1,1,1,1,1\n";
    box.write("project/workdir/data/ONE.csv", one);
    box.write("project/workdir/data/12.csv", `${one}120,1,1,1,1,1\n`);
    const { exitCode, stdout, stderr } = await box.pyne("data", "convert-from", ...words);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr).toContain(message);
  });
});

describe("data map", () => {
  test("adds, shows, replaces and removes", async () => {
    using box = await Sandbox.withWorkdir();
    const file = join(box.workdir, "config/symbol_map.toml");
    const empty = await box.pyne("data", "map");
    expect([empty.exitCode, empty.stdout]).toEqual([0, ""]);
    expect(existsSync(file)).toBe(false);
    const added = await box.pyne("data", "map", "BINANCE:BTCUSDT", "nowhere:BTC/USDT:USDT");
    expect([added.exitCode, added.stdout]).toEqual([0, "BINANCE:BTCUSDT is nowhere:BTC/USDT:USDT\n"]);
    expect(added.stderr).toContain(`no plugin called "nowhere" is installed`);
    await box.pyne("data", "map", "FX:EURUSD:60", "nowhere:EURUSD");
    expect((await box.pyne("data", "map")).stdout).toBe(
      "BINANCE:BTCUSDT  nowhere:BTC/USDT:USDT\nFX:EURUSD:60     nowhere:EURUSD\n",
    );
    const replaced = await box.pyne("data", "map", "binance:btcusdt", "nowhere:X", "--json");
    expect(JSON.parse(replaced.stdout)).toMatchObject({ target: "nowhere:X", replaced: true });
    expect((await box.pyne("data", "map", "--remove", "FX:EURUSD:60")).exitCode).toBe(0);
    const all = await box.pyne("data", "map", "--json");
    expect(JSON.parse(all.stdout)).toEqual({ file, symbols: { "binance:btcusdt": "nowhere:X" } });
  });

  test.each([
    [["A:B"], 2, "PROVIDER_SYMBOL is missing"],
    [["A:B", "BTCUSDT"], 2, `"BTCUSDT" does not name a provider and a symbol`],
    [["A:B", "ccxt:"], 2, `"ccxt:" does not name`],
    [["A B", "ccxt:X"], 2, `"A B" is not a TradingView symbol`],
    [["--remove", "A:B"], 1, `"A:B" is not mapped`],
    [["--remove"], 2, "TV_SYMBOL is missing"],
    [["--remove", "A:B", "ccxt:X"], 2, `unexpected argument "ccxt:X"`],
  ] as const)("%j", async (words, code, message) => {
    using box = await Sandbox.withWorkdir();
    const { exitCode, stdout, stderr } = await box.pyne("data", "map", ...words);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr).toContain(message);
  });

  test("a file that is not TOML is left as it is", async () => {
    using box = await Sandbox.withWorkdir();
    const file = box.write("project/workdir/config/symbol_map.toml", "[symbol_map\n");
    const { exitCode, stderr } = await box.pyne("data", "map", "A:B", "ccxt:X");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("nothing was changed");
    expect(readFileSync(file, "utf8")).toBe("[symbol_map\n");
  });
});

describe("data list", () => {
  test("a line for each file, damaged ones among them, exit 0", async () => {
    using box = await Sandbox.withWorkdir();
    await box.pyne("data", "download", "replay:demo@1D");
    const copy = join(box.workdir, "data/replay_DEMO_1D.ohlcv");
    without(copy, 100, 103);
    writeFileSync(join(box.workdir, "data/broken.ohlcv"), readFileSync(copy).subarray(0, 300));
    const { exitCode, stdout, stderr } = await box.pyne("data", "list");
    expect([exitCode, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^name +symbol +tf +from +to +bars +missing +size +provider +updated$/);
    expect(lines[1]).toMatch(/^broken +- .* 300 B +- .* damaged: it counts 1997 records but holds 2$/);
    expect(lines[2]).toMatch(
      /^demo +DEMO:DEMO +1D +2020-01-01 00:00 +2025-06-22 00:00 +2,000 +0 +72 kB +- +\d{4}-\d\d-\d\d \d\d:\d\d$/,
    );
    expect(lines[3]).toMatch(/^replay_DEMO_1D .* 1,997 +3 in 1 +72 kB +replay:demo@1D +/);
  });

  test("patterns, names and JSON", async () => {
    using box = await Sandbox.withWorkdir();
    await box.pyne("data", "aggregate", "demo", "--timeframe", "1W");
    const named = async (...words: string[]): Promise<string[]> =>
      JSON.parse((await box.pyne("data", "list", "--json", ...words)).stdout).files.map(
        (file: { name: string }) => file.name,
      );
    expect(await named()).toEqual(["demo", "demo_1W"]);
    expect(await named("*_1W")).toEqual(["demo_1W"]);
    expect(await named("demo", "demo*")).toEqual(["demo", "demo_1W"]);
    const none = await box.pyne("data", "list", "nothing*");
    expect([none.exitCode, none.stdout]).toEqual([0, ""]);
    expect(none.stderr).toContain(`matches "nothing*"`);
  });

  test("an empty folder says so", async () => {
    using box = await Sandbox.withWorkdir();
    const env = { PYNE_DATA_DIR: join(box.root, "elsewhere") };
    const { exitCode, stdout, stderr } = await box.pyneWith({ env }, "data", "list");
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("there are no data files in");
  });
});

describe("data info", () => {
  test("says what it covers, where it came from and what it hashes to", async () => {
    using box = await Sandbox.withWorkdir();
    await box.pyne("data", "download", "replay:demo@1D");
    const facts = async (name: string) => JSON.parse((await box.pyne("data", "info", name, "--json")).stdout);
    const [demo, copy] = [await facts("demo"), await facts("replay_DEMO_1D")];
    expect(copy).toMatchObject({
      ...{ bars: 2000, missing: 0, holes: 0, provider: "replay:demo@1D", sources: ["download"] },
      ...{ changed_months: [], tick_grid: "1/100", hours: "Mon-Sun 24 hours" },
    });
    expect(demo).toMatchObject({ provider: null, sources: [], hash: copy.hash });
    expect((await box.pyne("data", "info", "demo")).stdout).toContain(`hash            ${demo.hash}\n`);
  });
});

describe("data check", () => {
  test("sound files, exit 0; what is broken by name, exit 1, and the others all the same", async () => {
    using box = await Sandbox.withWorkdir();
    const sound = await box.pyne("data", "check");
    expect(sound).toEqual({
      exitCode: 0,
      stdout: "demo  ok: 2,000 bars of 1D, 2020-01-01 00:00 to 2025-06-22 00:00 UTC\n",
      stderr: "",
    });
    writeFileSync(
      join(box.workdir, "data/broken.ohlcv"),
      readFileSync(join(box.workdir, "data/demo.ohlcv")).subarray(0, 300),
    );
    const { exitCode, stdout, stderr } = await box.pyne("data", "check");
    expect(exitCode).toBe(1);
    expect(stdout).toStartWith("broken  broken\n  broken: there is no symbol file ");
    expect(stdout).toContain("counts 2000 records but holds 2\ndemo    ok: 2,000 bars");
    expect(stderr).toContain("error: 1 of 2 files are broken\nhint: ");
    const json = await box.pyne("data", "check", "--json", "broken");
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ broken: 1, files: [{ state: "broken", bars: 0 }] });
  });

  test("holes are told, fetched, and those the venue has nothing for remembered", async () => {
    using box = await Sandbox.withWorkdir();
    const [source, copy] = ["demo", "replay_DEMO_1D"].map((name) =>
      join(box.workdir, `data/${name}.ohlcv`),
    ) as [string, string];
    await box.pyne("data", "download", "replay:demo@1D");
    // Two bars that only the copy lacks, and three that the venue lacks, too.
    without(source, 500, 503);
    without(copy, 500, 503);
    without(copy, 100, 102);

    const before = await box.pyne("data", "check", "replay*");
    expect(before.exitCode).toBe(0);
    expect(before.stdout.split("\n").slice(0, 3)).toEqual([
      "replay_DEMO_1D  5 bars missing: 1,995 bars of 1D, 2020-01-01 00:00 to 2025-06-22 00:00 UTC",
      "  missing: 2020-04-10 00:00 to 2020-04-12 00:00 UTC, 2 bars",
      "  missing: 2021-05-15 00:00 to 2021-05-18 00:00 UTC, 3 bars",
    ]);
    expect(before.stdout).toContain("  changed since it was recorded: 2020-04, 2021-05; ");

    const repaired = await box.pyne("data", "check", "replay*", "--repair");
    expect(repaired.exitCode).toBe(0);
    expect(repaired.stdout).toStartWith("replay_DEMO_1D  ok: 1,997 bars");
    expect(repaired.stdout).toContain(
      "  missing: 2021-05-15 00:00 to 2021-05-18 00:00 UTC, 3 bars; the venue has none\n",
    );
    expect(repaired.stdout).toContain("  source: repair, 2020-04-10 00:00 to 2020-04-12 00:00 UTC\n");
    expect(repaired.stdout).toEndWith("  repair: 2 bars came; the venue has none for 3 bars\n");

    const json = async (...words: string[]) =>
      JSON.parse((await box.pyne("data", "check", "replay*", "--json", "--repair", ...words)).stdout)
        .files[0];
    expect(await json()).toMatchObject({ asked: false, added: 0, missing: 3 });
    expect(await json("--again")).toMatchObject({
      ...{ asked: true, added: 0, missing: 3 },
      holes: [{ from: "2021-05-15T00:00:00.000Z", bars: 3, venue_has_none: true }],
    });
  });

  test("--repair passes imported files over, unless they are named", async () => {
    using box = await Sandbox.withWorkdir();
    without(join(box.workdir, "data/demo.ohlcv"), 100, 102);
    const all = await box.pyne("data", "check", "--repair");
    expect([all.exitCode, all.stderr]).toEqual([0, ""]);
    expect(all.stdout).toContain("demo  2 bars missing");
    const one = await box.pyne("data", "check", "demo", "--repair");
    expect(one.exitCode).toBe(1);
    expect(one.stderr).toContain("has no [download] table with a provider");
  });

  test("a file that another process writes: exit 75, and nothing has changed", async () => {
    using box = await Sandbox.withWorkdir();
    await box.pyne("data", "download", "replay:demo@1D");
    const copy = join(box.workdir, "data/replay_DEMO_1D.ohlcv");
    without(copy, 100, 102);
    const before = readFileSync(copy);
    using _lock = tryLock(dataFileLock(join(box.workdir, "cache/locks"), copy));
    const { exitCode, stderr } = await box.pyne("data", "check", "--repair");
    expect(exitCode).toBe(75);
    expect(stderr).toContain("is in use by another pyne process");
    expect(readFileSync(copy)).toEqual(before);
  });

  test.each([
    [["nothing"], 1, `there is no data file "nothing"`],
    [["nothing*", "demo"], 1, `there is no data file "nothing*"`],
    [["--retries", "x"], 2, `"x" is not a whole number`],
    [["--repiar"], 2, "did you mean --repair?"],
  ] as const)("%j", async (words, code, message) => {
    using box = await Sandbox.withWorkdir();
    const { exitCode, stdout, stderr } = await box.pyne("data", "check", ...words);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr).toContain(message);
  });
});
