import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { repairVolume } from "./prices.ts";

/** Version 1 files, which are read but not written: records of seconds and five 32-bit floats, no header. Pure. */

export const version1RecordBytes = 24;

/** What a version 1 file holds. */
export interface Version1Content {
  readonly columns: Omit<BarColumns, "extra">;
  readonly recordCount: number;
  readonly firstIndex: number;
}

/**
 * The bars that open between two times, both included; a negative volume marks one that was made up, which is left out.
 * @throws DataError when the bytes are no such file
 */
export function decodeVersion1(
  bytes: Uint8Array,
  path: string,
  fromMs: number,
  toMs: number,
): Version1Content {
  const text = isText(bytes.subarray(0, 256), bytes.length);
  if (text || bytes.length % version1RecordBytes !== 0) {
    throw new DataError(`${path} is not a data file`, {
      hint: text ? "it looks like text: pyne data convert-from FILE" : undefined,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const recordCount = bytes.length / version1RecordBytes;
  const at = (index: number): number => index * version1RecordBytes;
  const kept: number[] = [];
  for (let index = 0; index < recordCount; index++) {
    const timeMs = view.getUint32(at(index), true) * 1000;
    if (view.getFloat32(at(index) + 20, true) < 0) continue;
    if (timeMs < fromMs || timeMs > toMs) continue;
    kept.push(index);
  }
  const column = (offset: number): Float64Array =>
    Float64Array.from(kept, (index) => view.getFloat32(at(index) + offset, true));
  return {
    columns: {
      length: kept.length,
      openTimeMs: Float64Array.from(kept, (index) => view.getUint32(at(index), true) * 1000),
      open: column(4),
      high: column(8),
      low: column(12),
      close: column(16),
      volume: column(20).map(repairVolume),
    },
    recordCount,
    firstIndex: kept[0] ?? 0,
  };
}

/**
 * Whether a file is text rather than records: nothing but printable bytes at its beginning, and a size that records do
 * not have, or words or digits that a table of bars begins with. Records may be printable by chance.
 */
export function isText(head: Uint8Array, size: number): boolean {
  const printable = head.every(
    (byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127),
  );
  if (head.length === 0 || !printable) return false;
  const text = Buffer.from(head).toString("latin1");
  return (
    size % version1RecordBytes !== 0 || /open|close|time|date/i.test(text) || /^[\d\s.,;:+-]+$/.test(text)
  );
}
