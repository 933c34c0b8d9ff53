/** The data file at its edges: full disks, odd prices, late grids, old versions. */
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { probeRecordCount, readHeader, readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { readSidecar, sidecarPath } from "../../src/data/ohlcv/sidecar.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import type { Bar } from "../../src/kernel/bar.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-edges-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = (): string => join(folder, `f${files++}.ohlcv`);

const cents = { minmove: 1, pricescale: 100 };
const minute = parseTimeframe("1");
const start = 1_735_689_600_000;
const bar = (index: number, [open, high, low, close]: readonly number[], volume = 1): Bar => ({
  openTimeMs: start + index * 60_000,
  ...{ open: open!, high: high!, low: low!, close: close!, volume },
});
const flat = (index: number, price = 100): Bar => bar(index, [price, price, price, price]);
function write(bars: readonly Bar[], grid?: typeof cents): string {
  const path = fresh();
  using writer = OhlcvWriter.open(path, { timeframe: minute, grid });
  writer.append(bars);
  return path;
}

describe("a disk that fills up: a write that is cut short leaves the commit before it, and the writer usable", () => {
  /** What `small-disk.ts` says of a process whose files end at 1024 bytes. */
  const onSmallDisk = (bars: number, offGrid: boolean): unknown => {
    const script = join(import.meta.dir, "small-disk.ts");
    const words = [process.execPath, script, fresh(), String(bars), String(offGrid)].map(
      (word) => `'${word}'`,
    );
    // The signal is ignored, so that the write fails instead of the process.
    const shell = Bun.spawnSync(["/bin/sh", "-c", `trap '' XFSZ; ulimit -f 2; exec ${words.join(" ")}`]);
    return JSON.parse(shell.stdout.toString());
  };
  const tooLarge = expect.stringContaining("could not be written: EFBIG");
  test.each([
    [
      "a record",
      22,
      false,
      { first: tooLarge, left: 22, second: tooLarge, bars: 22, recordSize: 36, rows: 22 },
    ],
    [
      "a promotion, before its rename",
      21,
      true,
      { first: tooLarge, left: 21, second: "done", bars: 22, recordSize: 36, rows: 22 },
    ],
    [
      "a record after a promotion",
      20,
      true,
      { first: tooLarge, left: 20, second: tooLarge, bars: 20, recordSize: 40, rows: 20 },
    ],
  ])("%s", (_name, bars, offGrid, expected) => {
    expect(onSmallDisk(bars, offGrid)).toEqual({ ...expected, private: [] });
  });
});

describe("a sidecar that cannot be written commits nothing", () => {
  test("and the bar can be appended again", () => {
    using writer = OhlcvWriter.open(write([flat(0), flat(1)]), { timeframe: minute });
    const blocked = sidecarPath(writer.path);
    mkdirSync(blocked);
    expect(() => writer.append([{ ...flat(2), extra: { oi: 5 } }])).toThrow();
    expect(readOhlcv(writer.path).columns.length).toBe(2);
    rmSync(blocked, { recursive: true });
    writer.append([{ ...flat(2), extra: { oi: 5 } }]);
    expect([...(readSidecar(writer.path, 3, 0, 3).get("oi") ?? [])]).toEqual([Number.NaN, Number.NaN, 5]);
  });
});

describe("prices", () => {
  test("a split-adjusted open off the grid stays as it is; the columns around it are promoted", () => {
    const path = write([bar(0, [33.333333, 34.01, 33.01, 33.5])], cents);
    expect(readOhlcv(path).columns.open[0]).toBe(33.333333);
    expect(readOhlcv(path).columns.high[0]).toBe(34.01);
  });

  test("an open one bit off the grid snaps onto it, so the bar stays valid", () => {
    const off = 100.01 + 2 ** -46;
    expect(off).not.toBe(100.01);
    const { columns } = readOhlcv(write([bar(0, [off, off, off, off])], cents));
    expect([columns.open[0], columns.high[0], columns.low[0], columns.close[0]]).toEqual([
      100.01, 100.01, 100.01, 100.01,
    ]);
  });

  test("a price without an open is no distance: refused without a grid, stored as it is with one", () => {
    const odd = bar(0, [Number.NaN, Number.NaN, Number.NaN, 5]);
    expect(() => write([odd])).toThrow("has a close but no open");
    expect(readOhlcv(write([odd], cents)).columns.close[0]).toBe(5);
    const missing = bar(0, [Number.NaN, Number.NaN, Number.NaN, Number.NaN], Number.NaN);
    expect(readOhlcv(write([missing])).columns.open[0]).toBeNaN();
  });

  test("too far from the open for 32 bits: refused without a grid", () => {
    expect(() => write([bar(0, [1, 1e39, 1, 1])])).toThrow("is too far from the open 1");
  });

  test.each([9362.123462, -5, 0, 1e-300, 0.56881])("a volume of %p comes back exactly", (volume) => {
    expect(readOhlcv(write([bar(0, [1, 1, 1, 1], volume)])).columns.volume[0]).toBe(volume);
  });

  test("one column is promoted, the others stay distances: 40 bytes a record", () => {
    const header = readHeader(write([bar(0, [100, 100.005, 100, 100])], cents));
    expect([header.recordSize, header.columns.map(({ base }) => base)]).toEqual([
      40,
      [255, 255, 255, 1, 1, 255],
    ]);
  });
});

describe("a grid that is declared late", () => {
  test("is in the header from then on, also for a writer that knows none", () => {
    const path = write([flat(0)]);
    expect(readHeader(path).grid).toEqual({ minmove: 0, pricescale: 0 });
    OhlcvWriter.open(path, { timeframe: minute, grid: cents }).close();
    expect(readHeader(path).grid).toEqual(cents);
    using writer = OhlcvWriter.open(path, { timeframe: minute });
    expect(writer.grid).toEqual(cents);
    writer.append([bar(1, [100, 100.005, 100, 100])]);
    expect(readHeader(path)).toMatchObject({ grid: cents, recordSize: 40 });
  });

  test("does not replace one that is there", () => {
    const path = write([flat(0)], cents);
    using writer = OhlcvWriter.open(path, { timeframe: minute, grid: { minmove: 1, pricescale: 10 } });
    expect(writer.grid).toEqual(cents);
  });
});

test("periods are the same however they are spelled", () => {
  const path = write([flat(0)]);
  using writer = OhlcvWriter.open(path, { timeframe: parseTimeframe("001") });
  writer.append([flat(1)]);
  expect(readHeader(path)).toMatchObject({ recordCount: 2, timeframe: { value: 1, unit: "minute" } });
});

test.each([
  ["on two bars", 1, 4, [1, 4]],
  ["between", 2, 8, [4]],
  ["beyond both ends", -5, 99, [0, 1, 4, 9]],
  ["reversed", 4, 1, []],
  ["in a hole", 5, 8, []],
] as const)("a range of irregular bars: %s", (_name, from, to, expected) => {
  const path = write([0, 1, 4, 9].map((index) => flat(index)));
  const at = (index: number): number => start + index * 60_000;
  const { columns, firstIndex } = readOhlcv(path, { fromMs: at(from), toMs: at(to) });
  expect([...columns.openTimeMs].map((ms) => (ms - start) / 60_000)).toEqual([...expected]);
  if (expected.length > 0) expect(firstIndex).toBe([0, 1, 4, 9].indexOf(expected[0]!));
});

describe("headers that contradict themselves", () => {
  const patched = (bars: readonly Bar[], offset: number, bytes: readonly number[]): string => {
    const path = write(bars);
    const content = readFileSync(path);
    content.set(bytes, offset);
    writeFileSync(path, content);
    return path;
  };
  test.each([
    ["a later minor version", [flat(0)], 10, [2], "format version is 2.2"],
    ["half a grid, the other half", [flat(0)], 56, [1], "tick grid is 1/0"],
    ["empty, but with times", [], 32, [1], "empty but names times"],
    ["empty, but dense", [], 22, [1], "dense with fewer than two records"],
    ["one record, but dense", [flat(0)], 22, [1], "dense with fewer than two records"],
    ["last time", [flat(0), flat(1)], 40, [1], "other first and last times"],
    ["a time column of doubles", [flat(0)], 64 + 1, [6], "one time column of whole milliseconds"],
    ["a time that is a distance", [flat(0)], 64 + 2, [1], "one time column of whole milliseconds"],
    ["something after a name's end", [flat(0)], 64 + 6 + 17, [65], "name of column 0"],
    ["records of another size", [flat(0)], 16, [37], "its records have 37 bytes, its columns 36"],
  ])("%s", (_name, bars, offset, bytes, message) => {
    expect(() => readOhlcv(patched(bars, offset, bytes))).toThrow(message);
  });
});

describe("version 1", () => {
  const records = (...rows: readonly (readonly [seconds: number, price: number, volume: number])[]): Buffer =>
    Buffer.concat(
      rows.map(([seconds, price, volume]) => {
        const bytes = Buffer.alloc(24);
        bytes.writeUInt32LE(seconds, 0);
        for (let at = 4; at < 20; at += 4) bytes.writeFloatLE(price, at);
        bytes.writeFloatLE(volume, 20);
        return bytes;
      }),
    );
  const times = (content: Buffer): number[] => {
    const path = fresh();
    writeFileSync(path, content);
    return [...readOhlcv(path).columns.openTimeMs].map((ms) => ms / 1000);
  };
  test.each([
    ["a single record", records([1000, 1, 1]), [1000]],
    ["duplicates", records([1000, 1, 1], [1000, 2, 1]), [1000, 1000]],
    ["irregular steps", records([1000, 1, 1], [1007, 1, 1], [5000, 1, 1]), [1000, 1007, 5000]],
    ["bytes that are all printable", Buffer.alloc(48, "A"), [0x41414141, 0x41414141]],
  ])("%s can be read", (_name, content, expected) => {
    expect(times(content)).toEqual(expected);
  });

  test.each([
    ["a table of commas", "time,open,high,low,close,volume\n1,2,3,4,5,6\n"],
    ["one without a header", "1704067200,1,2,3,4,5\n"],
    ["JSON", `[{"timestamp":1704067200000,"open":1}]`],
  ])("%s padded to the size of records is still a text", (_name, text) => {
    const padded = text.padEnd(Math.ceil(text.length / 24) * 24 + 240, " ");
    expect(() => times(Buffer.from(padded))).toThrow("is not a data file");
  });
});

test.each([
  ["absent", undefined, 0],
  ["empty", Buffer.alloc(0), 0],
  ["corrupt", Buffer.concat([Buffer.from("894d", "hex"), Buffer.alloc(61, 1)]), 0],
  ["a text", Buffer.from("time,open,high,low,close,volume\n".padEnd(240, "1")), 0],
  ["of version 1", Buffer.alloc(72, 1), 3],
])("the count of a file that is %s", (_name, content, expected) => {
  const path = fresh();
  if (content !== undefined) writeFileSync(path, content);
  expect(existsSync(path)).toBe(content !== undefined);
  expect(probeRecordCount(path)).toBe(expected);
});
