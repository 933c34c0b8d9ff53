import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { absolute, type Column, type Header, roles, type TickGrid, types } from "./layout.ts";
import { resolveDeltas, snapAbsolute } from "./prices.ts";

/**
 * Records to columns, pure. A file comes in pieces that stay in the processor's cache while one column after another is
 * taken out of them.
 */

/** Records in one piece; about half a megabyte. */
export const recordsPerPiece = 16_384;

/** Takes the records of a file apart into columns of a given length. */
export class RecordDecoder {
  readonly columns: Omit<BarColumns, "extra">;
  readonly #recordSize: number;
  readonly #grid: TickGrid;
  readonly #time: Column;
  readonly #prices: readonly (readonly [Column, Float64Array])[];
  readonly #open: Column;
  readonly #volume: Column;
  /** Opens of a piece as they are stored. */
  readonly #rawOpens = new Float64Array(recordsPerPiece);
  #filled = 0;

  /** @throws DataError when the file lacks a column that a bar has */
  constructor(header: Header, path: string, length: number) {
    const columnOf = (role: number): Column => {
      const column = header.columns.find((candidate) => candidate.role === role);
      if (column === undefined) throw new DataError(`${path} has no column for role ${role}`);
      return column;
    };
    const column = (): Float64Array => new Float64Array(length);
    this.columns = {
      length,
      openTimeMs: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    };
    this.#recordSize = header.recordSize;
    this.#grid = header.grid;
    this.#time = columnOf(roles.time);
    this.#open = columnOf(roles.open);
    this.#volume = columnOf(roles.volume);
    this.#prices = [
      [columnOf(roles.high), this.columns.high],
      [columnOf(roles.low), this.columns.low],
      [columnOf(roles.close), this.columns.close],
    ];
  }

  /** Adds the next records: whole ones, at most `recordsPerPiece`. */
  add(bytes: Uint8Array): void {
    const count = bytes.length / this.#recordSize;
    const from = this.#filled;
    this.#filled += count;
    const part = (column: Float64Array): Float64Array => column.subarray(from, from + count);
    const hasGrid = this.#grid.minmove !== 0;
    const read = this.#readerOf(bytes);

    read(this.#time, part(this.columns.openTimeMs));
    const rawOpens = this.#rawOpens.subarray(0, count);
    read(this.#open, rawOpens);
    const opens = part(this.columns.open);
    opens.set(rawOpens);
    if (hasGrid) snapAbsolute(opens, this.#grid);
    for (const [column, whole] of this.#prices) {
      const values = part(whole);
      read(column, values);
      if (column.base !== absolute) resolveDeltas(values, rawOpens, this.#grid);
      else if (hasGrid) snapAbsolute(values, this.#grid);
    }
    read(this.#volume, part(this.columns.volume));
  }

  /** What takes a column's stored values, distances as they are. */
  #readerOf(bytes: Uint8Array): (column: Column, into: Float64Array) => void {
    const size = this.#recordSize;
    const isAligned = bytes.byteOffset % 4 === 0 && size % 4 === 0;
    if (isAligned && isLittleEndian) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      return (column, into) =>
        column.offset % 4 === 0
          ? readWords(words, size / 4, column, into)
          : readView(bytes, size, column, into);
    }
    return (column, into) => readView(bytes, size, column, into);
  }
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);
const double = new Float64Array(1);
const doubleBits = new Uint32Array(double.buffer);

/** Word by word: the first thousands of records are read by code that is not compiled yet, where a DataView is slow. */
function readWords(words: Uint32Array, step: number, { type, offset }: Column, into: Float64Array): void {
  let at = offset / 4;
  if (type === types.f32) {
    for (let index = 0; index < into.length; index++, at += step) {
      floatBits[0] = words[at]!;
      into[index] = float[0]!;
    }
  } else if (type === types.f64) {
    for (let index = 0; index < into.length; index++, at += step) {
      doubleBits[0] = words[at]!;
      doubleBits[1] = words[at + 1]!;
      into[index] = double[0]!;
    }
  } else {
    for (let index = 0; index < into.length; index++, at += step)
      into[index] = words[at]! + (words[at + 1]! | 0) * 4_294_967_296;
  }
}

function readView(bytes: Uint8Array, size: number, { type, offset }: Column, into: Float64Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = offset;
  if (type === types.f32) {
    for (let index = 0; index < into.length; index++, at += size) into[index] = view.getFloat32(at, true);
  } else if (type === types.f64) {
    for (let index = 0; index < into.length; index++, at += size) into[index] = view.getFloat64(at, true);
  } else {
    for (let index = 0; index < into.length; index++, at += size) into[index] = timeAt(view, at);
  }
}

/** A 64-bit whole number that fits 53 bits: two halves are read much faster than a BigInt. */
export function timeAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getInt32(at + 4, true) * 4_294_967_296;
}
