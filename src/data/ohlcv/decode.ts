import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { absolute, type Column, type Header, roles, type TickGrid, types } from "./layout.ts";
import { decodePlain, isPlain } from "./decode-plain.ts";
import { resolveDeltas, snapAbsolute } from "./prices.ts";

/**
 * Records to columns, pure. A file comes in pieces that stay in the processor's cache while one column after another is
 * taken out of them.
 */

/** Records in one piece; about 150 kB. */
export const recordsPerPiece = 4096;

/** Takes the records of a file apart into columns of a given length. */
export class RecordDecoder {
  readonly columns: Omit<BarColumns, "extra">;
  readonly #header: Header;
  readonly #recordSize: number;
  readonly #isPlain: boolean;
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
    this.#header = header;
    this.#recordSize = header.recordSize;
    this.#isPlain = isPlain(header.columns, header.recordSize, header.grid);
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
    if (this.#isPlain && bytes.byteOffset % 4 === 0) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      decodePlain(words, this.#recordSize / 4, this.#header.columns, this.#grid, this.columns, from);
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const part = (column: Float64Array): Float64Array => column.subarray(from, from + count);
    const hasGrid = this.#grid.minmove !== 0;

    this.#readTimes(view, part(this.columns.openTimeMs));
    const rawOpens = this.#rawOpens.subarray(0, count);
    this.#read(view, this.#open, rawOpens);
    const opens = part(this.columns.open);
    opens.set(rawOpens);
    if (hasGrid) snapAbsolute(opens, this.#grid);
    for (const [column, whole] of this.#prices) {
      const values = part(whole);
      this.#read(view, column, values);
      if (column.base !== absolute) resolveDeltas(values, rawOpens, this.#grid);
      else if (hasGrid) snapAbsolute(values, this.#grid);
    }
    this.#read(view, this.#volume, part(this.columns.volume));
  }

  #readTimes(view: DataView, into: Float64Array): void {
    for (let index = 0, at = this.#time.offset; index < into.length; index++, at += this.#recordSize)
      into[index] = timeAt(view, at);
  }

  /** A column's stored values, distances as they are. */
  #read(view: DataView, { type, offset }: Column, into: Float64Array): void {
    const size = this.#recordSize;
    let at = offset;
    if (type === types.f32) {
      for (let index = 0; index < into.length; index++, at += size) into[index] = view.getFloat32(at, true);
    } else if (type === types.f64) {
      for (let index = 0; index < into.length; index++, at += size) into[index] = view.getFloat64(at, true);
    } else {
      for (let index = 0; index < into.length; index++, at += size) into[index] = timeAt(view, at);
    }
  }
}

/** A 64-bit whole number that fits 53 bits: two halves are read much faster than a BigInt. */
export function timeAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getInt32(at + 4, true) * 4_294_967_296;
}
