import { floatRoom, freeFrom, instantRoom, type RowKernels, rowKernels } from "./row-kernels.ts";

const [comma, newline] = [0x2c, 0x0a];
const capacity = 1 << 16;
/** Up to here there is room for a number or a time, and what separates it. */
const full = capacity - floatRoom - 1;
/** The years 0 to 9999, ms. */
const [yearZero, yearTenThousand] = [Date.parse("0000-01-01"), Date.UTC(10_000, 0)];

/** Rows of comma-separated cells as bytes, handed on in large pieces. */
export class RowWriter {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(capacity);
  readonly #kernels: RowKernels = rowKernels();
  /** Where the kernels write. */
  readonly #made = new Uint8Array(this.#kernels.memory.buffer);
  /** Every cell ends in a comma; the end of the row takes the place of the last. */
  #size = 0;

  /** @param sink takes a piece at once; the memory is used again */
  constructor(sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
  }

  /** A cell as it is. */
  text(cell: string): void {
    const bytes = Buffer.from(cell, "utf8");
    if (bytes.length > full - this.#size) this.flush();
    if (bytes.length > full) this.#sink(bytes);
    else {
      this.#bytes.set(bytes, this.#size);
      this.#size += bytes.length;
    }
    this.#bytes[this.#size++] = comma;
  }

  /** A number as `formatFloat` prints it. */
  float(value: number): void {
    this.#cell(freeFrom, this.#kernels.float(freeFrom, value));
  }

  /**
   * Whole rows of an instant and a number of every column, from one index on up to another: what `time`, `float` and
   * `end` write.
   */
  rows(times: Float64Array, columns: readonly Float64Array[], from: number, to: number): void {
    const { memory, rows } = this.#kernels;
    const rowRoom = instantRoom + columns.length * (8 + floatRoom + 1) + 8;
    const inPiece = Math.floor((memory.buffer.byteLength - freeFrom - floatRoom) / rowRoom);
    const isPlain = inPiece > 0 && times[from]! >= yearZero && times[to - 1]! < yearTenThousand;
    if (!isPlain) {
      for (let index = from; index < to; index++) this.#row(times, columns, index);
      return;
    }
    this.flush();
    for (let index = from; index < to; index += inPiece) {
      const count = Math.min(inPiece, to - index);
      const values = new Float64Array(memory.buffer, freeFrom, count * (1 + columns.length));
      values.set(times.subarray(index, index + count));
      for (let column = 0; column < columns.length; column++)
        values.set(columns[column]!.subarray(index, index + count), count * (1 + column));
      const at = freeFrom + values.byteLength;
      const end = rows(at, freeFrom, freeFrom + count * 8, count, columns.length);
      this.#sink(this.#made.subarray(at, end));
    }
  }

  #row(times: Float64Array, columns: readonly Float64Array[], index: number): void {
    this.time(times[index]!);
    for (const column of columns) this.float(column[index]!);
    this.end();
  }

  /** An instant in ms as `2024-01-01T00:00:00+00:00`. */
  time(timeMs: number): void {
    if (timeMs >= yearZero && timeMs < yearTenThousand) {
      // The row of an instant alone: its end becomes a comma.
      new Float64Array(this.#made.buffer, freeFrom, 1)[0] = timeMs;
      const at = freeFrom + 8;
      const end = this.#kernels.rows(at, freeFrom, freeFrom, 1, 0);
      this.#cell(at, end - 1);
    } else this.text(`${new Date(timeMs).toISOString().slice(0, -5)}+00:00`);
  }

  /** A cell that the kernels have made. */
  #cell(from: number, end: number): void {
    if (this.#size > full) this.flush();
    for (let at = from; at < end; at++) this.#bytes[this.#size++] = this.#made[at]!;
    this.#bytes[this.#size++] = comma;
  }

  /** Ends the row, which has a cell. */
  end(): void {
    this.#bytes[this.#size - 1] = newline;
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.#size > 0) this.#sink(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
  }
}
