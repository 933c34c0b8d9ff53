/** The data commands as a person types them. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Sandbox } from "./pyne.ts";

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
    [["A:B", "BTCUSDT"], 1, `"BTCUSDT" does not name a provider and a symbol`],
    [["A:B", "ccxt:"], 1, `"ccxt:" does not name`],
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
