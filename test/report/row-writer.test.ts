import { expect, test } from "bun:test";
import fc from "fast-check";
import { join } from "node:path";

import { formatFloat } from "../../src/kernel/float.ts";
import { writeRows } from "../../src/report/row-file.ts";
import { linesOf } from "./plot-csv-lines.ts";

test("rows have their cells between commas", () => {
  const lines = linesOf((rows) => {
    rows.text("Größe");
    rows.float(0.1);
    rows.end();
    rows.time(0);
    rows.end();
  });
  expect(lines).toEqual(["Größe,0.1", "1970-01-01T00:00:00+00:00"]);
});

test("times are those of the calendar, seconds cut off", () => {
  const first = Date.UTC(1900, 0, 1);
  const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: first, max: last }), { minLength: 1 }), (times) => {
      const lines = linesOf((rows) => {
        for (const time of times) {
          rows.time(time);
          rows.end();
        }
      });
      expect(lines).toEqual(times.map((time) => `${new Date(time).toISOString().slice(0, 19)}+00:00`));
    }),
  );
});

test("numbers of many columns are those one by one, also where a piece is handed on between them", () => {
  const columns = Array.from({ length: 3000 }, (_, column) => Float64Array.of(column / 7, -column * 1e9));
  const lines = linesOf((rows) => {
    for (const index of [0, 1]) {
      rows.text("row");
      rows.floats(columns, index);
      rows.end();
    }
  });
  expect(lines).toEqual(
    [0, 1].map((index) => ["row", ...columns.map((column) => formatFloat(column[index]!))].join(",")),
  );
});

test("cells of any length arrive whole, in order", () => {
  const lengths = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 65_400, max: 65_600 })),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(lengths, (cells) => {
      const lines = linesOf((rows) => {
        for (const [index, length] of cells.entries()) {
          rows.text(String(index % 10).repeat(length));
          rows.float(index);
          rows.end();
        }
      });
      expect(lines).toEqual(cells.map((length, index) => `${String(index % 10).repeat(length)},${index}.0`));
    }),
    { numRuns: 30 },
  );
});

test("a folder that cannot be made is said with the file", () => {
  const path = join(import.meta.path, "folder", "rows.csv");
  expect(() => writeRows(path, (rows) => rows.end())).toThrow(`${path} could not be written: ENOTDIR`);
});
