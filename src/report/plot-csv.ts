import type { ExtraColumn } from "../kernel/bar.ts";
import type { RunResult } from "../runtime/run.ts";
import type { RowWriter } from "./row-writer.ts";
import { csvCell } from "./text-file.ts";

/**
 * Writes the plot file: `time,open,high,low,close,volume`, further columns of the data, the plots. A row for every
 * bar on which something was plotted; times ISO-8601 in UTC.
 */
export function writePlotCsv(result: RunResult, rows: RowWriter): void {
  plotCsvHeader(plotTitles(result), rows);
  writePlotCsvRows(result, 0, rows);
}

/** Titles of what follows the prices. */
export function plotTitles({ columns, plots }: RunResult): string[] {
  return [...columns.extra.keys(), ...plots.map((plot) => plot.title)];
}

function plotCsvHeader(titles: readonly string[], rows: RowWriter): void {
  for (const title of ["time", "open", "high", "low", "close", "volume"]) rows.text(title);
  for (const title of titles) rows.text(csvCell(title));
  rows.end();
}

/** The rows from a bar on. */
export function writePlotCsvRows(result: RunResult, from: number, rows: RowWriter): void {
  const { openTimeMs } = result.columns;
  const { leading, others } = cellsOf(result);
  for (let start = from; start < result.bars;) {
    const end = stretchEnd(result, start);
    if (result.plotted[start] === 1) {
      if (others.length === 0) rows.rows(openTimeMs, leading, start, end);
      else for (let bar = start; bar < end; bar++) writeRow(rows, openTimeMs[bar]!, leading, others, bar);
    }
    start = end;
  }
}

/** The first bar after `start` that differs from it in whether something was plotted, or the end. */
function stretchEnd({ plotted, bars }: RunResult, start: number): number {
  const end = plotted.indexOf(plotted[start] === 1 ? 0 : 1, start);
  return end < 0 ? bars : Math.min(end, bars);
}

/** A row that holds texts. */
function writeRow(
  rows: RowWriter,
  timeMs: number,
  leading: readonly Float64Array[],
  others: readonly TextAndNumbers[],
  bar: number,
): void {
  rows.time(timeMs);
  for (const values of leading) rows.float(values[bar]!);
  for (const { text, numbers } of others) {
    rows.text(text(bar));
    for (const values of numbers) rows.float(values[bar]!);
  }
  rows.end();
}

/** A column of texts and the columns of numbers behind it. */
interface TextAndNumbers {
  readonly text: (bar: number) => string;
  readonly numbers: Float64Array[];
}

/** The cells of a row: numbers, and from the first text on groups of a text and numbers. */
function cellsOf({ columns, plots }: RunResult): { leading: Float64Array[]; others: TextAndNumbers[] } {
  const { open, high, low, close, volume, extra } = columns;
  const leading = [open, high, low, close, volume];
  const others: TextAndNumbers[] = [];
  const addNumbers = (values: Float64Array): void => void (others.at(-1)?.numbers ?? leading).push(values);
  const addText = (text: (bar: number) => string): void => void others.push({ text, numbers: [] });
  for (const column of extra.values()) {
    if (isNumbers(column)) addNumbers(column);
    else addText((bar) => csvCell(column[bar] ?? ""));
  }
  for (const { values, boolean } of plots) {
    if (boolean) addText((bar) => yesOrNo(values[bar]!));
    else addNumbers(values);
  }
  return { leading, others };
}

const isNumbers = (column: ExtraColumn): column is Float64Array => column instanceof Float64Array;

const yesOrNo = (value: number): string => (value !== value ? "NaN" : value === 1 ? "True" : "False");
