/** A first backtest: real bars, a strategy, and the same figures worked out another way. */
import { beforeAll, afterAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Sandbox } from "./pyne.ts";

const root = join(import.meta.dir, "../..");
let box: Sandbox;
beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  cpSync(join(root, "scripts/demo/ma-cross.ts"), join(box.workdir, "scripts/ma-cross.ts"));
  cpSync(join(root, "test/golden/truth/strat-macd/data.csv"), join(box.workdir, "data/EURUSD_60.csv"));
  cpSync(join(root, "test/golden/truth/strat-macd/syminfo.toml"), join(box.workdir, "data/EURUSD_60.toml"));
});
afterAll(() => box[Symbol.dispose]());

const rowsOf = (path: string): string[][] =>
  readFileSync(join(box.workdir, path), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

describe("crossing averages over hourly EURUSD", () => {
  let bars: string[][] = [];
  let plots: string[][] = [];
  let trades: string[][] = [];
  beforeAll(async () => {
    const outcome = await box.pyne("run", "ma-cross", "EURUSD_60");
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stderr).toContain("converting");
    bars = rowsOf("data/EURUSD_60.csv").slice(1);
    plots = rowsOf("output/ma-cross.csv");
    trades = rowsOf("output/ma-cross_trade.csv");
  });

  /** The mean of the closes up to and including a bar, summed anew for every bar. */
  const mean = (bar: number, length: number): number => {
    if (bar < length - 1) return Number.NaN;
    let sum = 0;
    for (let index = bar - length + 1; index <= bar; index++) sum += Number(bars[index]![4]);
    return sum / length;
  };

  test("every bar is there, with its prices as they were", () => {
    expect(plots[0]).toEqual(["time", "open", "high", "low", "close", "volume", "Fast", "Slow"]);
    expect(plots.length - 1).toBe(bars.length);
    expect(bars.length).toBeGreaterThan(23_000);
    const wrong = bars.filter((bar, index) =>
      [1, 2, 3, 4].some((column) => Number(bar[column]) !== Number(plots[index + 1]![column])),
    );
    expect(wrong).toEqual([]);
  });

  test("plots are the means", () => {
    let worst = 0;
    for (let bar = 0; bar < bars.length; bar++) {
      for (const [column, length] of [
        [6, 24],
        [7, 120],
      ] as const) {
        const [actual, expected] = [Number(plots[bar + 1]![column]), mean(bar, length)];
        expect(Number.isNaN(actual)).toBe(Number.isNaN(expected));
        if (expected === expected) worst = Math.max(worst, Math.abs(actual - expected));
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  test("the trades are the crossings, at the next open and a tick worse, half the equity each", () => {
    interface Expected {
      side: "long" | "short";
      entryBar: number;
      entryPrice: number;
      size: number;
      exitBar?: number;
      exitPrice?: number;
      profit?: number;
    }
    const tick = 1e-5;
    const lot = Number(
      /mincontract = ([\d.]+)/.exec(readFileSync(join(box.workdir, "data/EURUSD_60.toml"), "utf8"))![1],
    );
    const expected: Expected[] = [];
    let realised = 0;
    let pending: { side: "long" | "short"; size: number } | undefined;
    let previousSign = Number.NaN;
    for (let bar = 0; bar < bars.length; bar++) {
      const [open, close] = [Number(bars[bar]![1]), Number(bars[bar]![4])];
      if (pending !== undefined) {
        const direction = pending.side === "long" ? 1 : -1;
        const price = open + direction * tick;
        const last = expected.at(-1);
        if (last !== undefined && last.exitBar === undefined) {
          Object.assign(last, { exitBar: bar, exitPrice: price });
          last.profit = (price - last.entryPrice) * last.size * (last.side === "long" ? 1 : -1);
          realised += last.profit;
        }
        expected.push({ side: pending.side, entryBar: bar, entryPrice: price, size: pending.size });
        pending = undefined;
      }
      const difference = Number(plots[bar + 1]![6]) - Number(plots[bar + 1]![7]);
      if (difference !== difference) continue;
      const crossed = difference > 0 && previousSign <= 0 ? 1 : difference < 0 && previousSign >= 0 ? -1 : 0;
      previousSign = difference;
      if (crossed === 0) continue;
      const position = expected.at(-1);
      const floating =
        position === undefined
          ? 0
          : (close - position.entryPrice) * position.size * (position.side === "long" ? 1 : -1);
      const size = Math.trunc((0.5 * (10_000 + realised + floating)) / (close + crossed * tick) / lot) * lot;
      pending = { side: crossed > 0 ? "long" : "short", size };
    }

    expect(trades.length - 1).toBe(expected.length * 2);
    const wrong: string[] = [];
    for (const [index, trade] of expected.entries()) {
      const [entry, exit] = [trades[1 + index * 2]!, trades[2 + index * 2]!];
      const near = (what: string, actual: string, value: number, within: number): void => {
        if (Math.abs(Number(actual) - value) > within)
          wrong.push(`trade ${index + 1} ${what}: ${actual}, not ${value}`);
      };
      if (entry[2] !== `Entry ${trade.side}` || Number(entry[1]) !== trade.entryBar)
        wrong.push(`trade ${index + 1}: ${entry.join()}`);
      near("entry price", entry[5]!, trade.entryPrice, 1e-9);
      near("size", entry[6]!, trade.size, 1e-6);
      if (trade.exitBar === undefined) {
        expect(exit[3]).toBe("Open");
        continue;
      }
      near("exit bar", exit[1]!, trade.exitBar, 0);
      near("exit price", exit[5]!, trade.exitPrice!, 1e-9);
      near("profit", exit[7]!, trade.profit!, 1e-6);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test("the summary says the same as the files", async () => {
    const { stdout } = await box.pyne("run", "ma-cross", "EURUSD_60", "--json");
    const summary = JSON.parse(stdout) as {
      bars: number;
      statistics: { closedTrades: number; netProfit: number };
    };
    const closed = trades.slice(1).filter((row) => row[2]!.startsWith("Exit") && row[3] !== "Open");
    expect(summary.bars).toBe(bars.length);
    expect(summary.statistics.closedTrades).toBe(closed.length);
    expect(summary.statistics.netProfit).toBeCloseTo(
      closed.reduce((sum, row) => sum + Number(row[7]), 0),
      6,
    );
  });
});

describe("options of run", () => {
  test("a window: both ends inclusive", async () => {
    const { stdout } = await box.pyne(
      "run",
      "demo",
      "demo",
      "--from",
      "2021-01-01",
      "--to",
      "2021-01-31",
      "--json",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      bars: 31,
      from: "2021-01-01T00:00:00.000Z",
      to: "2021-01-31T00:00:00.000Z",
    });
    const none = await box.pyne("run", "demo", "demo", "--from", "2035-01-01");
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining("has no bars in that window")]);
  });

  test.skipIf(process.platform === "win32")("what is no file takes its name as it is", async () => {
    const outcome = await box.pyne("run", "demo", "demo", "--plot", "/dev/null", "--json");
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(outcome.stdout).files.plot).toBe("/dev/null");
  });

  test("--plot, --trade and --strat take a path or a name, .csv is forced; --no-plot writes none", async () => {
    const { stdout } = await box.pyne(
      "run",
      "demo",
      "demo",
      "--plot",
      "./mine.txt",
      "--trade",
      "traded",
      "--strat",
      "figures",
      "--json",
    );
    const { files } = JSON.parse(stdout) as { files: Record<string, string> };
    expect(files).toEqual({
      plot: join(box.folder, "mine.txt.csv"),
      trade: join(box.workdir, "output/traded.csv"),
      statistics: join(box.workdir, "output/figures.csv"),
    });
    expect(Object.values(files).every((path) => existsSync(path))).toBe(true);
    const without = await box.pyne("run", "demo", "demo", "--no-plot", "--json");
    expect(Object.keys((JSON.parse(without.stdout) as { files: object }).files)).toEqual([
      "trade",
      "statistics",
    ]);
  });

  test("--syminfo takes another symbol's description", async () => {
    const toml = readFileSync(join(box.workdir, "data/demo.toml"), "utf8");
    box.write("project/other.toml", toml.replace(/currency = "\w+"/, `currency = "EUR"`));
    await box.pyne("run", "demo", "demo", "--syminfo", "other.toml", "--trade", "euro");
    expect(rowsOf("output/euro.csv")[0]).toContain("Price EUR");
    expect((await box.pyne("run", "demo", "demo", "--syminfo", "none.toml")).stderr).toContain(
      "there is no symbol file",
    );
  });

  test("a symbol file of another period is stale", async () => {
    const toml = readFileSync(join(box.workdir, "data/demo.toml"), "utf8");
    box.write("project/stale.toml", toml.replace(`period = "1D"`, `period = "60"`));
    const refused = await box.pyne("run", "demo", "demo", "--syminfo", "stale.toml");
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("says the period is 60")]);
  });

  test("a CSV is converted when it is newer, and only then", async () => {
    const csv = join(box.workdir, "data/EURUSD_60.csv");
    const before = statSync(join(box.workdir, "data/EURUSD_60.ohlcv")).mtimeMs;
    expect((await box.pyne("run", "ma-cross", "EURUSD_60.csv", "--no-plot")).stderr).not.toContain(
      "converting",
    );
    writeFileSync(csv, readFileSync(csv));
    expect((await box.pyne("run", "ma-cross", "EURUSD_60.csv", "--no-plot")).stderr).toContain("converting");
    expect(statSync(join(box.workdir, "data/EURUSD_60.ohlcv")).mtimeMs).not.toBe(before);
  });

  test("the settings file changes inputs; PYNE_SAVE_SCRIPT_TOML=0 writes none", async () => {
    const path = join(box.workdir, "scripts/ma-cross.toml");
    const toml = readFileSync(path, "utf8");
    expect(toml).toContain("[inputs.fast]");
    writeFileSync(path, toml.replace("#value = 24", "value = 5"));
    await box.pyne("run", "ma-cross", "EURUSD_60", "--plot", "five");
    expect(rowsOf("output/five.csv")[5]![6]).not.toBe("NaN");
    expect(rowsOf("output/five.csv")[4]![6]).toBe("NaN");
    writeFileSync(path, toml.replace("#value = 24", "value = 0"));
    const refused = await box.pyne("run", "ma-cross", "EURUSD_60");
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`input fast ("Fast") is at least 1, not 0`),
    ]);
    writeFileSync(path, toml);
    box.write(
      "project/quiet.ts",
      `import { indicator } from "pynecore";\nexport default indicator("q", {}, () => () => {});\n`,
    );
    await box.pyneWith({ env: { PYNE_SAVE_SCRIPT_TOML: "0" } }, "run", "./quiet.ts", "demo");
    expect(existsSync(join(box.folder, "quiet.toml"))).toBe(false);
  });

  test.each([
    ["no default export", "export const x = 1;\n", "default"],
    ["no script", "export default 5;\n", "default"],
    ["a syntax error", "export default (;\n", "bad.ts"],
    ["an import nobody has", `import "left-pad-of-nobody";\nexport default 1;\n`, "left-pad-of-nobody"],
  ])("a script with %s is one error line", async (_name, source, message) => {
    box.write("project/bad.ts", source);
    const { exitCode, stderr } = await box.pyne("run", "./bad.ts", "demo");
    expect(exitCode).toBe(1);
    expect(stderr.split("\n").filter((line) => line.startsWith("error:"))).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  test("a policy that does not exist stops the start and lists those that do", async () => {
    const path = join(box.workdir, "config/brokers.toml");
    writeFileSync(path, `on_unexpected_cancel = "abort"\n`);
    const { exitCode, stderr } = await box.pyne("run", "demo", "demo", "--broker");
    expect(exitCode).toBe(2);
    for (const word of ["stop", "stop_and_cancel", "re_place", "ignore", "halt"])
      expect(stderr).toContain(`"${word}"`);
    expect(stderr).toContain("brokers.toml: on_unexpected_cancel");
    expect(readFileSync(path, "utf8")).toBe(`on_unexpected_cancel = "abort"\n`);
  });
});

describe("data files", () => {
  test("info tells what a file holds", async () => {
    const { stdout } = await box.pyne("data", "info", "demo");
    for (const word of ["symbol", "timeframe       1D", "bars            2,000", "2020-01-01"])
      expect(stdout).toContain(word);
  });
  test("a file that is no data file is refused by name", async () => {
    box.write(
      "project/workdir/data/junk.ohlcv",
      "This is certainly not a data file, whatever its name says.",
    );
    const { exitCode, stderr } = await box.pyne("run", "demo", "junk");
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("junk.ohlcv")]);
  });
  test("a CSV that is broken is refused by row, and leaves nothing", async () => {
    box.write("project/workdir/data/MSFT.csv", "time,open,high,low,close,volume\n2024-01-01,1,2,0,x,5\n");
    const { exitCode, stderr } = await box.pyne("run", "demo", "MSFT");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(`line 2: "x" in column close is not a number`),
    ]);
    expect(existsSync(join(box.workdir, "data/MSFT.ohlcv"))).toBe(false);
  });
});

describe("a chart of a longer timeframe than the data", () => {
  test("merges the bars on the way: days of New York, midnight to midnight", async () => {
    const outcome = await box.pyne("run", "ma-cross", "EURUSD_60", "-T", "1D", "--json", "--plot", "days");
    expect(outcome).toMatchObject({ exitCode: 0 });
    const [, first, second] = rowsOf("output/days.csv");
    const hours = rowsOf("data/EURUSD_60.csv").slice(1);
    const times = [first!, second!].map((row) => Date.parse(row[0]!));
    const inside = hours.filter(([time]) => Date.parse(time!) >= times[0]! && Date.parse(time!) < times[1]!);
    expect(new Date(times[1]!).toISOString()).toEndWith("T05:00:00.000Z");
    expect(first!.slice(1, 6).map(Number)).toEqual([
      Number(inside[0]![1]),
      Math.max(...inside.map((row) => Number(row[2]))),
      Math.min(...inside.map((row) => Number(row[3]))),
      Number(inside.at(-1)![4]),
      inside.reduce((sum, row) => sum + Number(row[5]), 0),
    ]);
  });

  test.each([
    ["30", "bars of 60 cannot be made into bars of 30: the timeframe must be longer"],
    ["90", "bars of 60 cannot be made into bars of 90: it is no multiple"],
    ["1H", '"1H" is not a timeframe'],
  ])("--timeframe %s is refused", async (timeframe, message) => {
    const outcome = await box.pyne("run", "ma-cross", "EURUSD_60", "--timeframe", timeframe);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
    expect(outcome.stderr).toContain(`error: ${message}`);
  });
});
