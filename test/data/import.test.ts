/** Bars from files of other programs: times, periods, symbols, grids, and files that are refused. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { detectFormat, parseBars } from "../../src/data/import/bars.ts";
import { convertFile } from "../../src/data/import/convert.ts";
import { parseDelimited } from "../../src/kernel/delimited.ts";
import { detectPeriod } from "../../src/data/import/period.ts";
import { guessType, symbolFromName } from "../../src/data/import/symbol-name.ts";
import { detectQuantityStep, detectTick } from "../../src/data/import/ticks.ts";
import { readTime } from "../../src/kernel/timestamps.ts";
import type { BarColumns } from "../../src/kernel/bar.ts";
import { loadBars } from "../../src/data/load.ts";

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

describe("times", () => {
  test.each([
    ["1704067200", "2024-01-01T00:00:00.000Z"],
    ["1704067200123", "2024-01-01T00:00:00.123Z"],
    ["1704067200123456", "2024-01-01T00:00:00.123Z"],
    ["1704067200123456789", "2024-01-01T00:00:00.123Z"],
    ["-86400", "1969-12-31T00:00:00.000Z"],
    ["2024-01-01", "2024-01-01T00:00:00.000Z"],
    ["20240101", "2024-01-01T00:00:00.000Z"],
    ["2024-01-01 09:30", "2024-01-01T09:30:00.000Z"],
    ["2024/1/2 9:30:15", "2024-01-02T09:30:15.000Z"],
    ["31.12.2023 23:59:59", "2023-12-31T23:59:59.000Z"],
    ["20240101 093000", undefined],
    ["20240101 09:30:00", "2024-01-01T09:30:00.000Z"],
    ["2024-01-01T09:30:00.123456Z", "2024-01-01T09:30:00.123Z"],
    ["2024-01-01T09:30:00+02:00", "2024-01-01T07:30:00.000Z"],
    ["2024-01-01T09:30:00-0500", "2024-01-01T14:30:00.000Z"],
    ["2024-02-30", undefined],
    ["2023-02-29", undefined],
    ["2024-01-01 25:00", undefined],
    ["yesterday", undefined],
    ["12345678901234567890", undefined],
    ["", undefined],
  ])("%p is %p", (text, expected) => {
    if (expected === undefined) expect(() => readTime(text, "UTC")).toThrow();
    else expect(iso(readTime(text, "UTC").timeMs)).toBe(expected);
  });

  test.each([
    ["2024-07-01 00:00", "Europe/Paris", "2024-06-30T22:00:00.000Z"],
    ["2024-01-01 00:00", "UTC+5:30", "2023-12-31T18:30:00.000Z"],
    ["2024-01-01 00:00", "+0530", "2023-12-31T18:30:00.000Z"],
    ["2024-01-01T00:00:00Z", "Europe/Paris", "2024-01-01T00:00:00.000Z"],
  ])("%s in %s is %s", (text, zone, expected) => {
    expect(iso(readTime(text, zone).timeMs)).toBe(expected);
  });

  test("an unknown zone is named", () => {
    expect(() => readTime("2024-01-01", "Mars/Olympus")).toThrow(`"Mars/Olympus" is not known`);
  });
});

describe("periods", () => {
  const times = (...texts: string[]): number[] => texts.map((text) => readTime(text, "UTC").timeMs);
  test.each([
    [["2024-01-01 00:00", "2024-01-01 00:01", "2024-01-01 00:05"], "UTC", "1"],
    [["2024-01-01 00:00", "2024-01-01 04:00"], "UTC", "240"],
    [["2024-01-01 00:00:00", "2024-01-01 00:00:15"], "UTC", "15S"],
    [["2024-01-01", "2024-01-02", "2024-01-05"], "UTC", "1D"],
    [["2024-01-01", "2024-01-08"], "UTC", "1W"],
    [["2024-01-01", "2024-02-01", "2024-04-01"], "UTC", "1M"],
    [["2024-01-31", "2024-02-29", "2024-03-31"], "UTC", "1M"],
    [["2023-01-01", "2024-01-01"], "UTC", "12M"],
    // Midnights in Paris across the change of daylight saving: 23 hours apart, and a day.
    [["2024-03-29T23:00Z", "2024-03-30T23:00Z", "2024-03-31T22:00Z"], "Europe/Paris", "1D"],
  ])("%j in %s is %s", (texts, zone, expected) => {
    expect(detectPeriod(times(...texts), zone)).toBe(expected);
  });
  test("too few, or too close", () => {
    expect(() => detectPeriod([0], "UTC")).toThrow("1 bars");
    expect(() => detectPeriod([0, 500], "UTC")).toThrow("finer than a second");
  });
});

describe("symbols from file names", () => {
  test.each([
    ["BINANCE_BTC_USDT", "BTC/USDT", "binance"],
    ["ccxt_BYBIT_BTC_USDT_USDT_1", "BTC/USDT", "bybit"],
    ["CAPITALCOM_EURUSD, 30_cbf9d", "EURUSD", "capitalcom"],
    ["TV_BTCUSD_1h", "BTCUSD", "tradingview"],
    ["MT5_GBPUSD_H1_2024", "GBPUSD", "mt5"],
    ["KRAKEN_XRPUSD", "XRP/USD", "kraken"],
    ["EURUSD", "EURUSD", "forex"],
    ["EUR-USD", "EURUSD", "forex"],
    ["BTCUSD_1h", "BTC/USD", "ccxt"],
    ["MSFT_daily", "MSFT", undefined],
    ["LIBOR", "LIBOR", undefined],
    ["XX", undefined, undefined],
    ["12345", undefined, undefined],
    ["CCXT", undefined, "ccxt"],
  ])("%s is %p of %p", (stem, symbol, provider) => {
    expect(symbolFromName(stem)).toEqual({ symbol, provider });
  });

  test.each([
    ["BINANCE:BTCUSDT.P", "crypto", "BTC", "USDT"],
    ["BTC/USDT", "crypto", "BTC", "USDT"],
    ["EURUSD", "forex", "EUR", "USD"],
    ["JPYEUR", "forex", "JPY", "EUR"],
    ["AAPL", "other", undefined, "USD"],
  ])("%s is %s, %p in %s", (symbol, type, base, currency) => {
    expect(guessType(symbol)).toEqual({
      type: type as "crypto",
      currency,
      ...(base === undefined ? {} : { basecurrency: base }),
    });
  });
});

describe("grids", () => {
  const series = (length: number, price: (index: number) => number, volume = (index: number) => index) => {
    const close = Float64Array.from({ length }, (_, index) => price(index));
    return {
      length,
      open: close,
      high: close,
      low: close,
      close,
      volume: close.map((_, index) => volume(index)),
    };
  };
  const bars = (step: number, decimals: number, volume?: (index: number) => number) =>
    series(400, (index) => Number((100 + step * ((index * index) % 37)).toFixed(decimals)), volume);
  test.each([
    [1, 0],
    [0.25, 2],
    [0.01, 2],
    [1e-5, 5],
  ])("a tick of %p", (tick, decimals) => {
    expect(detectTick(bars(tick, decimals))).toBeCloseTo(tick, 10);
  });
  test("too little to go by: a hundredth, or as fine as the prices are written", () => {
    expect(detectTick(series(5, (index) => index))).toBe(0.01);
    expect(detectTick(series(5, (index) => 0.00012345 + index * 1e-8))).toBe(1e-8);
  });
  test("closes that happen to be multiples of five cents do not hide highs that are not", () => {
    const columns = bars(0.05, 2);
    const high = columns.close.map((close) => Number((close + 0.01).toFixed(2)));
    expect(detectTick({ ...columns, high })).toBe(0.01);
  });
  test.each([
    ["three decimals", (index: number) => index + 0.125, 0.001],
    ["whole numbers", (index: number) => index, 1],
    ["nothing but zeros", () => 0, undefined],
    ["noise now and then", (index: number) => (index % 50 === 0 ? 1 / 3 : 0.5), 0.1],
    ["nothing but noise", () => 1 / 3, undefined],
  ] as const)("quantities are as fine as they are written: %s", (_name, volume, expected) => {
    expect(detectQuantityStep(bars(1, 0, volume).volume)).toBe(expected!);
  });
  test("ninety-nine volumes do not tell", () => {
    expect(detectQuantityStep(new Float64Array(99).fill(0.5))).toBeUndefined();
    expect(detectQuantityStep(new Float64Array(100).fill(0.5))).toBe(0.1);
  });
});

describe("texts", () => {
  const firstBar = ({ openTimeMs, open, high, low, close, volume }: BarColumns): number[] =>
    [openTimeMs, open, high, low, close, volume].map((column) => column[0]!);

  test.each([
    [`[{"a":1}]`, "json"],
    [`\uFEFF{"data":[]}`, "json"],
    ["[not json, a, b, c, d", "csv"],
    ["time,open,high,low,close,volume", "csv"],
    ["time\topen\thigh", "txt"],
    ["time;open", "txt"],
    ["time|open", "txt"],
  ] as const)("%p is %s", (text, format) => {
    expect(detectFormat(text)).toBe(format);
  });

  test("quotes, line breaks inside them, both kinds of line ends, blank lines", () => {
    expect(parseDelimited(`a,"b ""x"", y"\r\n\r\n"c\nd",e\n`, ",")).toEqual([
      ["a", `b "x", y`],
      ["c\nd", "e"],
    ]);
  });

  const header = "time,open,high,low,close,volume";
  test.each([
    ["no time column", "x,open,high,low,close,volume\n", "no time column among: x, open"],
    ["no close", "time,open,high,low,volume\n", "no column close"],
    ["a word for a price", `${header}\n1704067200,1,2,x,4,5\n`, `line 2: "x" in column low is not a number`],
    ["a short row", `${header}\n1704067200,1,2\n`, "line 2 has 3 columns instead of 6"],
    [
      "a time twice",
      `${header}\n1704067200,1,1,1,1,1\n1704067200,1,1,1,1,1\n`,
      "line 3 has the time of the bar before",
    ],
    [
      "time running backwards",
      `${header}\n1704067260,1,1,1,1,1\n1704067200,1,1,1,1,1\n`,
      "line 3 is earlier",
    ],
    ["a bad time", `${header}\nnoon,1,1,1,1,1\n`, `line 2: "noon" is not a time`],
  ])("%s", (_name, text, message) => {
    expect(() => parseBars(text, "csv", "UTC")).toThrow(message);
  });

  test("columns by name in any order and case; further ones keep their spelling; missing values are NaN", () => {
    const { columns } = parseBars(
      "Volume,CLOSE, Low ,high,Open,Date,RSI\n5,4,,4,1,2024-01-01,na\n",
      "csv",
      "UTC",
    );
    expect(firstBar(columns)).toEqual([Date.UTC(2024, 0, 1), 1, 4, Number.NaN, 4, 5]);
    expect([...columns.extra]).toEqual([["RSI", ["na"]]]);
  });

  test("JSON lists, also under the usual names", () => {
    const row = { t: 1704067200, open: 1, high: 2, low: 0.5, close: "1.5", volume: null, note: "x" };
    for (const text of [JSON.stringify([row]), JSON.stringify({ meta: 1, candles: [row] })]) {
      const { columns } = parseBars(text, "json", "UTC");
      expect(firstBar(columns)).toEqual([1704067200000, 1, 2, 0.5, 1.5, Number.NaN]);
      expect(columns.extra.size).toBe(0);
    }
    expect(() => parseBars(`{"a":1}`, "json", "UTC")).toThrow("no list of bars");
    expect(() => parseBars(`[[1,2]]`, "json", "UTC")).toThrow("no time column among: none");
    expect(() => parseBars(JSON.stringify([row, null]), "json", "UTC")).toThrow(
      "bar 2 is null, not an object",
    );
    expect(() => parseBars("[1", "json", "UTC")).toThrow("not JSON");
  });
});

describe("a conversion", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pyne-import-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const rows = Array.from(
    { length: 30 },
    (_, index) =>
      `2024-01-${String(index + 1).padStart(2, "0")},1.1000${index % 10},1.2,1.0,1.1000${index % 9},${index}`,
  );
  const csv = `time,open,high,low,close,volume\n${rows.join("\n")}\n`;

  test("leaves a pair of files with the source's time, and nothing else", () => {
    const source = write("EURUSD.csv", csv);
    utimesSync(source, 1_700_000_000, 1_700_000_000);
    const { symInfo, bars } = convertFile(source);
    expect(bars).toBe(30);
    expect(symInfo).toMatchObject({
      ticker: "EURUSD",
      type: "forex",
      period: "1D",
      mintick: 1e-5,
      prefix: "FOREX",
    });
    expect(readdirSync(folder).toSorted()).toEqual([
      "EURUSD.csv",
      "EURUSD.ohlcv",
      "EURUSD.provenance.json",
      "EURUSD.toml",
    ]);
    expect(statSync(join(folder, "EURUSD.ohlcv")).mtimeMs).toBe(1_700_000_000_000);
    const loaded = loadBars(join(folder, "EURUSD.ohlcv"));
    expect(loaded.columns.close[3]).toBe(1.10003);
  });

  test("keeps a symbol file that is there; it is the user's", () => {
    const source = write("EURUSD.csv", csv);
    convertFile(source);
    const toml = join(folder, "EURUSD.toml");
    writeFileSync(toml, readFileSync(toml, "utf8").replace(`description = "EURUSD"`, `description = "mine"`));
    convertFile(source);
    expect(readFileSync(toml, "utf8")).toContain(`description = "mine"`);
  });

  test("that fails leaves the previous pair untouched", () => {
    const source = write("EURUSD.csv", csv);
    convertFile(source);
    const before = readdirSync(folder).map((name) => [name, Bun.hash(readFileSync(join(folder, name)))]);
    writeFileSync(source, `${csv}2024-01-05,1,1,1,1,1\n`);
    expect(() => convertFile(source)).toThrow("earlier");
    const after = readdirSync(folder).map((name) => [name, Bun.hash(readFileSync(join(folder, name)))]);
    expect(after.filter(([name]) => name !== "EURUSD.csv")).toEqual(
      before.filter(([name]) => name !== "EURUSD.csv"),
    );
  });

  test("refuses a symbol file of another period, and a name that says nothing", () => {
    const source = write("EURUSD.csv", csv);
    convertFile(source);
    const toml = join(folder, "EURUSD.toml");
    writeFileSync(toml, readFileSync(toml, "utf8").replace(`period = "1D"`, `period = "60"`));
    expect(() => convertFile(source)).toThrow("says the period is 60, the bars");
    expect(() => convertFile(write("12.csv", csv))).toThrow("the symbol cannot be told");
  });

  test.each([
    ["2024-01-01T00:00:00-05:00", "2024-01-02T00:00:00-05:00", "US/Eastern"],
    ["2024-03-30T00:00:00+01:00", "2024-04-01T00:00:00+02:00", "Europe/Paris"],
    ["2024-03-30T00:00:00+00:00", "2024-04-01T00:00:00+01:00", "Europe/London"],
    ["2024-01-01T00:00:00+05:30", "2024-01-02T00:00:00+05:30", "UTC+05:30"],
    ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "UTC"],
  ])("offsets of %s and %s mean %s", (first, second, zone) => {
    const source = write(
      "MSFT.csv",
      `time,open,high,low,close,volume\n${first},1,1,1,1,1\n${second},1,1,1,1,1\n`,
    );
    expect(convertFile(source).symInfo.timezone).toBe(zone);
  });
});
