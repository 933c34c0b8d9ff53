import { expect, test } from "bun:test";
import fc from "fast-check";

import { RecordDecoder, recordsPerPiece } from "../../src/data/ohlcv/decode.ts";
import { type Header, priceColumns, recordBytes } from "../../src/data/ohlcv/layout.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

const columns = priceColumns(new Set());
const recordSize = recordBytes(columns);

/** Records of any bits, decoded from memory that begins `offset` bytes into a buffer. */
function decoded(records: Uint8Array, offset: number, grid: Header["grid"]): number[][] {
  const recordCount = records.length / recordSize;
  const timeframe = parseTimeframe("1");
  const header = { recordSize, recordCount, dense: true, firstMs: 0, lastMs: 0, timeframe, grid, columns };
  const decoder = new RecordDecoder(header, "x.ohlcv", recordCount);
  for (let from = 0; from < recordCount; from += recordsPerPiece) {
    const piece = records.subarray(
      from * recordSize,
      Math.min(from + recordsPerPiece, recordCount) * recordSize,
    );
    const memory = new Uint8Array(piece.length + offset);
    memory.set(piece, offset);
    decoder.add(memory.subarray(offset));
  }
  const { openTimeMs, open, high, low, close, volume } = decoder.columns;
  return [openTimeMs, open, high, low, close, volume].map((column) => [...column]);
}

test("records in whole words become what they become byte by byte", () => {
  const price = fc.oneof(
    fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((ticks) => ticks / 100),
    fc.double(),
    fc.double({ min: 1e13, max: 1e15 }),
  );
  const distance = fc.oneof(
    fc.integer({ min: -5000, max: 5000 }).map((ticks) => ticks / 100),
    fc.float(),
  );
  const record = fc.tuple(fc.integer(), fc.integer(), price, distance, distance, distance, fc.double());
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 20 }),
      fc.constantFrom(1, 100, 100_000),
      (records, pricescale) => {
        const bytes = new Uint8Array(records.length * recordSize);
        const view = new DataView(bytes.buffer);
        for (const [index, [low, high, open, ...rest]] of records.entries()) {
          const at = index * recordSize;
          const volume = rest.pop()!;
          for (const { role, offset } of columns) {
            if (role === 0) {
              view.setInt32(at + offset, low, true);
              view.setInt32(at + offset + 4, high, true);
            } else if (role === 1) view.setFloat64(at + offset, open, true);
            else if (role === 5) view.setFloat64(at + offset, volume, true);
            else view.setFloat32(at + offset, rest[role - 2]!, true);
          }
        }
        const grid = { minmove: 1, pricescale };
        expect(decoded(bytes, 0, grid)).toEqual(decoded(bytes, 1, grid));
      },
    ),
  );
});
