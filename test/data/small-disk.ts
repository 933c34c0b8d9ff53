/**
 * Appends to a data file in a process that may write files of 1024 bytes at most, so that writes fail as on a full disk.
 * Arguments: path, bars that are there, whether the next one is off the grid. Prints what is left as JSON.
 */
import { readdirSync } from "node:fs";
import { dirname } from "node:path";

import { readHeader, readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { readSidecar } from "../../src/data/ohlcv/sidecar.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import type { Bar } from "../../src/kernel/bar.ts";
import { messageOf } from "../../src/kernel/errors.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

const [path = "", count = "0", offGrid = "false"] = process.argv.slice(2);
const bar = (index: number, high = 10): Bar => ({
  openTimeMs: index * 60_000,
  ...{ open: 10, high, low: 10, close: 10, volume: index },
  extra: { n: index },
});
const attempt = (action: () => void): string => {
  try {
    action();
    return "done";
  } catch (error) {
    return messageOf(error);
  }
};

const there = Number(count);
using writer = OhlcvWriter.create(path, {
  timeframe: parseTimeframe("1"),
  grid: { minmove: 1, pricescale: 100 },
});
writer.append(Array.from({ length: there }, (_, index) => bar(index)));
const first = attempt(() => writer.append([bar(there, offGrid === "true" ? 10.005 : 10)]));
const left = readOhlcv(path).columns.length;
const second = attempt(() => writer.append([bar(there)]));
console.log(
  JSON.stringify({
    first,
    left,
    second,
    bars: readOhlcv(path).columns.length,
    recordSize: readHeader(path).recordSize,
    rows: readSidecar(path, writer.recordCount, 0, writer.recordCount).get("n")?.length,
    private: readdirSync(dirname(path)).filter((name) => name.endsWith(".tmp")),
  }),
);
