import { appendFileSync, existsSync, readFileSync } from "node:fs";

import type { Bar, ExtraColumn } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { parseDelimited } from "../../kernel/delimited.ts";
import { publish } from "../publish.ts";

/**
 * The sidecar of a data file: `<stem>.extra.csv`, further columns of the bars, exactly one row per record. It starts
 * with the first bar that has extras; the rows before are blank.
 */

/** Where the sidecar of a data file is. */
export function sidecarPath(ohlcvPath: string): string {
  return ohlcvPath.replace(/\.ohlcv$/i, "") + ".extra.csv";
}

/** Adds the rows of bars that follow `recordCount` records. Nothing happens while no bar ever had extras. */
export function appendSidecar(ohlcvPath: string, recordCount: number, bars: readonly Bar[]): void {
  const path = sidecarPath(ohlcvPath);
  const exists = existsSync(path);
  if (!exists && bars.every((bar) => bar.extra === undefined)) return;
  const names = sidecarNames(ohlcvPath);
  const found = [...new Set(bars.flatMap((bar) => Object.keys(bar.extra ?? {})))];
  const added = found.filter((name) => !names.includes(name));
  if (exists && added.length === 0) {
    appendFileSync(path, rowsOf(bars, names));
    return;
  }
  // New columns: the whole file is written again with the union, older rows blank there.
  const all = [...names, ...added];
  const old = exists ? parseDelimited(readFileSync(path, "utf8"), ",").slice(1) : [];
  const before = Array.from({ length: recordCount }, (_, index) =>
    line([...(old[index] ?? []), ...all.map(() => "")].slice(0, all.length)),
  );
  publish(path, [Buffer.from(line(all) + before.join("") + rowsOf(bars, all), "utf8")]);
}

/** Cuts surplus rows and adds missing ones blank, so that there is one per record. */
export function trimSidecar(ohlcvPath: string, recordCount: number): void {
  const path = sidecarPath(ohlcvPath);
  if (!existsSync(path)) return;
  const [names = [], ...rows] = parseDelimited(readFileSync(path, "utf8"), ",");
  if (rows.length === recordCount) return;
  const whole = Array.from({ length: recordCount }, (_, index) => line(rows[index] ?? names.map(() => "")));
  publish(path, [Buffer.from(line(names) + whole.join(""), "utf8")]);
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
  const columns = new Map<string, ExtraColumn>();
  if (!existsSync(path)) return columns;
  const [names = [], ...rows] = parseDelimited(readFileSync(path, "utf8"), ",");
  if (rows.length !== recordCount) {
    throw new DataError(`${path} has ${rows.length} rows for ${recordCount} bars`, {
      hint: "it belongs to another state of the data file; remove it to run without further columns",
    });
  }
  for (const [number, row] of rows.entries()) {
    if (row.length !== names.length) {
      throw new DataError(`${path}: row ${number + 2} has ${row.length} columns instead of ${names.length}`);
    }
  }
  for (const [index, name] of names.entries()) {
    const cells = rows.slice(from, from + length).map((row) => row[index] ?? "");
    const first = rows
      .map((row) => row[index] ?? "")
      .find((cell) => cell !== "" && !/^(nan|na)$/i.test(cell));
    const numeric = first !== undefined && first.trim() !== "" && !Number.isNaN(Number(first));
    columns.set(
      name,
      numeric ? Float64Array.from(cells, (cell) => (cell.trim() === "" ? Number.NaN : Number(cell))) : cells,
    );
  }
  return columns;
}

/** Names of the further columns of a data file; none without a sidecar. */
export function sidecarNames(ohlcvPath: string): string[] {
  const path = sidecarPath(ohlcvPath);
  if (!existsSync(path)) return [];
  return parseDelimited(readFileSync(path, "utf8").split(/\r?\n/, 1)[0] ?? "", ",")[0] ?? [];
}

function rowsOf(bars: readonly Bar[], names: readonly string[]): string {
  return bars.map((bar) => line(names.map((name) => cell(bar.extra?.[name])))).join("");
}

function cell(value: number | string | undefined): string {
  if (typeof value !== "number") return value ?? "";
  return Number.isNaN(value) ? "" : String(Number(value.toPrecision(8)));
}

function line(cells: readonly string[]): string {
  // A lone empty cell must not look like an empty line.
  if (cells.length === 1 && cells[0] === "") return '""\r\n';
  return `${cells.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")}\r\n`;
}
