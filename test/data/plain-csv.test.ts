/** The quick way into columns, held against the careful one. */
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ImportedBars, parseBars } from "../../src/data/import/bars.ts";
import { wholeLines } from "../../src/data/lines.ts";
import { readPlainCsv } from "../../src/data/import/plain-csv.ts";

/** Columns as lists, so that missing values compare. */
function plainOf({ columns, ...rest }: ImportedBars): unknown {
  const { openTimeMs, open, high, low, close, volume, extra } = columns;
  const lists = [openTimeMs, open, high, low, close, volume].map((column) => Array.from(column));
  return { ...rest, length: columns.length, lists, extra: [...extra] };
}

/** Pieces of whole lines, cut at some of them. */
function pieces(text: string, every: number): Buffer[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const cut: Buffer[] = [];
  for (let from = 0; from < lines.length; from += every)
    cut.push(Buffer.from(lines.slice(from, from + every).join("")));
  return cut;
}
const read = (text: string, zone = "UTC", every = 2): ImportedBars | undefined =>
  readPlainCsv(pieces(text, every), Buffer.byteLength(text), zone);

/** The careful reading; `undefined` when it refuses. */
function careful(text: string, zone: string): ImportedBars | undefined {
  try {
    return parseBars(text, "csv", zone);
  } catch {
    return undefined;
  }
}

const header = "time,open,high,low,close,volume";

describe("is taken, and gives what the careful way gives", () => {
  test.each([
    ["seconds", `${header}\n1704067200,1,2,0.5,1.5,10\n1704067260,1.5,2,1,1,0\n`],
    ["milliseconds, no end of the last line", `${header}\n1704067200123,1,2,0.5,1.5,10`],
    ["carriage returns", `${header}\r\n1704067200,1,2,0.5,1.5,10\r\n1704067260,1,2,0.5,1.5,\r\n`],
    ["a byte order mark and blank lines", `\uFEFF${header}\n\n1704067200,1,2,0.5,1.5,10\n\r\n`],
    [
      "columns in another order, further ones, spaces",
      `symbol, Volume ,low,high,open,close,Date,note\nX,1,1,2,1,1,2024-01-01,é ok \nX,1,1,2,1,1,2024-01-02,\n`,
    ],
    ["missing values", `${header}\n1704067200,,nan,NA,null,None\n1704067260, ,,,,\n`],
    [
      "numbers in other spellings",
      `${header}\n1704067200,+1,1e1,.5,5.,12345678901234567890.5\n1704067260,-1,0000000000000001,-2.50,0.1,1e-9\n`,
    ],
    [
      "numbers at the limit of the quick way",
      `${header}\n1704067200,123456789012345,999999999999999,0.00000000000001,9.99999999999999,0.123456789012345\n`,
    ],
    [
      "numbers beyond it",
      `${header}\n1704067200,1234567890.1234567,9007199254740993,0.1234567890123456,1.0000000000000002,1e20\n`,
    ],
    ["times of many digits", `${header}\n1704067200123456,1,1,1,1,1\n1704067201123456789,1,1,1,1,1\n`],
    ["dates", `${header}\n2024-02-28,1,1,1,1,1\n2024-02-29,1,1,1,1,1\n20240301,1,1,1,1,1\n`],
    [
      "times in zones",
      `${header}\n2024-03-30T12:00:00+01:00,1,1,1,1,1\n2024-03-31 12:00:00+0200,1,1,1,1,1\n2024-04-01T12:00Z,1,1,1,1,1\n`,
    ],
    [
      "times on a clock",
      `${header}\n2024-03-31 01:59,1,1,1,1,1\n2024-03-31 03:00:00,1,1,1,1,1\n2024-04-01T12:00:00.5,1,1,1,1,1\n`,
    ],
    [
      "times before 1970 and other separators",
      `${header}\n-86400,1,1,1,1,1\n31.12.1979 23:59:59,1,1,1,1,1\n1980/1/2 9:30:15,1,1,1,1,1\n`,
    ],
    ["no rows", `${header}\n`],
  ])("%s", (_name, text) => {
    for (const zone of ["UTC", "Europe/Paris", "UTC-5:30"]) {
      const expected = parseBars(text, "csv", zone);
      for (const every of [1, 2, 100]) {
        const found = read(text, zone, every);
        expect(found).toBeDefined();
        expect(plainOf(found!)).toEqual(plainOf(expected));
      }
    }
  });
});

describe("is left to the careful way", () => {
  test.each([
    ["a quoted cell", `${header}\n"1704067200",1,2,0.5,1.5,10\n`],
    ["a header alone, without an end", header],
    ["a short row", `${header}\n1704067200,1,2\n`],
    ["a long row", `${header}\n1704067200,1,2,0.5,1.5,10,7\n`],
    ["a word for a price", `${header}\n1704067200,1,2,x,1.5,10\n`],
    ["two points", `${header}\n1704067200,1.5.2,2,1,1.5,10\n`],
    ["an infinity", `${header}\n1704067200,1,Infinity,1,1.5,10\n`],
    ["a time twice", `${header}\n1704067200,1,1,1,1,1\n1704067200,1,1,1,1,1\n`],
    ["a time running backwards", `${header}\n1704067260,1,1,1,1,1\n1704067200,1,1,1,1,1\n`],
    ["no time", `${header}\n,1,1,1,1,1\n`],
    ["a date that is none", `${header}\n2023-02-29,1,1,1,1,1\n`],
    ["an hour that is none", `${header}\n2024-02-01 24:00,1,1,1,1,1\n`],
    ["a high below the close", `${header}\n1704067200,1,1,1,2,1\n`],
    ["a carriage return inside a row", `${header}\n1704067200,1\r,1,1,x\r,1\n`],
  ])("%s", (_name, text) => {
    expect(read(text)).toBeUndefined();
  });
  test("a header without a column is refused by name", () => {
    expect(() => read("time,open,high,low,volume\n1,1,1,1,1\n")).toThrow("no column close");
  });
});

test("whatever it takes, it reads as the careful way does; what that refuses, it does not take", () => {
  const digits = fc.stringMatching(/^[+-]?\d{0,17}(\.\d{0,17})?(e[+-]?\d{1,2})?$/);
  const odd = fc.constantFrom(
    "",
    " ",
    "nan",
    "NA",
    "1 ",
    " 2",
    "x",
    "1,5",
    '"3"',
    "0x10",
    "--1",
    ".",
    "-",
    "1\r",
  );
  const cell = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 9 }).map(String) }, digits, odd);
  const second = fc.integer({ min: 0, max: 4e9 });
  const time = fc.oneof(
    second.map(String),
    second.map((seconds) => `${seconds}123`),
    second.map((seconds) => new Date(seconds * 1000).toISOString()),
    second.map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")),
    second.map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 16)}-03:30`),
    second.map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 10)),
    fc.stringMatching(/^20\d\d-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?(Z|[+-]\d\d:?\d\d)?$/),
    digits,
  );
  const row = fc.tuple(time, cell, cell, cell, cell, cell, cell).map((cells) => cells.join(","));
  const ends = fc.constantFrom("\n", "\r\n", "\n\n");
  const zones = fc.constantFrom("UTC", "America/New_York", "Asia/Kathmandu", "+0530");
  let taken = 0;
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), ends, zones, (rows, end, zone) => {
      const text = [`${header},note`, ...rows].join(end);
      const found = read(text, zone);
      if (found === undefined) return;
      const expected = careful(text, zone);
      expect(expected).toBeDefined();
      expect(plainOf(found)).toEqual(plainOf(expected!));
      taken++;
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(20);
});

describe("whole lines of a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyne-lines-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const written = (text: string): string => {
    const path = join(folder, "text");
    writeFileSync(path, text);
    return path;
  };
  test.each([
    ["nothing", ""],
    ["no line end", "abc"],
    ["many", Array.from({ length: 300_000 }, (_, index) => `${index}\n`).join("")],
    ["one longer than a piece", `${"x".repeat(3_000_000)}\nshort\n${"y".repeat(1_500_000)}`],
  ])("%s", (_name, text) => {
    const parts = Array.from(wholeLines(written(text)), (piece) => piece.toString());
    expect(parts.join("") === text).toBe(true);
    expect(parts.slice(0, -1).filter((part) => !part.endsWith("\n"))).toEqual([]);
  });
});
