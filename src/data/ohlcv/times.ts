import { closeSync, fstatSync, openSync } from "node:fs";

import { DataError } from "../../kernel/errors.ts";
import { timeAt } from "./decode.ts";
import { type Header, metadataBytes, roles } from "./layout.ts";
import { headerOf, readBytes } from "./reader.ts";

/**
 * The times of a version 2 file, read where they are asked for: what a file covers and where it has holes is known
 * without reading its bars.
 */
export class TimeColumn implements Disposable {
  readonly header: Header;
  readonly length: number;
  readonly #descriptor: number;
  readonly #start: number;
  readonly #offset: number;

  /** @throws DataError when the file is damaged, as far as header, size, first and last time tell */
  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
    try {
      this.header = headerOf(this.#descriptor, path);
      const { columns, recordCount, recordSize, firstMs, lastMs } = this.header;
      this.length = recordCount;
      this.#start = metadataBytes(columns.length);
      this.#offset = columns.find(({ role }) => role === roles.time)?.offset ?? 0;
      const { size } = fstatSync(this.#descriptor);
      if (size < this.#start + recordSize * recordCount) {
        throw new DataError(
          `${path} is damaged: it counts ${recordCount} records but holds ${Math.floor((size - this.#start) / recordSize)}`,
        );
      }
      if (recordCount > 0 && (this.timeAt(0) !== firstMs || this.timeAt(recordCount - 1) !== lastMs)) {
        throw new DataError(
          `${path} is damaged: its header names other first and last times than its records`,
        );
      }
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  /** Open time of a bar, epoch ms. */
  timeAt(index: number): number {
    return this.times(index, index + 1)[0] ?? Number.NaN;
  }

  /** Open times of the bars from one index up to another, exclusive. */
  times(from: number, to: number): Float64Array {
    const { recordSize } = this.header;
    const bytes = readBytes(this.#descriptor, this.#start + from * recordSize, (to - from) * recordSize);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: to - from }, (_, index) =>
      timeAt(view, index * recordSize + this.#offset),
    );
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
