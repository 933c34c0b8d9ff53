import type { BarColumns } from "../../kernel/bar.ts";
import { formatFloat } from "../../kernel/float.ts";

/** Bars as text for other programs, pure. Numbers have the shortest digits that read back as the same number. */

export const exportFormats = ["csv", "json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** How bars are written. */
export interface ExportLayout {
  readonly format: ExportFormat;
  /** Times as `time`, a date with its time in UTC, instead of `timestamp`, epoch ms. */
  readonly asDatetime: boolean;
}

/** Rows that become one piece of text: enough to write in large blocks, little to hold. */
const rowsPerPiece = 4096;

type Columns = Omit<BarColumns, "extra">;

/**
 * The text of a file of bars, piece by piece. CSV has a header, CRLF line ends and `nan`; JSON is a list of objects,
 * indented by two, with `null`.
 */
export function* exportText(columns: Columns, { format, asDatetime }: ExportLayout): Generator<string> {
  const time = asDatetime ? "time" : "timestamp";
  if (format === "csv") {
    yield `${[time, "open", "high", "low", "close", "volume"].join(",")}\r\n`;
    const timeText = asDatetime ? (timeMs: number) => utcText(timeMs, " ") : String;
    yield* pieces(columns.length, (row) => csvRow(columns, row, timeText));
    return;
  }
  const timeText = asDatetime ? (timeMs: number) => `"${utcText(timeMs, "T")}"` : String;
  if (columns.length === 0) return void (yield "[]\n");
  yield "[\n";
  const last = columns.length - 1;
  yield* pieces(
    columns.length,
    (row) => `${jsonRow(columns, row, time, timeText)}${row === last ? "" : ","}\n`,
  );
  yield "]\n";
}

function* pieces(rows: number, rowText: (row: number) => string): Generator<string> {
  for (let from = 0; from < rows; from += rowsPerPiece) {
    let piece = "";
    const to = Math.min(rows, from + rowsPerPiece);
    for (let row = from; row < to; row++) piece += rowText(row);
    yield piece;
  }
}

function csvRow(columns: Columns, row: number, timeText: (timeMs: number) => string): string {
  const { open, high, low, close, volume } = columns;
  return `${timeText(columns.openTimeMs[row] ?? 0)},${csvNumber(open[row])},${csvNumber(high[row])},${csvNumber(low[row])},${csvNumber(close[row])},${csvNumber(volume[row])}\r\n`;
}

function jsonRow(columns: Columns, row: number, time: string, timeText: (timeMs: number) => string): string {
  return `  {
    "${time}": ${timeText(columns.openTimeMs[row] ?? 0)},
    "open": ${jsonNumber(columns.open[row])},
    "high": ${jsonNumber(columns.high[row])},
    "low": ${jsonNumber(columns.low[row])},
    "close": ${jsonNumber(columns.close[row])},
    "volume": ${jsonNumber(columns.volume[row])}
  }`;
}

function csvNumber(value = Number.NaN): string {
  return value !== value ? "nan" : formatFloat(value);
}

function jsonNumber(value = Number.NaN): string {
  return value !== value ? "null" : formatFloat(value);
}

/** `2020-01-01 00:00:00+00:00`; a fraction of a second, where there is one, has six digits. */
function utcText(timeMs: number, separator: string): string {
  const iso = new Date(timeMs).toISOString();
  const fraction = iso.endsWith(".000Z") ? "" : `${iso.slice(19, 23)}000`;
  return `${iso.slice(0, 10)}${separator}${iso.slice(11, 19)}${fraction}+00:00`;
}
