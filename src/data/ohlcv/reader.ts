import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import type { Timeframe } from "../../kernel/timeframe.ts";
import {
  absolute,
  type Column,
  decodeHeader,
  hasMagic,
  type Header,
  headerBytes,
  metadataBytes,
  roles,
  type TickGrid,
  types,
} from "./layout.ts";
import { repairVolume, resolveDeltas, snapAbsolute } from "./prices.ts";

/** The bars of a data file, without the columns of its sidecar. */
export interface OhlcvContent {
  readonly columns: Omit<BarColumns, "extra">;
  /** `null` for a version 1 file, which does not say. */
  readonly timeframe: Timeframe | null;
  readonly grid: TickGrid;
  readonly dense: boolean;
  /** Records in the whole file, and the index of the first one read. */
  readonly recordCount: number;
  readonly firstIndex: number;
  readonly version: 1 | 2;
}

/** Which bars to read. */
export interface ReadRange {
  /** Inclusive, epoch ms. */
  readonly fromMs?: number | undefined;
  /** Inclusive, epoch ms. */
  readonly toMs?: number | undefined;
}

/**
 * Reads a data file as it is now: the records its header counts, whatever is being appended meanwhile.
 * @throws DataError when it is damaged or no data file
 */
export function readOhlcv(path: string, range: ReadRange = {}): OhlcvContent {
  const bytes = readAll(path);
  return hasMagic(bytes) || bytes.length === 0
    ? readVersion2(bytes, path, range)
    : readVersion1(bytes, path, range);
}

/**
 * The header of a version 2 file alone.
 * @throws DataError when it is damaged
 */
export function readHeader(path: string): Header {
  const descriptor = openSync(path, "r");
  try {
    const head = Buffer.alloc(headerBytes);
    const count = readSync(descriptor, head, 0, headerBytes, 0);
    const { size } = fstatSync(descriptor);
    if (!hasMagic(head) && size > 0 && size % 24 === 0 && !isText(head.subarray(0, count))) {
      throw new DataError(`${path} is of version 1, which can be read but not written`, {
        hint: "write it anew: pyne data convert-from, or download it again",
      });
    }
    if (count < headerBytes || !hasMagic(head)) return decodeHeader(head.subarray(0, count), path);
    const metadata = Buffer.alloc(metadataBytes(head.readUInt16LE(20)));
    const read = readSync(descriptor, metadata, 0, metadata.length, 0);
    return decodeHeader(metadata.subarray(0, read), path);
  } finally {
    closeSync(descriptor);
  }
}

/** How many bars a file holds; 0 for anything that is no data file. Never throws. */
export function probeRecordCount(path: string): number {
  try {
    const descriptor = openSync(path, "r");
    try {
      const { size } = fstatSync(descriptor);
      const head = Buffer.alloc(256);
      const count = readSync(descriptor, head, 0, 256, 0);
      if (hasMagic(head.subarray(0, count))) return readHeader(path).recordCount;
      return size % 24 === 0 && !isText(head.subarray(0, count)) ? size / 24 : 0;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return 0;
  }
}

function readAll(path: string): Uint8Array {
  const descriptor = openSync(path, "r");
  try {
    const bytes = new Uint8Array(fstatSync(descriptor).size);
    let offset = 0;
    while (offset < bytes.length) {
      const count = readSync(descriptor, bytes, offset, bytes.length - offset, offset);
      if (count === 0) break;
      offset += count;
    }
    return bytes.subarray(0, offset);
  } finally {
    closeSync(descriptor);
  }
}

function readVersion2(bytes: Uint8Array, path: string, range: ReadRange): OhlcvContent {
  const header = decodeHeader(bytes, path);
  const start = metadataBytes(header.columns.length);
  const { recordSize, recordCount } = header;
  if (bytes.length < start + recordSize * recordCount) {
    throw new DataError(
      `${path} is damaged: it counts ${recordCount} records but holds ${Math.floor((bytes.length - start) / recordSize)}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, recordSize * recordCount);
  const columnOf = (role: number): Column => {
    const column = header.columns.find((candidate) => candidate.role === role);
    if (column === undefined) throw new DataError(`${path} has no column for role ${role}`);
    return column;
  };
  const time = columnOf(roles.time);
  // A time in ms fits 53 bits: two halves are read much faster than a BigInt.
  const timeAt = (index: number): number => {
    const at = index * recordSize + time.offset;
    return view.getUint32(at, true) + view.getInt32(at + 4, true) * 4_294_967_296;
  };
  if (recordCount > 0 && (timeAt(0) !== header.firstMs || timeAt(recordCount - 1) !== header.lastMs)) {
    throw new DataError(`${path} is damaged: its header names other first and last times than its records`);
  }
  const from = range.fromMs === undefined ? 0 : lowerBound(recordCount, timeAt, range.fromMs);
  const to = range.toMs === undefined ? recordCount : lowerBound(recordCount, timeAt, range.toMs + 1);
  const length = Math.max(0, to - from);

  const openTimeMs = new Float64Array(length);
  for (let index = 0; index < length; index++) openTimeMs[index] = timeAt(from + index);
  const { grid } = header;
  const rawOpen = plainColumn(view, columnOf(roles.open), recordSize, from, length);
  const openColumn = rawOpen.slice();
  if (grid.minmove !== 0) snapAbsolute(openColumn, grid);
  const priceColumn = (role: number): Float64Array => {
    const column = columnOf(role);
    const values = plainColumn(view, column, recordSize, from, length);
    if (column.base !== absolute) resolveDeltas(values, rawOpen, grid);
    else if (grid.minmove !== 0) snapAbsolute(values, grid);
    return values;
  };
  return {
    columns: {
      length,
      openTimeMs,
      open: openColumn,
      high: priceColumn(roles.high),
      low: priceColumn(roles.low),
      close: priceColumn(roles.close),
      volume: plainColumn(view, columnOf(roles.volume), recordSize, from, length),
    },
    timeframe: header.timeframe,
    grid,
    dense: header.dense,
    recordCount,
    firstIndex: from,
    version: 2,
  };
}

/** A column's stored values, distances as they are. */
function plainColumn(
  view: DataView,
  column: Column,
  recordSize: number,
  from: number,
  length: number,
): Float64Array {
  const values = new Float64Array(length);
  let at = from * recordSize + column.offset;
  if (column.type === types.f32) {
    for (let index = 0; index < length; index++, at += recordSize) values[index] = view.getFloat32(at, true);
  } else if (column.type === types.f64) {
    for (let index = 0; index < length; index++, at += recordSize) values[index] = view.getFloat64(at, true);
  } else {
    for (let index = 0; index < length; index++, at += recordSize)
      values[index] = Number(view.getBigInt64(at, true));
  }
  return values;
}

/** Index of the first record at or after a time. */
function lowerBound(count: number, timeAt: (index: number) => number, timeMs: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeAt(middle) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Records of seconds and five 32-bit floats, without a header. A negative volume marks a bar that was made up. */
function readVersion1(bytes: Uint8Array, path: string, range: ReadRange): OhlcvContent {
  if (bytes.length % 24 !== 0 || isText(bytes.subarray(0, 256))) {
    throw new DataError(`${path} is not a data file`, {
      hint: isText(bytes.subarray(0, 256)) ? "it looks like text: pyne data convert-from FILE" : undefined,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: number[] = [];
  for (let index = 0; index < bytes.length / 24; index++) {
    const timeMs = view.getUint32(index * 24, true) * 1000;
    if (view.getFloat32(index * 24 + 20, true) < 0) continue;
    if (timeMs < (range.fromMs ?? -Infinity) || timeMs > (range.toMs ?? Infinity)) continue;
    kept.push(index);
  }
  const column = (offset: number): Float64Array =>
    Float64Array.from(kept, (index) => view.getFloat32(index * 24 + offset, true));
  return {
    columns: {
      length: kept.length,
      openTimeMs: Float64Array.from(kept, (index) => view.getUint32(index * 24, true) * 1000),
      open: column(4),
      high: column(8),
      low: column(12),
      close: column(16),
      volume: column(20).map(repairVolume),
    },
    timeframe: null,
    grid: { minmove: 0, pricescale: 0 },
    dense: false,
    recordCount: bytes.length / 24,
    firstIndex: kept[0] ?? 0,
    version: 1,
  };
}

/** Text, as far as the first bytes tell. */
function isText(bytes: Uint8Array): boolean {
  return (
    bytes.length > 0 &&
    bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127))
  );
}
