/** What is missing in a data file, what is broken in it, and what is known about where its bars came from. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hoursText } from "../../src/cli/hours-text.ts";
import { tableLines } from "../../src/cli/table.ts";
import { checkFile } from "../../src/data/check/check.ts";
import { venueHasNone } from "../../src/data/check/provenance.ts";
import { type Gap, gapsOf, holesOf, missingBars, type TimeSource } from "../../src/data/holes.ts";
import { usualHours } from "../../src/data/import/hours.ts";
import { summarise } from "../../src/data/inventory.ts";
import { sidecarPath } from "../../src/data/ohlcv/sidecar.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { describeWhole, Provenance } from "../../src/data/provenance.ts";
import { provenancePath } from "../../src/data/provenance-file.ts";
import { writeSymbolFile } from "../../src/data/syminfo-toml.ts";
import type { Bar } from "../../src/kernel/bar.ts";
import { tradingCalendar } from "../../src/kernel/calendar/calendar.ts";
import type { SessionHours, SymInfo } from "../../src/kernel/syminfo.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const always: SessionHours = { openingHours: [], sessionStarts: [], sessionEnds: [] };
const stock = usualHours("stock");
const iso = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 16);

/** Holes of times as `from to bars`. */
function holes(times: readonly string[], timeframe: string, hours: SessionHours, timezone = "UTC"): string[] {
  const calendar = tradingCalendar({ ...hours, timezone, type: "stock" });
  const ms = Float64Array.from(times, (text) => Date.parse(`${text}Z`));
  return holesOf(ms, calendar, parseTimeframe(timeframe)).map(
    ({ fromMs, toMs, bars }) => `${iso(fromMs)} ${iso(toMs)} ${bars}`,
  );
}

describe("holes", () => {
  test.each([
    [
      "no hours: every hole counts",
      ["2024-01-05T20:00", "2024-01-08T09:00"],
      "60",
      always,
      ["2024-01-05T21:00 2024-01-08T09:00 60"],
    ],
    ["the weekend is none", ["2024-01-05T15:30", "2024-01-08T09:30"], "30", stock, []],
    [
      "the session's last slot, half-open",
      ["2024-01-05T15:00", "2024-01-08T09:30"],
      "30",
      stock,
      ["2024-01-05T15:30 2024-01-05T16:00 1"],
    ],
    [
      "the session's first slot",
      ["2024-01-05T15:30", "2024-01-08T10:00"],
      "30",
      stock,
      ["2024-01-08T09:30 2024-01-08T10:00 1"],
    ],
    [
      "one hole over a night and what is missing of two days",
      ["2024-01-04T15:00", "2024-01-05T10:30"],
      "30",
      stock,
      ["2024-01-04T15:30 2024-01-05T10:30 3"],
    ],
    [
      "a day of days",
      ["2024-01-04T09:30", "2024-01-08T09:30"],
      "1D",
      stock,
      ["2024-01-05T09:30 2024-01-05T16:00 1"],
    ],
    [
      "months",
      ["2024-01-01T00:00", "2024-04-01T00:00"],
      "1M",
      always,
      ["2024-02-01T00:00 2024-04-01T00:00 2"],
    ],
    [
      "nothing between neighbours",
      ["2024-01-01T00:00", "2024-01-01T00:01", "2024-01-01T00:02"],
      "1",
      always,
      [],
    ],
    ["fewer than two bars", ["2024-01-01T00:00"], "1", always, []],
  ])("%s", (_name, times, timeframe, hours, expected) => {
    expect(holes(times, timeframe, hours)).toEqual(expected);
  });

  test("daylight saving moves the session, not the holes", () => {
    // New York: 09:30 is 14:30 UTC until 8 March, 13:30 from 11 March on.
    const bars = ["2024-03-08T14:30", "2024-03-08T20:30", "2024-03-11T13:30"];
    expect(holes(bars, "360", stock, "America/New_York")).toEqual([]);
    expect(holes(["2024-03-08T20:30", "2024-03-11T14:30"], "60", stock, "America/New_York")).toEqual([
      "2024-03-11T13:30 2024-03-11T14:30 1",
    ]);
  });

  test("the quick way finds what looking at every step finds, and reads little", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20_000 }),
        fc.array(fc.nat(20_000), { maxLength: 12 }),
        fc.constantFrom("1", "60", "1D"),
        (length, dropped, timeframe) => {
          const step = timeframe === "1" ? minuteMs : timeframe === "60" ? hourMs : 24 * hourMs;
          const gone = new Set(dropped);
          const all = Array.from({ length }, (_, index) => index * step).filter(
            (_, index) => !gone.has(index),
          );
          const times = Float64Array.from(all);
          let read = 0;
          const source: TimeSource = {
            length: times.length,
            timeAt: (index) => (read++, times[index]!),
            times: (from, to) => ((read += to - from), times.slice(from, to)),
          };
          const slow: Gap[] = [];
          for (let index = 1; index < times.length; index++) {
            const [beforeMs, afterMs] = [times[index - 1]!, times[index]!];
            if (afterMs - beforeMs > (timeframe === "1D" ? 0 : step)) slow.push({ beforeMs, afterMs });
          }
          expect([...gapsOf(source, parseTimeframe(timeframe))]).toEqual(slow);
          if (timeframe !== "1D" && slow.length === 0) expect(read).toBeLessThan(3);
        },
      ),
      { numRuns: 60 },
    );
  });
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyne-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = Date.UTC(2024, 0, 1);
const cents = { minmove: 1, pricescale: 100 };
const bar = (index: number, extra?: Bar["extra"]): Bar => ({
  openTimeMs: start + index * hourMs,
  ...{ open: 10, high: 11, low: 9, close: 10, volume: 1 },
  ...(extra === undefined ? {} : { extra }),
});
const symInfo: SymInfo = {
  ...{ prefix: "X", description: "y", ticker: "Y", currency: "USD", period: "60", type: "crypto" },
  ...{ mintick: 0.01, pricescale: 100, minmove: 1, pointvalue: 1, mincontract: 1, timezone: "UTC" },
  volumetype: "base",
  ...always,
};

/** A file of hourly bars with these indices, and its symbol file. */
function file(indices: readonly number[], changes: Partial<SymInfo> = {}, download = ""): string {
  const path = join(folder, "x.ohlcv");
  {
    using writer = OhlcvWriter.create(path, { timeframe: parseTimeframe("60"), grid: cents });
    writer.append(indices.map((index) => bar(index)));
  }
  writeSymbolFile(path.replace(".ohlcv", ".toml"), { symInfo: { ...symInfo, ...changes }, download });
  return path;
}
/** Overwrites bytes of a file. */
function patch(path: string, offset: number, bytes: Uint8Array): void {
  const content = readFileSync(path);
  content.set(bytes, offset);
  writeFileSync(path, content);
}
const bytesOf = (write: (view: DataView) => void, length = 8): Uint8Array => {
  const view = new DataView(new ArrayBuffer(length));
  write(view);
  return new Uint8Array(view.buffer);
};
const [header, record] = [208, 36];

describe("a check", () => {
  test("of a sound file", () => {
    expect(checkFile(file([0, 1, 2]))).toEqual({
      path: join(folder, "x.ohlcv"),
      bars: 3,
      timeframe: "60",
      firstMs: start,
      lastMs: start + 2 * hourMs,
      faults: [],
      remarks: [],
      holes: [],
      provider: undefined,
      provenance: undefined,
    });
  });

  const reversed = bytesOf((view) => view.setBigInt64(0, BigInt(start), true));
  const infinite = bytesOf((view) => view.setFloat64(0, Infinity, true));
  const minus = bytesOf((view) => view.setFloat32(0, -5, true), 4);
  test.each([
    ["no symbol file", (path: string) => rmSync(path.replace(".ohlcv", ".toml")), "there is no symbol file"],
    [
      "a symbol file that is no TOML",
      (path: string) => writeFileSync(path.replace(".ohlcv", ".toml"), "[symbol"),
      "x.toml:1:",
    ],
    [
      "another period",
      (path: string) => {
        const toml = path.replace(".ohlcv", ".toml");
        writeFileSync(toml, readFileSync(toml, "utf8").replace(`period = "60"`, `period = "5"`));
      },
      "the bars are of 60, but",
    ],
    [
      "a header that counts too much",
      (path: string) => patch(path, 24, Uint8Array.of(9)),
      "counts 9 records but holds 3",
    ],
    [
      "bars out of order",
      (path: string) => patch(path, header + record, reversed),
      `bar 1 at 2024-01-01T00:00:00.000Z is not later than the one before`,
    ],
    [
      "an infinite volume",
      (path: string) => patch(path, header + record + 28, infinite),
      "bar 1 at 2024-01-01T01:00:00.000Z: its volume is infinite",
    ],
    [
      "a high below the open",
      (path: string) => patch(path, header + record + 16, minus),
      "bar 1 at 2024-01-01T01:00:00.000Z: its high 5 is below",
    ],
    [
      "a sidecar of another file",
      (path: string) => writeFileSync(sidecarPath(path), "a\r\n1\r\n"),
      "has 1 rows for 3 bars",
    ],
    [
      "a text",
      (path: string) => writeFileSync(path, "time,open,high,low,close,volume\n1,2,3,4,5,6\n"),
      "is not a data file",
    ],
  ])("finds %s", (_name, damage, message) => {
    const path = file([0, 1, 2]);
    damage(path);
    const { faults, holes: found } = checkFile(path);
    expect(faults.join("\n")).toContain(message);
    expect(found).toEqual([]);
  });

  test("finds a hole in a file that says it has none", () => {
    const path = file([0, 1, 2]);
    const later = bytesOf((view) => view.setBigInt64(0, BigInt(start + 1.5 * hourMs), true));
    patch(path, header + record, later);
    expect(checkFile(path).faults).toEqual([
      "its header says that there are no holes, but there is one before bar 1 at 2024-01-01T01:30:00.000Z",
    ]);
  });

  test("names a few of many faults and counts the rest", () => {
    const path = file(Array.from({ length: 30 }, (_, index) => index));
    for (let index = 0; index < 30; index++) patch(path, header + record * index + 16, minus);
    const { faults } = checkFile(path);
    expect(faults).toHaveLength(6);
    expect(faults.at(-1)).toBe("25 more bars break a rule");
  });

  test("tells holes, and what somebody may want to know though nothing is broken", () => {
    const hours = usualHours("stock");
    const path = file([9, 10, 12, 39], { ...hours, pricescale: 1000, mintick: 0.001 });
    appendFileSync(path, "torn");
    const report = checkFile(path);
    expect(report.faults).toEqual([]);
    expect(report.holes.map(({ fromMs, toMs, bars }) => [iso(fromMs), iso(toMs), bars])).toEqual([
      ["2024-01-01T11:00", "2024-01-01T12:00", 1],
      ["2024-01-01T13:00", "2024-01-02T15:00", 9],
    ]);
    expect(report.remarks).toEqual([
      "4 bytes of an interrupted write follow the bars; the next writer removes them",
      "its header has ticks of 1/100, its symbol file of 1/1000: prices were stored for the former",
    ]);
  });

  test("says when the hours cannot be right", () => {
    const path = file([0, 1, 2, 10], usualHours("stock"));
    expect(checkFile(path).remarks).toEqual(["3 of 4 bars lie outside the opening hours of the symbol file"]);
  });
});

describe("provenance", () => {
  test("months whose bars are not those that were recorded", () => {
    const path = file([0, 1, 24 * 40]);
    describeWhole(path, "import");
    expect(checkFile(path).provenance).toMatchObject({
      changedMonths: [],
      interrupted: false,
      ranges: [{ fromMs: start, toMs: start + 24 * 40 * hourMs, source: "import" }],
    });
    const { hash } = checkFile(path).provenance!;
    patch(
      path,
      header + record + 28,
      bytesOf((view) => view.setFloat64(0, 77, true)),
    );
    const after = checkFile(path).provenance!;
    expect(after.changedMonths).toEqual(["2024-01"]);
    expect(after.hash).not.toBe(hash);
  });

  test("writing that never reported back", () => {
    const path = file([0, 1]);
    describeWhole(path, "download");
    Provenance.open(path).begin({ fromMs: start, toMs: start + hourMs, source: "download" });
    expect(checkFile(path).provenance?.interrupted).toBe(true);
  });

  test("an index that nobody can read is none", () => {
    const path = file([0, 1]);
    writeFileSync(provenancePath(path), "{");
    expect(checkFile(path).provenance).toBeUndefined();
  });

  const hole = { fromMs: 100, toMs: 200, bars: 1 };
  test.each([
    ["asked for the whole of it", [{ fromMs: 100, toMs: 199, source: "repair" }], [], true],
    ["asked for more", [{ fromMs: 0, toMs: 900, source: "repair" }], [], true],
    ["asked for less", [{ fromMs: 101, toMs: 199, source: "repair" }], [], false],
    ["only downloaded", [{ fromMs: 0, toMs: 900, source: "download" }], [], false],
    [
      "sent a bar that was refused",
      [{ fromMs: 0, toMs: 900, source: "repair" }],
      [{ timeMs: 150, reason: "" }],
      false,
    ],
    [
      "refused one elsewhere",
      [{ fromMs: 0, toMs: 900, source: "repair" }],
      [{ timeMs: 200, reason: "" }],
      true,
    ],
  ] as const)("whether the venue is known to have none: %s", (_name, ranges, refused, expected) => {
    expect(venueHasNone(hole, { ranges, refused })).toBe(expected);
  });
  test("whether the venue is known to have none: nothing is recorded", () => {
    expect(venueHasNone(hole, undefined)).toBe(false);
  });
});

describe("the summary of a file", () => {
  const summary = () => summarise(folder, "x");

  test("counts what is missing", () => {
    file([0, 1, 5, 6, 9], {}, `[download]\nprovider = "a:Y@60"\n`);
    expect(summary()).toMatchObject({
      ...{ name: "x", symbol: "X:Y", timeframe: "60", bars: 5, holes: 2, missing: 5, size: 388 },
      ...{ firstMs: start, lastMs: start + 9 * hourMs, provider: "a:Y@60", problem: undefined },
    });
  });

  test.each([
    [
      "damaged",
      (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 250)),
      { bars: 0, problem: "damaged: it counts 3 records but holds 1" },
    ],
    ["no data file", (path: string) => writeFileSync(path, "hello"), { bars: 0, missing: undefined }],
    [
      "empty",
      (path: string) => writeFileSync(path, ""),
      { bars: 0, problem: "damaged: the header has 0 bytes instead of 64" },
    ],
    [
      "no symbol file",
      (path: string) => rmSync(path.replace(".ohlcv", ".toml")),
      { bars: 3, missing: undefined, symbol: undefined },
    ],
    [
      "another period",
      (path: string) => {
        const toml = path.replace(".ohlcv", ".toml");
        writeFileSync(toml, readFileSync(toml, "utf8").replace(`period = "60"`, `period = "5"`));
      },
      { bars: 3, problem: "its symbol file says the period is 5" },
    ],
  ])("%s", (_name, damage, expected) => {
    damage(file([0, 2, 3]));
    expect(summary()).toMatchObject(expected);
  });

  test("of the old version", () => {
    const path = file([0]);
    const old = Buffer.alloc(48);
    old.writeUInt32LE(1_700_000_000, 0);
    old.writeUInt32LE(1_700_003_600, 24);
    writeFileSync(path, old);
    expect(summary()).toMatchObject({ bars: 2, holes: undefined, timeframe: "60", problem: undefined });
    expect(checkFile(path)).toMatchObject({
      faults: [],
      remarks: ["it is of version 1, which can be read but not written"],
    });
  });

  test("is none when the file is gone", () => {
    expect(summary()).toBeUndefined();
  });
});

test.each([
  [[], "always open"],
  [usualHours("stock").openingHours, "Mon-Fri 09:30-16:00"],
  [usualHours("crypto").openingHours, "Mon-Sun 24 hours"],
  [
    [
      { day: 6, start: "17:00:00", end: "16:00:00" },
      { day: 0, start: "12:30:00", end: "15:00:30" },
      { day: 0, start: "09:00:00", end: "11:30:00" },
      { day: 2, start: "09:00:00", end: "11:30:00" },
    ],
    "Mon 09:00-11:30 12:30-15:00:30, Wed 09:00-11:30, Sun 17:00-16:00",
  ],
])("hours in a line: %j", (hours, expected) => {
  expect(hoursText(hours)).toBe(expected);
});

test("tables are as wide as what is in them, also where letters are wide", () => {
  expect(
    tableLines(
      [
        ["a", "bb", "1"],
        ["漢字", "b", "22"],
        ["a", "", ""],
      ],
      [2],
    ),
  ).toEqual(["a     bb   1", "漢字  b   22", "a"]);
});

test("missing bars add up", () => {
  expect(
    missingBars([
      { fromMs: 0, toMs: 1, bars: 2 },
      { fromMs: 2, toMs: 3, bars: 5 },
    ]),
  ).toBe(7);
});
