import type { BarColumns } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { type DecodeKernels, decodeKernels } from "./decode-kernels.ts";
import { absolute, type Column, type Header, roles, type TickGrid, types } from "./layout.ts";

/**
 * Records to columns. A file comes in pieces that stay in the processor's cache while one column after another is
 * taken out of them, in the memory of `decode.wat`: opens as they are stored, the column in work, the records.
 */

/** Most records in one piece; of plain bars about 150 kB. */
export const recordsPerPiece = 4096;
const columnBytes = recordsPerPiece * 8;
const [opensAt, workAt, recordsAt] = [0, columnBytes, 2 * columnBytes];
const pageBytes = 65_536;

/** Takes the records of a file apart into columns of a given length. */
export class RecordDecoder {
  readonly columns: Omit<BarColumns, "extra">;
  /** Most records that `add` takes at once. */
  readonly pieceRecords: number;
  readonly #kernels: DecodeKernels;
  readonly #recordSize: number;
  readonly #grid: TickGrid;
  readonly #time: Column;
  readonly #prices: readonly (readonly [Column, Float64Array])[];
  readonly #open: Column;
  readonly #volume: Column;
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
    this.#kernels = decodeKernels();
    const { memory } = this.#kernels;
    const lacking = recordsAt + header.recordSize - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / pageBytes));
    const fitting = Math.floor((memory.buffer.byteLength - recordsAt) / header.recordSize);
    this.pieceRecords = Math.max(1, Math.min(recordsPerPiece, fitting, length));
  }

  /** Where `add` finds the next records: so many whole ones, at most `pieceRecords`. Good until the next file. */
  piece(records: number): Uint8Array {
    return new Uint8Array(this.#kernels.memory.buffer, recordsAt, records * this.#recordSize);
  }

  /** Takes over the records that have been put into the piece. */
  add(records: number): void {
    if (records === 0) return;
    const from = this.#filled;
    this.#filled += records;
    const { snap, resolve, memory } = this.#kernels;
    const { minmove, pricescale } = this.#grid;
    const hasGrid = minmove !== 0;
    const workEnd = workAt + 8 * records;
    const work = new Float64Array(memory.buffer, workAt, records);

    this.#read(this.#time, records, workAt);
    this.columns.openTimeMs.set(work, from);
    this.#read(this.#open, records, opensAt);
    for (const [column, whole] of this.#prices) {
      this.#read(column, records, workAt);
      if (column.base !== absolute) resolve(workAt, workEnd, opensAt, minmove, pricescale);
      else if (hasGrid) snap(workAt, workEnd, minmove, pricescale);
      whole.set(work, from);
    }
    if (hasGrid) snap(opensAt, opensAt + 8 * records, minmove, pricescale);
    this.columns.open.set(new Float64Array(memory.buffer, opensAt, records), from);
    this.#read(this.#volume, records, workAt);
    this.columns.volume.set(work, from);
  }

  /** A column's stored values, distances as they are. */
  #read({ type, offset }: Column, records: number, to: number): void {
    const { times, doubles, floats } = this.#kernels;
    const read = type === types.f32 ? floats : type === types.f64 ? doubles : times;
    read(recordsAt + offset, recordsAt + records * this.#recordSize, this.#recordSize, to);
  }
}

/** A 64-bit whole number that fits 53 bits: two halves are read much faster than a BigInt. */
export function timeAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getInt32(at + 4, true) * 4_294_967_296;
}
