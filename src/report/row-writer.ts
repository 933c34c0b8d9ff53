import { floatRoom, freeFrom, instantRoom, type RowKernels, rowKernels } from "./row-kernels.ts";

const [comma, newline, zero] = [0x2c, 0x0a, 0x30];
const capacity = 1 << 16;
const dayMs = 86_400_000;
/** Bytes of a time. */
const timeRoom = 40;
/** Up to here there is room for a number, a time and what separates them. */
const full = capacity - timeRoom - floatRoom;
/** Bytes that are kept of a date, whatever its year. */
const dateRoom = 16;
/** The years 0 to 9999, ms. */
const [yearZero, yearTenThousand] = [Date.parse("0000-01-01"), Date.UTC(10_000, 0)];

/** Rows of comma-separated cells as bytes, handed on in large pieces. */
export class RowWriter {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(capacity);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #kernels: RowKernels = rowKernels();
  /** Where the kernels write. */
  readonly #made = new Uint8Array(this.#kernels.memory.buffer);
  /** Every cell ends in a comma; the end of the row takes the place of the last. */
  #size = 0;
  /** The day whose date stands in `#date`. */
  #day = Number.NaN;
  readonly #date = new DataView(new ArrayBuffer(dateRoom));
  #dateSize = 0;

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
    if (this.#size > full) this.flush();
    const end = this.#kernels.float(freeFrom, value);
    for (let from = freeFrom; from < end; from++) this.#bytes[this.#size++] = this.#made[from]!;
    this.#bytes[this.#size++] = comma;
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
    if (this.#size > full) this.flush();
    const day = Math.floor(timeMs / dayMs);
    if (day !== this.#day) this.#setDay(day);
    const view = this.#view;
    for (let word = 0; word < dateRoom; word += 4)
      view.setUint32(this.#size + word, this.#date.getUint32(word));
    const at = this.#size + this.#dateSize;
    const seconds = Math.floor((timeMs - day * dayMs) / 1000);
    const minutes = (seconds / 60) | 0;
    const hours = (minutes / 60) | 0;
    const bytes = this.#bytes;
    putTwo(bytes, at, hours);
    putTwo(bytes, at + 3, minutes - hours * 60);
    putTwo(bytes, at + 6, seconds - minutes * 60);
    bytes[at + 2] = bytes[at + 5] = 0x3a;
    // "+00:00,"
    view.setUint32(at + 8, 0x2b30303a);
    view.setUint32(at + 12, 0x30302c00);
    this.#size = at + 15;
  }

  #setDay(day: number): void {
    const date = new Date(day * dayMs).toISOString().slice(0, -13);
    for (let index = 0; index < date.length; index++) this.#date.setUint8(index, date.charCodeAt(index));
    this.#dateSize = date.length;
    this.#day = day;
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

function putTwo(bytes: Uint8Array, at: number, value: number): void {
  const ten = (value / 10) | 0;
  bytes[at] = zero + ten;
  bytes[at + 1] = zero + value - ten * 10;
}
