import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, rmSync, statSync } from "node:fs";

import type { Bar } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { formatTimeframe, type Timeframe } from "../../kernel/timeframe.ts";
import { publish, writeFully } from "../publish.ts";
import {
  encodeHeader,
  type Header,
  metadataBytes,
  priceColumns,
  recordBytes,
  roles,
  type TickGrid,
} from "./layout.ts";
import { readHeader, readOhlcv } from "./reader.ts";
import { checkBar, columnsToPromote, encodeRecords } from "./record.ts";
import { appendSidecar, sidecarPath, trimSidecar } from "./sidecar.ts";

const noGrid: TickGrid = { minmove: 0, pricescale: 0 };

/** How a data file is opened for writing. */
export interface WriterOptions {
  readonly timeframe: Timeframe;
  /** Known tick grid; a file's own is kept. */
  readonly grid?: TickGrid | undefined;
}

/**
 * Appends bars to a data file. Records are written and synced first, the header that counts them last: a crash at any
 * moment leaves the bars committed before, and an ignored tail that the next writer cuts off.
 *
 * One writer at a time; the caller holds the file's lock.
 */
export class OhlcvWriter implements Disposable {
  readonly path: string;
  #descriptor: number;
  #header: Header;
  #promoted: Set<number>;

  private constructor(path: string, descriptor: number, header: Header) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#header = header;
    this.#promoted = new Set(
      header.columns
        .filter((column) => column.role >= roles.high && column.role <= roles.close && column.base === 255)
        .map((column) => column.role),
    );
  }

  /**
   * Opens a file to append, or creates it.
   * @throws DataError when it is damaged, of version 1, or of another timeframe; it is left as it is
   */
  static open(path: string, options: WriterOptions): OhlcvWriter {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0)
      return OhlcvWriter.create(path, options);
    const header = readHeader(path);
    const descriptor = openSync(path, "r+");
    try {
      const period = formatTimeframe(header.timeframe);
      if (period !== formatTimeframe(options.timeframe)) {
        throw new DataError(`${path} holds bars of ${period}, not of ${formatTimeframe(options.timeframe)}`);
      }
      const writer = new OhlcvWriter(path, descriptor, header);
      writer.#requireStandardColumns();
      const end = metadataBytes(header.columns.length) + header.recordSize * header.recordCount;
      const { size } = fstatSync(descriptor);
      if (size < end)
        throw new DataError(
          `${path} is damaged: it counts ${header.recordCount} records but ends before them`,
        );
      if (size > end) ftruncateSync(descriptor, end);
      trimSidecar(path, header.recordCount);
      if (header.grid.minmove === 0 && options.grid !== undefined && options.grid.minmove !== 0) {
        writer.#header = { ...header, grid: options.grid };
        writer.#writeHeader();
      }
      return writer;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Creates an empty file in place of whatever is there, its sidecar included. */
  static create(path: string, options: WriterOptions): OhlcvWriter {
    const columns = priceColumns(new Set());
    const header: Header = {
      recordSize: recordBytes(columns),
      recordCount: 0,
      dense: false,
      firstMs: 0,
      lastMs: 0,
      timeframe: options.timeframe,
      grid: options.grid ?? noGrid,
      columns,
    };
    publish(path, [encodeHeader(header)]);
    rmSync(sidecarPath(path), { force: true });
    return new OhlcvWriter(path, openSync(path, "r+"), header);
  }

  get recordCount(): number {
    return this.#header.recordCount;
  }

  /** Open time of the last bar, epoch ms; −Infinity when empty. */
  get lastMs(): number {
    return this.#header.recordCount === 0 ? -Infinity : this.#header.lastMs;
  }

  get grid(): TickGrid {
    return this.#header.grid;
  }

  /**
   * Appends bars in one commit: all of them are in the file afterwards, or none.
   * @throws DataError when a bar breaks a rule
   */
  append(bars: readonly Bar[]): void {
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) return;
    let before = this.lastMs;
    for (const bar of bars) {
      checkBar(bar, before);
      before = bar.openTimeMs;
    }
    const promoted = columnsToPromote(bars, this.#header.grid, this.#promoted);
    if (promoted.size > this.#promoted.size) this.#promote(promoted);

    const { columns, recordSize, recordCount } = this.#header;
    const records = encodeRecords(bars, columns, recordSize);
    const position = metadataBytes(columns.length) + recordSize * recordCount;
    const old = this.#header;
    try {
      writeFully(this.#descriptor, records, position);
      fsyncSync(this.#descriptor);
      appendSidecar(this.path, recordCount, bars);
      this.#header = {
        ...old,
        recordCount: recordCount + bars.length,
        firstMs: recordCount === 0 ? first.openTimeMs : old.firstMs,
        lastMs: last.openTimeMs,
        dense: this.#isDense(bars),
      };
      this.#writeHeader();
    } catch (error) {
      this.#header = old;
      this.#rollBack(position);
      throw error;
    }
  }

  /** Restores the last commit as far as the disk lets us; the next open does the rest. */
  #rollBack(end: number): void {
    try {
      this.#writeHeader();
      ftruncateSync(this.#descriptor, end);
      trimSidecar(this.path, this.#header.recordCount);
    } catch {
      // The old header is intact or will be found intact: records beyond its count are ignored.
    }
  }

  /** Dense: at least two bars, every step one interval. Never for months, never again after a hole. */
  #isDense(bars: readonly Bar[]): boolean {
    const { timeframe, recordCount, dense, lastMs } = this.#header;
    if (timeframe.unit === "month" || recordCount + bars.length < 2) return false;
    if (recordCount >= 2 && !dense) return false;
    const unit = { second: 1000, minute: 60_000, day: 86_400_000, week: 604_800_000 }[timeframe.unit];
    let previous = recordCount === 0 ? undefined : lastMs;
    for (const bar of bars) {
      if (previous !== undefined && bar.openTimeMs - previous !== unit * timeframe.value) return false;
      previous = bar.openTimeMs;
    }
    return true;
  }

  #writeHeader(): void {
    // Only the header's own 64 bytes change between commits; the descriptors behind them stay.
    writeFully(this.#descriptor, encodeHeader(this.#header).subarray(0, 64), 0);
    fsyncSync(this.#descriptor);
  }

  /** Rebuilds the file with more columns as full doubles. A reader keeps the file it opened. */
  #promote(promoted: ReadonlySet<number>): void {
    const content = readOhlcv(this.path).columns;
    const columns = priceColumns(promoted);
    const header: Header = { ...this.#header, columns, recordSize: recordBytes(columns) };
    const bars: Bar[] = Array.from({ length: content.length }, (_, index) => ({
      openTimeMs: content.openTimeMs[index] ?? 0,
      open: content.open[index] ?? Number.NaN,
      high: content.high[index] ?? Number.NaN,
      low: content.low[index] ?? Number.NaN,
      close: content.close[index] ?? Number.NaN,
      volume: content.volume[index] ?? Number.NaN,
    }));
    publish(this.path, [encodeHeader(header), encodeRecords(bars, columns, header.recordSize)]);
    const descriptor = openSync(this.path, "r+");
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#header = header;
    this.#promoted = new Set(promoted);
  }

  #requireStandardColumns(): void {
    const expected = priceColumns(this.#promoted);
    const same =
      expected.length === this.#header.columns.length &&
      expected.every((column, index) => {
        const found = this.#header.columns[index];
        return (
          found?.role === column.role &&
          found.type === column.type &&
          found.base === column.base &&
          found.offset === column.offset
        );
      });
    if (!same)
      throw new DataError(
        `${this.path} has other columns than this program writes; it can be read, not appended to`,
      );
  }

  close(): void {
    if (this.#descriptor < 0) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
