import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import type { Timeframe } from "../../kernel/timeframe.ts";
import { RecordDecoder, timeAt } from "./decode.ts";
import {
  decodeHeader,
  hasMagic,
  type Header,
  headerBytes,
  metadataBytes,
  roles,
  type TickGrid,
} from "./layout.ts";
import { decodeVersion1, isText, version1RecordBytes } from "./version1.ts";

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
  const { fromMs = -Infinity, toMs = Infinity } = range;
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0 || hasMagic(readBytes(descriptor, 0, headerBytes)))
      return readVersion2(descriptor, path, fromMs, toMs);
    const content = decodeVersion1(readBytes(descriptor, 0, size), path, fromMs, toMs);
    return { ...content, timeframe: null, grid: { minmove: 0, pricescale: 0 }, dense: false, version: 1 };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The header of a version 2 file alone.
 * @throws DataError when it is damaged
 */
export function readHeader(path: string): Header {
  const descriptor = openSync(path, "r");
  try {
    if (versionOf(descriptor) === 1) {
      throw new DataError(`${path} is of version 1, which can be read but not written`, {
        hint: "write it anew: pyne data convert-from, or download it again with --truncate",
      });
    }
    return headerOf(descriptor, path);
  } finally {
    closeSync(descriptor);
  }
}

/** How many bars a file holds; 0 for anything that is no data file. Never throws. */
export function probeRecordCount(path: string): number {
  try {
    const version = probeVersion(path);
    if (version === undefined) return 0;
    return version === 2 ? readHeader(path).recordCount : statSync(path).size / version1RecordBytes;
  } catch {
    return 0;
  }
}

/** The version of a data file by its first bytes; `undefined` for anything that is none. */
export function probeVersion(path: string): 1 | 2 | undefined {
  const descriptor = openSync(path, "r");
  try {
    return versionOf(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function versionOf(descriptor: number): 1 | 2 | undefined {
  const { size } = fstatSync(descriptor);
  const head = readBytes(descriptor, 0, 256);
  if (hasMagic(head)) return 2;
  return size > 0 && size % version1RecordBytes === 0 && !isText(head, size) ? 1 : undefined;
}

function readVersion2(descriptor: number, path: string, fromMs: number, toMs: number): OhlcvContent {
  const header = headerOf(descriptor, path);
  const start = metadataBytes(header.columns.length);
  const { recordSize, recordCount } = header;
  // After the header: a writer may append between the two, and its records are there before it counts them.
  const { size } = fstatSync(descriptor);
  if (size < start + recordSize * recordCount) {
    throw new DataError(
      `${path} is damaged: it counts ${recordCount} records but holds ${Math.floor((size - start) / recordSize)}`,
    );
  }
  const timeOffset = header.columns.find(({ role }) => role === roles.time)?.offset ?? 0;
  const timeOf = (index: number): number => {
    const bytes = readBytes(descriptor, start + index * recordSize + timeOffset, 8);
    return timeAt(new DataView(bytes.buffer, bytes.byteOffset, 8), 0);
  };
  if (recordCount > 0 && (timeOf(0) !== header.firstMs || timeOf(recordCount - 1) !== header.lastMs)) {
    throw new DataError(`${path} is damaged: its header names other first and last times than its records`);
  }
  const from = fromMs === -Infinity ? 0 : lowerBound(recordCount, timeOf, fromMs);
  const to = toMs === Infinity ? recordCount : lowerBound(recordCount, timeOf, toMs + 1);

  const decoder = new RecordDecoder(header, path, Math.max(0, to - from));
  for (let index = from; index < to; index += decoder.pieceRecords) {
    const records = Math.min(decoder.pieceRecords, to - index);
    const piece = decoder.piece(records);
    if (fill(descriptor, piece, start + index * recordSize) < piece.length)
      throw new DataError(`${path} became shorter while it was read`, { hint: "try again" });
    decoder.add(records);
  }
  return {
    columns: decoder.columns,
    timeframe: header.timeframe,
    grid: header.grid,
    dense: header.dense,
    recordCount,
    firstIndex: from,
    version: 2,
  };
}

/**
 * The header of an open version 2 file.
 * @throws DataError when it is damaged
 */
export function headerOf(descriptor: number, path: string): Header {
  const head = readBytes(descriptor, 0, headerBytes);
  if (head.length < headerBytes || !hasMagic(head)) return decodeHeader(head, path);
  return decodeHeader(readBytes(descriptor, 0, metadataBytes(head.readUInt16LE(20))), path);
}

/** So many bytes from a place in a file, or as many as there are. */
export function readBytes(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, fill(descriptor, bytes, position));
}

/** Fills a buffer from a place in a file; returns how far it got. */
function fill(descriptor: number, bytes: Uint8Array, position: number): number {
  let offset = 0;
  while (offset < bytes.length) {
    const count = readSync(descriptor, bytes, offset, bytes.length - offset, position + offset);
    if (count === 0) break;
    offset += count;
  }
  return offset;
}

/** Index of the first record at or after a time. */
function lowerBound(count: number, timeOf: (index: number) => number, timeMs: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(middle) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
