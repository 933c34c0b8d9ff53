/** The small rules of a download, by table. */
import { describe, expect, test } from "bun:test";

import { progressLine, duration, resultLine } from "../../../src/cli/download-report.ts";
import { retryDelayMs } from "../../../src/data/download/retry.ts";
import { readSource, sameInstrument, writeSource } from "../../../src/data/download/source.ts";
import type { FetchResult } from "../../../src/data/download/types.ts";
import { dataFileName } from "../../../src/data/file-name.ts";

test.each([
  ["ccxt", "BYBIT:BTC/USDT:USDT", "60", "ccxt_BYBIT_BTC_USDT_USDT_60.ohlcv"],
  ["foo", "eurusd", "1D", "foo_EURUSD_1D.ohlcv"],
  ["foo", "BTCUSDT.P", "1", "foo_BTCUSDT.P_1.ohlcv"],
  ["foo", "^GSPC", "1W", "foo_^GSPC_1W.ohlcv"],
  ["foo", "../../etc/passwd", "1D", "foo_.._.._ETC_PASSWD_1D.ohlcv"],
  ["foo", 'a b\\c*d?"e<f>|g\n', "1D", "foo_A_B_C_D__E_F__G__1D.ohlcv"],
])("the file of %s %s %s is %s", (provider, symbol, timeframe, name) => {
  expect(dataFileName(provider, symbol, timeframe)).toBe(name);
});

describe("the wait after a failure", () => {
  test.each([
    ["the first", 1, undefined, 0.5, 1000],
    ["the third", 3, undefined, 0.5, 4000],
    ["by chance shorter", 3, undefined, 0, 3000],
    ["by chance longer", 3, undefined, 0.999, 4998],
    ["never below a second", 1, undefined, 0, 1000],
    ["never above a minute", 20, undefined, 0.999, 60_000],
    ["at least what the venue asks for", 1, 30_000, 0.5, 30_000],
    ["more when it asks for less", 5, 1000, 0.5, 16_000],
  ])("%s", (_name, failures, asked, random, expected) => {
    expect(retryDelayMs(failures, asked, random)).toBe(expected);
  });
});

describe("the [download] table", () => {
  test("is written and read back", () => {
    const source = { provider: 'foo:a "b"@1D', quantityStepGuessed: true };
    expect(readSource(writeSource("", source), "x.toml")).toEqual(source);
  });

  test("keeps the lines of others", () => {
    const text = '[download]\nprovider = "old:X"\nnote = "mine"\n\n[other]\na = 1\n';
    expect(writeSource(text, { provider: "foo:X@60", quantityStepGuessed: false })).toBe(
      '[download]\nprovider = "foo:X@60"\nnote = "mine"\n\n[other]\na = 1',
    );
  });

  test.each([
    ["", undefined],
    ["[download]\n", undefined],
    ["[download]\nprovider = 5\n", undefined],
    ['[download]\nprovider = "foo:X"\n', "foo:X"],
  ])("%j names %p", (text, provider) => {
    expect(readSource(text, "x.toml")?.provider).toBe(provider as string);
  });

  test("that is no TOML is refused", () => {
    expect(() => readSource("[download]\nprovider = \n", "x.toml")).toThrow(/x.toml: its \[download\] table/);
  });

  test.each([
    ["foo:X@60", "foo:X@60", true],
    ["foo:X", "foo:X@60", true],
    ["FOO:X@60", "foo:X@60", true],
    ["foo:X@60", "foo:X@1D", false],
    ["foo:X/Y@60", "foo:X_Y@60", false],
    ["foo:X@60", "bar:X@60", false],
  ])("%s and %s: the same is %p", (a, b, same) => {
    expect(sameInstrument(a, b)).toBe(same);
  });
});

describe("what a person reads", () => {
  const noon = Date.UTC(2024, 4, 5, 12);
  test.each([
    [
      { bars: 5000, lastMs: noon, fraction: 0.25 },
      10_000,
      " 25 %  5,000 bars  2024-05-05 12:00  500 bars/s  0:30 left",
    ],
    [{ bars: 5000, lastMs: noon, fraction: undefined }, 10_000, "5,000 bars  2024-05-05 12:00  500 bars/s"],
    [{ bars: 10, lastMs: noon, fraction: 1 }, 0, "100 %  10 bars  2024-05-05 12:00  10,000 bars/s"],
  ])("while it runs", (progress, elapsed, line) => {
    expect(progressLine(progress, elapsed)).toBe(line);
  });

  test.each([
    [7000, "0:07"],
    [725_000, "12:05"],
    [3_723_000, "1:02:03"],
  ])("%p ms are %s", (ms, text) => expect(duration(ms)).toBe(text));

  test.each([
    [
      { added: 1, bars: 1, firstMs: noon, lastMs: noon, revisions: [] },
      "1 bar added; 1 from 2024-05-05 12:00 to 2024-05-05 12:00 UTC",
    ],
    [{ added: 0, bars: 0, firstMs: undefined, lastMs: undefined, revisions: [] }, "nothing new; no bars yet"],
    [
      { added: 0, bars: 2, firstMs: noon, lastMs: noon, revisions: [{ timeMs: 1 }, { timeMs: 1 }] },
      "nothing new, 1 bar revised; 2 from 2024-05-05 12:00 to 2024-05-05 12:00 UTC",
    ],
  ])("afterwards", (result, line) => {
    expect(resultLine(result as unknown as FetchResult)).toBe(line);
  });
});
