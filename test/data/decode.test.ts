import { expect, test } from "bun:test";
import fc from "fast-check";

import { RecordDecoder, timeAt } from "../../src/data/ohlcv/decode.ts";
import {
  absolute,
  type Column,
  type Header,
  priceColumns,
  recordBytes,
  roles,
  type TickGrid,
  types,
} from "../../src/data/ohlcv/layout.ts";
import { roundHalfEven } from "../../src/kernel/float.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

const timeframe = parseTimeframe("1");

/** Columns time, open, high, low, close, volume, taken out of records in pieces. */
function decoded(records: Uint8Array, layout: Pick<Header, "recordSize" | "grid" | "columns">): number[][] {
  const { recordSize } = layout;
  const recordCount = records.length / recordSize;
  const header = { ...layout, recordCount, dense: true, firstMs: 0, lastMs: 0, timeframe };
  const decoder = new RecordDecoder(header, "x.ohlcv", recordCount);
  for (let from = 0; from < recordCount; from += decoder.pieceRecords) {
    const count = Math.min(decoder.pieceRecords, recordCount - from);
    decoder.piece(count).set(records.subarray(from * recordSize, (from + count) * recordSize));
    decoder.add(count);
  }
  const { openTimeMs, open, high, low, close, volume } = decoder.columns;
  return [openTimeMs, open, high, low, close, volume].map((column) => [...column]);
}

/** The same as it is defined, one value after another. */
function defined(
  records: Uint8Array,
  { recordSize, grid, columns }: Parameters<typeof decoded>[1],
): number[][] {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const stored = (at: number, { type, offset }: Column): number =>
    type === types.f32
      ? view.getFloat32(at + offset, true)
      : type === types.f64
        ? view.getFloat64(at + offset, true)
        : timeAt(view, at + offset);
  const nearest = (price: number, { minmove, pricescale }: TickGrid, reach: number): number => {
    if (minmove === 0) return price;
    const snapped = (roundHalfEven((price * pricescale) / minmove) * minmove) / pricescale;
    return Math.abs(snapped - price) <= reach ? snapped : price;
  };
  const ulp = 2 ** -52;
  const of = (role: number): Column => columns.find((column) => column.role === role)!;
  return Object.values(roles).map((role) =>
    Array.from({ length: records.length / recordSize }, (_, index) => {
      const at = index * recordSize;
      const value = stored(at, of(role));
      if (role === roles.time || role === roles.volume) return value;
      if (of(role).base === absolute) return nearest(value, grid, Math.abs(value) * ulp);
      const price = stored(at, of(roles.open)) + value;
      return nearest(price, grid, Math.abs(value) * 2 ** -23 + Math.abs(price) * ulp);
    }),
  );
}

const grids: readonly TickGrid[] = [
  { minmove: 0, pricescale: 0 },
  { minmove: 1, pricescale: 1 },
  { minmove: 1, pricescale: 100 },
  { minmove: 25, pricescale: 100 },
  { minmove: 1, pricescale: 100_000 },
];

/** Numbers of the size that prices and distances have, and every other. */
const price = fc.oneof(
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((ticks) => ticks / 100),
  fc.double(),
  fc.double({ min: 1e13, max: 1e15 }),
  fc.constantFrom(0, -0, -1e-17, Number.NaN),
);
const distance = fc.oneof(
  fc.integer({ min: -5000, max: 5000 }).map((ticks) => ticks / 100),
  fc.float(),
);

test("records become what the format says they are, whatever bits they hold and columns are whole prices", () => {
  const promoted = fc.subarray([roles.high, roles.low, roles.close]);
  const record = fc.tuple(fc.integer(), fc.integer(), price, distance, distance, distance, fc.double());
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 20 }),
      promoted,
      fc.constantFrom(...grids),
      (records, whole, grid) => {
        const columns = priceColumns(new Set(whole));
        const recordSize = recordBytes(columns);
        const bytes = new Uint8Array(records.length * recordSize);
        const view = new DataView(bytes.buffer);
        for (const [index, [low, high, open, ...rest]] of records.entries()) {
          for (const { role, type, offset } of columns) {
            const at = index * recordSize + offset;
            if (role === roles.time) {
              view.setInt32(at, low, true);
              view.setInt32(at + 4, high, true);
              continue;
            }
            const value = role === roles.open ? open : rest[role - 2]!;
            if (type === types.f32) view.setFloat32(at, value, true);
            else view.setFloat64(at, value, true);
          }
        }
        const layout = { recordSize, grid, columns };
        expect(decoded(bytes, layout)).toEqual(defined(bytes, layout));
      },
    ),
  );
});

test("records of any size come in pieces that fit", () => {
  const columns = priceColumns(new Set());
  for (const [recordSize, count] of [
    [36, 10_000],
    [3600, 100],
    [700_000, 3],
  ] as const) {
    const bytes = new Uint8Array(recordSize * count);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < count; index++) view.setFloat64(index * recordSize + 8, index + 0.25, true);
    const layout = { recordSize, grid: { minmove: 1, pricescale: 100 }, columns };
    expect(decoded(bytes, layout)).toEqual(defined(bytes, layout));
  }
});
