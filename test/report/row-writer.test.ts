import { expect, test } from "bun:test";
import fc from "fast-check";
import { join } from "node:path";

import { formatFloat } from "../../src/kernel/float.ts";
import { writeRows } from "../../src/report/row-file.ts";
import { floatRoom, freeFrom, rowKernels } from "../../src/report/row-kernels.ts";
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

/** The number as it is written, the bytes around its room untouched. */
function inBytes(value: number): string {
  const { memory, float } = rowKernels();
  const bytes = new Uint8Array(memory.buffer, freeFrom, floatRoom + 2).fill(0x23);
  const end = float(freeFrom + 1, value) - freeFrom;
  expect([bytes[0], bytes[floatRoom + 1]]).toEqual([0x23, 0x23]);
  return Buffer.from(bytes.subarray(1, end)).toString("latin1");
}

/** The double so many steps away. */
function neighbour(value: number, steps: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(steps));
  return view.getFloat64(0);
}

const numbers = {
  any: fc.double(),
  "whole numbers": fc.maxSafeInteger(),
  volumes: fc.integer({ min: 1, max: 1_000_000 }).map((million) => million * 1e6 + 0.5),
  prices: fc.tuple(fc.integer(), fc.nat(9)).map(([whole, decimals]) => whole / 10 ** decimals),
  averages: fc.tuple(fc.integer(), fc.integer({ min: 1, max: 500 })).map(([sum, length]) => sum / length),
  "binary fractions": fc.tuple(fc.integer(), fc.nat(40)).map(([whole, places]) => whole / 2 ** places),
  "neighbours of powers of ten": fc
    .tuple(fc.integer({ min: -6, max: 17 }), fc.integer({ min: -500, max: 500 }))
    .map(([power, steps]) => neighbour(10 ** power, steps)),
} as const;

test.each(Object.entries(numbers))("%s are written as they are printed", (_name, values) => {
  fc.assert(
    fc.property(values, (value) => inBytes(value) === formatFloat(value)),
    { numRuns: 3000 },
  );
});

test.each([0, -0, 1, 0.1, 1e-4, 9.9e-5, 1e9, 1e15, 1e16, 1.5e300, Number.NaN, Infinity, -Infinity])(
  "%p is written as it is printed",
  (value) => expect(inBytes(value)).toBe(formatFloat(value)),
);

test("whole rows are what their cells are one by one, of any number of columns and any time", () => {
  const years = [Date.UTC(-1, 0), Date.UTC(2024, 0), Date.UTC(9999, 11, 31, 23), Date.UTC(12_000, 0)];
  const start = fc.oneof(
    fc.constantFrom(...years),
    fc.integer({ min: Date.parse("0000-01-01"), max: Date.UTC(9999, 0) }),
  );
  const step = fc.constantFrom(1000, 61_000, 3_600_000, 86_400_000, 40 * 86_400_000);
  const number = fc.oneof(...Object.values(numbers));
  const width = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(300, 10_000));
  fc.assert(
    fc.property(
      start,
      step,
      width,
      fc.array(number, { minLength: 1, maxLength: 50 }),
      (first, by, count, some) => {
        const length = count > 1000 ? 2 : 20;
        const times = Float64Array.from({ length }, (_, row) => first + row * by);
        const columns = Array.from({ length: count }, (_, column) =>
          Float64Array.from({ length }, (_row, row) => some[(column * 7 + row) % some.length]!),
        );
        const whole = linesOf((rows) => rows.rows(times, columns, 1, length));
        const singly = linesOf((rows) => {
          for (let index = 1; index < length; index++) {
            rows.time(times[index]!);
            for (const column of columns) rows.float(column[index]!);
            rows.end();
          }
        });
        expect(whole).toEqual(singly);
      },
    ),
  );
});

test("more rows than fit into one piece follow each other, behind what was written before", () => {
  const times = Float64Array.from({ length: 5000 }, (_, row) => row * 86_400_000);
  const values = Float64Array.from(times, (_, row) => row / 3);
  const lines = linesOf((rows) => {
    rows.text("time");
    rows.text("value");
    rows.end();
    rows.rows(times, [values], 0, 5000);
    rows.text("end");
    rows.end();
  });
  const day = (row: number): string => new Date(times[row]!).toISOString().slice(0, 19);
  expect(lines).toEqual([
    "time,value",
    ...Array.from(values, (value, row) => `${day(row)}+00:00,${formatFloat(value)}`),
    "end",
  ]);
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
