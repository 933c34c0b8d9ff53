/** Bars as text: exact formats, whose file it is that lies there, and nothing half-written. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exportFile, wouldDestroy } from "../../src/data/export/export.ts";
import { exportText } from "../../src/data/export/text.ts";
import { parseBars } from "../../src/data/import/bars.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import type { Bar, BarColumns } from "../../src/kernel/bar.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { columnsOfRows } from "./rows.ts";

const columns = (...rows: readonly (readonly number[])[]): BarColumns => columnsOfRows(rows);
const text = (...args: Parameters<typeof exportText>): string => [...exportText(...args)].join("");
const noon = Date.UTC(2020, 0, 1, 12);
const two = columns(
  [noon, 1, 2.5, 0.1, 1e-5, 1e16],
  [noon + 500, Number.NaN, 3, 0.30000000000000004, 2, Number.NaN],
);

describe("the text", () => {
  test("CSV: CRLF, shortest digits, nan", () => {
    expect(text(two, { format: "csv", asDatetime: false })).toBe(
      "timestamp,open,high,low,close,volume\r\n" +
        "1577880000000,1.0,2.5,0.1,1e-05,1e+16\r\n" +
        "1577880000500,nan,3.0,0.30000000000000004,2.0,nan\r\n",
    );
  });

  test("CSV with dates", () => {
    expect(text(two, { format: "csv", asDatetime: true }).split("\r\n").slice(0, 3)).toEqual([
      "time,open,high,low,close,volume",
      "2020-01-01 12:00:00+00:00,1.0,2.5,0.1,1e-05,1e+16",
      "2020-01-01 12:00:00.500000+00:00,nan,3.0,0.30000000000000004,2.0,nan",
    ]);
  });

  test("JSON: a list, indented by two, null", () => {
    expect(text(two, { format: "json", asDatetime: true })).toBe(`[
  {
    "time": "2020-01-01T12:00:00+00:00",
    "open": 1.0,
    "high": 2.5,
    "low": 0.1,
    "close": 1e-05,
    "volume": 1e+16
  },
  {
    "time": "2020-01-01T12:00:00.500000+00:00",
    "open": null,
    "high": 3.0,
    "low": 0.30000000000000004,
    "close": 2.0,
    "volume": null
  }
]
`);
    expect(JSON.parse(text(two, { format: "json", asDatetime: false }))[0].timestamp).toBe(noon);
  });

  test("no bars", () => {
    expect(text(columns(), { format: "csv", asDatetime: false })).toBe(
      "timestamp,open,high,low,close,volume\r\n",
    );
    expect(JSON.parse(text(columns(), { format: "json", asDatetime: false }))).toEqual([]);
  });

  test("what is exported can be imported: any numbers, both formats, both spellings of time, many pieces", () => {
    /** Any prices as open, high, low, close: the largest is the high, the smallest the low. */
    const barOf = ([a, b, c, d, volume]: readonly number[]): number[] => {
      const [low, open, close, high] = [a!, b!, c!, d!].toSorted((x, y) => x - y);
      return [open!, high!, low!, close!, volume!];
    };
    const price = fc.double({ min: 1e-12, max: 1e18, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(price, price, price, price, price), { minLength: 2, maxLength: 20 }),
        fc.constantFrom("csv", "json"),
        fc.boolean(),
        fc.constantFrom(1, 300),
        (rows, format, asDatetime, times) => {
          const many = Array.from({ length: rows.length * times }, (_, index) => [
            noon + index * 60_000,
            ...barOf(rows[index % rows.length]!),
          ]);
          const read = parseBars(text(columns(...many), { format, asDatetime }), format, "UTC").columns;
          for (const [index, row] of many.entries()) {
            expect([
              read.openTimeMs[index],
              read.open[index],
              read.high[index],
              read.low[index],
              read.close[index],
              read.volume[index],
            ]).toEqual(row);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("the file", () => {
  let folder = "";
  let marks = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pyne-export-"));
    marks = join(folder, "cache");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const bar = (index: number): Bar => ({
    openTimeMs: noon + index * 60_000,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: index,
  });
  const source = (count: number): string => {
    const path = join(folder, "bars.ohlcv");
    using writer = OhlcvWriter.create(path, { timeframe: parseTimeframe("1") });
    writer.append(Array.from({ length: count }, (_, index) => bar(index)));
    return path;
  };
  const csv = { format: "csv", asDatetime: false } as const;
  const target = (): string => join(folder, "bars.csv");

  test("lies beside its source, with its time, and nothing else does", () => {
    const path = source(3);
    expect(exportFile(path, csv, marks)).toEqual({
      path: target(),
      bars: 3,
      bytes: statSync(target()).size,
    });
    expect(Math.floor(statSync(target()).mtimeMs)).toBe(Math.floor(statSync(path).mtimeMs));
    expect(readdirSync(folder).toSorted()).toEqual(["bars.csv", "bars.ohlcv", "cache"]);
  });

  test.each([
    ["nothing there", () => {}, false],
    ["an export of ours", (path: string) => exportFile(path, csv, marks), false],
    [
      "an export of ours, and more bars since",
      (path: string) => {
        exportFile(path, csv, marks);
        source(5);
      },
      false,
    ],
    [
      "an export that was edited since",
      (path: string) => {
        exportFile(path, csv, marks);
        appendFileSync(target(), "1,2,3,4,5,6\r\n");
      },
      true,
    ],
    [
      "an export, the cache lost",
      (path: string) => {
        exportFile(path, csv, marks);
        rmSync(marks, { recursive: true });
      },
      true,
    ],
    [
      "somebody's file that looks like one",
      () => writeFileSync(target(), "timestamp,open,high,low,close,volume\r\n"),
      true,
    ],
    [
      "the JSON of the same bars is another file",
      (path: string) => {
        exportFile(path, { format: "json", asDatetime: false }, marks);
        writeFileSync(target(), "mine");
      },
      true,
    ],
  ] as const)("%s", (_name, prepare, expected) => {
    prepare(source(2));
    expect(wouldDestroy(target(), marks)).toBe(expected);
  });

  test("that cannot be written leaves nothing behind, and what was there is still known as ours", () => {
    const path = source(2);
    exportFile(path, csv, marks);
    const before = readFileSync(target());
    source(4);
    // A folder in the place of the marks: the publication fails between writing and renaming.
    const saved = join(folder, "saved");
    mkdirSync(saved);
    const mark = readdirSync(marks)[0]!;
    writeFileSync(join(saved, mark), readFileSync(join(marks, mark)));
    rmSync(marks, { recursive: true });
    writeFileSync(marks, "in the way");
    expect(() => exportFile(path, csv, marks)).toThrow("could not be written");
    expect(readFileSync(target())).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(wouldDestroy(target(), saved)).toBe(false);
    expect(existsSync(target())).toBe(true);
  });

  test("a damaged source is refused before anything is written", () => {
    const path = source(2);
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    expect(() => exportFile(path, csv, marks)).toThrow("is damaged");
    expect(existsSync(target())).toBe(false);
  });
});
