/** Running a script: series, state, inputs, settings, plots, and what a script may not do. */
import { describe, expect, test } from "bun:test";
import { indicator, input, na, strategy, ta, type ScriptModule, type Series } from "pynecore";

import { ConfigError, RuntimeFailure } from "../../src/kernel/errors.ts";
import { plotCsvLines } from "../report/plot-csv-lines.ts";
import { type RunOptions, type RunResult, runScript } from "../../src/runtime/run.ts";
import { parseSettings, renderSettings } from "../../src/runtime/settings-toml.ts";
import { rampColumns, symbol } from "./fixtures.ts";

const run = (script: ScriptModule, options: Partial<RunOptions> = {}): Promise<RunResult> =>
  runScript(script, { columns: rampColumns(5), symInfo: symbol(), timeframe: "5", ...options });
const plotted = async (
  script: ScriptModule,
  options: Partial<RunOptions> = {},
): Promise<Record<string, number[]>> =>
  Object.fromEntries(
    (await run(script, options)).plots.map(({ title, values }) => [title, [...values].slice(0, 5)]),
  );

describe("a script that was put together wrongly", () => {
  test.each<[unknown[], string]>([
    [["x", () => () => {}], "indicator(): its settings are of type function, not an object"],
    [["x", {}], "indicator(): its setup is missing, not a function"],
    [["x", null, () => () => {}], "indicator(): its settings are null, not an object"],
    [[{}, {}, () => () => {}], "indicator(): its title is of type object, not a text"],
  ])("is told what is missing: %p", (parts, message) => {
    const make = indicator as unknown as (...parts: unknown[]) => ScriptModule;
    expect(() => make(...parts)).toThrow(message);
  });
});

describe("series", () => {
  test("prices, their mixtures, and history that does not reach beyond the first bar", async () => {
    const script = indicator("x", {}, (s) => () => {
      s.plot("hl2", s.hl2.now);
      s.plot("back", s.close.at(2));
      s.plot("index", s.barIndex);
    });
    expect(await plotted(script)).toEqual({
      hl2: [100.25, 101.25, 102.25, 103.25, 104.25],
      back: [na, na, 100.5, 101.5, 102.5],
      index: [0, 1, 2, 3, 4],
    });
  });

  test("a series of one's own has history and may feed an indicator", async () => {
    const script = indicator("x", {}, (s) => {
      const range = s.series(() => s.high.now - s.low.now + s.barIndex);
      const average = ta.sma(range, 2);
      return () => s.plot("average", average.now + range.at(1));
    });
    expect(await plotted(script)).toEqual({ average: [na, 5.5, 7.5, 9.5, 11.5] });
  });

  test("a length that is a series changes from bar to bar", async () => {
    const script = indicator("x", {}, (s) => {
      const length = s.series(() => (s.barIndex < 3 ? 1 : 3));
      const average = ta.sma(s.close, length);
      return () => s.plot("average", average.now);
    });
    expect(await plotted(script)).toEqual({ average: [100.5, 101.5, 102.5, 102.5, 103.5] });
  });

  test("conditions", async () => {
    const script = indicator("x", {}, (s) => {
      const up = ta.crossover(s.close, 102);
      return () => s.plot("up", up.now);
    });
    expect(await plotted(script)).toEqual({ up: [0, 0, 1, 0, 0] });
  });

  test("are made in the setup and nowhere else", () => {
    const late: (s: { series(f: () => number): Series }) => void = (s) => s.series(() => 1);
    expect(run(indicator("x", {}, (s) => () => late(s)))).rejects.toThrow("series() was called on a bar");
    expect(run(indicator("x", {}, (s) => () => void ta.sma(s.close, 2)))).rejects.toThrow("ta.sma");
    expect(() => ta.sma(1, 2)).toThrow("ta.sma");
  });

  test("a length below 1 is refused at once, the function named", () => {
    expect(run(indicator("x", {}, (s) => (ta.ema(s.close, 0), () => {})))).rejects.toThrow("ta.ema");
  });
});

describe("inputs", () => {
  const script = indicator("x", {}, (s) => {
    const length = input.int("Fast length", 2, { min: 1, max: 10 });
    const again = input.int("Fast length", 3);
    const mode = input.string("Mode", "a", { options: ["a", "b"] });
    const source = input.source("Source", "close");
    const loud = input.bool("Loud?", false);
    const factor = input.float("Factor", 1.5, { min: 0 });
    return () =>
      s.plot(
        "p",
        length + again * 10 + (mode === "b" ? 100 : 0) + (loud ? 1000 : 0) + factor + source.now * 0,
      );
  });
  const last = async (inputs: Record<string, unknown>): Promise<number> =>
    (await plotted(script, { inputs }))["p"]!.at(-1)!;

  test("have their defaults", async () => {
    expect(await last({})).toBe(33.5);
  });
  test("take the user's values; the second of one title has a number", async () => {
    expect(
      await last({ fast_length: 5, fast_length_2: 7, mode: "b", source: "hl2", loud: true, factor: 2 }),
    ).toBe(1177);
  });
  test.each([
    [{ fast_length: "5" }, "a number"],
    [{ fast_length: 2.5 }, "a whole number"],
    [{ fast_length: 0 }, "at least 1"],
    [{ fast_length: 11 }, "at most 10"],
    [{ mode: "c" }, "one of a, b"],
    [{ source: "hl3" }, "one of open"],
    [{ loud: 1 }, "true or false"],
    [{ factor: -1 }, "at least 0"],
    [{ factor: na }, "a number"],
  ])("%j is refused: %s", (inputs, reason) => {
    expect(run(script, { inputs })).rejects.toThrow(reason);
    expect(run(script, { inputs })).rejects.toBeInstanceOf(ConfigError);
  });

  test("the settings file: defaults commented, what was set kept, twice the same", async () => {
    const { declaration, inputs } = await run(script);
    const fresh = renderSettings(declaration, inputs, { settings: {}, inputs: {} });
    expect(fresh).toContain(
      `[inputs.fast_length]\n# Fast length\n# default: 2\n# min: 1\n# max: 10\n#value = 2\n`,
    );
    expect(parseSettings(fresh, "f")).toEqual({ settings: {}, inputs: {} });
    const edited = fresh.replace("#value = 2", "value = 4").replace("#overlay = false", "overlay = true");
    const user = parseSettings(edited, "f");
    expect(user).toEqual({ settings: { overlay: true }, inputs: { fast_length: 4 } });
    expect(renderSettings(declaration, inputs, user)).toBe(edited);
  });

  test.each([
    ["script = 1\n", "script is a table"],
    ["[inputs]\nlength = 3\n", "inputs.length is a table with a value"],
    ["[script\n", "f:1:"],
  ])("%j is refused", (text, reason) => {
    expect(() => parseSettings(text, "f")).toThrow(reason);
  });
});

describe("settings", () => {
  const script = strategy("x", { initialCapital: 500 }, (s) => () => s.plot("equity", s.equity));
  test("the user's beat the script's", async () => {
    expect((await plotted(script))["equity"]![0]).toBe(500);
    expect((await plotted(script, { settings: { initialCapital: 900 } }))["equity"]![0]).toBe(900);
  });
  test.each([
    [{ initialCapitol: 1 }, 'has no setting "initialCapitol"'],
    [{ initialCapital: "1" }, "is a number"],
    [{ initialCapital: 0 }, "is above 0"],
    [{ pyramiding: -1 }, "is at least 0"],
    [{ defaultQtyType: "lots" }, "is one of fixed, cash, percent_of_equity"],
  ])("%j is refused: %s", (settings, reason) => {
    expect(run(script, { settings })).rejects.toThrow(reason);
  });
});

describe("plots", () => {
  test("the file: ISO times, floats with a point, booleans as words, only bars that plotted", async () => {
    const script = indicator("x", {}, (s) => () => {
      if (s.barIndex < 3) return;
      s.plot("a, b", s.barIndex === 3 ? na : 1e-5);
      s.plot("flag", s.barIndex === 4);
    });
    expect(plotCsvLines(await run(script))).toEqual([
      `time,open,high,low,close,volume,"a, b",flag`,
      "2024-01-01T00:15:00+00:00,103.0,104.5,102.0,103.5,1.0,NaN,False",
      "2024-01-01T00:20:00+00:00,104.0,105.5,103.0,104.5,1.0,1e-05,True",
    ]);
  });
});

describe("a run", () => {
  test("that a script ends says so in its own words", () => {
    const script = indicator("x", {}, (s) => () => s.runtimeError("enough"));
    expect(run(script)).rejects.toThrow("enough");
    expect(run(script)).rejects.toBeInstanceOf(RuntimeFailure);
  });

  test("that is interrupted is whole up to there", async () => {
    const controller = new AbortController();
    const script = indicator("x", {}, (s) => () => {
      if (s.barIndex === 10) controller.abort();
      s.plot("index", s.barIndex);
    });
    const result = await run(script, { columns: rampColumns(100_000), signal: controller.signal });
    expect(result.reason).toBe("interrupted");
    expect(result.bars).toBeGreaterThan(10);
    expect(result.bars).toBeLessThan(100_000);
    expect(result.plots[0]!.values[result.bars - 1]).toBe(result.bars - 1);
  });

  test("tells its progress", async () => {
    const seen: number[] = [];
    await run(
      indicator("x", {}, () => () => {}),
      { columns: rampColumns(50_000), onProgress: (done) => seen.push(done) },
    );
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(50_000);
  });

  test("knows the first and the last bar, and the same script twice gives the same", async () => {
    const script = indicator("x", {}, (s) => () => {
      s.plot("first", s.barstate.isfirst);
      s.plot("last", s.barstate.islast);
    });
    const once = await plotted(script);
    expect(once).toEqual({ first: [1, 0, 0, 0, 0], last: [0, 0, 0, 0, 1] });
    expect(await plotted(script)).toEqual(once);
  });
});
