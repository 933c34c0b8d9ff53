import { appendFileSync, closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";

import type { ExtraColumn } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { DelimitedReader, parseDelimited } from "../../kernel/delimited.ts";
import { wholeLines } from "../lines.ts";
import { publish } from "../publish.ts";

/**
 * The sidecar of a data file: `<stem>.extra.csv`, further columns of the bars, exactly one row per record. It starts
 * with the first bar that has extras; the rows before are blank.
 */

/** Where the sidecar of a data file is. */
export function sidecarPath(ohlcvPath: string): string {
  return ohlcvPath.replace(/\.ohlcv$/i, "") + ".extra.csv";
}

/**
 * Adds the rows of bars that follow `recordCount` records. Nothing happens while no bar ever had extras.
 * @param extra further columns, each of `length` values
 */
export function appendSidecar(
  ohlcvPath: string,
  recordCount: number,
  extra: ReadonlyMap<string, ExtraColumn>,
  length: number,
): void {
  const path = sidecarPath(ohlcvPath);
  const exists = existsSync(path);
  if (!exists && extra.size === 0) return;
  const names = sidecarNames(ohlcvPath);
  const added = [...extra.keys()].filter((name) => !names.includes(name));
  if (exists && added.length === 0) {
    for (const rows of rowsOf(extra, names, length)) appendFileSync(path, rows);
    return;
  }
  // New columns: the whole file is written again with the union, older rows blank there.
  const all = [...names, ...added];
  const old = exists ? parseDelimited(readFileSync(path, "utf8"), ",").slice(1) : [];
  publish(path, wholeSidecar(all, old, recordCount, rowsOf(extra, all, length)));
}

/** Header, the rows before, and new ones, as pieces. */
function* wholeSidecar(
  names: readonly string[],
  old: readonly (readonly string[])[],
  recordCount: number,
  added: Iterable<Buffer>,
): Generator<Buffer> {
  yield Buffer.from(line(names));
  const blank = names.map(() => "");
  for (let from = 0; from < recordCount; from += rowsPerPiece) {
    let text = "";
    for (let index = from; index < Math.min(recordCount, from + rowsPerPiece); index++)
      text += line([...(old[index] ?? []), ...blank].slice(0, names.length));
    yield Buffer.from(text);
  }
  yield* added;
}

/** A sidecar as it is written: the names of its columns and one row of texts per record. */
export interface SidecarRows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The rows of a data file's sidecar, `undefined` without one. */
export function readSidecarRows(ohlcvPath: string): SidecarRows | undefined {
  const path = sidecarPath(ohlcvPath);
  if (!existsSync(path)) return undefined;
  const [names = [], ...rows] = parseDelimited(readFileSync(path, "utf8"), ",");
  return { names, rows };
}

/** Writes a sidecar as a whole. */
export function writeSidecarRows(ohlcvPath: string, { names, rows }: SidecarRows): void {
  publish(sidecarPath(ohlcvPath), wholeSidecar(names, rows, rows.length, []));
}

/** Cuts surplus rows and adds missing ones blank, so that there is one per record. */
export function trimSidecar(ohlcvPath: string, recordCount: number): void {
  const path = sidecarPath(ohlcvPath);
  if (!existsSync(path) || countRows(path) === recordCount + 1) return;
  const [names = [], ...rows] = parseDelimited(readFileSync(path, "utf8"), ",");
  if (rows.length === recordCount) return;
  publish(path, wholeSidecar(names, rows, recordCount, []));
}

/** Lines of a sidecar, its header included, without reading their cells; NaN when the last one is torn. */
function countRows(path: string): number {
  let rows = 0;
  let quoted = false;
  let last = 0;
  for (const piece of wholeLines(path)) {
    last = piece.at(-1) ?? 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === 34) quoted = !quoted;
      else if (byte === 10 && !quoted) rows++;
    }
  }
  return last === 10 && !quoted ? rows : Number.NaN;
}

/**
 * The columns of a sidecar, numbers where the first filled cell is one.
 * @throws DataError when its rows are not one per record
 */
export function readSidecar(
  ohlcvPath: string,
  recordCount: number,
  from: number,
  length: number,
): Map<string, ExtraColumn> {
  const path = sidecarPath(ohlcvPath);
  if (!existsSync(path)) return new Map();
  const reader = new DelimitedReader(readFileSync(path, "utf8"), {
    delimiter: ",",
    quotes: '"',
    backslash: false,
  });
  const names = reader.next() ?? [];
  const columns = names.map(() => new SidecarColumn(from, length));
  let rows = 0;
  let uneven: string | undefined;
  for (let row = reader.next(); row !== undefined; row = reader.next()) {
    if (row.length !== names.length)
      uneven ??= `${path}: row ${rows + 2} has ${row.length} columns instead of ${names.length}`;
    for (const [index, column] of columns.entries()) column.add(rows, row[index] ?? "");
    rows++;
  }
  if (rows !== recordCount) {
    throw new DataError(`${path} has ${rows} rows for ${recordCount} bars`, {
      hint: "it belongs to another state of the data file; remove it to run without further columns",
    });
  }
  if (uneven !== undefined) throw new DataError(uneven);
  return new Map(names.map((name, index) => [name, columns[index]?.values() ?? []]));
}

/** A column as it is read: texts until a filled cell says that it holds numbers. */
class SidecarColumn {
  #texts: string[] = [];
  #numbers: Float64Array | undefined;
  #isKnown = false;

  /** Of all rows, those of `[from, from + length)` are kept. */
  constructor(
    readonly from: number,
    readonly length: number,
  ) {}

  add(row: number, cell: string): void {
    if (!this.#isKnown && cell !== "" && !/^(nan|na)$/i.test(cell)) {
      this.#isKnown = true;
      if (cell.trim() !== "" && !Number.isNaN(Number(cell))) {
        this.#numbers = new Float64Array(this.length).fill(Number.NaN);
        this.#texts = [];
      }
    }
    const index = row - this.from;
    if (index < 0 || index >= this.length) return;
    if (this.#numbers === undefined) this.#texts.push(cell);
    else if (cell.trim() !== "") this.#numbers[index] = Number(cell);
  }

  values(): ExtraColumn {
    return this.#numbers ?? this.#texts;
  }
}

/** Names of the further columns of a data file; none without a sidecar. */
export function sidecarNames(ohlcvPath: string): string[] {
  const path = sidecarPath(ohlcvPath);
  if (!existsSync(path)) return [];
  const head = Buffer.alloc(longestHeader);
  const descriptor = openSync(path, "r");
  try {
    const text = head.toString("utf8", 0, readSync(descriptor, head, 0, head.length, 0));
    return parseDelimited(text.split(/\r?\n/, 1)[0] ?? "", ",")[0] ?? [];
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that the names of all columns may take. */
const longestHeader = 65_536;

/** Rows that are one text at a time. */
const rowsPerPiece = 16_384;

function* rowsOf(
  extra: ReadonlyMap<string, ExtraColumn>,
  names: readonly string[],
  length: number,
): Generator<Buffer> {
  const columns = names.map((name) => extra.get(name));
  for (let from = 0; from < length; from += rowsPerPiece) {
    let text = "";
    for (let index = from; index < Math.min(length, from + rowsPerPiece); index++)
      text += line(columns.map((column) => sidecarCell(column?.[index])));
    yield Buffer.from(text);
  }
}

/** A value as a cell of a sidecar. */
export function sidecarCell(value: number | string | undefined): string {
  if (typeof value !== "number") return value ?? "";
  return Number.isNaN(value) ? "" : String(Number(value.toPrecision(8)));
}

function line(cells: readonly string[]): string {
  // A lone empty cell must not look like an empty line.
  if (cells.length === 1 && cells[0] === "") return '""\r\n';
  return `${cells.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")}\r\n`;
}
