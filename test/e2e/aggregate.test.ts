/** `pyne data aggregate`: a data file of a longer timeframe beside another. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { tryLock } from "../../src/config/file-lock.ts";
import { aggregatedPath } from "../../src/data/aggregate/file.ts";
import { dataFileLock } from "../../src/data/file-lock.ts";
import { loadBars } from "../../src/data/load.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { Sandbox } from "./pyne.ts";

let box: Sandbox;
const data = (name: string): string => join(box.workdir, "data", name);
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  const minutes = Array.from({ length: 300 }, (_, minute) => {
    const price = 100 + (minute % 17);
    const time = new Date(Date.UTC(2024, 0, 2, 9, minute)).toISOString();
    return `${time},${price},${price + 2},${price - 1},${price + 1},${minute},${minute % 7 === 0 ? minute : ""}`;
  });
  box.write(data("coin_1.csv"), `time,open,high,low,close,volume,interest\n${minutes.join("\n")}\n`);
  expect((await box.pyne("data", "convert-from", "coin_1", "--symbol", "BTC/USDT")).exitCode).toBe(0);
  appendFileSync(data("coin_1.toml"), '\n[download]\nprovider = "replay:coin"\n');
});
afterAll(() => box[Symbol.dispose]());

test.each([
  ["EURUSD_60.ohlcv", "60", "1D", "EURUSD_1D.ohlcv"],
  ["EURUSD_D.ohlcv", "1D", "1W", "EURUSD_1W.ohlcv"],
  ["EURUSD_60.ohlcv", "30", "60", "EURUSD_60_60.ohlcv"],
  ["EURUSD.ohlcv", "60", "240", "EURUSD_240.ohlcv"],
  ["_60.ohlcv", "60", "240", "_60_240.ohlcv"],
  ["BTC_USDT.ohlcv", "1", "5", "BTC_USDT_5.ohlcv"],
])("%s of %s in %s is called %s", (name, source, target, expected) => {
  const path = aggregatedPath(join("folder", name), parseTimeframe(source), parseTimeframe(target));
  expect(path).toBe(join("folder", expected));
});

describe("a file of hours", () => {
  test("is made of the minutes, with a symbol file that was downloaded from nowhere", async () => {
    const outcome = await box.pyne("data", "aggregate", "coin_1", "--timeframe", "60");
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stdout).toBe(`300 bars of 1 made 5 bars of BTC/USDT, 60: ${data("coin_60.ohlcv")}\n`);
    expect(outcome.stderr).toContain("last value of each bar: interest");
    const { columns, symInfo, grid } = loadBars(data("coin_60.ohlcv"));
    expect(symInfo).toMatchObject({ ticker: "BTC/USDT", period: "60" });
    expect(grid).toEqual(loadBars(data("coin_1.ohlcv")).grid);
    expect([...columns.volume]).toEqual([0, 1, 2, 3, 4].map((hour) => 60 * (hour * 60 + 29.5)));
    expect([...columns.extra.get("interest")!]).toEqual([56, 119, 175, 238, 294]);
    expect(readFileSync(data("coin_60.toml"), "utf8")).not.toContain("[download]");
  });

  test("is not replaced unless somebody says so", async () => {
    const before = readFileSync(data("coin_60.ohlcv"));
    const refused = await box.pyne("data", "aggregate", "coin_1", "-T", "60");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain(`${data("coin_60.ohlcv")} is there already`);
    const replaced = await box.pyne("--yes", "data", "aggregate", "coin_1", "-T", "60", "--json");
    expect(JSON.parse(replaced.stdout)).toMatchObject({
      source_bars: 300,
      bars: 5,
      timeframe: "60",
      data: data("coin_60.ohlcv"),
      extra_columns: ["interest"],
    });
    expect(readFileSync(data("coin_60.ohlcv")).equals(before)).toBe(true);
  });

  test("goes where --output says", async () => {
    const outcome = await box.pyne("data", "aggregate", "coin_1", "-T", "5", "--output", "./five");
    expect(outcome.stdout).toEndWith(`${join(box.folder, "five.ohlcv")}\n`);
    expect((await box.pyne("data", "info", "./five", "--json")).stdout).toContain('"bars":60,"missing":0');
    expect((await box.pyne("data", "aggregate", "coin_1", "-T", "5", "-o", "named")).stdout).toEndWith(
      `${data("named.ohlcv")}\n`,
    );
  });

  test("waits for nobody who writes it: exit 75, and nothing has changed", async () => {
    const before = readdirSync(data(".")).toSorted();
    using _held = tryLock(dataFileLock(join(box.workdir, "cache/locks"), data("coin_15.ohlcv")));
    const outcome = await box.pyne("data", "aggregate", "coin_1", "-T", "15");
    expect(outcome).toMatchObject({ exitCode: 75, stdout: "" });
    expect(outcome.stderr).toContain("coin_15.ohlcv is in use by another pyne process");
    expect(readdirSync(data(".")).toSorted()).toEqual(before);
  });
});

test.each([
  [["coin_1"], 2, "--timeframe is required"],
  [["coin_1", "-T", "1H"], 2, '"1H" is not a timeframe'],
  [["coin_1", "-T", "30S"], 2, "bars of 1 cannot be made into bars of 30S"],
  [["coin_1", "-T", "5", "-o", "coin_1"], 2, "is the source itself"],
  [["coin_1", "-T", "5", "-o", "./nowhere/five"], 1, "there is no folder"],
  [["nothing", "-T", "5"], 1, 'there is no data file "nothing"'],
  [["coin_1.csv", "-T", "5"], 1, "pyne data convert-from coin_1.csv"],
] as const)("%j is refused", async (args, exitCode, message) => {
  const before = readdirSync(data(".")).toSorted();
  const outcome = await box.pyne("data", "aggregate", ...args);
  expect(outcome).toMatchObject({ exitCode, stdout: "" });
  expect(outcome.stderr).toContain(message);
  expect(readdirSync(data(".")).toSorted()).toEqual(before);
});
