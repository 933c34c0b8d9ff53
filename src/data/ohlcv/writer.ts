import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";

import { type Bar, barAt, type BarColumns, columnsOf } from "../../kernel/bar.ts";
import { DataError, writeFailure } from "../../kernel/errors.ts";
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
import { checkColumns, columnsToPromote, recordPieces, type StoredColumns } from "./record.ts";
import { appendSidecar, sidecarPath, trimSidecar } from "./sidecar.ts";
import { finishSwap } from "./swap.ts";

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
    finishSwap(path);
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
    finishSwap(path);
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

  /** The last bar as it reads back, without further columns. */
  get lastBar(): Bar | undefined {
    if (this.#header.recordCount === 0) return undefined;
    return barAt(readOhlcv(this.path, { fromMs: this.#header.lastMs }).columns, 0);
  }

  get grid(): TickGrid {
    return this.#header.grid;
  }

  /**
   * Appends bars in one commit: all of them are in the file afterwards, or none.
   * @throws DataError when a bar breaks a rule
   */
  append(bars: readonly Bar[]): void {
    this.appendColumns(columnsOf(bars));
  }

  /** The same with bars as columns. */
  appendColumns(bars: BarColumns): void {
    const { length, openTimeMs } = bars;
    if (length === 0) return;
    checkColumns(bars, this.lastMs);
    const promoted = columnsToPromote(bars, this.#header.grid, this.#promoted);
    if (promoted.size > this.#promoted.size) this.#promote(promoted);

    const { columns, recordSize, recordCount } = this.#header;
    const end = metadataBytes(columns.length) + recordSize * recordCount;
    const old = this.#header;
    try {
      let position = end;
      for (const piece of recordPieces(bars, columns, recordSize)) {
        writeFully(this.#descriptor, piece, position);
        position += piece.length;
      }
      fsyncSync(this.#descriptor);
      appendSidecar(this.path, recordCount, bars.extra, length);
      this.#header = {
        ...old,
        recordCount: recordCount + length,
        firstMs: recordCount === 0 ? (openTimeMs[0] ?? 0) : old.firstMs,
        lastMs: openTimeMs[length - 1] ?? 0,
        dense: this.#isDense(openTimeMs),
      };
      this.#writeHeader();
    } catch (error) {
      this.#header = old;
      this.#rollBack(end);
      throw writeFailure(this.path, error);
    }
  }

  /**
   * Whether the last bar is this one, byte for byte as it would be stored. Further columns are not compared.
   * @throws DataError when it could not be stored
   */
  endsWith(bar: Bar): boolean {
    const { recordCount, grid } = this.#header;
    if (recordCount === 0 || bar.openTimeMs !== this.lastMs) return false;
    const columns = columnsOf([bar]);
    if (columnsToPromote(columns, grid, this.#promoted).size > this.#promoted.size) return false;
    const stored = this.#readRecord(recordCount - 1);
    return this.#encode(columns).every((byte, index) => byte === stored[index]);
  }

  /**
   * Puts a bar in the place of the last one, whose time it has. The count goes down before the new record is written:
   * a crash in between leaves the bars before it.
   * @throws DataError when the bar breaks a rule; the file is as it was
   */
  replaceLast(bar: Bar): void {
    const { recordCount, lastMs, firstMs, dense, grid } = this.#header;
    if (recordCount === 0 || bar.openTimeMs !== lastMs) {
      throw new DataError(
        `${this.path} does not end with a bar at ${new Date(bar.openTimeMs).toISOString()}`,
      );
    }
    const columns = columnsOf([bar]);
    checkColumns(columns, -Infinity);
    if (columnsToPromote(columns, grid, this.#promoted).size === this.#promoted.size) this.#encode(columns);
    const count = recordCount - 1;
    this.#header = {
      ...this.#header,
      recordCount: count,
      firstMs: count === 0 ? 0 : firstMs,
      lastMs: count === 0 ? 0 : Number(this.#readRecord(count - 1).readBigInt64LE(0)),
      dense: dense && count > 1,
    };
    this.#writeHeader();
    trimSidecar(this.path, count);
    this.append([bar]);
  }

  /** A record as it is stored; its first eight bytes are the time. */
  #readRecord(index: number): Buffer {
    const { columns, recordSize } = this.#header;
    const record = Buffer.alloc(recordSize);
    readSync(this.#descriptor, record, 0, recordSize, metadataBytes(columns.length) + recordSize * index);
    return record;
  }

  #encode(bars: StoredColumns): Uint8Array {
    const { columns, recordSize } = this.#header;
    return Buffer.concat([...recordPieces(bars, columns, recordSize)]);
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
  #isDense(openTimeMs: Float64Array): boolean {
    const { timeframe, recordCount, dense, lastMs } = this.#header;
    if (timeframe.unit === "month" || recordCount + openTimeMs.length < 2) return false;
    if (recordCount >= 2 && !dense) return false;
    const unit = { second: 1000, minute: 60_000, day: 86_400_000, week: 604_800_000 }[timeframe.unit];
    const step = unit * timeframe.value;
    let previous = recordCount === 0 ? (openTimeMs[0] ?? 0) - step : lastMs;
    for (let index = 0; index < openTimeMs.length; index++) {
      const timeMs = openTimeMs[index] ?? 0;
      if (timeMs - previous !== step) return false;
      previous = timeMs;
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
    publish(this.path, rebuilt(header, content));
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

/** A whole file, as pieces. */
function* rebuilt(header: Header, content: StoredColumns): Generator<Uint8Array> {
  yield encodeHeader(header);
  yield* recordPieces(content, header.columns, header.recordSize);
}
