import { floatRoom, putFloat } from "../kernel/float-bytes.ts";

const [comma, newline, zero] = [0x2c, 0x0a, 0x30];
const capacity = 1 << 16;
const dayMs = 86_400_000;
/** Bytes of a time. */
const timeRoom = 40;

/** Rows of comma-separated cells as bytes, handed on in large pieces. */
export class RowWriter {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(capacity);
  #size = 0;
  #isFirst = true;
  /** The day whose date stands in `#date`. */
  #day = Number.NaN;
  #date = "";

  /** @param sink takes a piece at once; the memory is used again */
  constructor(sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
  }

  /** A cell as it is. */
  text(cell: string): void {
    this.#separate();
    const bytes = Buffer.from(cell, "utf8");
    // One byte is the end of the row's.
    if (bytes.length >= capacity - this.#size) this.flush();
    if (bytes.length >= capacity) return this.#sink(bytes);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  /** A number as `formatFloat` prints it. */
  float(value: number): void {
    this.#separate();
    this.#size = putFloat(this.#bytes, this.#size, value);
  }

  /** An instant in ms as `2024-01-01T00:00:00+00:00`. */
  time(timeMs: number): void {
    this.#separate();
    const day = Math.floor(timeMs / dayMs);
    if (day !== this.#day) {
      this.#date = new Date(day * dayMs).toISOString().slice(0, -14);
      this.#day = day;
    }
    const bytes = this.#bytes;
    let at = this.#size;
    const date = this.#date;
    for (let index = 0; index < date.length; index++) bytes[at++] = date.charCodeAt(index);
    const seconds = Math.floor((timeMs - day * dayMs) / 1000);
    const minutes = (seconds / 60) | 0;
    const hours = (minutes / 60) | 0;
    bytes[at] = 0x54;
    bytes[at + 3] = bytes[at + 6] = bytes[at + 12] = 0x3a;
    putTwo(bytes, at + 1, hours);
    putTwo(bytes, at + 4, minutes - hours * 60);
    putTwo(bytes, at + 7, seconds - minutes * 60);
    bytes[at + 9] = 0x2b;
    putTwo(bytes, at + 10, 0);
    putTwo(bytes, at + 13, 0);
    this.#size = at + 15;
  }

  /** Ends the row. */
  end(): void {
    this.#bytes[this.#size++] = newline;
    this.#isFirst = true;
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.#size > 0) this.#sink(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
  }

  /** A comma where one belongs; afterwards there is room for a number, a time and what separates them. */
  #separate(): void {
    if (this.#size > capacity - timeRoom - floatRoom) this.flush();
    if (this.#isFirst) this.#isFirst = false;
    else this.#bytes[this.#size++] = comma;
  }
}

function putTwo(bytes: Uint8Array, at: number, value: number): void {
  const ten = (value / 10) | 0;
  bytes[at] = zero + ten;
  bytes[at + 1] = zero + value - ten * 10;
}
