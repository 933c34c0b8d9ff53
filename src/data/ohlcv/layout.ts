import { DataError } from "../../kernel/errors.ts";
import type { Timeframe, TimeframeUnit } from "../../kernel/timeframe.ts";

/**
 * The layout of a `.ohlcv` file, version 2, pure: header and column descriptors to bytes and back. Little-endian:
 * a 64-byte header, a 24-byte descriptor per column, records of equal size.
 */

export const magic = new Uint8Array([0x89, 0x50, 0x59, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a]);
export const headerBytes = 64;
export const descriptorBytes = 24;

/** What a column means. */
export const roles = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 } as const;
const customRole = 255;
/** A column that stands for itself rather than for a distance from another. */
export const absolute = 255;
/** How a value is stored. */
export const types = { i64: 2, f32: 5, f64: 6 } as const;
const typeBytes: Readonly<Record<number, number>> = { 2: 8, 5: 4, 6: 8 };

/** One column of a record. */
export interface Column {
  readonly role: number;
  readonly type: number;
  /** `absolute`, or the role of the column that this one is a distance from. */
  readonly base: number;
  readonly offset: number;
  readonly name: string;
}

/** A price grid: a tick is `minmove / pricescale`. Both 0: unknown. */
export interface TickGrid {
  readonly minmove: number;
  readonly pricescale: number;
}

/** All that a header says. */
export interface Header {
  readonly recordSize: number;
  readonly recordCount: number;
  readonly dense: boolean;
  /** Epoch ms; 0 when empty. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly timeframe: Timeframe;
  readonly grid: TickGrid;
  readonly columns: readonly Column[];
}

const intervalUnits: Readonly<Record<number, TimeframeUnit>> = {
  1: "second",
  2: "minute",
  4: "day",
  5: "week",
  6: "month",
};
const unitCodes: Readonly<Record<TimeframeUnit, number>> = {
  second: 1,
  minute: 2,
  day: 4,
  week: 5,
  month: 6,
};

/** Size of header and descriptors for so many columns. */
export function metadataBytes(columns: number): number {
  return headerBytes + descriptorBytes * columns;
}

/** The columns of a file in which these price columns are full doubles; none in the standard profile. */
export function priceColumns(promoted: ReadonlySet<number>): Column[] {
  const names = ["timestamp", "open", "high", "low", "close", "volume"];
  let offset = 0;
  return names.map((name, role) => {
    const delta = (role === roles.high || role === roles.low || role === roles.close) && !promoted.has(role);
    const type = role === roles.time ? types.i64 : delta ? types.f32 : types.f64;
    const column: Column = { role, type, base: delta ? roles.open : absolute, offset, name };
    offset += typeBytes[type] ?? 0;
    return column;
  });
}

/** The bytes of one record of these columns. */
export function recordBytes(columns: readonly Column[]): number {
  return columns.reduce((size, column) => size + (typeBytes[column.type] ?? 0), 0);
}

/** Header and descriptors as bytes. */
export function encodeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(metadataBytes(header.columns.length));
  const view = new DataView(bytes.buffer);
  bytes.set(magic, 0);
  view.setUint16(8, 2, true);
  view.setUint16(10, 1, true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, header.recordSize, true);
  view.setUint16(20, header.columns.length, true);
  view.setUint16(22, header.dense ? 1 : 0, true);
  view.setBigUint64(24, BigInt(header.recordCount), true);
  view.setBigInt64(32, BigInt(header.firstMs), true);
  view.setBigInt64(40, BigInt(header.lastMs), true);
  view.setUint32(48, header.timeframe.value, true);
  view.setUint8(52, unitCodes[header.timeframe.unit]);
  view.setUint32(56, header.grid.minmove, true);
  view.setUint32(60, header.grid.pricescale, true);
  header.columns.forEach((column, index) => {
    const at = headerBytes + index * descriptorBytes;
    view.setUint8(at, column.role);
    view.setUint8(at + 1, column.type);
    view.setUint8(at + 2, column.base);
    view.setUint16(at + 4, column.offset, true);
    bytes.set(new TextEncoder().encode(column.name), at + 6);
  });
  return bytes;
}

/** Whether bytes begin like a version 2 file. */
export function hasMagic(bytes: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}

/**
 * Reads header and descriptors.
 * @param bytes at least the whole metadata, when the file has it
 * @throws DataError naming what is wrong
 */
export function decodeHeader(bytes: Uint8Array, path: string): Header {
  const refuse = (reason: string): never => {
    throw new DataError(`${path} is damaged: ${reason}`, {
      hint: "restore it from a backup, or download it again with --truncate",
    });
  };
  if (bytes.length < headerBytes) refuse(`the header has ${bytes.length} bytes instead of ${headerBytes}`);
  if (!hasMagic(bytes)) refuse("it does not begin with the mark of a data file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = [view.getUint16(8, true), view.getUint16(10, true)];
  if (major !== 2 || minor > 1) refuse(`its format version is ${major}.${minor}, known are 2.0 and 2.1`);
  const size = view.getUint32(12, true);
  const recordSize = view.getUint32(16, true);
  const count = view.getUint16(20, true);
  const flags = view.getUint16(22, true);
  if (flags > 1) refuse(`it has unknown flags (${flags})`);
  if (count === 0) refuse("it has no columns");
  if (size !== metadataBytes(count)) refuse(`its header size is ${size} instead of ${metadataBytes(count)}`);
  if (recordSize === 0) refuse("its records have no bytes");
  const [minmove, pricescale] = [view.getUint32(56, true), view.getUint32(60, true)];
  if ((minmove === 0) !== (pricescale === 0)) refuse(`its tick grid is ${minmove}/${pricescale}`);
  const timeframe = intervalOf(view.getUint32(48, true), view.getUint8(52));
  if (timeframe === undefined)
    return refuse(`its interval is ${view.getUint32(48, true)} of unit ${view.getUint8(52)}`);
  if (bytes.length < size) refuse(`the column descriptions end after ${bytes.length} of ${size} bytes`);
  const columns = decodeColumns(view, count, recordSize, refuse);
  const header: Header = {
    recordSize,
    recordCount: Number(view.getBigUint64(24, true)),
    dense: (flags & 1) === 1,
    firstMs: Number(view.getBigInt64(32, true)),
    lastMs: Number(view.getBigInt64(40, true)),
    timeframe,
    grid: { minmove, pricescale },
    columns,
  };
  if (header.recordCount === 0 && (header.firstMs !== 0 || header.lastMs !== 0))
    refuse("it is empty but names times");
  if (header.recordCount < 2 && header.dense) refuse("it is marked dense with fewer than two records");
  return header;
}

function intervalOf(value: number, unit: number): Timeframe | undefined {
  if (value < 1) return undefined;
  // Files from elsewhere may count hours; here they are minutes.
  if (unit === 3) return { value: value * 60, unit: "minute" };
  const known = intervalUnits[unit];
  return known === undefined ? undefined : { value, unit: known };
}

function decodeColumns(
  view: DataView,
  count: number,
  recordSize: number,
  refuse: (reason: string) => never,
): Column[] {
  const columns: Column[] = [];
  for (let index = 0; index < count; index++) {
    const at = headerBytes + index * descriptorBytes;
    const raw = new Uint8Array(view.buffer, view.byteOffset + at + 6, 18);
    const end = raw.indexOf(0);
    const used = end < 0 ? raw : raw.subarray(0, end);
    if (
      used.length === 0 ||
      raw.subarray(used.length).some((byte) => byte !== 0) ||
      used.some((byte) => byte > 127)
    ) {
      refuse(`the name of column ${index} is not readable`);
    }
    columns.push({
      role: view.getUint8(at),
      type: view.getUint8(at + 1),
      base: view.getUint8(at + 2),
      offset: view.getUint16(at + 4, true),
      name: new TextDecoder().decode(used),
    });
  }
  const seen = new Set<string>();
  for (const column of columns) {
    if (column.role > 13 && column.role !== customRole)
      refuse(`column ${column.name} has the unknown role ${column.role}`);
    if (typeBytes[column.type] === undefined)
      refuse(`column ${column.name} has the unknown type ${column.type}`);
    const key = column.role === customRole ? `name ${column.name}` : `role ${column.role}`;
    if (seen.has(key)) refuse(`two columns have the ${key}`);
    seen.add(key);
  }
  for (const column of columns) {
    if (column.base === absolute) continue;
    const visited = new Set<number>();
    let current: Column | undefined = column;
    while (current !== undefined && current.base !== absolute) {
      if (visited.has(current.role)) refuse(`column ${column.name} is a distance from itself`);
      visited.add(current.role);
      const base: number = current.base;
      current = columns.find((other) => other.role === base);
    }
    if (current === undefined) refuse(`column ${column.name} is a distance from a column that is not there`);
  }
  const times = columns.filter((column) => column.role === roles.time);
  if (times.length !== 1 || times[0]?.type !== types.i64 || times[0]?.base !== absolute) {
    refuse("it does not have exactly one time column of whole milliseconds");
  }
  let offset = 0;
  for (const column of columns.toSorted((a, b) => a.offset - b.offset)) {
    if (column.offset !== offset)
      refuse(`column ${column.name} begins at byte ${column.offset} instead of ${offset}`);
    offset += typeBytes[column.type] ?? 0;
  }
  if (offset !== recordSize) refuse(`its records have ${recordSize} bytes, its columns ${offset}`);
  return columns;
}
