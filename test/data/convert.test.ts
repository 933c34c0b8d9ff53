/** Conversions walked through whole: what is found out, what is refused, and that nothing is ever half done. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ConvertOptions, convertFile } from "../../src/data/import/convert.ts";
import { observedHours, usualHours } from "../../src/data/import/hours.ts";
import { zoneOfOffsets } from "../../src/data/import/offsets.ts";
import { detectPeriod } from "../../src/data/import/period.ts";
import { symbolFromName } from "../../src/data/import/symbol-name.ts";
import { loadBars } from "../../src/data/load.ts";
import { readHeader } from "../../src/data/ohlcv/reader.ts";
import { publishTogether } from "../../src/data/publish-together.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { readTime } from "../../src/kernel/timestamps.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyne-convert-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
/** A CSV with flat bars at these times. */
const flat = (...times: readonly (string | number)[]): string =>
  `time,open,high,low,close,volume\n${times.map((time) => `${time},1,1,1,1,1\n`).join("")}`;
/** Every file of the folder with its content. */
const snapshot = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name)).toString("base64")]),
  );
/** What a conversion says and what of the folder it leaves as it was. */
const refused = (source: string, options: ConvertOptions = {}): string => {
  const before = snapshot();
  let message = "";
  try {
    convertFile(source, options);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(snapshot()).toEqual(before);
  return message;
};

describe("what is in the file comes out of it", () => {
  test("a gap stays a gap; further columns follow their row", () => {
    const source = write(
      "MSFT.csv",
      `time,open,high,low,close,volume,mood,rsi\n60,1,1,1,1,1,calm,50\n120,1,1,1,1,1,,51.5\n300,1,1,1,1,1,"so, so",\n`,
    );
    const { ohlcvPath } = convertFile(source);
    const { columns } = loadBars(ohlcvPath);
    expect([...columns.openTimeMs]).toEqual([60_000, 120_000, 300_000]);
    expect(columns.extra.get("mood")).toEqual(["calm", "", "so, so"]);
    expect([...(columns.extra.get("rsi") ?? [])]).toEqual([50, 51.5, Number.NaN]);
    expect(readHeader(ohlcvPath).dense).toBe(false);
  });

  test("further columns that are gone from the source are gone from the data", () => {
    const source = write(
      "MSFT.csv",
      `time,open,high,low,close,volume,rsi\n60,1,1,1,1,1,5\n120,1,1,1,1,1,6\n`,
    );
    convertFile(source);
    expect(existsSync(join(folder, "MSFT.extra.csv"))).toBe(true);
    write("MSFT.csv", flat(60, 120));
    convertFile(source);
    expect(readdirSync(folder).toSorted()).toEqual([
      "MSFT.csv",
      "MSFT.ohlcv",
      "MSFT.provenance.json",
      "MSFT.toml",
    ]);
  });

  test("a Databento export: nanoseconds, the symbol from its column, the file named after a data set", () => {
    const rows = [0, 1, 2].map((i) => `${1_704_067_200 + i * 60}000000000,ohlcv-1m,ESH4,1,1,1,1,5`);
    const source = write(
      "glbx-mdp3-20240101.ohlcv-1m.csv",
      `ts_event,rtype,symbol,open,high,low,close,volume\n${rows.join("\n")}\n`,
    );
    const { symInfo, ohlcvPath } = convertFile(source);
    expect(symInfo).toMatchObject({ ticker: "ESH4", prefix: "DATABENTO", period: "1" });
    expect([...loadBars(ohlcvPath).columns.openTimeMs].slice(0, 2)).toEqual([
      1_704_067_200_000, 1_704_067_260_000,
    ]);
  });

  test("TXT: single quotes, doubled quotes, backslashes, blank lines, any delimiter of three", () => {
    for (const delimiter of ["\t", ";", "|"]) {
      const cells = [
        ["time", "open", "high", "low", "close", "volume", "note"],
        ["60", "1", "1", "1", "1", "1", `'it''s${delimiter}quoted'`],
        [""],
        ["120", "1", "1", "1", "1", "1", `back\\${delimiter}slash`],
        ["180", "1", "1", "1", "1", "1", `"two\nlines"`],
      ];
      const source = write("MSFT.txt", cells.map((row) => row.join(delimiter)).join("\n"));
      const { ohlcvPath } = convertFile(source);
      expect(loadBars(ohlcvPath).columns.extra.get("note")).toEqual([
        `it's${delimiter}quoted`,
        `back${delimiter}slash`,
        "two\nlines",
      ]);
    }
  });

  test.each([
    ["1", 1],
    [" 1.5 ", 1.5],
    ["1e-5", 1e-5],
    ["+.5", 0.5],
    ["", Number.NaN],
    ["null", Number.NaN],
    ["0x10", undefined],
    ["Infinity", undefined],
    ["1_000", undefined],
    ["1e999", undefined],
    ["--1", undefined],
  ])("a volume of %p is %p", (cell, expected) => {
    const source = write("MSFT.csv", `time,open,high,low,close,volume\n60,1,1,1,1,${cell}\n120,1,1,1,1,1\n`);
    if (expected === undefined)
      expect(refused(source)).toBe(`MSFT.csv: line 2: "${cell}" in column volume is not a number`);
    else expect(loadBars(convertFile(source).ohlcvPath).columns.volume[0]).toBe(expected);
  });
});

describe("the period", () => {
  const times = (...texts: string[]): number[] => texts.map((text) => readTime(text, "UTC").timeMs);
  test.each([
    ["four weeks, one bar missing", ["2024-01-01", "2024-01-29", "2024-03-25"], "UTC", "4W"],
    ["month ends, months missing", ["2024-01-31", "2024-02-29", "2024-04-30", "2024-08-31"], "UTC", "1M"],
    ["quarters", ["2024-01-01", "2024-04-01", "2024-10-01"], "UTC", "3M"],
    ["before 1970", ["1969-11-01 09:30", "1969-12-01 09:30", "1970-01-01 09:30"], "UTC", "1M"],
    [
      "days of New York over the spring change",
      ["2024-03-09T05:00Z", "2024-03-10T05:00Z", "2024-03-11T04:00Z"],
      "America/New_York",
      "1D",
    ],
    ["days of UTC seen from New York", ["2024-11-02", "2024-11-03", "2024-11-04"], "America/New_York", "1D"],
    [
      "months of UTC seen from New York",
      ["2024-10-01", "2024-11-01", "2024-12-01"],
      "America/New_York",
      "1M",
    ],
    [
      "four hours of UTC over the autumn change",
      ["2024-11-03 00:00", "2024-11-03 04:00", "2024-11-03 08:00"],
      "America/New_York",
      "240",
    ],
    [
      "four hours of New York over the spring change",
      ["2024-03-10T02:00Z", "2024-03-10T06:00Z", "2024-03-10T09:00Z"],
      "America/New_York",
      "240",
    ],
    ["the hour that comes twice alone", ["2024-11-03T05:30Z", "2024-11-03T06:00Z"], "America/New_York", "30"],
  ])("%s", (_name, texts, zone, expected) => {
    expect(detectPeriod(times(...texts), zone)).toBe(expected);
  });
  test("a second and a half", () => {
    expect(() => detectPeriod([0, 1500], "UTC")).toThrow("1500 ms apart are finer than a second");
  });
});

describe("the zone", () => {
  test.each([
    [[0], "UTC"],
    [[-240], "US/Eastern"],
    [[-240, -300], "US/Eastern"],
    [[60, 0], "Europe/London"],
    [[180, 120], "Europe/Athens"],
    [[660, 600], "Australia/Sydney"],
    [[330], "UTC+05:30"],
    [[-90], "UTC-01:30"],
    [[-300, 60, 480], "Europe/Paris"],
  ])("of offsets %j is %s", (offsets, expected) => {
    expect(zoneOfOffsets(offsets)).toBe(expected);
  });

  test("from daylight-saving offsets in the file: days stay days", () => {
    const source = write(
      "MSFT.csv",
      flat("2024-03-09T00:00:00-05:00", "2024-03-10T00:00:00-05:00", "2024-03-11T00:00:00-04:00"),
    );
    expect(convertFile(source).symInfo).toMatchObject({ timezone: "US/Eastern", period: "1D" });
  });

  test("that the user names wins over the offsets, and times without one are in it", () => {
    const source = write("MSFT.csv", flat("2024-01-01T00:00:00-05:00", "2024-01-02T00:00:00-05:00"));
    expect(convertFile(source, { timezone: "UTC" }).symInfo.timezone).toBe("UTC");
    const naive = write("AAPL.csv", flat("2024-01-01", "2024-01-02"));
    const { ohlcvPath } = convertFile(naive, { timezone: "Asia/Tokyo" });
    expect(loadBars(ohlcvPath).columns.openTimeMs[0]).toBe(Date.UTC(2023, 11, 31, 15));
    expect(refused(write("IBM.csv", flat(60, 120)), { timezone: "Mars" })).toContain(`"Mars" is not known`);
  });

  test("of the symbol file that is there wins over the offsets", () => {
    const source = write("MSFT.csv", flat("2024-01-01", "2024-01-02"));
    const { tomlPath } = convertFile(source, { timezone: "Asia/Tokyo" });
    write("MSFT.csv", flat("2024-01-01T00:00:00-05:00", "2024-01-02T00:00:00-05:00"));
    expect(convertFile(source).symInfo.timezone).toBe("Asia/Tokyo");
    expect(existsSync(tomlPath)).toBe(true);
  });
});

describe("refused, and nothing is written or changed", () => {
  const good = flat("2024-01-01", "2024-01-02", "2024-01-03");
  test.each([
    ["one row", flat("2024-01-01"), "cannot be told from 1 bars"],
    ["no rows", flat(), "cannot be told from 0 bars"],
    ["an empty file", "", "no time column among: none"],
    ["no volume", "time,open,high,low,close\n60,1,1,1,1\n", "no column volume"],
    ["a time twice", flat(60, 60), "line 3 has the time of the bar before it: 60"],
    ["time running backwards", flat(120, 60), "line 3 is earlier than the bar before it: 60"],
    [
      "a high below the close at the end",
      `${good}2024-01-04,1,1,1,2,1\n`,
      "line 5 cannot be stored: its high 1",
    ],
    ["a low above the open", `${good}2024-01-04,1,3,2,2,1\n`, "line 5 cannot be stored: its low 2"],
    ["a line number counts blank lines", `${good}\n\nnoon,1,1,1,1,1\n`, "line 7: "],
  ])("%s", (_name, text, message) => {
    const source = write("MSFT.csv", good);
    convertFile(source);
    writeFileSync(source, text);
    expect(refused(source)).toContain(message);
  });

  test("a file of two symbols says so", () => {
    const source = write("x.csv", `time,symbol,open,high,low,close,volume\n60,A,1,1,1,1,1\n60,B,1,1,1,1,1\n`);
    expect(() => convertFile(source)).toThrow("line 3 has the time of the bar before it");
    try {
      convertFile(source);
    } catch (error) {
      expect((error as { hint?: string }).hint).toContain("more than one symbol (A and B)");
    }
  });

  test("bars that a provider gave, unless it is meant", () => {
    const source = write("MSFT.csv", good);
    const { tomlPath } = convertFile(source);
    writeFileSync(tomlPath, `${readFileSync(tomlPath, "utf8")}\n[download]\nprovider = "x:MSFT@1D"\n`);
    write("MSFT.csv", flat("2024-01-01", "2024-01-02"));
    expect(refused(source)).toContain("was downloaded; converting MSFT.csv would replace its bars");
    expect(convertFile(source, { replaceDownloaded: true }).bars).toBe(2);
    expect(readFileSync(tomlPath, "utf8")).toContain(`provider = "x:MSFT@1D"`);
  });

  test("D in the symbol file means 1D; another period does not", () => {
    const source = write("MSFT.csv", good);
    const { tomlPath } = convertFile(source);
    const toml = readFileSync(tomlPath, "utf8");
    writeFileSync(tomlPath, toml.replace(`period = "1D"`, `period = "D"`));
    expect(convertFile(source).bars).toBe(3);
    writeFileSync(tomlPath, toml.replace(`period = "1D"`, `period = "1W"`));
    expect(refused(source)).toContain("says the period is 1W, the bars of");
  });

  test("a text named like a data file, whatever its size", () => {
    for (const size of [239, 240, 241]) {
      const path = write("x.ohlcv", "time,open,high,low,close\n".padEnd(size, "1"));
      expect(() => loadBars(path)).toThrow("is not a data file");
    }
  });
});

describe("files that appear together", () => {
  const prepare = (): { moves: [string, string][]; obsolete: string[] } => {
    for (const name of ["a", "b", "gone"]) write(name, `old ${name}`);
    for (const name of ["a", "b", "c"]) write(`.${name}.new`, `new ${name}`);
    const at = (name: string): string => join(folder, name);
    return {
      moves: ["a", "b", "c"].map((name): [string, string] => [at(`.${name}.new`), at(name)]),
      obsolete: [at("gone")],
    };
  };
  const contents = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder)
        .toSorted()
        .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );

  test("do", () => {
    const { moves, obsolete } = prepare();
    publishTogether(moves, obsolete);
    expect(contents()).toEqual({ a: "new a", b: "new b", c: "new c" });
  });

  test.each([0, 1, 2])("or do not: rename %p fails", (failing) => {
    const { moves, obsolete } = prepare();
    let count = 0;
    const move = (from: string, to: string): void => {
      if (count++ === failing) throw new Error("no");
      renameSync(from, to);
    };
    expect(() => publishTogether(moves, obsolete, move)).toThrow("no");
    expect(contents()).toEqual({ a: "old a", b: "old b", gone: "old gone" });
  });
});

describe("hours", () => {
  const dayMs = 86_400_000;
  /** Bars of so many weeks from Monday, 2024-01-01, where `open` says so; minutes of the day in UTC. */
  const weeks = (
    count: number,
    step: number,
    open: (weekday: number, minute: number) => boolean,
  ): Float64Array => {
    const times: number[] = [];
    for (let day = 0; day < count * 7; day++)
      for (let minute = 0; minute < 1440; minute += step)
        if (open(day % 7, minute)) times.push(Date.UTC(2024, 0, 1) + day * dayMs + minute * 60_000);
    return Float64Array.from(times);
  };
  const hours = (times: Float64Array, zone = "UTC", timeframe = "15"): string[] | undefined =>
    observedHours(times, zone, parseTimeframe(timeframe))?.openingHours.map(
      ({ day, start, end }) => `${day} ${start.slice(0, 5)}-${end.slice(0, 5)}`,
    );

  test.each([
    [
      "a stock exchange",
      (day: number, minute: number) => day < 5 && minute >= 570 && minute < 960,
      ["0 09:30-16:00", "1 09:30-16:00", "2 09:30-16:00", "3 09:30-16:00", "4 09:30-16:00"],
    ],
    [
      "a pause at noon",
      (day: number, minute: number) =>
        day < 2 && minute >= 540 && minute < 900 && (minute < 690 || minute >= 750),
      ["0 09:00-11:30", "0 12:30-15:00", "1 09:00-11:30", "1 12:30-15:00"],
    ],
    ["coins", () => true, [0, 1, 2, 3, 4, 5, 6].map((day) => `${day} 00:00-00:00`)],
    [
      "futures that open the evening before and pause for an hour",
      (day: number, minute: number) =>
        (minute >= 1080 && (day === 6 || day < 4)) || (day < 5 && minute < 1020),
      ["0 18:00-17:00", "1 18:00-17:00", "2 18:00-17:00", "3 18:00-17:00", "6 18:00-17:00"],
    ],
    [
      "currencies, from Sunday evening to Friday evening",
      (day: number, minute: number) =>
        day < 4 || (day === 4 && minute < 1320) || (day === 6 && minute >= 1320),
      ["0 00:00-00:00", "1 00:00-00:00", "2 00:00-00:00", "3 00:00-00:00", "4 00:00-22:00", "6 22:00-00:00"],
    ],
    [
      "an evening that ends at midnight and goes on nowhere",
      (day: number, minute: number) => day === 2 && minute >= 1200,
      ["2 20:00-23:59"],
    ],
  ])("%s", (_name, open, expected) => {
    expect(hours(weeks(6, 15, open))).toEqual(expected);
  });

  test("in the exchange's zone", () => {
    const utc = weeks(6, 15, (day, minute) => day < 5 && minute >= 870 && minute < 1260);
    expect(hours(utc, "America/New_York")?.[0]).toBe("0 09:30-16:00");
  });

  test("a bar now and then outside them does not count, one that is missing inside does not either", () => {
    const times = weeks(60, 15, (day, minute) => day < 5 && minute >= 570 && minute < 960);
    const thinned = times.filter((_, index) => index % 3 !== 1);
    const odd = Float64Array.from([...thinned, Date.UTC(2026, 0, 3, 4)]);
    expect(hours(odd)).toEqual([0, 1, 2, 3, 4].map((day) => `${day} 09:30-16:00`));
  });

  test.each([
    ["three days of a weekday", weeks(3, 15, () => true), "15"],
    ["days", weeks(50, 1440, () => true), "1D"],
    ["twelve hours and more", weeks(50, 720, () => true), "1080"],
    ["nothing", new Float64Array(0), "15"],
  ])("too little to tell: %s", (_name, times, timeframe) => {
    expect(hours(times, "UTC", timeframe)).toBeUndefined();
  });

  test("sessions start and end with them, past midnight on the next day", () => {
    const observed = observedHours(
      weeks(6, 60, (day, minute) => (day === 6 && minute >= 1320) || (day === 0 && minute < 600)),
      "UTC",
      parseTimeframe("60"),
    );
    expect(observed).toEqual({
      openingHours: [{ day: 6, start: "22:00:00", end: "10:00:00" }],
      sessionStarts: [{ day: 6, time: "22:00:00" }],
      sessionEnds: [{ day: 0, time: "10:00:00" }],
    });
  });

  test("by type, one start and end per open day, Monday first", () => {
    expect(usualHours("other").openingHours.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4]);
    expect(usualHours("crypto").sessionStarts).toHaveLength(7);
    expect(usualHours("forex").openingHours[4]).toEqual({ day: 4, start: "00:00:00", end: "00:00:00" });
    expect(usualHours("stock").sessionEnds[0]).toEqual({ day: 0, time: "16:00:00" });
  });
});

test.each([
  ["NASDAQ_AAPL, 1D_1a2b3", "AAPL", "nasdaq"],
  ["CME_MINI_ES1!, 60", "ES1!", "cme_mini"],
  ["BINANCE_BTCUSDT.P, 15_9f8e7", "BTCUSDT.P", "binance"],
  ["FX_EURUSD, 240 (1)", "EURUSD", "fx"],
])("a chart exported from TradingView: %s", (stem, symbol, provider) => {
  expect(symbolFromName(stem)).toEqual({ symbol, provider });
});
