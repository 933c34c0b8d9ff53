/** `pyne verify` through the binary, against trades that TradingView exported. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { zonedFormatter } from "../../src/kernel/zone.ts";
import { readTradeList } from "../../src/verify/trade-list.ts";
import { english, exported, type Sample } from "../verify/exports.ts";
import { Sandbox } from "./pyne.ts";

const truth = join(import.meta.dir, "../golden/truth/strat-macd");
const read = (name: string): string => readFileSync(join(truth, name), "utf8");

/** The trades of the case, to be written in other ways. */
const samples = readTradeList(read("expected.csv")).map((trade): Sample => {
  const instant = (time = trade.entryTime): number => time.wallMs - (time.offsetMinutes ?? 0) * 60_000;
  const { side, entryPrice, exitPrice, quantity } = trade;
  return { side, entryPrice, exitPrice, quantity, entryMs: instant(), exitMs: instant(trade.exitTime) };
});

let box: Sandbox;
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  box.write("project/workdir/data/EURUSD_60.csv", read("data.csv"));
  box.write("project/workdir/data/EURUSD_60.toml", read("syminfo.toml"));
  box.write("project/workdir/scripts/macd.pine", read("script.pine"));
  box.write("project/trades.csv", read("expected.csv"));
  expect((await box.pyne("data", "convert-from", "EURUSD_60.csv")).exitCode).toBe(0);
});
afterAll(() => box[Symbol.dispose]());

const verify = (file: string, ...options: string[]) =>
  box.pyne("verify", "macd", "EURUSD_60", file, ...options);

describe("the trades of 23,054 bars", () => {
  test("are those of TradingView", async () => {
    const { exitCode, stdout, stderr } = await verify("trades.csv");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("grade             excellent\ntrades            1,807 listed, 1,807 ours\n");
  });

  test("in the zone of a chart in Berlin, newest first, with decimal commas", async () => {
    const time = zonedFormatter("Europe/Berlin");
    box.write(
      "project/berlin.csv",
      exported(samples, {
        ...english,
        delimiter: ";",
        newestFirst: true,
        number: (value) => value.toLocaleString("de", { maximumFractionDigits: 8 }),
        time: (ms) => time(ms).slice(0, 16).replace("T", " "),
      }),
    );
    const { exitCode, stdout } = await verify("berlin.csv");
    expect(stdout).toContain("grade             excellent\n");
    expect(stdout).toContain("times             in Europe/Berlin\n");
    expect(exitCode).toBe(0);
  });

  test("one that is missing, one that is too many and one that moved are found, nothing else", async () => {
    const hour = 3_600_000;
    const [moved, dropped] = [samples[500]!, samples[1000]!];
    const changed = samples
      .with(500, { ...moved, entryPrice: moved.entryPrice * 1.01 })
      .toSpliced(1000, 1)
      .toSpliced(1500, 0, { ...samples[1501]!, entryMs: samples[1501]!.entryMs + 40 * hour });
    box.write("project/changed.csv", exported(changed, english));
    const { exitCode, stdout } = await verify("changed.csv", "--json");
    // Equally many, and far more than 99 % agree.
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ grade: "excellent", listed: 1807, ours: 1807, timezone: "UTC" });
    expect(report.matching).toBe(1805);
    expect(report.differing).toHaveLength(1);
    expect(report.differing[0]).toMatchObject({
      differences: ["entry price"],
      ours: { entry_price: moved.entryPrice },
    });
    expect(report.extra).toHaveLength(1);
    expect(report.extra[0]).toMatchObject({ entry_price: dropped.entryPrice });
    expect(report.missing).toHaveLength(1);
    expect(report.first_divergence).toMatchObject({
      differences: ["entry price"],
      position_before: { listed: 1, ours: 1 },
    });
  });

  test("a shorter window says that the list has more", async () => {
    const { exitCode, stdout, stderr } = await verify("trades.csv", "--from", "2025-01-01");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/outside +1,\d+ listed trades are not within the data; they were left out/);
    expect(stderr).toContain("hint: the chart had bars that the data has not");
  });
});

describe("exit code 2: there is nothing to grade", () => {
  beforeAll(() => {
    box.write("project/workdir/scripts/line.pine", '//@version=6\nindicator("Line")\nplot(close)\n');
    box.write(
      "project/workdir/scripts/broken.ts",
      'import { strategy } from "pynecore";\nexport default strategy("B", {}, (s) => () => { (s as never as { nothing: { here(): void } }).nothing.here(); });\n',
    );
    box.write("project/empty.csv", "Trade #,Type,Signal,Date/Time,Price USD\n");
    box.write("project/old.csv", exported([{ ...samples[0]!, entryMs: 1e11, exitMs: 2e11 }], english));
  });

  test.each([
    [["macd", "EURUSD_60", "none.csv"], "there is no file "],
    [["macd", "EURUSD_60", "empty.csv"], "empty.csv: the list holds no trades"],
    [["macd", "EURUSD_60", "workdir/data/EURUSD_60.csv"], "no column tells entries from exits"],
    [["macd", "EURUSD_60", "old.csv"], "none of the 1 listed trades lie within the data"],
    [["line", "EURUSD_60", "trades.csv"], "line is an indicator: it makes no trades to compare"],
    [["broken", "EURUSD_60", "trades.csv"], "nothing.here"],
    [["nothing", "EURUSD_60", "trades.csv"], 'there is no script "nothing"'],
    [["macd", "nothing", "trades.csv"], 'there is no data "nothing"'],
    [["macd", "EURUSD_60", "trades.csv", "--timezone", "Mars"], 'the time zone "Mars" is not known'],
    [["macd", "EURUSD_60"], "TRADES"],
  ])("%j", async (words, message) => {
    const { exitCode, stderr, stdout } = await box.pyne("verify", ...words);
    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });
});
