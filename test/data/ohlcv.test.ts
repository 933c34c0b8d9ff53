/** The data file: bytes, recovery, promotion, and what a damaged one says. */
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { probeRecordCount, readHeader, readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { deltaLimit, surviveAsDeltas } from "../../src/data/ohlcv/prices.ts";
import { readSidecar, sidecarPath } from "../../src/data/ohlcv/sidecar.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { type Bar, columnsOf } from "../../src/kernel/bar.ts";
import { roundHalfEven } from "../../src/kernel/float.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-ohlcv-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = (): string => join(folder, `f${files++}.ohlcv`);

const cents = { minmove: 1, pricescale: 100 };
const minute = parseTimeframe("1");
const bar = (
  openTimeMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume = 1,
  extra?: Bar["extra"],
): Bar => ({
  openTimeMs,
  open,
  high,
  low,
  close,
  volume,
  ...(extra === undefined ? {} : { extra }),
});
const start = 1_735_689_600_000;
const flat = (index: number, price = 100): Bar => bar(start + index * 60_000, price, price, price, price);

function write(bars: readonly Bar[], options: { grid?: typeof cents; timeframe?: string } = {}): string {
  const path = fresh();
  using writer = OhlcvWriter.open(path, {
    timeframe: parseTimeframe(options.timeframe ?? "1"),
    grid: options.grid,
  });
  writer.append(bars);
  return path;
}

const vector = [
  bar(1_735_689_600_000, 100_000, 100_123.45, 99_876.54, 100_050.01, 12.5),
  bar(1_735_689_660_000, 100_050, 100_200.02, 99_999.99, 100_111.11, 13.5),
];

describe("bytes", () => {
  test("the reference vector", () => {
    const bytes = readFileSync(write(vector, { grid: cents }));
    expect(bytes.length).toBe(280);
    expect(new Bun.CryptoHasher("sha256").update(bytes).digest("hex")).toBe(
      "1d85531b838858711cba901fdcba1a7e183e4377368d5dcf2a8934dd8461ee15",
    );
  });

  test("bar by bar is the same as in one commit", () => {
    const path = fresh();
    for (const one of vector) {
      using writer = OhlcvWriter.open(path, { timeframe: minute, grid: cents });
      writer.append([one]);
    }
    expect(readFileSync(path)).toEqual(readFileSync(write(vector, { grid: cents })));
  });

  test("prices come back exactly on the grid", () => {
    const { columns } = readOhlcv(write(vector, { grid: cents }));
    expect([...columns.high]).toEqual([100_123.45, 100_200.02]);
    expect([...columns.low]).toEqual([99_876.54, 99_999.99]);
    expect([...columns.close]).toEqual([100_050.01, 100_111.11]);
    expect([...columns.openTimeMs]).toEqual(vector.map((one) => one.openTimeMs));
  });

  test("missing values have one bit pattern", () => {
    const path = write([bar(start, 100, Number.NaN, 99, Number.NaN, Number.NaN)]);
    const bytes = readFileSync(path).subarray(208);
    expect(bytes.subarray(16, 20).toString("hex")).toBe("0000c07f");
    expect(bytes.subarray(28, 36).toString("hex")).toBe("000000000000f87f");
    expect([...readOhlcv(path).columns.high]).toEqual([Number.NaN]);
  });
});

describe("promotion to full doubles", () => {
  test.each([
    ["nothing to promote", [flat(0)], 36],
    ["a price off the grid", [bar(start, 100, 100.005, 100, 100)], 40],
    ["a distance too long for 32 bits", [bar(start, 1_000_000, 2_000_000.01, 1, 1_000_000)], 44],
    ["no open but a close", [bar(start, Number.NaN, Number.NaN, Number.NaN, 5)], 40],
  ] as const)("%s", (_name, bars, size) => {
    const path = write(bars, { grid: cents });
    expect(readHeader(path).recordSize).toBe(size);
    for (const field of ["open", "high", "low", "close"] as const) {
      expect([...readOhlcv(path).columns[field]]).toEqual(bars.map((one) => one[field]));
    }
  });

  test("of a file that has bars keeps them, and a reader that has it open", () => {
    const path = write([flat(0), flat(1)], { grid: cents });
    using writer = OhlcvWriter.open(path, { timeframe: minute });
    writer.append([bar(start + 120_000, 100, 100.005, 100, 100)]);
    writer.append([flat(3)]);
    expect([...readOhlcv(path).columns.high]).toEqual([100, 100, 100.005, 100]);
  });

  test("never without a grid", () => {
    expect(readHeader(write([bar(start, 100, 100.005, 100, 100)])).recordSize).toBe(36);
  });
});

describe("dense", () => {
  test.each([
    ["no bars", "1", [], false],
    ["one bar", "1", [0], false],
    ["two in step", "1", [0, 1], true],
    ["a hole", "1", [0, 1, 3], false],
    ["a hole stays one", "1", [0, 2, 3], false],
    ["months", "1M", [0, 1], false],
  ] as const)("%s", (_name, timeframe, steps, dense) => {
    const unit = timeframe === "1M" ? 2_592_000_000 : 60_000;
    const bars = steps.map((step) => bar(start + step * unit, 1, 1, 1, 1));
    expect(readHeader(write(bars, { timeframe })).dense).toBe(dense);
  });
});

describe("a bar that cannot be stored", () => {
  test.each([
    ["high below close", bar(start, 1, 1, 1, 2), "high"],
    ["low above open", bar(start, 1, 3, 2, 2), "low"],
    ["infinite", bar(start, 1, Infinity, 1, 1), "infinite"],
    ["a duplicate", flat(0), "already"],
    ["out of order", flat(-1), "later"],
    ["a broken time", bar(start + 0.5, 1, 1, 1, 1), "milliseconds"],
  ] as const)("%s: nothing of the batch is stored", (_name, wrong, reason) => {
    const path = write([flat(0)]);
    const before = readFileSync(path);
    using writer = OhlcvWriter.open(path, { timeframe: minute });
    const batch =
      wrong.openTimeMs > start || reason === "already" || reason === "later"
        ? [wrong]
        : [{ ...wrong, openTimeMs: start + 60_000 }];
    expect(() => writer.append([...batch, flat(9)])).toThrow(new RegExp(reason));
    expect(readFileSync(path)).toEqual(before);
  });

  test("another timeframe leaves the file as it is", () => {
    const path = write([flat(0)]);
    const before = readFileSync(path);
    expect(() => OhlcvWriter.open(path, { timeframe: parseTimeframe("5") })).toThrow(/bars of 1, not of 5/);
    expect(readFileSync(path)).toEqual(before);
  });
});

describe("after a crash", () => {
  test("a torn tail is ignored, then cut", () => {
    const path = write([flat(0), flat(1)]);
    appendFileSync(path, Buffer.alloc(50, 7));
    expect(readOhlcv(path).columns.length).toBe(2);
    using writer = OhlcvWriter.open(path, { timeframe: minute });
    writer.append([flat(2)]);
    expect(readFileSync(path)).toEqual(readFileSync(write([flat(0), flat(1), flat(2)])));
  });

  test("a file of no bytes is new", () => {
    const path = fresh();
    writeFileSync(path, "");
    using writer = OhlcvWriter.open(path, { timeframe: minute });
    writer.append([flat(0)]);
    expect(probeRecordCount(path)).toBe(1);
  });
});

describe("a damaged file says what is wrong", () => {
  const patch = (offset: number, bytes: readonly number[]) => (path: string) => {
    const content = readFileSync(path);
    content.set(bytes, offset);
    writeFileSync(path, content);
  };
  test.each([
    ["mark", patch(0, [0, 1, 2]), /not a data file|mark/],
    ["version", patch(8, [3]), /version is 3/],
    ["flags", patch(22, [2]), /unknown flags/],
    ["half a grid", patch(60, [1]), /tick grid is 0\/1/],
    ["no columns", patch(20, [0]), /no columns/],
    ["header size", patch(12, [1]), /header size/],
    ["record size", patch(16, [0]), /no bytes/],
    ["interval", patch(48, [0]), /interval/],
    ["unit", patch(52, [9]), /interval/],
    ["role", patch(64 + 24, [99]), /unknown role 99/],
    ["type", patch(64 + 24 + 1, [3]), /unknown type 3/],
    ["doubled role", patch(64 + 24, [5]), /two columns/],
    ["missing base", patch(64 + 48 + 2, [9]), /not there/],
    ["cycle", patch(64 + 48 + 2, [2]), /distance from itself/],
    ["offset", patch(64 + 24 + 4, [9]), /begins at byte/],
    ["name", patch(64 + 24 + 6, [0]), /name of column 1/],
    ["count", patch(24, [9]), /counts 9 records/],
    ["first time", patch(32, [1]), /other first and last times/],
    ["short", (path: string) => truncateSync(path, 40), /header has 40 bytes/],
    ["no descriptors", (path: string) => truncateSync(path, 100), /end after 100/],
  ] as const)("%s", (_name, damage, message) => {
    const path = write([flat(0), flat(1)]);
    damage(path);
    expect(() => readOhlcv(path)).toThrow(message);
  });

  test("a text named like a data file", () => {
    const path = fresh();
    writeFileSync(path, "time,open,high,low,close\n".padEnd(240, "1"));
    expect(() => readOhlcv(path)).toThrow(/not a data file/);
    expect(probeRecordCount(path)).toBe(0);
    expect(probeRecordCount(join(folder, "none"))).toBe(0);
  });
});

test.each([
  ["all", undefined, undefined, 5],
  ["on the bounds", 1, 3, 3],
  ["between bars", 0.5, 2.5, 2],
  ["outside", -10, 100, 5],
  ["reversed", 3, 1, 0],
] as const)("a range: %s", (_name, from, to, count) => {
  const path = write([0, 1, 2, 3, 4].map((index) => flat(index)));
  const at = (step: number | undefined) => (step === undefined ? undefined : start + step * 60_000);
  expect(readOhlcv(path, { fromMs: at(from), toMs: at(to) }).columns.length).toBe(count);
});

test("version 1: seconds and 32-bit floats, made-up bars left out, volumes repaired", () => {
  const path = fresh();
  const record = (seconds: number, volume: number): Buffer => {
    const bytes = Buffer.alloc(24);
    bytes.writeUInt32LE(seconds, 0);
    [1.5, 2, 1, 1.75].forEach((price, index) => bytes.writeFloatLE(price, 4 + index * 4));
    bytes.writeFloatLE(volume, 20);
    return bytes;
  };
  writeFileSync(path, Buffer.concat([record(1000, 0.56881), record(1060, -1), record(1120, 3)]));
  const { columns, version, timeframe } = readOhlcv(path);
  expect({ version, timeframe, times: [...columns.openTimeMs] }).toEqual({
    version: 1,
    timeframe: null,
    times: [1_000_000, 1_120_000],
  });
  expect([...columns.volume]).toEqual([0.56881, 3]);
  expect(() => OhlcvWriter.open(path, { timeframe: minute })).toThrow(/version 1/);
});

describe("further columns", () => {
  test("start with the first bar that has them; rows before are blank", () => {
    const path = write([flat(0), flat(1)]);
    using writer = OhlcvWriter.open(path, { timeframe: minute });
    writer.append([{ ...flat(2), extra: { oi: 5, note: "a,b" } }]);
    writer.append([{ ...flat(3), extra: { oi: 6.25, funding: 0.1 } }]);
    const extra = readSidecar(path, 4, 0, 4);
    expect([...(extra.get("oi") ?? [])]).toEqual([Number.NaN, Number.NaN, 5, 6.25]);
    expect(extra.get("note")).toEqual(["", "", "a,b", ""]);
    expect([...(extra.get("funding") ?? [])]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0.1]);
    expect(readFileSync(sidecarPath(path), "utf8").split("\r\n")[0]).toBe("oi,note,funding");
  });

  test("surplus rows are cut, missing ones added when the file is opened again", () => {
    const path = write([
      { ...flat(0), extra: { oi: 1 } },
      { ...flat(1), extra: { oi: 2 } },
    ]);
    appendFileSync(sidecarPath(path), "9\r\n");
    expect(() => readSidecar(path, 2, 0, 2)).toThrow(/3 rows for 2 bars/);
    using _writer = OhlcvWriter.open(path, { timeframe: minute });
    expect(readSidecar(path, 2, 0, 2).get("oi")).toEqual(Float64Array.from([1, 2]));
  });

  test("vanish with a file that is created anew", () => {
    const path = write([{ ...flat(0), extra: { oi: 1 } }]);
    OhlcvWriter.create(path, { timeframe: minute }).close();
    expect(existsSync(sidecarPath(path))).toBe(false);
  });
});

test("any bars on a grid come back exactly, in any division into commits", () => {
  const ticks = fc.integer({ min: 1, max: 20_000_000 });
  const bars = fc.array(fc.tuple(ticks, ticks, ticks, ticks, fc.double({ min: 0, max: 1e9, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(bars, fc.integer({ min: 1, max: 7 }), (rows, size) => {
      const all = rows.map(([a, b, c, d, volume], index) => {
        const [low, open, close, high] = [a, b, c, d].toSorted((x, y) => x - y).map((tick) => tick / 100);
        return bar(start + index * 60_000, open!, high!, low!, close!, volume);
      });
      const path = fresh();
      for (let index = 0; index < all.length; index += size) {
        using writer = OhlcvWriter.open(path, { timeframe: minute, grid: cents });
        writer.append(all.slice(index, index + size));
      }
      const { columns } = readOhlcv(path);
      for (const field of ["open", "high", "low", "close", "volume"] as const) {
        expect([...columns[field]]).toEqual(all.map((one) => one[field]));
      }
      rmSync(path);
    }),
    { numRuns: 60 },
  );
});

describe("a price as a 32-bit distance", () => {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  /** The larger distance from a 32-bit value to its neighbours, step by step. */
  const spacing = (value: number): number => {
    float[0] = Math.abs(value);
    const own = float[0];
    bits[0]!++;
    const above = float[0] - own;
    if (own === 0) return above;
    bits[0]! -= 2;
    return Math.max(above, own - float[0]);
  };
  const grids = fc.record({
    minmove: fc.integer({ min: 1, max: 1000 }),
    pricescale: fc.constantFrom(1, 2, 32, 100, 1e5, 1e8, 3),
  });

  test("survives exactly when neighbours are less than half a tick apart and it is on the grid", () => {
    const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(grids, fc.integer({ min: -1e9, max: 1e9 }), anyFloat, (grid, ticks, noise) => {
        const { minmove, pricescale } = grid;
        const open = (ticks * minmove) / pricescale;
        for (const target of [open + noise, (Math.round(noise % 1e6) * minmove) / pricescale]) {
          const fine = spacing(Math.fround(target - open)) < minmove / pricescale / 2;
          const snapped = (roundHalfEven((target * pricescale) / minmove) * minmove) / pricescale;
          const onGrid = Math.abs(snapped - target) <= Math.abs(target) * 2 ** -48;
          expect(surviveAsDeltas(Float64Array.of(open), Float64Array.of(target), grid)).toBe(fine && onGrid);
        }
      }),
    );
  });

  test("the limit itself: half a tick fails, just below it does not", () => {
    const limit = deltaLimit(cents);
    expect(spacing(limit)).toBeGreaterThanOrEqual(0.005);
    bits[0] = 0;
    float[0] = limit;
    bits[0]!--;
    expect(spacing(float[0])).toBeLessThan(0.005);
  });
});

test("a file of many pieces is the same as one written in parts, and is read from any place", () => {
  const bars = Array.from({ length: 40_000 }, (_, index): Bar => {
    const ticks = 10_000 + ((index * 7919) % 1000);
    const close = index % 997 === 0 ? Number.NaN : ticks / 100;
    const [open, high, low] = [ticks / 100, (ticks + 5) / 100, (ticks - 5) / 100];
    return bar(start + index * 60_000, open, high, low, close, index, { n: index });
  });
  const path = fresh();
  {
    using writer = OhlcvWriter.create(path, { timeframe: minute, grid: cents });
    writer.appendColumns(columnsOf(bars));
  }
  const apart = write([], { grid: cents });
  {
    using writer = OhlcvWriter.open(apart, { timeframe: minute });
    for (let from = 0; from < bars.length; from += 7001) writer.append(bars.slice(from, from + 7001));
  }
  expect(readFileSync(apart).equals(readFileSync(path))).toBe(true);
  expect(readFileSync(sidecarPath(apart), "utf8")).toBe(readFileSync(sidecarPath(path), "utf8"));
  for (const [from, to] of [
    [0, 39_999],
    [16_383, 16_385],
    [5, 35_000],
  ] as const) {
    const { columns, firstIndex } = readOhlcv(path, {
      fromMs: start + from * 60_000,
      toMs: start + to * 60_000,
    });
    expect({ firstIndex, length: columns.length }).toEqual({ firstIndex: from, length: to - from + 1 });
    expect([...columns.close]).toEqual(bars.slice(from, to + 1).map((one) => one.close));
    expect([...columns.high]).toEqual(bars.slice(from, to + 1).map((one) => one.high));
  }
});
